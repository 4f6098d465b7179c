"""Choosing projects: candidates are gathered from voices, members weigh them, a committee decides with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, Q

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, Act, CandidateState, Method, Outcome, SelectionState
from ..models import Candidate, CandidateVoice, Project, Selection, Voice
from ..recount import Option, Terms
from ..rules.weighing import check_terms, reason_needed, within
from .days import today
from .handling import answer
from .project_ground import MANAGE, held, in_state, next_number, note, number_rule, own, past, said
from .telling import asked_for, tell

YEARS = (2000, 2100)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a candidate says."""

    title: str
    goal: str
    beneficiaries: str
    reach: int = 0
    cost: int = 0


def terms_of(row: Selection) -> Terms:
    return Terms(row.method, row.picks, row.places, row.budget or 0)


def options_of(row: Selection) -> list[Option]:
    rows = row.candidates.order_by("number")
    return [Option(one.number, one.cost, one.voices) for one in rows]


def own_selection(actor: Viewer, selection_id: int, *states: str) -> Selection:
    """:raises Refusal: GH-PRJ-001, 002, 003."""
    row = held(actor, Selection, selection_id, "遴选")
    own(actor, row.organisation_id, "遴选")
    if states:
        in_state(row, "遴选", *states)
    return row


def _checked(method: str, places: int, picks: int, budget: int | None) -> None:
    """:raises Refusal: GH-PRJ-010."""
    if method not in Method.values:
        raise Refusal("GH-PRJ-010", "评选方式从列出的三种里选", "method")
    if not 1 <= places <= 50:
        raise Refusal("GH-PRJ-010", "列入件数写1至50", "places")
    if not 1 <= picks <= 20:
        raise Refusal("GH-PRJ-010", "每人可选件数写1至20", "picks")
    if method == Method.BUDGET and not budget:
        raise Refusal("GH-PRJ-010", "预算分配要写预算总额", "budget")


def open_selection(
    actor: Viewer, *, organisation: Organisation, year: int, title: str, method: str, places: int | None = None,
    picks: int = 3, budget: int | None = None, intro: str = "",
) -> Selection:  # fmt: skip
    """Begin gathering candidates for a year's list.

    :raises Refusal: GH-PRJ-001 another body's; 004; 010 the terms; 011 there is one of this name in the year.
    """
    require(actor, MANAGE)
    own(actor, organisation.pk, "遴选")
    wanted = places if places is not None else number_rule("voice.list_places", organisation.path, today())
    _checked(method, wanted, picks, budget)
    if not YEARS[0] <= year <= YEARS[1]:
        raise Refusal("GH-PRJ-010", "年度写成2026这样的四位数", "year")
    name = said(title, "title", "名称", 80, 2)
    with transaction.atomic():
        Organisation.objects.select_for_update(of=("self",), no_key=True).filter(pk=organisation.pk).first()
        if Selection.objects.filter(organisation=organisation, year=year, title=name).exists():
            raise Refusal("GH-PRJ-011", f"{year}年已经有“{name}”", "title", "换一个名称，或打开原来的")
        row = Selection.objects.create(
            path=organisation.path, organisation=organisation, year=year, title=name, method=method, places=wanted,
            picks=picks, budget=budget if method == Method.BUDGET else None, intro=intro.strip()[:1000],
            state=SelectionState.GATHERING, made_by=actor.account_id,
        )  # fmt: skip
        note(actor, "selection_opened", row, row.title, year=year, method=method, places=wanted)
    return row


