"""A member on the phone: log-in by code, card, data and who looked at it, correction, transfer."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .qr import read_svg
from .site import Site

GUO, LIU = "19900000001", "19900000002"
FOOD = "江西安福泸水河食品有限公司工会委员会"
DRIVERS = "吉安市物流行业工会联合会遂川货运分会"


def person(site: Site, name: str) -> int:
    return int(site.one("SELECT person_id FROM account WHERE name = %s AND kind = 'member'", name))


def test_home_shows_the_union_and_a_wrong_code_says_what_to_do(site: Site, member: Open, stranger: Open) -> None:
    page = member(GUO)
    page.goto("/m/")
    expect(page.get_by_label("会员卡", exact=True).first).to_contain_text("郭建平")
    expect(page.locator("main")).to_contain_text(DRIVERS)
    expect(page.get_by_role("link", name="长辈版")).to_be_visible()
    other = stranger(PHONE)
    other.goto("/m/login/")
    other.get_by_label("手机号").fill("19900009999")  # whether it is on record is not said before the code
    other.get_by_role("button", name="发送验证码").click()
    other.get_by_role("textbox", name="验证码").fill("000000")
    other.get_by_role("button", name="登录").click()
    expect(other.locator("[data-errors]")).to_contain_text("验证码")


def test_a_stranger_verifies_the_card_and_sees_nothing_private(site: Site, member: Open, stranger: Open) -> None:
    page = member(GUO)
    page.goto("/m/card/")
    address = read_svg(page.get_by_role("img", name="会员卡二维码").evaluate("one => one.outerHTML"))
    assert address.startswith(site.url + "/card/")
    other = stranger(PHONE)
    other.goto(address)
    expect(other.get_by_role("heading", level=1)).to_have_text("这张会员卡有效")
    expect(other.locator("main")).to_contain_text("郭")
    expect(other.locator("main")).to_contain_text(DRIVERS)
    seen = other.content()
    known = site.rows(
        "SELECT id_mask, phone_mask, birth::text AS birth FROM person WHERE id = %s", person(site, "郭建平")
    )[0]
    for private in ("郭建平", GUO, known["id_mask"], known["phone_mask"], known["birth"]):
        assert private not in seen
    other.goto(address[:-3] + ("AAA" if not address.endswith("AAA") else "BBB") + "/" * address.endswith("/"))
    expect(other.get_by_role("heading", level=1)).to_have_text("核对不了这张会员卡")


def test_own_data_is_shown_masked(site: Site, member: Open) -> None:
    page = member(GUO)
    page.goto("/m/me/")
    facts = page.get_by_role("region", name="基本信息")
    expect(facts).to_contain_text("郭建平")
    expect(facts).to_contain_text("199****0001")
    expect(facts).to_contain_text(re.compile(r"\d{4}\*{10}\d{3}[\dX]"))
    assert GUO not in page.content()


def test_correction_is_asked_answered_and_seen(site: Site, member: Open, staff: Open) -> None:
    page = member(GUO)
    page.goto("/m/me/corrections/")
    page.get_by_label("要更正的项目").select_option(label="学历")
    page.get_by_label("更正为").fill("大学专科")
    page.get_by_label("说明").fill("去年毕业，毕业证可以带来")
    page.get_by_role("button", name="提交更正申请").click()
    expect(page.get_by_role("region", name="我的申请")).to_contain_text("待答复")
    page.goto("/m/")
    expect(page.get_by_role("region", name="正在办理")).to_contain_text("更正")

    desk = staff("zhoumin")
    desk.goto("/desk/")
    expect(desk.get_by_role("region", name="待我办")).to_contain_text("更正")
    desk.goto("/desk/corrections/")
    card = desk.get_by_role("region", name=re.compile("郭建平申请更正"))
    expect(card).to_contain_text("大学专科")
    card.get_by_label("同意更正").check()
    card.get_by_label("写给会员的话").fill("已核对毕业证")
    card.get_by_role("button", name="答复").click()
    expect(desk.get_by_text("已答复郭建平的更正申请")).to_be_visible()

    page.goto("/m/me/corrections/")
    expect(page.get_by_role("region", name="我的申请")).to_contain_text("已更正")
    expect(page.get_by_role("region", name="我的申请")).to_contain_text("已核对毕业证")
    page.goto("/m/me/")
    expect(page.get_by_role("region", name="基本信息")).to_contain_text("大学专科")


def test_the_member_sees_who_looked_and_why(site: Site, member: Open, staff: Open) -> None:
    desk = staff("zhoumin")
    desk.goto(f"/desk/people/{person(site, '郭建平')}/")
    desk.get_by_role("link", name="查看完整手机号码").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("button", name="查看", exact=True).click()
    expect(dialog.locator("[data-errors]")).to_be_visible()  # no reason, no number
    expect(dialog).not_to_contain_text(GUO)
    dialog.get_by_role("textbox").first.fill("通知慰问活动时间，群里联系不上")
    dialog.get_by_role("button", name="查看", exact=True).click()
    expect(dialog).to_contain_text(GUO)
    assert GUO not in desk.url

    page = member(GUO)
    page.goto("/m/me/looks/")
    listed = page.get_by_role("region", name="查看记录")
    expect(listed).to_contain_text("查看了完整的手机号码")
    expect(listed).to_contain_text("周敏")
    expect(listed).to_contain_text("通知慰问活动时间，群里联系不上")


def answer_transfer(desk: Page) -> None:
    desk.goto("/desk/transfers/")
    desk.get_by_role("row", name=re.compile("刘细妹")).get_by_role("link", name="答复").click()
    dialog = desk.get_by_role("dialog")
    with desk.expect_navigation():
        dialog.get_by_role("button", name="接收", exact=True).click()
    expect(desk.get_by_text("已接收转会")).to_be_visible()


def test_transfer_is_asked_by_the_member_and_accepted_by_the_other_union(site: Site, member: Open, staff: Open) -> None:
    page = member(LIU)
    page.goto("/m/transfer/")
    page.get_by_label("要转入的工会").fill("没有这家工会委员会")
    page.get_by_label("转会原因").fill("换到新单位工作")
    page.get_by_role("button", name="提交转会申请").click()
    expect(page.get_by_text("没有找到这家工会").first).to_be_visible()
    expect(page.get_by_label("转会原因")).to_have_value("换到新单位工作")  # what was typed stays
    page.get_by_label("要转入的工会").fill(DRIVERS)
    page.get_by_role("button", name="提交转会申请").click()
    expect(page.get_by_role("region", name="我的转会")).to_contain_text(DRIVERS)

    chair = staff("guoweimin")  # of the union that is left: sees the request, may not accept for the other side
    chair.goto("/desk/transfers/")
    expect(chair.get_by_role("row", name=re.compile("刘细妹"))).to_contain_text("待对方答复")
    answer_transfer(staff("zhoumin"))

    page.goto("/m/")
    expect(page.locator("main")).to_contain_text(DRIVERS)
    page.goto("/m/me/")
    history = page.get_by_role("region", name="会籍记录")
    expect(history).to_contain_text(FOOD)
    expect(history).to_contain_text(DRIVERS)
