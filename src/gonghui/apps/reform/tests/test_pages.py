"""Pages at the desk: a year is planned, handed down and followed; what is not one's own does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.apps.reform import services
from gonghui.apps.reform.choices import VisitWay
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
    Visit,
)
from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.viewer import Viewer
from gonghui.web.registry import tasks

from .conftest import GROUPS, Stage

pytestmark = pytest.mark.django_db


def client_of(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"reform:{name}", args=args)


def test_a_year_is_planned_handed_down_and_confirmed_on_pages(stage: Stage) -> None:
    city, county = client_of(stage.city), client_of(stage.county)
    assert "编制年度计划" in city.get(url("board")).content.decode()
    made = city.post(url("plan-new"), {"year": stage.today.year, "title": "2026年重点工作计划"})
    plan = Plan.objects.get()
    assert made.url == url("plan", plan.pk)
    bare = {"title": "建成产改阵地十个", "due_on": stage.day(60).isoformat(), "key": "on"}
    city.post(url("item-new", plan.pk), bare)
    refused = city.post(url("plan-publish", plan.pk), follow=True).content.decode()
    assert "第1项还没有责任岗位" in refused
    item = PlanItem.objects.get()
    city.post(url("item-edit", item.pk), bare | {"post": stage.post.pk, "figure": "reform_pilots_new"})
    assert "已发布" in city.post(url("plan-publish", plan.pk), follow=True).content.decode()
    wrong = city.post(url("item-edit", item.pk), bare | {"post": stage.post.pk, "reason": ""})
    assert wrong.status_code == 422 and "没有填写" in wrong.content.decode()

    steps = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0", "steps-0-title": "选定十处"}
    assert city.post(url("item-steps", item.pk), steps).status_code == 422
    city.post(url("item-steps", item.pk), steps | {"steps-0-due_on": stage.day(20).isoformat()})
    step = ItemStep.objects.get()
    paper = SimpleUploadedFile("名单.txt", b"paper", "text/plain")
    city.post(url("step-done", step.pk), {"note": "十处已选定", "on": stage.today.isoformat(), "file": paper})
    assert b"".join(city.get(url("step-file", step.pk)).streaming_content) == b"paper"  # type: ignore[arg-type]
    assert "名单.txt" in city.get(url("item", item.pk)).content.decode()

    down = {"bodies": [stage.tree.county.pk], "due_on": stage.day(50).isoformat()}
    city.post(url("item-down", item.pk), down)
    row = PlanItem.objects.get(parent=item)
    assert county.get(url("item", item.pk)).status_code == 404
    assert "确认任务" in county.get(url("item", row.pk)).content.decode()
    refused = county.post(
        url("item-act", row.pk), {"act": "ask", "due_on": stage.day(50).isoformat(), "reason": "太紧"}
    )
    assert refused.status_code == 422 and "不用调整就直接确认" in refused.content.decode()
    county.post(url("item-act", row.pk), {"act": "accept", "post": stage.county_post.pk})
    county.post(url("item-act", row.pk), {"act": "report", "text": "三处全部建成"})
    assert "验收通过" in city.get(url("item", row.pk)).content.decode()
    city.post(url("item-act", row.pk), {"act": "confirm"})
    row.refresh_from_db()
    assert row.state == "done"
    done = city.post(url("item-act", item.pk), {"act": "report", "text": "十处全部建成"}, follow=True).content.decode()
    assert "已完成" in done
    board = city.get(url("board")).content.decode()
    assert "1项任务，1项已完成" in board
    assert "0项" not in city.get(url("board") + "?whose=below").content.decode().split("<h1>")[1][:40]


def test_what_a_version_changed_stands_on_the_pages_of_plan_and_task(stage: Stage) -> None:
    item = stage.task(60)
    services.change_item(stage.city, item_id=item.pk, wanted=stage.wanted(50), reason="提前迎接检查")
    old, new = stage.day(60).isoformat(), stage.day(50).isoformat()
    city = client_of(stage.city)
    for page in (url("plan", item.plan_id), url("item", item.pk)):
        assert f'完成期限：<del class="quiet">{old}</del> → {new}' in city.get(page).content.decode(), page
    assert "和上一版相比" in city.get(url("plan", item.plan_id)).content.decode()


def whole(stage: Stage) -> dict[str, Any]:
    """One of everything, the city's and what stands below it."""
    item = stage.task(-3)
    services.set_steps(stage.city, item_id=item.pk, steps=[("选定十处", stage.day(-5))])
    pilot = stage.pilot()
    guide, post = stage.guide()
    services.appoint(stage.city, pilot_id=pilot.pk, post=post)
    services.record_visit(
        guide, pilot_id=pilot.pk, way=VisitWay.ON_SITE, found="班组里开展了岗位练兵", issue="技能等级没有兑现",
        issue_due_on=stage.day(9),
    )  # fmt: skip
    row = services.open_round(
        stage.city, organisation=stage.tree.city, title="产改落实情况督查", scope="", starts_on=stage.today,
        ends_on=stage.day(3),
    )  # fmt: skip
    services.raise_issue(
        stage.city, round_id=row.pk, organisation=stage.tree.county, text="没有建立三员台账", due_on=stage.day(5)
    )
    town = viewer_at(stage.tree.township, "organising", "plan-town2")
    services.propose_brand(
        town, organisation=stage.tree.township, kind="town", title="枫田匠心", content="一月一课，一季一赛"
    )  # type: ignore[arg-type]
    services.write_case(stage.union, organisation=stage.tree.union, title="技高者多得", text="技能等级与工资挂钩")
    return {
        "plan": Plan.objects.get().pk, "item": item.pk, "pilot": pilot.pk, "programme": Programme.objects.get().pk,
        "round": row.pk, "issue": Issue.objects.get(round=row).pk, "brand": Brand.objects.get().pk,
        "case": ShowcaseCase.objects.get().pk,
    }  # fmt: skip


