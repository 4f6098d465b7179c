"""A rider scans a poster and joins; the chair approves at the desk; the card is there the same day."""

from __future__ import annotations

import re
import time
from datetime import date

from playwright.sync_api import Page, expect

from gonghui.kernel.factories import id_number

from .conftest import DESKTOP, PHONE, Open
from .site import Site
from .steps import TOWN, UNION, choose, on_the_phone, rows_of

RIDER, RIDER_PHONE = "罗小勇", "19900091234"
PAPER = id_number(411, date(1995, 4, 12), region="362429")

MOST_ASKED = 10
"""So that a rider is through within ninety seconds (A1.02): what the records or the poster know is not asked."""

MEMBER_PHONE = "19900000002"
FIRM, FIRM_CODE = "江西安福新绿能源有限公司", "91350100M000100Y43"
FOUNDED = f"{FIRM}工会委员会"
COMMITTEE = (("肖志明", "38", "主席"), ("刘冬梅", "36", "委员"), ("彭小军", "35", "委员"), ("欧阳丽", "4", "未当选"))


def fill_in(page: Page) -> None:
    asked = page.locator("main form").locator("input:visible, select:visible, textarea:visible")
    assert asked.count() <= MOST_ASKED
    page.get_by_label("姓名").fill(RIDER)
    page.get_by_label("证件号码").fill(PAPER[:17])
    page.get_by_label("手机号码").fill(RIDER_PHONE)
    page.get_by_label("做什么工作").select_option(label="网约配送员")
    page.get_by_label("接单的平台").fill("美团，饿了么")
    page.get_by_role("button", name="下一步，验证手机号").click()
    expect(page.get_by_text("有2处要改")).to_be_visible()  # everything to mend at once, what was typed is kept
    expect(page.get_by_label("姓名")).to_have_value(RIDER)
    page.get_by_label("证件号码").fill(PAPER)
    page.get_by_label("我自愿加入工会").check()


def join(site: Site, page: Page, union: int) -> str:
    """From the poster's address to the number of the application."""
    page.goto(f"/join/{union}/")
    on_the_phone(page)
    page.get_by_role("link", name="申请加入").click()
    fill_in(page)
    on_the_phone(page)
    return verified(site, page)


def verified(site: Site, page: Page) -> str:
    """The code from the phone, and the number of the application."""
    before = time.time_ns()
    page.get_by_role("button", name="下一步，验证手机号").click()
    page.get_by_role("textbox", name="验证码").fill(site.newest_code(before))
    page.get_by_role("button", name="提交入会申请").click()
    expect(page.get_by_role("heading", name="已提交入会申请")).to_be_visible()
    on_the_phone(page)
    expect(page.get_by_role("link", name="查看进度")).to_have_attribute("href", re.compile(r"^/a/[\w-]{20}/$"))
    number = page.get_by_text(re.compile(r"^RH\d{15}$")).inner_text()
    assert site.one("SELECT state FROM application WHERE number = %s", number) == "running"
    return number


def approve(page: Page, number: str, button: str, document_no: str = "") -> None:
    """At the desk of whoever has the step: found by its number in what waits."""
    page.goto("/desk/inbox/")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    expect(page.get_by_text(number).first).to_be_visible()
    if document_no:
        page.get_by_label("文号").first.fill(document_no)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text(number).first).to_be_visible()


def test_a_rider_joins_from_a_poster(site: Site, stranger: Open, staff: Open, member: Open) -> None:
    number = join(site, stranger(PHONE), site.organisation(UNION))
    desk = staff("guoweimin")
    approve(desk, number, "审核通过")
    assert site.one("SELECT state FROM application WHERE number = %s", number) == "approved"
    site.rows("UPDATE login_code SET sent_at = sent_at - interval '2 minutes'")  # one code a minute for a phone
    card = member(RIDER_PHONE)
    card.goto("/m/card/")
    expect(card.get_by_text(RIDER).first).to_be_visible()
    expect(card.get_by_text("泸水河食品").first).to_be_visible()


def test_who_has_no_employer_finds_a_union_with_the_reason(site: Site, stranger: Open, staff: Open) -> None:
    page = stranger(PHONE)
    page.goto("/join/")
    on_the_phone(page)
    page.get_by_label("做什么工作").select_option(label="货车司机")
    page.get_by_label("在哪个县（市、区）").select_option(label="遂川县")
    page.get_by_role("button", name="找我的工会").click()
    best = page.get_by_role("region", name="最合适的工会")
    expect(best.get_by_role("heading")).to_have_text("吉安市物流行业工会联合会遂川货运分会")
    expect(best).to_contain_text("货车司机归这家行业工会")
    on_the_phone(page)
    best.get_by_role("link", name="申请加入").click()
    expect(page.get_by_label("做什么工作")).to_have_value("truck_driver")  # what was said is not asked again
    page.get_by_label("姓名").fill("邱志强")
    page.get_by_label("证件号码").fill(id_number(417, date(1981, 9, 3), region="360827"))
    page.get_by_label("手机号码").fill("19900091235")
    page.get_by_label("我自愿加入工会").check()
    number = verified(site, page)
    approve(staff("laixiaobing"), number, "审核通过")  # a branch has no committee: the industry union takes him in
    assert site.one("SELECT state FROM application WHERE number = %s", number) == "approved"


