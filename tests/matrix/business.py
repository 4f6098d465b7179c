"""Applications, cases, honours, grants and what else the apps of procedures keep, one of each at every site."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from gonghui.apps.assessment.models import ItemSheet, SheetEvidence, Standard
from gonghui.apps.benefits.factories import make_base, make_benefit, make_provider, make_trip
from gonghui.apps.benefits.models import CalendarFeed, Departure, Dish, Menu, Photo, Picture, Rating, Traveller
from gonghui.apps.casework.factories import make_all
from gonghui.apps.democracy import factories as democracy
from gonghui.apps.exports.models import Export, ExportFile
from gonghui.apps.filings.factories import make_form
from gonghui.apps.funds.models import GrantOrder
from gonghui.apps.honours.models import Campaign, Conferral
from gonghui.apps.learning import factories as learning
from gonghui.apps.places.factories import make_places
from gonghui.apps.reform.choices import SyncStage
from gonghui.apps.reform.models import (
    Brand,
    Guide,
    Issue,
    ItemStep,
    Pilot,
    Plan,
    PlanItem,
    Programme,
    Round,
    ShowcaseCase,
    SyncCheck,
    Visit,
)
from gonghui.apps.reports.factories import make_report, make_template
from gonghui.apps.voice import models as voice_models
from gonghui.apps.voice.factories import make_voice
from gonghui.apps.voice.models import (
    Bulletin,
    BulletinReceipt,
    Candidate,
    Evaluation,
    Invitation,
    Milestone,
    Project,
    ProjectFile,
    PublicVoice,
    ReplyTemplate,
    Selection,
    VoiceFile,
)
from gonghui.apps.wishes.factories import make_wishes
from gonghui.kernel.files.services import store
from gonghui.kernel.models import (
    Claim,
    DisputedScan,
    DrawParty,
    Entry,
    Figure,
    Handover,
    Membership,
    Message,
    Organisation,
    Procedure,
    StoredFile,
    Target,
)
from gonghui.kernel.procedures.authority import token_digest
from gonghui.kernel.procedures.factories import SIMPLE
from gonghui.kernel.procedures.models import (
    Application,
    Decision,
    Delegation,
    Doing,
    Evidence,
    Interest,
    Notice,
    Objection,
    Step,
    Submission,
)
from gonghui.kernel.quotas.rules import link_digest
from gonghui.kernel.sealing import seal
from gonghui.kernel.viewer import SYSTEM

from .places import Site

Objects = dict[str, Any]
DAY = date(2025, 3, 6)


def published(root: Organisation) -> Procedure:
    """A definition of the topmost body, the same for every site."""
    body = SIMPLE | {"key": "test.matrix", "approved": [{"key": "procedures.noted"}]}
    found = Procedure.objects.filter(key="test.matrix", path=root.path).first()
    return found or Procedure.objects.create(
        key="test.matrix", version=1, organisation=root, path=root.path, title="测试申请", body=body, digest="matrix",
        state="published", valid_from=date(2020, 1, 1),
    )  # fmt: skip


def application(site: Site, procedure: Procedure, **facts: Any) -> Application:
    body = site.organisation
    return Application.objects.create(
        **{
            "path": body.path, "procedure": procedure, "key": procedure.key, "organisation": body, "state": "running",
            "number": f"CS{body.pk:08d}{Application.objects.count()}", "applicant_name": f"{site.word}申请人",
            "document": {"reason": f"{site.word}理由"}, "submitted_at": timezone.now(),
        } | facts
    )  # fmt: skip


def _step(site: Site, row: Application, kind: str, order: int, role: str = "organising") -> Step:
    return Step.objects.create(
        path=row.path, application=row, key=("first", "second", "shown")[order], title=f"{site.word}审核", kind=kind, order=order,
        organisation=site.organisation, role=role, confidential=row.confidential, data={"note": f"{site.word}意见"},
    )  # fmt: skip


def _noticed(site: Site, row: Application) -> tuple[Notice, Objection]:
    step = _step(site, row, "notice", 2)
    today = timezone.localdate()
    shown = {
        "rows": [{"label": "公示对象", "value": "甲"}],
        "number": row.number,
        "procedure": "测试申请",
        "role": "organising",
    }
    notice = Notice.objects.create(
        path=row.path, application=row, step=step, token=f"notice-{site.key}", title="测试公示", issuer=site.organisation,
        shown=shown, opens_on=today, closes_on=today + timedelta(days=5),
    )  # fmt: skip
    objection = Objection.objects.create(
        path=row.path, notice=notice, application=row, number=f"OBJ{site.organisation.pk:07d}", due_on=today,
        said=seal(f"{site.word}异议", "objection.said"),
    )  # fmt: skip
    return notice, objection


def _draft(site: Site) -> Procedure:
    body = SIMPLE | {"key": "test.draft", "title": f"{site.word}草稿", "approved": [{"key": "procedures.noted"}]}
    return Procedure.objects.create(
        key="test.draft", version=1, organisation=site.organisation, path=site.organisation.path, title=f"{site.word}草稿",
        body=body, digest=f"draft-{site.key}", state="draft",
    )  # fmt: skip


def _honours(site: Site, member: Membership) -> Objects:
    """Named on the public wall and known to all who may nominate, so nothing of the site stands in them."""
    body, path = site.organisation, site.organisation.path
    campaign = Campaign.objects.create(
        path=path, kind="model_worker_city", year=2026, title="年度评选", organisation=body, places=3, opens_on=DAY,
        closes_on=timezone.localdate(),
    )  # fmt: skip
    conferral = Conferral.objects.create(
        path=path, kind="model_worker_city", level="city", year=2026, to="person", name="欧阳建国", person=member.person,
        organisation=body, unit_name="某单位", issuer=body, issuer_name=body.name, conferred_on=DAY, number=f"RY{body.pk:08d}",
        token=f"honour-{site.key}",
    )  # fmt: skip
    return {"campaign": campaign.pk, "conferral": conferral.pk, "certificate": conferral.token}


def make_business(site: Site, root: Organisation, member: Membership, account_id: int, file: StoredFile) -> Objects:
    """Everything of procedures and of the apps that stand on them, at one site."""
    body, path, today = site.organisation, site.organisation.path, timezone.localdate()
    procedure = published(root)
    row = application(site, procedure)
    # who has the link sees what it leads to, so nothing of the site stands there
    plain = {"applicant_name": "来访的人", "document": {}, "token_digest": token_digest(f"track-{site.key}")}
    application(site, procedure, **plain)
    step = _step(site, row, "review", 0)
    deciding = _step(site, row, "decide", 1, "leader")
    evidence = Evidence.objects.create(path=path, application=row, field="paper", file=file)
    Doing.objects.create(
        path=path, application=row, step=step, act="submitted", note=f"{site.word}提交", actor_name=f"{site.word}甲"
    )
    digest = hashlib.sha256(site.word.encode()).hexdigest()
    submission = Submission.objects.create(path=path, application=row, number=1, document=row.document, digest=digest)
    decision = Decision.objects.create(
        path=path,
        application=row,
        outcome="approved",
        reason=f"{site.word}理由",
        on=DAY,
        submission=submission,
        digest=digest,
    )
    notice, objection = _noticed(site, row)
    standard = Standard.objects.filter(path="").order_by("pk").first()
    sheet = ItemSheet.objects.create(
        path=path, application=application(site, procedure), organisation=body, standard=standard, on=DAY
    )
    own_standard = Standard.objects.create(
        key="local", family="six", version=1, organisation=body, path=path, title=f"{site.word}标准", body=standard.body,
        digest=digest, state="draft",
    )  # fmt: skip
    order = GrantOrder.objects.create(
        path=path, number=f"BZ{body.pk:08d}", organisation=body, kind="facility", thing=f"{site.word}职工之家", thing_key=f"{site.key}",
        period="2026", amount=500_000, application=application(site, procedure), decision=decision, ordered_on=DAY,
    )  # fmt: skip
    return {
        "application": row.pk,
        "step": step.pk,
        "deciding": deciding.pk,
        "evidence": evidence.pk,
        "notice": notice.token,
        "objection": objection.pk,
        "tracking": f"track-{site.key}",
        "procedure": _draft(site).pk,
        "delegation": Delegation.objects.create(
            path=path, account_id=account_id, account_name=f"{site.word}甲", post_id=1, role="organising", organisation=body,
            to_account_id=account_id, to_name=f"{site.word}乙", valid_from=today, valid_to=today, reason=f"{site.word}休假",
        ).pk,
        "interest": Interest.objects.create(path=path, account_id=account_id, kind="亲属", organisation=body).pk,
        "sheet": sheet.pk,
        "sheet_file": SheetEvidence.objects.create(path=path, sheet=sheet, item="a", file=file).pk,
        "standard": own_standard.pk,
        "order": order.pk,
        **make_all(body, member.person, site.word),
        **_honours(site, member),
        **learning.make_all(body, member.person, site.word),
        **_benefits(site, member, file),
        **_menus(site),
        **_trips(site, member),
        **_filings(site),
        **democracy.make_all(body, member, site.word),
        **make_places(site.organisation, site.word, file),
        **make_wishes(site.organisation, member.person, site.word),
        **_figures(site),
        **_reports(site),
        **_reform(site, account_id, file),
        **_exports(site, file),
        **_voices(site, member, account_id, file),
        **_deeds(site, member, file),
    }  # fmt: skip


def _reform(site: Site, account_id: int, file: StoredFile) -> Objects:
    """A plan with a task and its milestone, a pilot with its guide, supervision, a project and a case."""
    body, path, word = site.organisation, site.organisation.path, site.word
    plan = Plan.objects.create(
        path=path, organisation=body, year=2026, title=f"{word}计划", state="published", published_on=DAY
    )
    SyncCheck.objects.bulk_create([SyncCheck(path=path, plan=plan, stage=one) for one in SyncStage])
    item = PlanItem.objects.create(
        path=path, plan=plan, organisation=body, year=2026, number=1, title=f"{word}重点工作", due_on=DAY,
        state="running", in_force_on=DAY,
    )  # fmt: skip
    step = ItemStep.objects.create(path=path, item=item, number=1, title=f"{word}节点", due_on=DAY, file=file)
    programme = Programme.objects.create(
        path=path, organisation=body, title=f"{word}方案", starts_on=DAY,
        groups=[{"key": "A", "title": f"{word}分组", "places": 0}],
    )  # fmt: skip
    pilot = Pilot.objects.create(
        path=path, programme=programme, programme_title=programme.title, organiser=body, organisation=body,
        tier="enterprise", group="A", group_title=f"{word}分组", enrolled_on=DAY,
    )  # fmt: skip
    guide = Guide.objects.create(
        path=path, pilot=pilot, role="guide", account_id=account_id, person_name=f"{word}员", unit=body.name,
        valid_from=DAY,
    )  # fmt: skip
    visit = Visit.objects.create(
        path=path, pilot=pilot, guide=guide, role="guide", on=DAY, way="phone", found=f"{word}走访"
    )
    row = Round.objects.create(path=path, organisation=body, title=f"{word}督查", starts_on=DAY, ends_on=DAY)
    issue = Issue.objects.create(
        path=path, visit=visit, raised_by=body, source=f"{word}走访", organisation=body, text=f"{word}问题",
        raised_on=DAY, due_on=DAY,
    )  # fmt: skip
    brand = Brand.objects.create(
        path=path, organisation=body, kind="park", title=f"{word}品牌", content=f"{word}做法", proposed_on=DAY
    )
    case = ShowcaseCase.objects.create(path=path, organisation=body, title=f"{word}案例", text=f"{word}正文")
    return {
        "reform_plan": plan.pk, "reform_item": item.pk, "reform_step": step.pk, "reform_programme": programme.pk,
        "reform_pilot": pilot.pk, "reform_guide": guide.pk, "reform_round": row.pk, "reform_issue": issue.pk,
        "reform_brand": brand.pk, "reform_case": case.pk,
    }  # fmt: skip


def _voices(site: Site, member: Membership, account_id: int, file: StoredFile) -> Objects:
    """A voice of the site's member with a file, a public one without a word of the site, a visit, what came down."""
    body, path, today = site.organisation, site.organisation.path, timezone.localdate()
    voice = make_voice(body, f"{site.word}的食堂饭菜凉", person=member.person)
    kept = VoiceFile.objects.create(path=path, voice=voice, file=file, kind="photo")
    shown = make_voice(body, "班车太少", visibility="public")
    PublicVoice.objects.create(
        voice=shown, path=path, organisation_name="某单位", title="班车太少", text="班车太少", topic="commute",
        state="received", said_on=today,
    )  # fmt: skip
    visit = voice_models.Visit.objects.create(
        path=path, organisation=body, organisation_name=body.name, target=body, kind="workshop", visited_on=DAY,
        summary=f"{site.word}走访情况", officer_name=f"{site.word}员", account_id=account_id,
    )  # fmt: skip
    bulletin = Bulletin.objects.create(
        path=path, organisation=body, title=f"{site.word}通知", text=f"{site.word}内容", due_on=today, issued_on=today,
        expected=1,
    )  # fmt: skip
    receipt = BulletinReceipt.objects.create(
        path=path, bulletin=bulletin, organisation=body, title=f"{site.word}收到", text=f"{site.word}内容",
        issued_by="上级", due_on=today,
    )  # fmt: skip
    template = ReplyTemplate.objects.create(path=path, organisation=body, title=f"{site.word}用语", text="已经办理。")
    return {
        "voice": voice.pk, "voice_file": kept.pk, "voice_shown": shown.pk, "voice_visit": visit.pk,
        "bulletin": bulletin.pk, "bulletin_receipt": receipt.pk, "voice_template": template.pk,
    }  # fmt: skip


