"""Shipped procedures that have no journey of their own, each from its form to what it brings about, and a grant with the
two persons it takes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from gonghui.apps.contests.tests.conftest import CLEAN, ENTRIES, TEXT
from gonghui.apps.honours.tests.conftest import NOMINEE, TEAM, UNIT
from gonghui.apps.membership.tests.test_procedures import FIRM, ballot
from gonghui.kernel.factories import id_number
from tests.whole import WHOLE, asked, only_whole

from .conftest import PHONE, Open
from .site import Site
from .steps import (
    PAPER,
    TOWN,
    UNION,
    approve,
    definition,
    desk_applies,
    let_notices_pass,
    member_applies,
    on_the_phone,
    open_step,
    said,
    shot,
    state,
    walk,
)

LIU, GUO = "19900000002", "19900000001"


# -- a grant -----------------------------------------------------------------------------------------------------

THING = "泸水河食品职工之家"
GRANT: dict[str, Any] = {
    "kind": "home", "thing": THING, "address": "枫田镇工业小区", "opened_on": "2025-11-01", "accepted_on": "2025-12-01",
    "accepted_by": "安福县总工会", "papers": PAPER, "declared": "是",
}  # fmt: skip


def to_finance(site: Site, staff: Open, thing: str) -> str:
    """Applied for by the union, reviewed by the county, shown to everybody."""
    number = desk_applies(staff("guoweimin"), "funds.performance_grant", UNION, GRANT | {"thing": thing})
    approve(staff("liuchunlan"), number)
    let_notices_pass(site, number)
    return number


def ordered(site: Site, number: str) -> int:
    return int(
        site.one(
            "SELECT o.id FROM grant_order o JOIN application a ON a.id = o.application_id WHERE a.number = %s", number
        )
    )


def test_a_grant_is_approved_by_one_and_paid_by_another_once(site: Site, staff: Open) -> None:
    finance, leader = staff("xieguoping"), staff("zengjianguo")
    number = to_finance(site, staff, THING)
    approve(finance, number)
    order = ordered(site, number)
    finance.goto("/desk/funds/")
    expect(finance.get_by_role("row").filter(has_text=THING)).to_contain_text("待审批")
    shot(finance, "funds")
    finance.goto(f"/desk/funds/{order}/")
    expect(finance.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^{THING}，[\d,]+\.00元$"))
    said(finance, "证明材料.pdf")
    shot(finance, "order")
    for button in ("批准补助", "登记支付"):
        expect(finance.get_by_role("button", name=button)).to_have_count(0)
    leader.goto(f"/desk/funds/{order}/")
    leader.get_by_role("button", name="批准补助").click()
    said(leader, "已批准，等财务支付")
    expect(leader.get_by_role("button", name="登记支付")).to_have_count(0)
    finance.goto(f"/desk/funds/{order}/")
    finance.get_by_label("支付凭证号").fill("PZ-2026-018")
    finance.get_by_role("button", name="登记支付").click()
    said(finance, "已登记支付")
    small = staff("xieguoping", PHONE)
    small.goto(f"/desk/funds/{order}/")
    on_the_phone(small)
    shot(small, "order-phone")
    again = to_finance(site, staff, f"{THING[:6]}（{THING[6:]}）")  # the same thing, written otherwise
    open_step(finance, again)
    finance.get_by_role("button", name="决定通过").click()
    said(finance, "年度已经开过补助单，不能重复补助")
    assert state(site, again) == "running"


# -- members and unions ------------------------------------------------------------------------------------------


def colleague(site: Site) -> str:
    """A member of the cast's union whose name nobody else there has."""
    (row, *_) = site.rows(
        "SELECT p.name FROM membership m JOIN person p ON p.id = m.person_id JOIN organisation o ON o.id = m.organisation_id"
        " WHERE o.name = %s AND m.valid_to IS NULL AND m.status = 'active' AND p.name <> '刘细妹'"
        " GROUP BY p.name HAVING count(*) = 1 ORDER BY p.name",
        UNION,
    )
    return str(row["name"])


def unions(site: Site, count: int) -> list[str]:
    """Other active unions of the township."""
    rows = site.rows(
        "SELECT o.name FROM organisation o JOIN organisation t ON t.id = o.parent_id WHERE t.name = %s AND o.name <> %s"
        " AND o.kind = 'grassroots_union' AND o.state = 'active' ORDER BY o.id LIMIT %s",
        TOWN, UNION, count,
    )  # fmt: skip
    assert len(rows) == count
    return [row["name"] for row in rows]