LISTS = ("board", "timeline", "items", "plans", "pilots", "brands", "rounds", "issues", "cases")


def test_every_page_opens_above_and_nothing_exists_beside(stage: Stage) -> None:
    made = whole(stage)
    city, sibling = client_of(stage.city), client_of(stage.sibling)
    outside = client_of(viewer_at(stage.tree.other_city, "organising", "plan-other"))
    for name in LISTS:
        assert city.get(url(name)).status_code == 200, name
        assert city.get(url(name), {"whose": "below"}).status_code == 200, name
        for other in (sibling, outside):
            page = other.get(url(name))
            assert page.status_code == 200
            assert not [one for one in ("枫田匠心", "技高者多得", "三员台账") if one in page.content.decode()], name
    for name, pk in made.items():
        assert city.get(url(name, pk)).status_code == 200, name
        assert sibling.get(url(name, pk)).status_code == 404, name
        assert outside.get(url(name, pk)).status_code == 404, name
    forms = {
        "plan-edit": "plan", "item-edit": "item", "item-steps": "item", "item-down": "item", "item-new": "plan",
        "pilot-new": "programme", "issue-new": "round",
    }  # fmt: skip
    for name, kind in forms.items():
        assert city.get(url(name, made[kind])).status_code == 200, name
        assert sibling.get(url(name, made[kind])).status_code == 404, name
    for name in ("plan-new", "programme-new", "round-new", "brand-new", "case-new"):
        assert city.get(url(name)).status_code == 200, name


def test_who_only_looks_is_refused_the_acts(stage: Stage) -> None:
    made = whole(stage)
    looks = client_of(viewer_at(stage.tree.city, "publicity", "plan-publicity"))
    assert looks.get(url("plan", made["plan"])).status_code == 200
    for name in ("plan-publish", "plan-close", "plan-discard", "plan-sync"):
        assert looks.post(url(name, made["plan"])).status_code == 403, name
    assert looks.get(url("item-new", made["plan"])).status_code == 403
    assert looks.post(url("item-act", made["item"]), {"act": "withdraw", "text": "不再需要了"}).status_code == 422
    assert PlanItem.objects.get(pk=made["item"]).state == "running"
    audit = client_of(viewer_at(stage.tree.city, "auditor", "plan-auditor"))
    assert audit.get(url("board")).status_code == 403