def _deeds(site: Site, member: Membership, file: StoredFile) -> Objects:
    """A selection that is still gathered with its candidate, a project with a picture, and one who judges it.

    What is weighed or shown is everybody's, so the site's own words stand in what is not."""
    body, path, word = site.organisation, site.organisation.path, site.word
    today = timezone.localdate()
    row = Selection.objects.create(
        path=path, organisation=body, year=2026, title=f"{word}遴选", places=1, method="support", picks=1, state="draft"
    )
    candidate = Candidate.objects.create(
        path=path, selection=row, number=1, title=f"{word}候选", goal=f"{word}要做的事", beneficiaries="一线职工"
    )
    project = Project.objects.create(
        path=path, organisation=body, year=2026, number=1, title=f"{word}项目", goal=f"{word}目标",
        beneficiaries="一线职工", due_on=DAY, first_due_on=DAY,
    )  # fmt: skip
    Milestone.objects.create(path=path, project=project, number=1, title=f"{word}节点", due_on=DAY)
    picture = ProjectFile.objects.create(path=path, project=project, file=file, alt=f"{word}照片")
    weighed = Selection.objects.create(
        path=path, organisation=body, year=2025, title="年度评选", places=1, method="support", picks=1,
        state="weighing", opens_on=today, closes_on=today,
    )  # fmt: skip
    shown = Project.objects.create(
        path=path, organisation=body, year=2025, number=1, title="公开的项目", goal="人人看得到",
        beneficiaries="一线职工", due_on=DAY, first_due_on=DAY, shown=True,
    )  # fmt: skip
    evaluation = Evaluation.objects.create(path=path, project=shown, round=1, opened_on=today, closes_on=today, floor=3)
    Invitation.objects.create(path=path, evaluation=evaluation, person=member.person, why="sample")
    return {
        "deed_list": row.pk, "deed_candidate": candidate.pk, "deed": project.pk, "deed_picture": picture.pk,
        "deed_weighing": weighed.pk, "deed_shown": shown.pk, "deed_evaluation": evaluation.pk,
    }  # fmt: skip


