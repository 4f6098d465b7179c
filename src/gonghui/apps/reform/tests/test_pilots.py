"""Pilots, the 三员 and their visits, findings, brand projects and cases: every way they go and every no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gonghui.apps.reform import services
from gonghui.apps.reform.choices import BrandKind, Tier, VisitWay
from gonghui.apps.reform.models import Guide, Issue
from gonghui.apps.reform.queries import pilots as read
from gonghui.apps.reform.queries import showing
from gonghui.kernel.factories import make_organisation, viewer_at
from gonghui.kernel.models import Post
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .conftest import GROUPS, Stage
from .test_plans import code

pytestmark = pytest.mark.django_db


def enrolling(stage: Stage, programme_id: int) -> Callable[..., Any]:
    def enrol(organisation: Organisation, group: str = "A", **more: Any) -> Any:
        return services.enrol(
            more.pop("actor", stage.city), programme_id=programme_id, organisation=organisation, tier=Tier.ENTERPRISE,
            group=group, **more,
        )  # fmt: skip

    return enrol


def test_groups_hold_as_many_as_they_have_places_for(stage: Stage) -> None:
    programme, tree = stage.programme(), stage.tree
    enrol = enrolling(stage, programme.pk)
    enrol(tree.union)
    assert code(lambda: enrol(tree.union, "B")) == "GH-REF-047"
    enrol(tree.sibling_union)
    assert code(lambda: enrol(tree.township)) == "GH-REF-046"
    assert code(lambda: enrol(tree.township, "Z")) == "GH-REF-045"
    assert code(lambda: enrol(tree.other_union, "N")) == "GH-REF-006"
    assert code(lambda: enrol(tree.township, "N", on=stage.day(-301))) == "GH-REF-044"
    assert code(lambda: enrol(tree.township, "N", on=stage.day(1))) == "GH-REF-005"
    assert code(lambda: enrol(tree.township, "N", actor=stage.county)) == "GH-REF-002"
    enrol(tree.township, "N")
    assert [(one.key, one.taken, one.short) for one in read.groups(programme)] == [
        ("A", 2, 0),
        ("B", 0, 8),
        ("N", 1, 0),
    ]

    change = lambda groups, **more: services.change_programme(  # noqa: E731
        stage.city, programme_id=programme.pk, groups=groups, **more
    )
    assert code(lambda: change(GROUPS[:2])) == "GH-REF-042"
    assert code(lambda: change([{**GROUPS[0], "places": 1}, *GROUPS[1:]])) == "GH-REF-042"
    assert code(lambda: change(GROUPS, ends_on=stage.day(-301))) == "GH-REF-043"
    change([{**GROUPS[0], "title": "样本企业", "places": 3}, *GROUPS[1:]])
    assert set(read.pilots(stage.city).filter(group="A").values_list("group_title", flat=True)) == {"样本企业"}
    again = lambda: services.open_programme(  # noqa: E731
        stage.city, organisation=tree.city, title="产改试点", groups=GROUPS, starts_on=stage.today
    )
    assert code(again) == "GH-REF-041"


def test_a_pilot_leaves_and_may_come_back(stage: Stage) -> None:
    pilot = stage.pilot(200)
    _, post = stage.guide()
    services.appoint(stage.city, pilot_id=pilot.pk, post=post)
    leave = lambda **more: services.leave(stage.city, pilot_id=pilot.pk, reason="企业搬迁外地", **more)  # noqa: E731
    assert code(lambda: leave(on=stage.day(-201))) == "GH-REF-049"
    assert code(lambda: services.leave(stage.county, pilot_id=pilot.pk, reason="企业搬迁外地")) == "GH-REF-001"
    leave()
    assert Guide.objects.get().valid_to == stage.today
    assert code(leave) == "GH-REF-048"
    assert code(lambda: services.appoint(stage.city, pilot_id=pilot.pk, post=post)) == "GH-REF-048"
    enrolling(stage, pilot.programme_id or 0)(stage.tree.union)


def visiting(actor: Viewer, pilot_id: int) -> Callable[..., Any]:
    def visit(**more: Any) -> Any:
        return services.record_visit(
            actor, pilot_id=pilot_id, way=VisitWay.ON_SITE, found="班组里开展了岗位练兵", **more
        )

    return visit


def test_only_those_appointed_record_visits(stage: Stage) -> None:
    pilot = stage.pilot(200)
    guide, post = stage.guide()
    visit = visiting(guide, pilot.pk)
    assert code(visit) == "GH-REF-053"
    assert code(lambda: services.appoint(stage.city, pilot_id=pilot.pk, post=stage.post)) == "GH-REF-050"
    row = services.appoint(stage.city, pilot_id=pilot.pk, post=post, on=stage.day(-100))
    assert code(lambda: services.appoint(stage.city, pilot_id=pilot.pk, post=post)) == "GH-REF-051"
    assert code(lambda: visit(on=stage.day(-101))) == "GH-REF-054"
    assert code(lambda: visit(issue="技能等级没有兑现")) == "GH-REF-055"
    assert code(lambda: visiting(stage.city, pilot.pk)()) == "GH-ACC-001"
    assert read.unvisited(guide).count() == 1
    visit(on=stage.day(-95))
    assert read.unvisited(guide).count() == 1
    visit(issue="技能等级没有与工资挂钩", issue_due_on=stage.day(20))
    assert read.unvisited(guide).count() == 0
    issue = Issue.objects.get()
    assert issue.organisation_id == stage.tree.union.pk and "指导员走访" in issue.source
    services.relieve(stage.city, guide_id=row.pk)
    assert code(lambda: services.relieve(stage.city, guide_id=row.pk)) == "GH-REF-052"


def test_who_would_never_see_a_pilot_is_not_sent_there(stage: Stage) -> None:
    pilot = stage.pilot()
    beside = Post.objects.get(pk=viewer_at(stage.tree.sibling_county, "guide", "guide-beside").post_id)
    with pytest.raises(Refusal) as refused:
        services.appoint(stage.city, pilot_id=pilot.pk, post=beside)
    assert refused.value.code == "GH-REF-050" and refused.value.hint
    _, post = stage.guide()
    assert list(read.candidates(stage.city, pilot)) == [post]


def test_a_finding_of_a_visit_goes_back_to_who_organises_the_pilots(stage: Stage) -> None:
    """The guide's own organisation may have nobody who checks, or be the one that has to mend."""
    pilot = stage.pilot()
    guide, post = stage.guide()
    services.appoint(stage.city, pilot_id=pilot.pk, post=post)
    visiting(guide, pilot.pk)(issue="技能等级没有与工资挂钩", issue_due_on=stage.day(20))
    issue = Issue.objects.get()
    services.answer_issue(stage.union, issue_id=issue.pk, answer="已写进集体合同")
    assert code(lambda: services.close_issue(stage.county, issue_id=issue.pk)) == "GH-REF-001"
    assert services.close_issue(stage.city, issue_id=issue.pk).state == "closed"


