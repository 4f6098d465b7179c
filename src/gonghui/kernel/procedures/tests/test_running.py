"""An application runs by its definition: tiers, corrections, clocks, notices, objections, appeals, effects once."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from gonghui.kernel.factories import Tree, make_member, make_person
from gonghui.kernel.messages.models import Message
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import SIMPLE, make_procedure, member_viewer, officer
from gonghui.kernel.procedures.models import Application, Clock, Decision, Doing, EffectRun, Notice, Step
from gonghui.kernel.procedures.queries import applications as queries
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.procedures.services.running import holders, tier_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope, take_scope_of
from gonghui.kernel.viewer import SYSTEM

TODAY = timezone.localdate


def hand_in(tree: Tree, procedure: Any, chair: Any, **typed: Any) -> Application:
    started = services.start(chair, procedure=procedure, organisation=tree.union)
    return services.submit(chair, application_id=started.application.pk, typed={"reason": "会员要求", **typed})


def open_step(application: Application) -> Step:
    return Step.objects.get(application=application, state="open")


def test_two_tiers_and_an_effect(tree: Tree, happened: list[int]) -> None:
    procedure, chair = make_procedure(), officer(tree.union, "grassroots_chair")
    town, county = officer(tree.township), officer(tree.county)
    done = hand_in(tree, procedure, chair)
    assert done.number.startswith("CS") and done.state == "running"
    assert done.document == {"members": 1, "reason": "会员要求"}  # what the records know was not asked
    with pytest.raises(Refusal, match="GH-PRO-011"):
        services.approve(county, step_id=open_step(done).pk)
    services.approve(town, step_id=open_step(done).pk, note="情况属实")
    services.approve(county, step_id=open_step(done).pk, document_no="安工发〔2026〕3号")
    done.refresh_from_db()
    assert (done.state, happened) == ("approved", [done.pk])
    decision = Decision.objects.get(application=done)
    assert decision.document_no == "安工发〔2026〕3号" and EffectRun.objects.get(decision=decision).result == {
        "noted": done.number
    }
    acts = list(Doing.objects.filter(application=done).order_by("pk").values_list("act", flat=True))
    assert acts == ["started", "submitted", "opened", "approved", "opened", "approved", "decided", "effect"]


def test_a_refused_effect_undoes_the_decision(tree: Tree, happened: list[int]) -> None:
    procedure = make_procedure(approved=[{"key": "test.noted", "given": {"refuse": True}}], steps=SIMPLE["steps"][1:])
    done = hand_in(tree, procedure, officer(tree.union, "grassroots_chair"))
    with pytest.raises(Refusal, match="台账不允许"):
        services.approve(officer(tree.county), step_id=open_step(done).pk)
    done.refresh_from_db()
    assert done.state == "running" and not Decision.objects.filter(application=done).exists()


def test_history_and_decisions_cannot_be_rewritten(tree: Tree) -> None:
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    line = Doing.objects.filter(application=done).first()
    assert line is not None
    for change in (lambda: Doing.objects.filter(pk=line.pk).update(note="改"), line.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_everything_missing_is_said_at_once_and_once(tree: Tree) -> None:
    procedure, chair, town = make_procedure(), officer(tree.union, "grassroots_chair"), officer(tree.township)
    done = hand_in(tree, procedure, chair)
    step = open_step(done)
    due = step.due_on
    services.send_back(
        town, step_id=step.pk, missing_items=[{"field": "reason", "note": "写明人数"}, {"note": "附照片"}]
    )
    done.refresh_from_db()
    assert done.state == "returned" and Clock.objects.get(step=step).state == "paused"
    with pytest.raises(Refusal, match="GH-PRO-012"):
        services.approve(town, step_id=step.pk)
    services.submit(chair, application_id=done.pk, typed={"reason": "会员要求，12人"})
    step.refresh_from_db()
    assert (step.state, step.due_on, Clock.objects.get(step=step).state) == ("open", due, "running")
    with pytest.raises(Refusal, match="GH-PRO-036"):
        services.send_back(town, step_id=step.pk, missing_items=[{"note": "再补"}])


def test_a_form_is_refused_with_everything_to_mend(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    started = services.start(chair, procedure=make_procedure(), organisation=tree.union)
    with pytest.raises(Refusal, match="有2处要改") as refused:
        services.submit(chair, application_id=started.application.pk, typed={"reason": "", "amount": "很多"})
    assert "理由还没有填写" in refused.value.message and "金额现在是“很多”" in refused.value.message


def test_overdue_steps_go_up(tree: Tree) -> None:
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    step = open_step(done)
    assert step.due_on is not None and step.organisation == tree.township
    services.tick(step.due_on - timedelta(days=1))
    step.refresh_from_db()
    assert step.due_tone == "wait" and step.organisation_id == tree.township.pk
    services.tick(step.due_on + timedelta(days=1))
    step.refresh_from_db()
    assert step.organisation_id == tree.county.pk and step.due_tone == "bad"
    assert Clock.objects.filter(step=step, state="breached").count() == 1
    services.tick(step.due_on - timedelta(days=30))
    assert Doing.objects.filter(application=done, act="escalated").count() == 1


def test_silence_is_consent_where_the_definition_says_so(tree: Tree, happened: list[int]) -> None:
    steps = copy.deepcopy(SIMPLE["steps"][1:])
    steps[0]["deadline"] = {"days": 15, "breach": "consent"}
    done = hand_in(tree, make_procedure(steps=steps), officer(tree.union, "grassroots_chair"))
    services.tick(TODAY() + timedelta(days=60))
    done.refresh_from_db()
    assert done.state == "approved" and happened == [done.pk]
    services.tick(TODAY() + timedelta(days=61))
    assert happened == [done.pk]


def test_a_correction_that_never_comes_lapses(tree: Tree) -> None:
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    services.send_back(officer(tree.township), step_id=open_step(done).pk, missing_items=[{"note": "缺材料"}])
    services.tick(TODAY() + timedelta(days=40))
    done.refresh_from_db()
    assert done.state == "lapsed"


def with_notice() -> list[dict[str, Any]]:
    first, second = copy.deepcopy(SIMPLE["steps"])
    notice = {"key": "shown", "title": "公示", "kind": "notice", "tier": "county", "role": "organising", "days": 5}
    return [first, notice, second]


def noticed(tree: Tree) -> tuple[Application, Notice]:
    done = hand_in(tree, make_procedure(steps=with_notice()), officer(tree.union, "grassroots_chair"))
    services.approve(officer(tree.township), step_id=open_step(done).pk)
    done.refresh_from_db()
    assert done.state == "noticed"
    return done, Notice.objects.get(application=done)


def test_a_notice_shows_what_it_may_and_ends_by_itself(tree: Tree, happened: list[int]) -> None:
    done, notice = noticed(tree)
    assert [row["label"] for row in notice.shown["rows"]] == ["公示对象", "理由"]
    services.tick(notice.closes_on)
    notice.refresh_from_db()
    assert notice.state == "open"
    services.tick(notice.closes_on + timedelta(days=1))
    services.approve(officer(tree.county), step_id=open_step(done).pk)
    assert happened == [done.pk]


def test_an_open_objection_blocks_until_it_is_answered(tree: Tree, happened: list[int]) -> None:
    from gonghui.kernel.viewer import OUTSIDER

    done, notice = noticed(tree)
    made = services.object_to(OUTSIDER, token=notice.token, text="该单位没有会员", in_confidence=True)
    services.tick(notice.closes_on + timedelta(days=3))
    done.refresh_from_db()
    assert done.state == "noticed" and happened == []
    county = officer(tree.county)
    services.answer_objection(county, objection_id=made.pk, upheld=False, answer="经核查，会员名册属实")
    services.tick(notice.closes_on + timedelta(days=4))
    services.approve(county, step_id=open_step(done).pk)
    done.refresh_from_db()
    assert done.state == "approved" and happened == [done.pk]


def test_an_upheld_objection_ends_the_application(tree: Tree, happened: list[int]) -> None:
    from gonghui.kernel.viewer import OUTSIDER

    done, notice = noticed(tree)
    made = services.object_to(OUTSIDER, token=notice.token, text="该单位没有会员", name="甲", contact="19900000001")
    services.answer_objection(officer(tree.county), objection_id=made.pk, upheld=True, answer="经核查，确无会员")
    done.refresh_from_db()
    assert (done.state, happened) == ("rejected", [])


def test_an_appeal_goes_to_the_tier_above_once(tree: Tree, happened: list[int]) -> None:
    procedure = make_procedure(appeal={"tier": "city", "role": "organising"})
    chair = officer(tree.union, "grassroots_chair")
    done = hand_in(tree, procedure, chair)
    services.reject(officer(tree.township), step_id=open_step(done).pk, note="材料不实")
    services.appeal(chair, application_id=done.pk, text="材料属实，见附件")
    step = open_step(done)
    assert step.organisation == tree.city
    services.approve(officer(tree.city), step_id=step.pk, note="申诉成立")
    done.refresh_from_db()
    assert (done.state, happened) == ("approved", [done.pk])
    assert Decision.objects.filter(application=done).count() == 2


def test_who_has_an_interest_steps_back_by_itself(tree: Tree) -> None:
    first, second = officer(tree.township, name="甲"), officer(tree.township, name="乙")
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    services.declare_interest(first, kind="亲属", organisation=tree.union)
    step = open_step(done)
    with pytest.raises(Refusal, match="GH-PRO-014"):
        services.approve(first, step_id=step.pk)
    assert "申报过" in services.entering(first, step.pk)
    step.refresh_from_db()
    assert step.organisation_id == tree.township.pk
    assert services.entering(second, step.pk) == ""
    services.declare_interest(second, kind="亲属", organisation=tree.union)
    services.entering(second, step.pk)
    step.refresh_from_db()
    assert step.organisation_id == tree.county.pk  # nobody is left in the township


def test_a_colleague_stands_in_on_leave(tree: Tree) -> None:
    away, colleague = officer(tree.township, name="甲"), officer(tree.township, "rights", name="乙")
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    step = open_step(done)
    with pytest.raises(Refusal, match="GH-PRO-011"):
        services.approve(colleague, step_id=step.pk)
    assert colleague.account_id is not None
    services.delegate(away, to_account=colleague.account_id, valid_from=TODAY(), valid_to=TODAY(), reason="休假")
    assert step in list(queries.inbox(colleague, TODAY()))
    services.approve(colleague, step_id=step.pk)


def test_two_different_persons(tree: Tree) -> None:
    steps = copy.deepcopy(SIMPLE["steps"])
    steps[1] |= {"tier": "township", "apart_from": ["first"]}
    one, other = officer(tree.township, name="甲"), officer(tree.township, name="乙")
    done = hand_in(tree, make_procedure(steps=steps), officer(tree.union, "grassroots_chair"))
    services.approve(one, step_id=open_step(done).pk)
    with pytest.raises(Refusal, match="GH-PRO-015"):
        services.approve(one, step_id=open_step(done).pk)
    services.approve(other, step_id=open_step(done).pk)


def test_running_applications_stay_on_their_version(tree: Tree) -> None:
    old = make_procedure()
    done = hand_in(tree, old, officer(tree.union, "grassroots_chair"))
    make_procedure(steps=SIMPLE["steps"][1:])
    found = in_force("test.simple", tree.union.path, TODAY())
    assert found is not None and found.version == old.version + 1
    assert open_step(done).key == "first"
    services.approve(officer(tree.township), step_id=open_step(done).pk)
    assert open_step(done).key == "second"


def test_nobody_else_learns_of_a_confidential_application(tree: Tree) -> None:
    steps = [{"key": "first", "title": "审核", "kind": "decide", "tier": "county", "role": "rights"}]
    procedure = make_procedure(
        key="test.secret", who="person", confidential=True, consent="同意", steps=steps,
        form={"sections": [{"title": "情况", "fields": [{"key": "income", "title": "收入", "kind": "money", "sealed": True}]}]},
    )  # fmt: skip
    person = tree.insider.person
    me = member_viewer(person)
    started = services.start(me, procedure=procedure, organisation=tree.union, person=person)
    done = services.submit(me, application_id=started.application.pk, typed={"income": "1,200.50"})
    assert done.document == {} and b"1200" not in bytes(done.sealed or b"")
    rights, leader = officer(tree.county, "rights"), officer(tree.county, "leader")
    town, city = officer(tree.township, "rights"), officer(tree.city, "rights")
    for viewer, sees in ((rights, 1), (leader, 0), (town, 0), (city, 0), (me, 1)):
        with acting(viewer):
            seen = (
                queries.applications(viewer).count(),
                Step.objects.count(),
                Doing.objects.filter(application=done).exists(),
            )
        assert (seen[0], bool(seen[1]), seen[2]) == (sees, bool(sees), bool(sees)), viewer.role
    take_scope("", "~")


def test_blind_scores_with_spread(tree: Tree) -> None:
    steps = [
        {"key": "scored", "title": "评分", "kind": "score", "tier": "county", "role": "judge", "reviewers": 2, "spread": 10,
         "criteria": [{"key": "a", "title": "成效", "most": 60}, {"key": "b", "title": "创新", "most": 40}], "pass_mark": 60},
        {"key": "last", "title": "决定", "kind": "decide", "tier": "county", "role": "organising"},
    ]  # fmt: skip
    done = hand_in(tree, make_procedure(steps=steps), officer(tree.union, "grassroots_chair"))
    judges = [officer(tree.county, "judge", name=name) for name in "甲乙丙"]
    step = open_step(done)
    services.give_score(judges[0], step_id=step.pk, marks={"a": 50, "b": 35})
    with pytest.raises(Refusal, match="GH-PRO-038"):
        services.give_score(judges[0], step_id=step.pk, marks={"a": 50, "b": 35})
    services.give_score(judges[1], step_id=step.pk, marks={"a": 40, "b": 20})
    step.refresh_from_db()
    assert step.state == "open" and step.reviewers == 3  # 85 and 60 lie too far apart
    services.give_score(judges[2], step_id=step.pk, marks={"a": 45, "b": 30})
    done.refresh_from_db()
    assert float(done.score or 0) == pytest.approx(73.3333) and open_step(done).key == "last"


def test_a_vote_needs_its_quorum(tree: Tree) -> None:
    steps = [
        {"key": "vote", "title": "表决", "kind": "vote", "tier": "own", "role": "grassroots_chair", "committee": 9},
        SIMPLE["steps"][1],
    ]
    chair = officer(tree.union, "grassroots_chair")
    done = hand_in(tree, make_procedure(steps=steps), chair)
    step = open_step(done)
    with pytest.raises(Refusal, match="不足应到9人的三分之二"):
        services.record_vote(chair, step_id=step.pk, present=5, yes=5, no=0, abstain=0)
    services.record_vote(chair, step_id=step.pk, present=6, yes=5, no=1, abstain=0)
    assert open_step(done).key == "second"


def test_withdrawn_applications_end(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    done = hand_in(tree, make_procedure(), chair)
    with pytest.raises(Refusal, match="GH-PRO-022"):
        services.start(chair, procedure=done.procedure, organisation=tree.union)
    services.withdraw(chair, application_id=done.pk)
    done.refresh_from_db()
    assert done.state == "withdrawn" and not Clock.objects.filter(application=done, state="running").exists()
    services.start(chair, procedure=done.procedure, organisation=tree.union)


def test_strangers_reach_nothing(tree: Tree) -> None:
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    stranger = member_viewer(make_member(tree.sibling_union, "甲", make_person("甲", tree.sibling_union)).person)
    for act in (services.withdraw, services.submit):
        with pytest.raises(Refusal, match="GH-PRO-010"):
            act(stranger, application_id=done.pk)
    with acting(officer(tree.sibling_county)) as other:
        assert queries.application(other, done.pk) is None
    take_scope("", "~")


def test_holders_are_those_in_force(tree: Tree) -> None:
    officer(tree.county)
    assert [post.role for post in holders(tree.county.pk, "organising", date(2026, 1, 1))] == ["organising"]


def test_one_veto_refuses_in_words(tree: Tree, happened: list[int]) -> None:
    steps = copy.deepcopy(SIMPLE["steps"])
    options = [{"value": "agree", "title": "同意"}, {"value": "object", "title": "不同意"}]
    steps[0] |= {"veto": ["object"], "asks": [
        {"key": "police", "title": "公安机关意见", "kind": "choice", "options": options},
        {"key": "tax", "title": "税务机关意见", "kind": "choice", "options": options},
    ]}  # fmt: skip
    done = hand_in(tree, make_procedure(steps=steps), officer(tree.union, "grassroots_chair"))
    services.approve(officer(tree.township), step_id=open_step(done).pk, given={"police": "agree", "tax": "object"})
    done.refresh_from_db()
    assert (done.state, happened) == ("rejected", [])
    assert Decision.objects.get(application=done).reason == "一票否决：税务机关意见不同意"


def test_an_upheld_appeal_may_go_on_where_it_was_refused(tree: Tree, happened: list[int]) -> None:
    first, second = copy.deepcopy(SIMPLE["steps"])
    notice = {"key": "shown", "title": "公示", "kind": "notice", "tier": "county", "role": "organising", "days": 5,
              "after": ["start"]}  # fmt: skip
    steps = [first | {"after": ["start"]}, notice, second | {"after": ["first", "shown"]}]
    appeal = {"tier": "city", "role": "organising", "then": "go_on"}
    chair, county = officer(tree.union, "grassroots_chair"), officer(tree.county)
    done = hand_in(tree, make_procedure(steps=steps, appeal=appeal), chair)
    services.reject(officer(tree.township), step_id=Step.objects.get(application=done, key="first").pk, note="材料不实")
    assert Notice.objects.get(application=done).state == "withdrawn"
    services.appeal(chair, application_id=done.pk, text="材料属实，见附件")
    services.approve(officer(tree.city), step_id=Step.objects.get(application=done, key="appeal").pk, note="申诉成立")
    done.refresh_from_db()
    assert (done.state, happened) == ("noticed", [])  # the notice that the refusal cut off is put up again
    services.tick(Notice.objects.get(application=done, state="open").closes_on + timedelta(days=1))
    services.approve(county, step_id=open_step(done).pk)
    done.refresh_from_db()
    assert (done.state, happened) == ("approved", [done.pk])


def test_a_step_that_nobody_holds_goes_up_over_night(tree: Tree) -> None:
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    county = officer(tree.county)
    assert open_step(done).organisation == tree.township
    assert services.tick(TODAY())["moved"] == 1
    assert open_step(done).organisation == tree.county
    assert services.tick(TODAY())["moved"] == 0
    services.approve(county, step_id=open_step(done).pk)


def test_the_demonstration_acts_as_of_another_day(tree: Tree) -> None:
    chair, day = officer(tree.union, "grassroots_chair"), date(2025, 3, 6)
    with services.as_of(day):
        done = hand_in(tree, make_procedure(), chair)
        services.approve(officer(tree.township), step_id=open_step(done).pk)
        services.approve(officer(tree.county), step_id=open_step(done).pk)
    done.refresh_from_db()
    decision = Decision.objects.get(application=done)
    assert done.number.startswith("CS20250306") and decision.on == day
    assert timezone.localdate(done.submitted_at) == day and services.today() == TODAY()


def test_a_branch_has_its_union_as_own_tier(tree: Tree) -> None:
    assert tier_of(tree.team, "own", "up") == tree.union and tier_of(tree.branch, "own", "up") == tree.union
    assert tier_of(tree.union, "own", "up") == tree.union


SECRET: dict[str, Any] = {
    "key": "test.secret", "who": "person", "confidential": True, "consent": "同意",
    "steps": [{"key": "first", "title": "审核", "kind": "decide", "tier": "county", "role": "rights"}],
    "form": {"sections": [{"title": "情况", "fields": [{"key": "income", "title": "收入", "kind": "money", "sealed": True}]}]},
}  # fmt: skip


def test_a_refusal_does_not_tell_outsiders_of_a_confidential_application(tree: Tree) -> None:
    procedure, person = make_procedure(**SECRET), tree.insider.person
    me = member_viewer(person)
    started = services.start(me, procedure=procedure, organisation=tree.union, person=person)
    services.submit(me, application_id=started.application.pk, typed={"income": "1200"})
    for viewer in (me, officer(tree.county, "rights")):
        with pytest.raises(Refusal, match="GH-PRO-022"):
            services.start(viewer, procedure=procedure, organisation=tree.union, person=person)
    assert services.start(officer(tree.city, "rights"), procedure=procedure, organisation=tree.union, person=person)


def test_periods_go_on_after_the_decision(tree: Tree) -> None:
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    clock = services.follow_up(done, title="复核", started_on=TODAY(), due_on=TODAY() + timedelta(days=9), warn=2)
    services.follow_up(done, title="送达", started_on=TODAY(), due_on=TODAY() + timedelta(days=9))
    assert services.end_follow_up(done, "送达") == 1
    services.tick(TODAY() + timedelta(days=7))
    clock.refresh_from_db()
    assert (clock.warned, clock.state) == (True, "running")
    services.tick(TODAY() + timedelta(days=10))
    clock.refresh_from_db()
    assert clock.state == "breached" and services.end_follow_up(done) == 0


@pytest.mark.parametrize("confidential", [False, True])
def test_the_applicant_is_told_on_the_phone_and_of_a_confidential_matter_not_which(
    tree: Tree, happened: list[int], confidential: bool
) -> None:
    me, town = tree.insider.person, officer(tree.township)
    mine = member_viewer(me)
    procedure = make_procedure(steps=SIMPLE["steps"][:1], who="person", approved=[], confidential=confidential)
    started = services.start(mine, procedure=procedure, organisation=tree.union, person=me)
    done = services.submit(mine, application_id=started.application.pk, typed={"reason": "会员要求"})
    take_scope_of(SYSTEM)
    services.send_back(town, step_id=open_step(done).pk, missing_items=[{"note": "写明人数"}])
    services.submit(mine, application_id=done.pk, typed={"reason": "会员要求12人"})
    services.approve(town, step_id=open_step(done).pk)
    title = "" if confidential else "测试申请"
    rows = Message.objects.filter(person=me).order_by("pk").values_list("kind", "about", "title")
    assert list(rows) == [("procedures.returned", done.pk, title), ("procedures.decided", done.pk, title)]