def _reports(site: Site) -> Objects:
    report = make_report(site.organisation, site.word)
    template = make_template(site.organisation, site.word)
    comment = report.comments.get()
    return {"report": report.pk, "report_token": report.token, "remark": comment.pk, "report_template": template.pk}


def _figures(site: Site) -> Objects:
    """A draft of a figure, and a target."""
    body, path = site.organisation, site.organisation.path
    written = {"key": "own.zhenbie", "title": f"{site.word}数字", "area": "membership", "unit": "家",
               "count": {"source": "organisations"}}  # fmt: skip
    draft = Figure.objects.create(
        key="own.zhenbie", version=1, organisation=body, path=path, title=f"{site.word}数字", area="membership",
        body=written, digest="0" * 64,
    )  # fmt: skip
    target = Target.objects.create(
        path=path, organisation=body, key="founded", period="2026", amount=5, behind=f"{site.word}落后的原因"
    )
    return {"figure_draft": draft.pk, "target": target.pk}


def _exports(site: Site, stored: StoredFile) -> Objects:
    """An order for files of figures, and one that was made."""
    path = site.organisation.path
    row = Export.objects.create(
        path=path, organisation=site.organisation, title=f"{site.word}导出", figures=["members"], next_on=DAY
    )
    made = ExportFile.objects.create(path=path, export=row, stored=stored, period="2026", rows=1)
    return {"export": row.pk, "export_file": made.pk}