def test_a_pilot_changes_its_group_and_tier_with_a_reason(stage: Stage) -> None:
    pilot = stage.pilot()
    move = lambda **more: services.regroup(  # noqa: E731
        more.pop("actor", stage.city),
        pilot_id=pilot.pk,
        **{"tier": Tier.TOWN, "group": "N", "reason": "样本调整"} | more,
    )
    assert code(lambda: move(group="Z")) == "GH-REF-045"
    assert code(lambda: move(tier=Tier.ENTERPRISE, group="A")) == "GH-REF-056"
    assert code(lambda: move(reason="")) == "GH-REF-004"
    assert code(lambda: move(actor=stage.county)) == "GH-REF-002"
    row = move()
    assert (row.tier, row.group, row.group_title) == ("town", "N", "试点企业")
    assert [(one["what"], one["old"], one["reason"]) for one in row.changes] == [
        ("分组", "核心样本企业", "样本调整"), ("层级", "企业级", "样本调整"),
    ]  # fmt: skip


def finding(stage: Stage) -> Issue:
    row = services.open_round(
        stage.city,
        organisation=stage.tree.city,
        title="产改督查",
        scope="",
        starts_on=stage.today,
        ends_on=stage.day(3),
    )
    return services.raise_issue(
        stage.city, round_id=row.pk, organisation=stage.tree.county, text="没有建立三员台账", due_on=stage.day(5)
    )


def test_days_of_a_finding_move_with_their_reasons(stage: Stage) -> None:
    issue = finding(stage)
    move = lambda days, reason="等经费下达": services.move_issue(  # noqa: E731
        stage.city, issue_id=issue.pk, due_on=stage.day(days), reason=reason
    )
    assert code(lambda: move(-1)) == "GH-REF-061"
    assert code(lambda: move(9, "")) == "GH-REF-004"
    assert move(9).due_on == stage.day(9)
    services.answer_issue(stage.county, issue_id=issue.pk, answer="台账已经建立")
    back = lambda days: services.return_issue(  # noqa: E731
        stage.city, issue_id=issue.pk, opinion="台账没有走访记录", due_on=stage.day(days)
    )
    assert code(lambda: back(-1)) == "GH-REF-061"
    row = back(12)
    assert [one["new"] for one in row.changes] == [stage.day(9).isoformat(), stage.day(12).isoformat()]
    assert [one["reason"] for one in row.changes] == ["等经费下达", "退回：台账没有走访记录"]
    assert services.urge_issue(stage.city, issue_id=issue.pk, words="本周内补上").kind == "urged"
    assert code(lambda: services.urge_issue(stage.county, issue_id=issue.pk, words="本周内补上")) == "GH-REF-001"