def test_a_guide_records_a_visit_and_others_do_not(stage: Stage) -> None:
    pilot = stage.pilot()
    guide, post = stage.guide()
    page, client = url("visit-new", pilot.pk), client_of(guide)
    city = client_of(stage.city)
    assert "每个试点单位至少一名指导员" in city.get(url("pilot", pilot.pk)).content.decode()
    sent = {"on": stage.today.isoformat(), "way": "on_site", "found": "班组里开展了岗位练兵"}
    refused = client.post(page, sent)
    assert refused.status_code == 422 and "没有联系这个试点" in refused.content.decode()
    city.post(url("guide-new", pilot.pk), {"post": post.pk})
    assert client.post(page, sent).url == url("pilot", pilot.pk)
    assert "岗位练兵" in client.get(url("pilot", pilot.pk)).content.decode()
    assert city.get(page).status_code == 403
    assert "我联系的试点" in client.get(url("pilots") + "?mine=1").content.decode()
    city.post(url("guide-end", Guide.objects.get().pk))
    assert Guide.objects.get().valid_to == stage.today and Visit.objects.count() == 1


def test_pilots_rounds_projects_and_cases_go_their_way_on_pages(stage: Stage) -> None:
    city, county, union = client_of(stage.city), client_of(stage.county), client_of(stage.union)
    groups = {"groups-TOTAL_FORMS": "3", "groups-INITIAL_FORMS": "0"}
    for place, one in enumerate(GROUPS):
        groups |= {f"groups-{place}-{key}": str(value or "") for key, value in one.items()}
    city.post(url("programme-new"), groups | {"title": "产改试点方案", "starts_on": stage.day(-9).isoformat()})
    programme = Programme.objects.get()
    assert [one["places"] for one in programme.groups] == [2, 8, 0]
    enrol = {"tier": "enterprise", "group": "A", "on": stage.today.isoformat()}
    none = city.post(url("pilot-new", programme.pk), enrol | {"organisation": "不存在的公司工会"})
    assert none.status_code == 422 and "没有叫" in none.content.decode()
    city.post(url("pilot-new", programme.pk), enrol | {"organisation": stage.tree.union.name})
    pilot = Pilot.objects.get()
    city.post(url("programme", programme.pk), groups | {"groups-2-title": "成员企业", "remark": "", "ends_on": ""})
    programme.refresh_from_db()
    assert programme.groups[2]["title"] == "成员企业"

    city.post(url("round-new"), {
        "title": "上半年督查", "starts_on": stage.today.isoformat(), "ends_on": stage.day(3).isoformat(),
    })  # fmt: skip
    refused = city.post(url("pilot-regroup", pilot.pk), {"tier": "enterprise", "group": "N", "reason": ""})
    assert refused.status_code == 422
    city.post(url("pilot-regroup", pilot.pk), {"tier": "enterprise", "group": "N", "reason": "样本企业调整"})
    assert "核心样本企业 → 成员企业" in city.get(url("pilot", pilot.pk)).content.decode()

    row = Round.objects.get()
    city.post(url("issue-new", row.pk), {
        "organisation": stage.tree.county.name, "text": "没有建立三员台账", "due_on": stage.day(5).isoformat(),
    })  # fmt: skip
    issue = Issue.objects.get()
    assert "调整期限" in city.get(url("issue", issue.pk)).content.decode()
    assert "等整改单位答复" not in city.get(url("issue", issue.pk)).content.decode()
    later = {"act": "move", "due_on": stage.day(8).isoformat(), "reason": "等经费下达"}
    assert city.post(url("issue-act", issue.pk), later | {"reason": ""}).status_code == 422
    city.post(url("issue-act", issue.pk), later)
    city.post(url("issue-act", issue.pk), {"act": "urge", "text": "本周内补上"})
    told = county.get(url("issue", issue.pk)).content.decode()
    assert "等经费下达" in told and "本周内补上" in told
    county.post(url("issue-act", issue.pk), {"act": "answer", "answer": "台账已经建立"})
    refused = city.post(url("round-close", row.pk), {"text": "总体落实较好"})
    assert refused.status_code == 422 and "还有1个问题没有销号" in refused.content.decode()
    city.post(url("issue-act", issue.pk), {"act": "close", "text": ""})
    city.post(url("round-close", row.pk), {"text": "总体落实较好"})
    assert Round.objects.get().state == "closed"

    union.post(url("brand-new"), {"kind": "enterprise", "title": "泸水河工匠", "content": "一师一徒，季季比武"})
    brand = Brand.objects.get()
    assert union.post(url("brand-act", brand.pk), {"act": "register"}).status_code == 302
    assert Brand.objects.get().state == "proposed"
    county.post(url("brand-act", brand.pk), {"act": "return", "text": "写明参加的人数"})
    union.post(
        url("brand-act", brand.pk),
        {"act": "mend", "kind": "enterprise", "title": "泸水河工匠", "content": "一师一徒，每季百人比武"},
    )
    county.post(url("brand-act", brand.pk), {"act": "register"})
    assert Brand.objects.get().state == "registered"

    union.post(url("case-new"), {"title": "技高者多得", "text": "技能等级与工资挂钩，" * 12, "pilot": pilot.pk})
    case = ShowcaseCase.objects.get()
    union.post(url("case-act", case.pk), {"act": "submit"})
    short = city.post(url("case-act", case.pk), {"act": "select", "selection": ""})
    assert short.status_code == 422 and "写明入选什么名单" in short.content.decode()
    city.post(url("case-act", case.pk), {"act": "select", "selection": "产改十佳案例"})
    assert "产改十佳案例" in city.get(url("cases")).content.decode()
    city.post(url("pilot-leave", pilot.pk), {"text": "企业搬迁外地"})
    assert Pilot.objects.get().left_on == stage.today