def _benefits(site: Site, member: Membership, file: StoredFile) -> Objects:
    """What is published may be read by everybody with a log-in, so nothing of the site stands in it; what people said,
    gave and were given is the site's own."""
    body, path, person = site.organisation, site.organisation.path, member.person
    offer = make_benefit(body, 5, title="职工夜校", waits=3)
    session, counter = offer.sessions.get(), offer.counters.get()
    claim = Claim.objects.create(
        path=path, offer=offer, session=session, counter=counter, person=person, member_path=path, source="page",
        key=uuid4(), ended_why=f"{site.word}说明",
    )  # fmt: skip
    offer.counters.update(taken=1)
    draw = make_benefit(body, 5, title="职工疗休养", allocation="draw")
    witness = f"witness-{site.key}"
    DrawParty.objects.create(path=path, draw=draw.draw, order=0, title="会员代表", token_digest=link_digest(witness))
    entry = Entry.objects.create(
        path=path, offer=draw, person=person, member_path=path, tag=f"{body.pk:032x}", salt=site.word, choices=[]
    )
    feed = f"feed-{site.key}"
    CalendarFeed.objects.create(path=path, person=person, token_digest=link_digest(feed))
    Rating.objects.create(path=path, offer=offer, person=person, stars=4, words=f"{site.word}评价")
    photo = Photo.objects.create(
        path=path, offer=offer, person=person, file=file, alt=f"{site.word}照片", consent_at=timezone.now()
    )
    open_file = store(SYSTEM, path=path, name="场地.png", kind="benefit_image", content=b"png")
    picture = Picture.objects.create(path=path, offer=offer, file=open_file, alt="场地")
    now = timezone.now()
    disputed = DisputedScan.objects.create(
        path=path, claim=claim, offer=offer, session=session, person=person, why="late", at=now, handed_in_at=now,
        key=uuid4(),
    )  # fmt: skip
    message = Message.objects.create(
        path=path, person=person, kind="quotas.won", about=claim.pk, title=f"{site.word}消息", made_at=now, due_at=now,
        until=now, next_at=now,
    )  # fmt: skip
    return {
        "message": message.pk, "disputed_scan": disputed.pk, "offer": offer.pk, "draw": draw.number,
        "witness": witness, "feed": feed,
        "offer_session": session.pk, "offer_counter": counter.pk, "offer_claim": claim.pk,
        "offer_entry": entry.pk, "photo": photo.pk, "picture": picture.pk, "provider": make_provider(body, f"{site.word}影城").pk,
    }  # fmt: skip