def change_selection(
    actor: Viewer, *, selection_id: int, title: str, method: str, places: int, picks: int, budget: int | None,
    intro: str = "",
) -> Selection:  # fmt: skip
    """Other terms, as long as candidates are gathered; nobody has chosen by the former ones.

    :raises Refusal: GH-PRJ-001, 002, 003, 004, 010, 011.
    """
    require(actor, MANAGE)
    _checked(method, places, picks, budget)
    with transaction.atomic():
        row = own_selection(actor, selection_id, SelectionState.GATHERING)
        name = said(title, "title", "名称", 80, 2)
        same = Selection.objects.filter(organisation_id=row.organisation_id, year=row.year, title=name)
        if same.exclude(pk=row.pk).exists():
            raise Refusal("GH-PRJ-011", f"{row.year}年已经有“{name}”", "title", "换一个名称")
        row.title, row.method, row.places, row.picks = name, method, places, picks
        row.budget, row.intro = budget if method == Method.BUDGET else None, intro.strip()[:1000]
        row.save()
        note(actor, "selection_changed", row, row.title, method=method, places=places, picks=picks)
    return row


def discard_selection(actor: Viewer, *, selection_id: int) -> None:
    """One that was begun by mistake and that nobody was asked about.

    :raises Refusal: GH-PRJ-001, 002, 003.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = own_selection(actor, selection_id, SelectionState.GATHERING, SelectionState.DRAFT)
        note(actor, "selection_discarded", row, row.title, year=row.year)
        CandidateVoice.objects.filter(candidate__selection=row).delete()
        row.candidates.all().delete()
        row.delete()


# -- candidates -----------------------------------------------------------------------------------------------------


def _written(proposal: Proposal) -> dict[str, object]:
    """:raises Refusal: GH-PRJ-004, 012."""
    if proposal.cost < 0 or proposal.reach < 0:
        raise Refusal("GH-PRJ-012", "估算和受益人数不能小于0", "cost")
    return {
        "title": said(proposal.title, "title", "名称", 80, 2),
        "goal": said(proposal.goal, "goal", "做什么、做到什么程度", 500),
        "beneficiaries": said(proposal.beneficiaries, "beneficiaries", "哪些职工受益", 120, 2),
        "reach": proposal.reach, "cost": proposal.cost,
    }  # fmt: skip


def add_candidate(actor: Viewer, *, selection_id: int, proposal: Proposal, voice_ids: Iterable[int] = ()) -> Candidate:
    """A candidate, written freely or made of voices.

    :raises Refusal: GH-PRJ-001, 002, 003, 004, 012; 013 a voice that cannot be gathered.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = own_selection(actor, selection_id, SelectionState.GATHERING)
        last = row.candidates.aggregate(last=Max("number"))["last"] or 0
        one = Candidate.objects.create(path=row.path, selection=row, number=last + 1, **_written(proposal))
        _gathered(actor, one, voice_ids)
        note(actor, "candidate_added", one, one.title, voices=one.voices)
    return one


def _own_candidate(actor: Viewer, candidate_id: int) -> Candidate:
    """:raises Refusal: GH-PRJ-001, 002, 003 the selection no longer gathers."""
    row = held(actor, Candidate, candidate_id, "候选")
    own_selection(actor, row.selection_id, SelectionState.GATHERING)
    return row


def change_candidate(actor: Viewer, *, candidate_id: int, proposal: Proposal) -> Candidate:
    """:raises Refusal: GH-PRJ-001, 002, 003, 004, 012."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = _own_candidate(actor, candidate_id)
        for name, value in _written(proposal).items():
            setattr(row, name, value)
        row.save()
        note(actor, "candidate_changed", row, row.title)
    return row


def remove_candidate(actor: Viewer, *, candidate_id: int, reason: str) -> None:
    """Before members are asked; its voices may be gathered again.

    :raises Refusal: GH-PRJ-001, 002, 003, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = _own_candidate(actor, candidate_id)
        note(actor, "candidate_removed", row, row.title, reason=said(reason, "reason", "移除的理由"))
        row.gathered.all().delete()
        row.delete()