def test_what_is_late_stands_on_the_desk_with_its_days(stage: Stage) -> None:
    made = whole(stage)
    mine = {one.title: one for one in tasks(stage.city)}
    late = mine["建成产改阵地十个"]
    assert (late.due, late.due_tone) == ("已逾期3天", "bad")
    assert "核验：没有建立三员台账" not in mine
    assert [one.title for one in tasks(stage.county) if one.category == "品牌项目"] == ["审核：枫田匠心"]
    assert [one.state for one in tasks(stage.county) if one.category == "督查整改"] == ["待整改"]
    services.answer_issue(stage.county, issue_id=made["issue"], answer="台账已经建立")
    assert "核验：没有建立三员台账" in {one.title for one in tasks(stage.city)}
    page = client_of(stage.city).get(url("board")).content.decode()
    assert "1项任务，1项已逾期" in page and "已逾期3天" in page


def counted(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_more_tasks_ask_the_database_no_more(stage: Stage) -> None:
    client = client_of(stage.city)
    plan = stage.plan()
    services.add_item(stage.city, plan_id=plan.pk, wanted=stage.wanted())
    services.publish_plan(stage.city, plan_id=plan.pk)
    pages = ("board", "timeline", "items", "plans")
    for name in pages:
        client.get(url(name))
    before = {name: counted(lambda name=name: client.get(url(name))) for name in pages}  # type: ignore[misc]
    for number in range(14):
        item = services.add_item(
            stage.city, plan_id=plan.pk, wanted=stage.wanted(title=f"第{number}件重点工作"), reason="省总新增要求"
        )
        services.set_steps(stage.city, item_id=item.pk, steps=[("第一步", stage.day(3)), ("第二步", stage.day(9))])
    after = {name: counted(lambda name=name: client.get(url(name))) for name in pages}  # type: ignore[misc]
    assert after == before
    assert max(after.values()) <= 26