def _menus(site: Site) -> Objects:
    """A menu that is voted on is read by everybody; a wish that nobody has looked at yet is the site's own."""
    body, today = site.organisation, timezone.localdate()
    menu = Menu.objects.create(
        path=body.path, organisation=body, title="秋季点课菜单", opens_on=today, closes_on=today, votes=3, threshold=2,
        state="open",
    )  # fmt: skip
    dish = Dish.objects.create(path=body.path, menu=menu, title="瑜伽", about="零基础可学", threshold=2)
    Dish.objects.create(
        path=body.path, menu=menu, title=f"{site.word}爵士舞", about="晚上有空", threshold=2, state="proposed"
    )
    return {"menu": menu.pk, "dish": dish.pk}


def _trips(site: Site, member: Membership) -> Objects:
    """The list of bases is read by everybody; who travels, who leads and what is handed on is the site's own."""
    body, path, person = site.organisation, site.organisation.path, member.person
    offer = make_trip(body, transferable=True)
    session = offer.sessions.get()
    claim = Claim.objects.create(
        path=path, offer=offer, session=session, counter=offer.counters.get(), person=person, member_path=path,
        source="page", key=uuid4(),
    )  # fmt: skip
    offer.counters.update(taken=1)
    Departure.objects.create(path=path, session=session, leader=f"{site.word}领队", meeting=f"{site.word}门口")
    Traveller.objects.create(
        path=path, offer=offer, session=session, claim=claim, person=person, companion=True,
        companion_name=f"{site.word}家属", relation="spouse",
    )  # fmt: skip
    handover = Handover.objects.create(path=path, offer=offer, claim=claim, giver=person)
    base = make_base(body, "庐山职工疗养院", "360400")
    return {"trip_session": session.pk, "base": base.pk, "handover": handover.pk}