def test_members_leave_and_keep_their_membership(site: Site, staff: Open, member: Open) -> None:
    name = colleague(site)
    left = desk_applies(staff("guoweimin"), "membership.leave", name, {"reason": "离开本单位", "agree": "是"})
    kept = member_applies(member(GUO), "membership.retain", {"why": "retired", "since": "2026-10-01", "proof": PAPER})
    walk(site, staff, left, kept)
    rows = site.rows(
        "SELECT p.name, m.status FROM membership m JOIN person p ON p.id = m.person_id JOIN application a"
        " ON a.person_id = p.id WHERE a.number = ANY(%s) ORDER BY m.status",
        [left, kept],
    )
    assert {(name, "ended"), ("郭建平", "retained")} <= {(row["name"], row["status"]) for row in rows}


@only_whole
def test_unions_are_renewed_led_merged_founded_and_dissolved(site: Site, staff: Open) -> None:
    town, today = staff("yinchunsheng"), timezone.localdate()
    renewed, led, merged, into, ended = unions(site, 5)
    typed: list[tuple[str, str, dict[str, Any]]] = [
        ("membership.renew", renewed, ballot(today)),
        ("membership.chair", led, {
            "how": "removal", "changed_on": today.isoformat(), "entitled": "100", "present": "90",
            "removal_votes": "51", "name": "罗小勇", "id_number": id_number(511, today.replace(year=1995), region="362429"),
            "votes": "60", "barred": "否",
        }),
        ("membership.merge", merged, {"into": into, "reason": "两家单位合并经营", "entitled": "100", "agreed": "51"}),
        ("membership.dissolve", ended, {"why": "employer_ended", "reason": "用人单位已注销登记"}),
        ("membership.found_staff", TOWN, FIRM),
    ]  # fmt: skip
    walk(site, staff, *[desk_applies(town, key, who, given) for key, who, given in typed])
    states = {row["name"]: row["state"] for row in site.rows("SELECT name, state FROM organisation")}
    assert [states[one] for one in (renewed, led, merged, into, ended, FIRM["union_name"])] == [
        "active", "active", "merged", "active", "dissolved", "founding",
    ]  # fmt: skip


# -- selections and honours --------------------------------------------------------------------------------------


@only_whole
def test_every_selection_is_judged_shown_and_named(site: Site, staff: Open, member: Open, stranger: Open) -> None:
    """All six in `make drills`, some of them in `make test`."""
    site.rows("UPDATE application SET state = 'withdrawn' WHERE key LIKE 'contests.%' AND state = 'running'")
    entries = {
        key: entry for key, entry in ENTRIES.items() if asked(key)
    }  # the demonstration's own would be waited for
    numbers = []
    for key, entry in entries.items():
        given = CLEAN | {"content": TEXT} | entry
        if definition(key).who == "person":
            numbers.append(member_applies(member(LIU), key, given))
        else:
            numbers.append(desk_applies(staff("guoweimin"), key, UNION, given))
    walk(site, staff, *numbers)
    anybody = stranger(PHONE)
    anybody.goto("/contests/")
    on_the_phone(anybody)
    for entry in entries.values():
        expect(anybody.get_by_text(entry["title"], exact=True).first).to_be_visible()
    shot(anybody, "awards")
    desk = staff("kangmeiling")
    desk.goto("/desk/contests/")
    shot(desk, "contests")


def campaign(site: Site, desk: Page, kind: str, title: str) -> None:
    """The campaign of this year, unless there is one."""
    if site.rows("SELECT 1 FROM honour_campaign WHERE kind = %s AND year = %s", kind, timezone.localdate().year):
        return
    desk.goto("/desk/honours/campaigns/new")
    desk.get_by_label("荣誉").select_option(label=title)
    desk.get_by_label("总名额").fill("10")
    desk.get_by_label("推荐开始").fill(timezone.localdate().isoformat())
    desk.get_by_label("推荐截止").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    desk.get_by_role("button", name="开展评选").click()
    said(desk, "还剩10个名额")


def test_honours_of_persons_teams_and_units(site: Site, staff: Open) -> None:
    desk, chair = staff("kangmeiling"), staff("guoweimin")
    typed: list[tuple[str, str, dict[str, Any]]] = [
        ("honours.may_day_medal", "刘细妹", NOMINEE | {"honour": "may_day_medal_city"}),
        ("honours.craftsman", "刘细妹", NOMINEE | {"honour": "ten_best_city"}),
        ("honours.worker_pioneer", UNION, TEAM),
        ("honours.may_day_certificate", UNION, UNIT),
    ]
    typed = typed if WHOLE else typed[1:2]
    for key, _, given in typed:
        honour = definition(key).form.field("honour")
        assert honour is not None
        campaign(site, desk, given["honour"], next(one.title for one in honour.options if one.value == given["honour"]))
    walk(site, staff, *[desk_applies(chair, key, who, given) for key, who, given in typed])