def test_what_an_employer_without_a_union_is_told(site: Site, stranger: Open) -> None:
    page = stranger(PHONE)
    page.goto("/join/")
    page.get_by_label("单位名称或统一社会信用代码").fill("没有这家单位")
    page.get_by_label("在哪个县（市、区）").select_option(label="安福县")
    page.get_by_label("乡镇、街道或园区").fill("枫田")
    page.get_by_role("button", name="找我的工会").click()
    best = page.get_by_role("region", name="最合适的工会")
    expect(best.get_by_role("heading")).to_have_text("安福县枫田镇小微企业联合工会委员会")
    expect(page.get_by_text("由安福县枫田镇总工会吸收入会")).to_be_visible()


def ask_for_a_union(site: Site, page: Page) -> str:
    """The preparing group, without an account."""
    page.goto(f"/services/{site.organisation(TOWN)}/")
    page.get_by_role("link", name=re.compile("申请建立工会")).click()
    page.get_by_role("button", name="开始填写").click()
    choose(page, "单位性质", "私营企业")
    choose(page, "建会方式", "单独建立基层工会委员会")
    choose(page, "牵头人是单位主要负责人或其近亲属吗", "否")
    (row,) = rows_of(page, "筹备组成员", 1)
    for label, value in {
        "单位名称": FIRM, "统一社会信用代码": FIRM_CODE, "单位地址": "枫田镇工业小区", "职工人数（人）": "60",
        "申请入会的职工人数（人）": "40", "工会名称": FOUNDED, "联系人": "肖志明", "联系电话": "19900094321",
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    row.get_by_label("姓名").fill("肖志明")
    row.get_by_label("在单位的职务").fill("车间主任")
    page.get_by_label("内容属实").check()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交申请建立工会")
    return site.handed_in("membership.found")


def report_election(site: Site, page: Page, day: str) -> str:
    """The township's officer reports the first election; a wrong count is refused with every rule named."""
    page.goto("/desk/apply/")
    page.get_by_role("link", name=re.compile("选举结果报批（新建工会）")).click()
    page.get_by_role("searchbox", name="查找", exact=True).fill("新绿能源")
    page.get_by_role("button", name="查找").click()
    page.get_by_text(FOUNDED).first.click()
    page.get_by_role("button", name="开始填写").click()
    for question, answer in (("怎样选举", "会员大会"), ("无记名投票", "是"), ("每届任期", "5年")):
        choose(page, question, answer)
    for number, row in enumerate(rows_of(page, "候选人", len(COMMITTEE))):
        name, votes, office = COMMITTEE[number]
        row.get_by_label("姓名").fill(name)
        row.get_by_label("身份证号码").fill(id_number(420 + number, date(1985 + number, 3, 2), region="360829"))
        row.get_by_label("得票").fill(votes)
        row.get_by_label("当选职务").select_option(label=office)
    for label, value in {
        "会员人数（人）": "40", "选举日期": day, "应到人数（人）": "40", "实到人数（人）": "26", "应选委员人数（人）": "3",
        "候选人公示天数（天）": "7",
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("内容属实").check()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("[data-errors]")).to_contain_text("不足应到40人的三分之二（27人）")
    page.get_by_label("实到人数（人）", exact=True).fill("39")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交选举结果报批（新建工会）")
    return site.handed_in("membership.elected")


def test_a_union_is_founded_and_its_committee_elected(site: Site, stranger: Open, staff: Open) -> None:
    number = ask_for_a_union(site, stranger(DESKTOP))
    town, county = staff("yinchunsheng"), staff("liuchunlan")
    approve(town, number, "审核通过")
    approve(county, number, "决定通过", "安工发〔2026〕31号")
    assert site.one("SELECT state FROM organisation WHERE name = %s", FOUNDED) == "founding"
    report = report_election(site, town, str(site.one("SELECT current_date::text")))
    approve(town, report, "审核通过")
    approve(county, report, "决定通过", "安工发〔2026〕33号")
    assert site.one("SELECT state FROM organisation WHERE name = %s", FOUNDED) == "active"
    town.goto(f"/desk/organisations/{site.organisation(FOUNDED)}/officers/")
    for name, _, office in COMMITTEE[:3]:
        expect(town.get_by_role("row").filter(has_text=name)).to_contain_text(office)
    due = site.rows(
        "SELECT c.title, c.state FROM application_clock c JOIN application a ON a.id = c.application_id"
        " WHERE c.kind = 'follow_up' AND a.number = %s",
        report,
    )
    assert due == [{"title": "办理工会法人资格登记", "state": "running"}]


def test_a_member_asks_on_the_phone_to_move_to_another_union(site: Site, member: Open, staff: Open) -> None:
    page = member(MEMBER_PHONE)
    page.goto("/m/services/")
    page.get_by_role("link", name=re.compile("转会")).first.click()
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("查找转入的工会").fill("枫田镇小微企业联合")
    page.get_by_role("group", name="转入的工会").get_by_role("button", name="查找").click()
    page.get_by_text("安福县枫田镇小微企业联合工会委员会").first.click()
    page.get_by_label("转会原因").fill("换到新单位工作")
    on_the_phone(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已提交转会")
    number = site.handed_in("membership.transfer")
    approve(staff("guoweimin"), number, "审核通过")
    asked = site.rows("SELECT state, reason FROM transfer_request WHERE reason = '换到新单位工作'")
    assert asked == [{"state": "asked", "reason": "换到新单位工作"}]
    town = staff("yinchunsheng")  # the township stands above the receiving union and answers for it
    town.goto("/desk/transfers/")
    expect(town.locator("main")).to_contain_text("刘细妹")