def _filings(site: Site) -> Objects:
    form, filing, question = make_form(site.organisation, f"{site.word}季报")
    return {"form": form.pk, "filing": filing.pk, "form_question": question.pk}


NAMED_BY: tuple[tuple[str, str], ...] = (
    (r"^voices/pk$", "public_organisation"),
    (r"m/voices/public/pk$", "voice_shown"),
    (r"voices/<[^>]+>/files/file_pk$", "voice_file"),
    (r"voices/visits/pk$", "voice_visit"),
    (r"voices/bulletins/pk$", "bulletin"),
    (r"voices/(received|notices)/pk$", "bulletin_receipt"),
    (r"voices/templates/pk$", "voice_template"),
    (r"(desk|m)/voices/pk$", "voice"),
    (r"desk/deeds/lists/pk$", "deed_list"),
    (r"desk/deeds/candidates/pk$", "deed_candidate"),
    (r"desk/deeds/files/pk$", "deed_picture"),
    (r"desk/deeds/pk$", "deed"),
    (r"m/weigh/pk$", "deed_weighing"),
    (r"m/judge/pk$", "deed_evaluation"),
    (r"^deeds/project/pk$", "deed_shown"),
    (r"^deeds/photo/pk$", "deed_picture"),
    (r"^deeds/choices/pk$", "deed_list"),
    (r"^deeds/pk$", "public_organisation"),
    (r"^deeds/<int:pk>/year$", "year"),
    (r"democracy/congresses/pk$", "congress"),
    (r"democracy/sessions/pk$", "congress_session"),
    (r"democracy/elections/pk$", "election"),
    (r"democracy/meetings/pk$", "bargain_meeting"),
    (r"democracy/papers/pk$", "congress_paper"),
    (r"democracy/ballots/pk$", "ballot"),
    (r"democracy/motions/pk$", "motion"),
    (r"democracy/bargains/pk$", "bargain"),
    (r"democracy/contracts/pk$", "contract"),
    (r"^ballots/token$", "ballot_token"),
    (r"desk/wishes/claims/pk$", "wish_claim"),
    (r"wishes/pk$", "wish"),
    (r"desk/places/tickets/pk$", "place_ticket"),
    (r"desk/places/words/pk$", "place_word"),
    (r"desk/places/questions/pk$", "place_question"),
    (r"^places/photos/pk$", "place_photo"),
    (r"^places/fixed/pk$", "place_fixed"),
    (r"^places/policies/pk$", "place_policy"),
    (r"places/pk$", "place"),
    (r"desk/filings/forms/pk$", "form"),
    (r"desk/filings/questions/pk$", "form_question"),
    (r"desk/filings/pk$", "filing"),
    (r"^a/token$", "tracking"),
    (r"desk/reform/plans/pk$", "reform_plan"),
    (r"desk/reform/items/pk$", "reform_item"),
    (r"desk/reform/steps/pk$", "reform_step"),
    (r"desk/reform/programmes/pk$", "reform_programme"),
    (r"desk/reform/pilots/pk$", "reform_pilot"),
    (r"desk/reform/guides/pk$", "reform_guide"),
    (r"desk/reform/rounds/pk$", "reform_round"),
    (r"desk/reform/issues/pk$", "reform_issue"),
    (r"desk/reform/brands/pk$", "reform_brand"),
    (r"desk/reform/cases/pk$", "reform_case"),
    (r"benefits/menus?/dishes/pk$", "dish"),
    (r"benefits/menus?/pk$", "menu"),
    (r"desk/benefits/scan/pk$", "offer_session"),
    (r"desk/benefits/sessions/pk$", "trip_session"),
    (r"benefits/sessions/pk$", "offer_session"),
    (r"desk/benefits/bases/pk$", "base"),
    (r"m/benefits/handovers/pk$", "handover"),
    (r"desk/benefits/claims/pk$", "offer_claim"),
    (r"desk/benefits/counters/pk$", "offer_counter"),
    (r"desk/benefits/disputes/pk$", "disputed_scan"),
    (r"desk/benefits/providers/pk$", "provider"),
    (r"m/benefits/tickets/pk$", "offer_claim"),
    (r"m/benefits/entries/pk$", "offer_entry"),
    (r"m/messages/pk$", "message"),
    (r"^benefits/photos/pk$", "photo"),
    (r"^benefits/pictures/pk$", "picture"),
    (r"m/benefits/photos/pk$", "photo"),
    (r"benefits/pk$", "offer"),
    (r"^draws/number$", "draw"),
    (r"^witness/token$", "witness"),
    (r"^calendar/token$", "feed"),
    (r"(evidence|files)/evidence$", "evidence"),
    (r"(applications|applied)/pk$", "application"),
    (r"steps/pk$", "step"),
    (r"(desk/apply|m/services|services/<[^>]+>|api/v1/procedures)/pk$", "published"),
    (r"^services/organisation$", "public_organisation"),
    (r"desk/procedures/pk$", "procedure"),
    (r"/(at)$", "position"),
    (r"/(part)$", "position"),
    (r"boards/of/slot$", "board_slot"),
    (r"/(slot)$", "slot"),
    (r"objections/pk$", "objection"),
    (r"^notice/token$", "notice"),
    (r"standing-in/interests/pk$", "interest"),
    (r"standing-in/pk$", "delegation"),
    (r"cases/aids/pk$", "aid"),
    (r"cases/files/pk$", "hardship_file"),
    (r"cases/letters/pk$", "letter"),
    (r"cases/rights/pk$", "case"),
    (r"cases/tickets/pk$", "ticket"),
    (r"honours/campaigns/pk$", "campaign"),
    (r"honours/organisations/pk$", "organisation"),
    (r"honours/people/pk$", "person"),
    (r"honours/pk$", "conferral"),
    (r"honours/verify/token$", "certificate"),
    (r"contests/selection$", "selection"),
    (r"assessment/check/pk$", "step"),
    (r"assessment/evidence/pk$", "sheet_file"),
    (r"assessment/(fill|sheets)/pk$", "sheet"),
    (r"assessment/grades/pk$", "organisation"),
    (r"desk/funds/pk$", "order"),
    (r"desk/learning/bank/pk$", "question"),
    (r"m/quiz/papers/pk$", "paper"),
    (r"(learning/quizzes|m/quiz)/pk$", "quiz"),
    (r"(learning|m)/reading/pk$", "plan"),
    (r"desk/standards/pk$", "standard"),
    (r"desk/figures/drafts/pk$", "figure_draft"),
    (r"(desk|api/v1)/figures/key$", "figure"),
    (r"figures/key$", "figure"),
    (r"exports/pk$", "export"),
    (r"exports/made/pk$", "export_file"),
    (r"boards/data/key$", "figure"),
    (r"desk/targets/pk$", "target"),
    (r"desk/reports/templates/pk$", "report_template"),
    (r"comments/comment_pk$", "remark"),
    (r"desk/reports/pk$", "report"),
    (r"^reports/verify/token$", "report_token"),
)
CONSTANTS = {
    "year": "2025",
    "position": "0",
    "slot": "approved",
    "selection": "method",
    "figure": "members",
    "board_slot": "leader",
}