def gather(actor: Viewer, *, candidate_id: int, voice_ids: Iterable[int]) -> Candidate:
    """More voices that ask for the same.

    :raises Refusal: GH-PRJ-001, 002, 003; 013 a voice that cannot be gathered.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = _own_candidate(actor, candidate_id)
        _gathered(actor, row, voice_ids)
        note(actor, "voices_gathered", row, row.title, voices=row.voices)
    return row


def let_go(actor: Viewer, *, candidate_id: int, voice_id: int) -> Candidate:
    """A voice that asked for something else after all.

    :raises Refusal: GH-PRJ-001, 002, 003.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = _own_candidate(actor, candidate_id)
        if not row.gathered.filter(voice_id=voice_id).delete()[0]:
            raise Refusal("GH-PRJ-002", "这条意见不在这个候选里", "voice", "刷新页面后再办理")
        _counted(row)
        note(actor, "voice_let_go", row, row.title, voices=row.voices)
    return row


def _gathered(actor: Viewer, row: Candidate, voice_ids: Iterable[int]) -> None:
    """Merged voices come with their lead. Sensitive ones stay with their own desk.

    :raises Refusal: GH-PRJ-013.
    """
    wanted = set(voice_ids)
    found = list(Voice.objects.visible(actor).filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Refusal("GH-PRJ-013", "有意见已经看不到", "voices", "刷新名单后重新勾选")
    if any(one.sensitive for one in found):
        raise Refusal("GH-PRJ-013", "特殊事项由专人办理，不列入候选", "voices", "去掉特殊事项后再办理")
    leads = {one.lead_id or one.pk for one in found}
    rows = [CandidateVoice(path=row.path, candidate=row, voice_id=pk) for pk in sorted(leads)]
    CandidateVoice.objects.bulk_create(rows, ignore_conflicts=True)
    _counted(row)


def _counted(row: Candidate) -> None:
    mine = row.gathered.values("voice_id")
    row.voices = Voice.objects.filter(Q(pk__in=mine) | Q(lead__in=mine)).count()
    row.save(update_fields=["voices"])


# -- weighing opens, the committee decides, the list is published -----------------------------------------------------


def open_weighing(actor: Viewer, *, selection_id: int, opens_on: date, closes_on: date) -> Selection:
    """Ask the members of the body's range; candidates and terms are fixed from here.

    :raises Refusal: GH-PRJ-001, 002, 003; 014 the days; 021 and 022 from `check_terms`.
    """
    require(actor, MANAGE)
    if opens_on < today():
        raise Refusal("GH-PRJ-014", "评选不能从过去的日子开始", "opens_on", "写今天或以后的日期")
    if closes_on <= opens_on:
        raise Refusal("GH-PRJ-014", "截止日期要晚于开始日期", "closes_on")
    with transaction.atomic():
        row = own_selection(actor, selection_id, SelectionState.GATHERING)
        check_terms(terms_of(row), options_of(row))
        row.opens_on, row.closes_on, row.state = opens_on, closes_on, SelectionState.WEIGHING
        row.save()
        note(actor, "weighing_opened", row, row.title, opens_on=opens_on, closes_on=closes_on)
    return row


def decide(
    actor: Viewer, *, selection_id: int, decided_by: str, verdicts: Mapping[int, tuple[bool, str]],
    on: date | None = None,
) -> Selection:  # fmt: skip
    """What the committee decided of every candidate: {candidate: (chosen, reason)}; open until published.

    :raises Refusal: GH-PRJ-001, 002, 003, 004 which meeting, 005; 015 a candidate without verdict, a reason that is
        owed, none chosen or more than the list has places.
    """
    require(actor, MANAGE)
    when = past(on)
    with transaction.atomic():
        row = own_selection(actor, selection_id, SelectionState.DECIDING)
        row.decided_by = said(decided_by, "decided_by", "作出决定的会议", 120)
        row.decided_on = when
        rows = list(row.candidates.select_for_update().order_by("number"))
        chosen = 0
        for one in rows:
            if one.pk not in verdicts:
                raise Refusal("GH-PRJ-015", f"{one.number}号“{one.title}”还没有决定", f"chosen-{one.pk}")
            one.state, one.reason = _verdict(one, *verdicts[one.pk], listed=within(row.tally, one.number))
            chosen += one.state == CandidateState.CHOSEN
        if not 1 <= chosen <= row.places:
            raise Refusal(
                "GH-PRJ-015", f"列入了{chosen}件，应在1至{row.places}件之间", "chosen", "改决定，列入件数已公布不能改"
            )
        Candidate.objects.bulk_update(rows, ["state", "reason"])
        row.save()
        note(actor, "selection_decided", row, row.title, chosen=chosen, decided_by=row.decided_by)
    return row


def _verdict(one: Candidate, chosen: bool, reason: str, *, listed: bool) -> tuple[str, str]:
    words = reason.strip()[:500]
    if reason_needed(chosen, listed) and len(words) < 4:
        why = "评选没有排进清单，列入要写理由" if chosen else "未列入要写理由"
        raise Refusal("GH-PRJ-015", f"{one.number}号“{one.title}”{why}", f"reason-{one.pk}", "至少4个字，会公布")
    return CandidateState.CHOSEN if chosen else CandidateState.DROPPED, words


def publish(actor: Viewer, *, selection_id: int, due_on: date | None = None) -> list[Project]:
    """Make the list public: each chosen candidate becomes a project, and those who asked are told, of dropped ones too.

    :raises Refusal: GH-PRJ-001, 002, 003; 016 not decided; 014 the due day is over.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = own_selection(actor, selection_id, SelectionState.DECIDING)
        if row.decided_on is None:
            raise Refusal("GH-PRJ-016", "还没有登记会议决定", None, "登记决定和理由后再公布")
        by = due_on or date(row.year, 12, 31)
        if by < today():
            raise Refusal("GH-PRJ-014", "完成期限已经过去", "due_on", "写今天以后的日期")
        row.state, row.published_on = SelectionState.PUBLISHED, today()
        row.save()
        made = []
        for one in row.candidates.order_by("number"):
            if one.state == CandidateState.CHOSEN:
                made.append(_project(actor, row, one, by))
                words = f"列入{row.organisation.name}{row.year}年“{row.title}”，办理进展会继续告诉您"
                tell(actor, asked_for(one.pk), words, by=row.organisation.name, act=Act.LISTED, to=one.title)
                _adopt(actor, one, f"{words}。计划在{by:%Y年%-m月%-d日}以前完成：{one.goal}")
            else:
                words = f"“{one.title}”没有列入{row.year}年“{row.title}”，理由：{one.reason}"
                tell(actor, asked_for(one.pk), words, by=row.organisation.name, to=one.title)
        note(actor, "selection_published", row, row.title, projects=len(made))
    return made


def _adopt(actor: Viewer, candidate: Candidate, words: str) -> None:
    """Voices of the own desk that wait are answered by the list itself; those of other desks are answered there."""
    waiting = Voice.objects.filter(
        pk__in=candidate.gathered.values("voice_id"), handler_id=actor.organisation_id or 0, state__in=OPEN,
        lead__isnull=True, sensitive="",
    )  # fmt: skip
    if actor.may("voice.handle"):
        for voice_id in list(waiting.values_list("pk", flat=True)):
            answer(actor, voice_id=voice_id, outcome=Outcome.ADOPTED, words=words)


def _project(actor: Viewer, row: Selection, one: Candidate, due_on: date) -> Project:
    made = Project.objects.create(
        path=row.path, organisation=row.organisation, candidate=one, year=row.year,
        number=next_number(row.organisation, row.year), title=one.title, goal=one.goal,
        beneficiaries=one.beneficiaries, reach=one.reach, budget=one.cost, due_on=due_on, first_due_on=due_on,
        listed=True, shown=True, made_by=actor.account_id,
    )  # fmt: skip
    note(actor, "project_listed", made, made.title, candidate=one.number)
    return made
