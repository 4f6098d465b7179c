"""Joining, moving, founding, electing and ending as procedures: each from the form to what the registers say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from gonghui.kernel.factories import Tree, id_number, make_member, make_organisation, make_person
from gonghui.kernel.models import Appointment, Employer, Membership, Organisation, Person
from gonghui.kernel.procedures import registry, services, shipped
from gonghui.kernel.procedures.factories import make_procedure, member_viewer, officer
from gonghui.kernel.procedures.models import Application, Clock, Decision, EffectRun, Step
from gonghui.kernel.procedures.queries.applications import tracked
from gonghui.kernel.procedures.rules.checking import check
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.models import Rule
from gonghui.kernel.rules.rules import definitions as rules
from gonghui.kernel.viewer import OUTSIDER, Viewer

BODIES: dict[str, dict[str, Any]] = {
    body["key"]: body for body in shipped.bodies() if body["key"].startswith("membership.")
}
BORN = date(1995, 4, 12)
PAPER = id_number(311, BORN, region="362429")
CODE = "91350100M000100Y43"
TODAY = timezone.localdate

RIDER = {
    "name": "罗小勇", "id_kind": "identity_card", "id_number": PAPER, "phone": "19900001234", "employer": "",
    "work": "food_rider", "platforms": "美团，饿了么", "agree": True,
}  # fmt: skip


def apply(
    actor: Viewer, key: str, organisation: Organisation, typed: dict[str, Any], person: Person | None = None
) -> Application:
    started = services.start(actor, procedure=make_procedure(BODIES[key]), organisation=organisation, person=person)
    return services.submit(actor, application_id=started.application.pk, typed=typed, token=started.token)


def waiting(application: Application) -> Step:
    return Step.objects.get(application=application, state="open")


def outcome(application: Application, number: int = 0) -> dict[str, Any]:
    application.refresh_from_db()
    assert application.state == "approved", application.state
    return dict(EffectRun.objects.get(application=application, number=number).result)


@pytest.mark.parametrize("key", sorted(BODIES))
def test_every_definition_can_work(key: str) -> None:
    known = registry.known()
    assert [f"{one.where} {one.sentence}" for one in check(BODIES[key], known)] == []


def test_eleven_definitions_ship() -> None:
    assert sorted(BODIES) == [
        f"membership.{name}"
        for name in (
            "chair", "dissolve", "elected", "found", "found_staff", "join", "leave", "merge", "renew", "retain", "transfer",
        )
    ]  # fmt: skip


def test_the_form_of_joining_has_eight_questions() -> None:
    fields = [one for section in BODIES["membership.join"]["form"]["sections"] for one in section["fields"]]
    assert len(fields) == 8 and BODIES["membership.join"]["minutes"] <= 2


# -- joining -----------------------------------------------------------------------------------------------------


def test_a_rider_joins_and_the_chair_admits(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    started = services.start(OUTSIDER, procedure=make_procedure(BODIES["membership.join"]), organisation=tree.union)
    done = services.submit(OUTSIDER, application_id=started.application.pk, typed=RIDER, token=started.token)
    assert done.number.startswith("RH") and PAPER not in str(done.document) and "19900001234" not in str(done.document)
    step = waiting(done)
    assert (step.key, step.organisation_id) == ("chair", tree.union.pk)
    services.approve(chair, step_id=step.pk, note="符合入会条件")
    result = outcome(done)
    row = Membership.objects.get(pk=result["membership"])
    assert (row.organisation_id, row.status, row.joined_on, row.valid_from) == (
        tree.union.pk,
        "active",
        TODAY(),
        TODAY(),
    )
    assert (row.worker_kind, row.new_form, row.occupation) == ("new_form", "food_rider", "网约配送员")
    assert row.platforms == ["美团", "饿了么"] and row.person.name == "罗小勇"
    assert tracked(started.token)["application"].state == "approved"  # type: ignore[index]


def test_a_member_of_another_union_is_told_to_transfer(tree: Tree) -> None:
    make_member(tree.other_union, "罗小勇", make_person("罗小勇", tree.other_union, number=PAPER, birth=BORN))
    chair = officer(tree.union, "grassroots_chair")
    done = apply(OUTSIDER, "membership.join", tree.union, RIDER)
    with pytest.raises(Refusal, match="可发起转会") as refused:
        services.approve(chair, step_id=waiting(done).pk)
    assert refused.value.code == "GH-PER-401"
    done.refresh_from_db()
    assert done.state == "running" and not Decision.objects.filter(application=done).exists()
    services.reject(chair, step_id=waiting(done).pk, note="已是其他工会会员，办理转会")


def test_wrong_papers_are_said_before_anything_is_handed_in(tree: Tree) -> None:
    typed = RIDER | {"id_number": PAPER[:17], "name": "罗", "agree": False}
    with pytest.raises(Refusal, match="GH-PRO-020") as refused:
        apply(OUTSIDER, "membership.join", tree.union, typed)
    assert "我自愿加入工会要勾选同意才能提交" in refused.value.message
    with pytest.raises(Refusal, match="应为18位"):
        apply(OUTSIDER, "membership.join", tree.union, typed | {"agree": True})


def test_a_federation_reviews_itself_and_a_union_without_posts_by_the_one_above(tree: Tree) -> None:
    office = officer(tree.township)
    at_town = apply(OUTSIDER, "membership.join", tree.township, RIDER)
    assert (waiting(at_town).key, waiting(at_town).organisation_id) == ("office", tree.township.pk)
    at_joint = apply(OUTSIDER, "membership.join", tree.sibling_union, RIDER)
    assert (waiting(at_joint).key, waiting(at_joint).organisation_id) == ("above", tree.township.pk)
    services.approve(office, step_id=waiting(at_joint).pk)
    assert Membership.objects.get(pk=outcome(at_joint)["membership"]).organisation_id == tree.sibling_union.pk


def test_three_working_days_then_the_federation_has_it(tree: Tree) -> None:
    officer(tree.union, "grassroots_chair")
    town = officer(tree.township)
    done = apply(OUTSIDER, "membership.join", tree.union, RIDER)
    step = waiting(done)
    assert step.due_on is not None and Clock.objects.get(step=step).days == 3
    services.tick(step.due_on + timedelta(days=1))
    step.refresh_from_db()
    assert (step.organisation_id, step.role) == (tree.township.pk, "organising")
    services.approve(town, step_id=step.pk)
    assert Membership.objects.get(pk=outcome(done)["membership"]).organisation_id == tree.union.pk


def test_the_days_are_a_rule_of_the_place(tree: Tree) -> None:
    officer(tree.union, "grassroots_chair")
    Rule.objects.create(
        organisation=tree.county, path=tree.county.path, key="membership.join_days", value=8, version=1,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    done = apply(OUTSIDER, "membership.join", tree.union, RIDER)
    assert Clock.objects.get(step=waiting(done)).days == 8


def test_what_is_missing_is_mended_by_the_link_and_then_admitted(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    started = services.start(OUTSIDER, procedure=make_procedure(BODIES["membership.join"]), organisation=tree.union)
    done = services.submit(OUTSIDER, application_id=started.application.pk, typed=RIDER, token=started.token)
    services.send_back(chair, step_id=waiting(done).pk, missing_items=[{"field": "employer", "note": "写明所在站点"}])
    with pytest.raises(Refusal, match="GH-PRO-010"):
        services.submit(OUTSIDER, application_id=done.pk, typed=RIDER)
    services.submit(OUTSIDER, application_id=done.pk, typed=RIDER | {"employer": "枫田镇配送站"}, token=started.token)
    services.approve(chair, step_id=waiting(done).pk)
    assert Membership.objects.get(pk=outcome(done)["membership"]).employer_name == "枫田镇配送站"


def test_who_was_not_admitted_appeals_to_the_union_above(tree: Tree) -> None:
    chair, town = officer(tree.union, "grassroots_chair"), officer(tree.township)
    started = services.start(OUTSIDER, procedure=make_procedure(BODIES["membership.join"]), organisation=tree.union)
    done = services.submit(OUTSIDER, application_id=started.application.pk, typed=RIDER, token=started.token)
    services.reject(chair, step_id=waiting(done).pk, note="不是本单位职工")
    services.appeal(OUTSIDER, application_id=done.pk, text="我在本单位站点送餐一年", token=started.token)
    step = waiting(done)
    assert (step.organisation_id, step.role) == (tree.township.pk, "organising")
    services.approve(town, step_id=step.pk, note="申诉成立")
    done.refresh_from_db()
    assert done.state == "approved"
    assert Membership.objects.get(person__name="罗小勇", valid_to__isnull=True).organisation_id == tree.union.pk


def test_a_relative_steps_back_and_the_union_above_decides(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    officer(tree.township)
    done = apply(OUTSIDER, "membership.join", tree.union, RIDER)
    services.declare_interest(chair, kind="亲属", organisation=tree.union)
    step = waiting(done)
    assert "申报过" in services.entering(chair, step.pk)
    step.refresh_from_db()
    assert (step.organisation_id, step.role) == (tree.township.pk, "organising")


# -- moving, leaving, retaining -----------------------------------------------------------------------------------


def test_a_transfer_goes_along_or_asks_the_other_union(tree: Tree) -> None:
    chair, person = officer(tree.union, "grassroots_chair"), tree.insider.person
    me = member_viewer(person)
    typed = {"to_union": str(tree.other_union.pk), "reason": "换到新单位工作"}
    done = apply(me, "membership.transfer", tree.union, typed, person)
    services.approve(chair, step_id=waiting(done).pk)
    assert outcome(done)["state"] == "asked"
    assert Membership.objects.get(person=person, valid_to__isnull=True).organisation_id == tree.union.pk
    from gonghui.kernel.people.models import TransferRequest
    from gonghui.kernel.people.services import answer_transfer

    asked = TransferRequest.objects.get(pk=outcome(done)["transfer"])
    answer_transfer(officer(tree.other_union, "grassroots_chair"), request=asked, accept=True)
    row = Membership.objects.get(person=person, valid_to__isnull=True)
    assert (row.organisation_id, row.joined_on) == (tree.other_union.pk, tree.insider.joined_on)


def test_a_federation_above_both_moves_in_one_step(tree: Tree) -> None:
    town, person = officer(tree.township), tree.insider.person
    typed = {"to_union": str(tree.sibling_union.pk), "reason": "换到新单位工作"}
    done = apply(town, "membership.transfer", tree.union, typed, person)
    assert waiting(done).key == "office"
    services.approve(town, step_id=waiting(done).pk)
    assert outcome(done)["state"] == "accepted"
    assert Membership.objects.get(person=person, valid_to__isnull=True).organisation_id == tree.sibling_union.pk


def test_nobody_transfers_to_where_they_are(tree: Tree) -> None:
    person = tree.insider.person
    with pytest.raises(Refusal, match="会籍已经在这家工会"):
        apply(
            member_viewer(person), "membership.transfer", tree.union,
            {"to_union": str(tree.union.pk), "reason": "换单位"}, person,
        )  # fmt: skip


def test_leaving_cannot_be_refused(tree: Tree) -> None:
    chair, person = officer(tree.union, "grassroots_chair"), tree.insider.person
    done = apply(member_viewer(person), "membership.leave", tree.union, {"agree": True}, person)
    with pytest.raises(Refusal, match="GH-PRO-033"):
        services.reject(chair, step_id=waiting(done).pk, note="不同意退会")
    services.approve(chair, step_id=waiting(done).pk)
    row = Membership.objects.get(pk=outcome(done)["membership"])
    assert (row.status, row.end_reason, row.valid_to) == ("ended", "left", TODAY())


def test_a_retired_member_keeps_the_membership(tree: Tree) -> None:
    chair, person = officer(tree.union, "grassroots_chair"), tree.insider.person
    done = apply(
        member_viewer(person), "membership.retain", tree.union, {"why": "retired", "since": "2026-10-01"}, person
    )
    services.approve(chair, step_id=waiting(done).pk)
    row = Membership.objects.get(pk=outcome(done)["membership"])
    assert (row.status, row.retention_reason, row.worker_kind) == ("retained", "retired", "retired")


# -- founding ----------------------------------------------------------------------------------------------------

FIRM = {
    "employer": "江西安福新绿能源有限公司", "uscc": CODE, "unit_kind": "170", "address": "枫田镇工业小区", "headcount": "60",
    "members": "40", "way": "own", "union_name": "江西安福新绿能源有限公司工会委员会",
    "group": [{"name": "肖志明", "post": "车间主任"}], "barred": "否", "applicant": "肖志明", "phone": "19900004321",
    "agree": True,
}  # fmt: skip


def candidates(chair_votes: int = 38, **more: Any) -> list[dict[str, Any]]:
    names = ("肖志明", "刘冬梅", "彭小军", "欧阳丽")
    offices = ("chair", "committee_member", "committee_member", "none")
    votes = (chair_votes, 36, 35, 4)
    return [
        {"name": name, "id_number": id_number(300 + n, date(1985 + n, 3, 2), region="360829"), "votes": str(votes[n]),
         "office": offices[n], **more}
        for n, name in enumerate(names)
    ]  # fmt: skip


def ballot(day: date, **more: Any) -> dict[str, Any]:
    return {
        "members": "40", "meeting": "assembly", "elected_on": day.isoformat(), "entitled": "40", "present": "39",
        "secret": "是", "seats": "3", "term_years": "5", "notice_days": "7", "candidates": candidates(), "agree": True,
    } | more  # fmt: skip


def founded(tree: Tree, town: Viewer, county: Viewer, **more: Any) -> Organisation:
    done = apply(OUTSIDER, "membership.found", tree.township, FIRM | more)
    services.approve(town, step_id=waiting(done).pk, note="已上门核实")
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕31号")
    return Organisation.objects.get(pk=outcome(done)["organisation"])


def test_a_union_is_founded_elected_and_handed_on_for_registration(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    made = founded(tree, town, county)
    assert (made.parent_id, made.state, made.kind, made.union_kind) == (
        tree.township.pk, "founding", "grassroots_union", "1",
    )  # fmt: skip
    assert Employer.objects.get(uscc=CODE).organisation_id == made.pk
    assert made.changes.get().document_no == "安工发〔2026〕31号"
    day = TODAY()
    done = apply(town, "membership.elected", made, ballot(day))
    assert PAPER not in str(done.document) and "candidates" not in done.document
    services.approve(town, step_id=waiting(done).pk)
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕33号")
    result = outcome(done)
    made.refresh_from_db()
    assert (made.state, made.term_from, made.term_to.year, made.committee_size) == ("active", day, day.year + 5, 3)  # type: ignore[union-attr]
    offices = Appointment.objects.filter(organisation=made, valid_to__isnull=True).order_by("pk")
    assert [(row.person.name, row.office) for row in offices] == [
        ("肖志明", "chair"), ("刘冬梅", "committee_member"), ("彭小军", "committee_member"),
    ]  # fmt: skip
    assert Membership.objects.filter(organisation=made, valid_to__isnull=True).count() == 3
    assert len(result["appointments"]) == 3 and result["ended"] == []
    handed = outcome(done, 1)
    clock = Clock.objects.get(pk=handed["clock"])
    assert (clock.kind, clock.state, clock.due_on) == ("follow_up", "running", day + timedelta(days=60))
    assert "工会法人资格申请登记表" in handed["papers"]


def test_founding_needs_the_number_of_the_approval(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    done = apply(OUTSIDER, "membership.found", tree.township, FIRM)
    services.approve(town, step_id=waiting(done).pk)
    with pytest.raises(Refusal, match="GH-ORG-301"):
        services.approve(county, step_id=waiting(done).pk)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"uscc": CODE[:-1] + "4"}, "统一社会信用代码"),
        ({"members": "25", "way": "organiser"}, "已满25人，应单独建立基层工会委员会（《工会法》第十一条）"),
        ({"members": "61"}, "比职工60人还多"),
        ({"barred": "是"}, "《工会法》第十条"),
    ],
)
def test_a_founding_against_the_law_is_not_handed_in(tree: Tree, changes: dict[str, str], says: str) -> None:
    with pytest.raises(Refusal, match="GH-PRO-020") as refused:
        apply(OUTSIDER, "membership.found", tree.township, FIRM | changes)
    assert says in refused.value.message


def test_an_employer_that_has_a_union_founds_no_second_one(tree: Tree) -> None:
    Employer.objects.create(organisation=tree.union, path=tree.union.path, name="某公司", uscc=CODE)
    with pytest.raises(Refusal, match="泸水河食品有限公司工会委员会”下，不用再建会"):
        apply(OUTSIDER, "membership.found", tree.township, FIRM)


def test_a_small_employer_joins_a_joint_union(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    done = apply(
        town, "membership.found_staff", tree.township,
        FIRM | {"members": "8", "way": "join", "joint_union": str(tree.sibling_union.pk)},
    )  # fmt: skip
    services.approve(town, step_id=waiting(done).pk)
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕34号")
    assert outcome(done)["organisation"] == tree.sibling_union.pk
    assert Employer.objects.get(uscc=CODE).organisation_id == tree.sibling_union.pk


def test_an_election_against_the_rules_names_every_rule(tree: Tree) -> None:
    town = officer(tree.township)
    made = founded(tree, town, officer(tree.county))
    typed = ballot(
        TODAY(), present="26", term_years="3", notice_days="2", seats="9", candidates=candidates(chair_votes=20)
    )
    with pytest.raises(Refusal, match="GH-PRO-020") as refused:
        apply(town, "membership.elected", made, typed)
    for words in ("三分之二（27人）", "3至7人", "半数（21票）", "差额率不低于5%", "应公示7天", "总工发〔2016〕27号"):
        assert words in refused.value.message, words
    with pytest.raises(Refusal, match="还没有到"):
        apply(town, "membership.elected", made, ballot(TODAY() + timedelta(days=1)))


# -- renewal, chair, endings --------------------------------------------------------------------------------------


def test_a_renewal_replaces_the_committee(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    old = Appointment.objects.create(
        person=tree.insider.person,
        organisation=tree.union,
        path=tree.union.path,
        office="chair",
        valid_from=date(2021, 5, 1),
    )
    done = apply(officer(tree.union, "grassroots_chair"), "membership.renew", tree.union, ballot(TODAY()))
    services.approve(town, step_id=waiting(done).pk)
    with pytest.raises(Refusal, match="GH-MEM-204"):
        services.approve(county, step_id=waiting(done).pk)
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕40号")
    outcome(done)
    old.refresh_from_db()
    tree.union.refresh_from_db()
    assert (old.valid_to, old.end_reason) == (TODAY(), "换届")
    assert tree.union.term_from == TODAY() and tree.union.committee_size == 3
    assert (
        Appointment.objects.get(organisation=tree.union, office="chair", valid_to__isnull=True).person.name == "肖志明"
    )


def test_a_chair_is_removed_and_succeeded(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    old = Appointment.objects.create(
        person=tree.insider.person,
        organisation=tree.union,
        path=tree.union.path,
        office="chair",
        valid_from=date(2021, 5, 1),
    )
    typed = {
        "how": "removal", "changed_on": TODAY().isoformat(), "entitled": "100", "present": "90", "removal_votes": "50",
        "name": "罗小勇", "id_number": PAPER, "votes": "60", "barred": "否",
    }  # fmt: skip
    chair = officer(tree.union, "grassroots_chair")
    with pytest.raises(Refusal, match="没有超过全体100人的半数（51票）（《工会法》第十八条）"):
        apply(chair, "membership.chair", tree.union, typed)
    done = apply(chair, "membership.chair", tree.union, typed | {"removal_votes": "51"})
    services.approve(town, step_id=waiting(done).pk)
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕41号")
    outcome(done)
    old.refresh_from_db()
    assert (old.valid_to, old.end_reason) == (TODAY(), "罢免")
    assert (
        Appointment.objects.get(organisation=tree.union, office="chair", valid_to__isnull=True).person.name == "罗小勇"
    )


def test_unions_are_merged_and_the_act_can_be_taken_back(tree: Tree) -> None:
    from gonghui.kernel.models import OrganisationChange
    from gonghui.kernel.org.services import undo

    town, county = officer(tree.township), officer(tree.county)
    typed = {
        "into": str(tree.sibling_union.pk), "reason": "两家单位合并经营", "entitled": "100", "agreed": "50",
    }  # fmt: skip
    with pytest.raises(Refusal, match="《工会法》第十三条"):
        apply(town, "membership.merge", tree.union, typed)
    done = apply(town, "membership.merge", tree.union, typed | {"agreed": "51"})
    services.approve(town, step_id=waiting(done).pk)
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕42号")
    change = OrganisationChange.objects.get(pk=outcome(done)["change"])
    tree.insider.refresh_from_db()
    assert tree.insider.status == "ended"
    undo(county, change=change, reason="批复有误")
    assert Organisation.objects.get(pk=tree.union.pk).state == "active"


def test_a_dissolved_union_loses_no_member(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    done = apply(town, "membership.dissolve", tree.union, {"why": "employer_ended", "reason": "用人单位已注销登记"})
    services.approve(town, step_id=waiting(done).pk)
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕43号")
    assert outcome(done)["member_effect"] == "held_above"
    row = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    assert (row.organisation_id, row.status) == (tree.township.pk, "retained")


def test_a_merger_beyond_the_range_of_who_decides_is_refused(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    elsewhere = make_organisation("遂川县泉江镇小微企业联合工会委员会", "joint_union", parent=tree.sibling_county)
    done = apply(
        town, "membership.merge", tree.union,
        {"into": str(elsewhere.pk), "reason": "两家单位合并经营", "entitled": "10", "agreed": "9"},
    )  # fmt: skip
    services.approve(town, step_id=waiting(done).pk)
    with pytest.raises(Refusal, match="GH-MEM-205"):
        services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕44号")
    assert Organisation.objects.get(pk=tree.union.pk).state == "active"


def test_rules_name_their_source() -> None:
    for key in BODIES["membership.elected"]["rules"].values():
        assert rules()[key].basis


# -- what the pages of applications show ---------------------------------------------------------------------------


def test_the_chair_sees_the_paper_masked_and_a_leader_does_not(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    done = apply(OUTSIDER, "membership.join", tree.union, RIDER)
    (panel,) = registry.panels(chair, done)
    said = dict(panel.context["rows"])
    assert said["出生日期"] == "1995-04-12" and said["证件"] == "居民身份证" and PAPER not in str(said)
    assert registry.panels(officer(tree.county, "leader"), done) == []
    assert registry.panels(officer(tree.other_union, "grassroots_chair"), done) == []
    assert "1995-04-12" in render_to_string(panel.template, panel.context)


def test_the_sheet_of_an_election_names_each_rule(tree: Tree) -> None:
    done = apply(officer(tree.union, "grassroots_chair"), "membership.renew", tree.union, ballot(TODAY()))
    (panel,) = registry.panels(officer(tree.township), done)
    text = render_to_string(panel.template, panel.context)
    assert "应到40人，实到39人，至少27人" in text and text.count("符合") == 9 and "总工发〔2016〕27号" in text
    assert id_number(300, date(1985, 3, 2), region="360829") not in text


def test_the_decision_keeps_the_rules_that_spoke(tree: Tree) -> None:
    town, county = officer(tree.township), officer(tree.county)
    done = apply(officer(tree.union, "grassroots_chair"), "membership.renew", tree.union, ballot(TODAY()))
    services.approve(town, step_id=waiting(done).pk)
    services.approve(county, step_id=waiting(done).pk, document_no="安工发〔2026〕40号")
    kept = {one["key"]: one["value"] for one in Decision.objects.get(application=done).rules}
    assert kept == {"membership.spread_percent": 5, "membership.candidate_days": 7}