def test_a_round_ends_when_all_its_findings_do(stage: Stage) -> None:
    tree = stage.tree
    opening = lambda days: services.open_round(  # noqa: E731
        stage.city,
        organisation=tree.city,
        title="产改落实情况督查",
        scope="",
        starts_on=stage.today,
        ends_on=stage.day(days),
    )
    assert code(lambda: opening(-1)) == "GH-REF-060"
    row = opening(5)
    raising = lambda body, days: services.raise_issue(  # noqa: E731
        stage.city, round_id=row.pk, organisation=body, text="没有建立三员台账", due_on=stage.day(days)
    )
    assert code(lambda: raising(tree.county, -1)) == "GH-REF-061"
    assert code(lambda: raising(tree.other_county, 5)) == "GH-REF-006"
    issue = raising(tree.county, 5)
    closing = lambda: services.close_round(stage.city, round_id=row.pk, summary="总体落实较好")  # noqa: E731
    assert code(closing) == "GH-REF-062"
    assert code(lambda: services.answer_issue(stage.city, issue_id=issue.pk, answer="已经建立")) == "GH-REF-001"
    assert code(lambda: services.answer_issue(stage.sibling, issue_id=issue.pk, answer="已经建立")) == "GH-REF-002"
    assert code(lambda: services.close_issue(stage.city, issue_id=issue.pk)) == "GH-REF-003"
    services.answer_issue(stage.county, issue_id=issue.pk, answer="台账已建立")
    back = services.return_issue(stage.city, issue_id=issue.pk, opinion="缺观察员名单", due_on=stage.day(9))
    assert (back.state, back.returns, back.due_on) == ("open", 1, stage.day(9))
    services.answer_issue(stage.county, issue_id=issue.pk, answer="观察员名单已补")
    services.close_issue(stage.city, issue_id=issue.pk, opinion="属实")
    assert closing().state == "closed"
    assert code(lambda: raising(tree.county, 5)) == "GH-REF-003"


def test_brand_projects_are_registered_above_and_towns_without_one_are_known(stage: Stage) -> None:
    town = viewer_at(stage.tree.township, "organising", "plan-town")
    bare = make_organisation("安福县平都镇总工会", "federation", "township", stage.tree.county)
    assert set(showing.towns_without(stage.city)) == {stage.tree.township, bare}
    propose = lambda actor, body, kind: services.propose_brand(  # noqa: E731
        actor, organisation=body, kind=kind, title="枫田匠心", content="一月一课，一季一赛"
    )
    assert code(lambda: propose(stage.county, stage.tree.county, BrandKind.TOWN)) == "GH-REF-071"
    assert code(lambda: propose(stage.county, stage.tree.township, BrandKind.TOWN)) == "GH-REF-001"
    row = propose(town, stage.tree.township, BrandKind.TOWN)
    assert code(lambda: propose(town, stage.tree.township, BrandKind.TOWN)) == "GH-REF-070"
    assert code(lambda: services.register_brand(town, brand_id=row.pk)) == "GH-REF-072"
    assert code(lambda: services.retire_brand(stage.county, brand_id=row.pk, reason="不再开展")) == "GH-REF-003"
    services.return_brand(stage.county, brand_id=row.pk, opinion="写明参加人数")
    assert code(lambda: services.register_brand(stage.county, brand_id=row.pk)) == "GH-REF-003"
    services.mend_brand(town, brand_id=row.pk, title="枫田匠心", content="一月一课，一季一赛，每次百人")
    assert set(showing.towns_without(stage.city)) == {stage.tree.township, bare}
    services.register_brand(stage.county, brand_id=row.pk)
    assert set(showing.towns_without(stage.city)) == {bare}
    services.retire_brand(stage.county, brand_id=row.pk, reason="不再开展")
    assert showing.towns_without(stage.city).count() == 2
    propose(town, stage.tree.township, BrandKind.TOWN)


def test_a_case_is_put_forward_and_chosen_above(stage: Stage) -> None:
    pilot = stage.pilot()
    write = lambda text, **more: services.write_case(  # noqa: E731
        stage.union, organisation=stage.tree.union, title="技高者多得", text=text, **more
    )
    row = write("技能等级与工资挂钩", pilot_id=pilot.pk)
    assert code(lambda: write("技能等级与工资挂钩", pilot_id=pilot.pk + 999)) == "GH-REF-073"
    assert code(lambda: services.submit_case(stage.union, case_id=row.pk)) == "GH-REF-074"
    row = write("技能等级与工资挂钩，" * 12, case_id=row.pk)
    services.submit_case(stage.union, case_id=row.pk)
    assert code(lambda: write("技能等级与工资挂钩", case_id=row.pk)) == "GH-REF-003"
    assert code(lambda: services.decide_case(stage.union, case_id=row.pk, selected=True)) == "GH-ACC-001"
    assert code(lambda: services.decide_case(stage.city, case_id=row.pk, selected=True)) == "GH-REF-076"
    done = services.decide_case(stage.city, case_id=row.pk, selected=True, selection="产改十佳案例")
    assert (done.state, done.selection) == ("selected", "产改十佳案例")
    assert code(lambda: services.decide_case(stage.city, case_id=row.pk, selected=False)) == "GH-REF-003"
