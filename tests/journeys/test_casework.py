"""The desk of the rights department in the browser: calls, letters, and files that came out of the services."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, Open
from .site import Site

SHOTS = os.environ.get("CASEWORK_SHOTS", "")


def shot(page: Page, name: str) -> None:
    """A picture to be looked at, where somebody asked for one."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def fits(page: Page) -> None:
    """Nothing makes the page wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def register(page: Page, said: str, own: str = "本级办理") -> None:
    page.goto("/desk/cases/tickets/new")
    page.get_by_label("来电号码").fill("19900054321")
    page.get_by_label("称呼").fill("王大生")
    page.get_by_label("分类").select_option("pay.arrears")
    page.get_by_label("诉求", exact=True).fill(said)
    page.get_by_label(own).check()
    page.locator("form#ticket").get_by_role("button", name="登记诉求").click()
    expect(page.get_by_text("已登记DH")).to_be_visible()


def test_a_call_is_taken_answered_and_called_back(site: Site, staff: Open) -> None:
    page = staff("penglihua", DESKTOP)
    page.goto("/desk/cases/")
    expect(page.get_by_role("heading", name="职工诉求", exact=True)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="待分派")).to_have_count(1)  # what the demonstration left to do
    shot(page, "tickets-begin")
    page.goto("/desk/cases/tickets/new")
    shot(page, "ticket-new")
    page.locator("form#ticket").get_by_role("button", name="登记诉求").click()
    expect(page.get_by_text("有2处要改")).to_be_visible()
    shot(page, "ticket-wrong")
    register(page, "单位从3月起没有发工资，要求单位付清")
    shot(page, "ticket")
    expect(page.get_by_text("199****4321")).to_be_visible()
    page.get_by_label("查看理由").fill("回访")
    page.get_by_role("button", name="查看称呼和电话").click()
    expect(page.get_by_text("19900054321")).to_be_visible()
    page.get_by_label("答复内容").fill("已向单位核实，单位承诺月底前付清拖欠的工资")
    page.get_by_role("button", name="提交答复").click()
    expect(page.get_by_text("已答复，等待回访")).to_be_visible()
    page.get_by_role("button", name="提交回访").click()
    expect(page.get_by_text("已登记回访")).to_be_visible()
    page.get_by_label("质检意见").fill("办理规范")
    page.get_by_role("button", name="提交质检意见").click()
    expect(page.get_by_text("质检由另一个人办理").first).to_be_visible()
    shot(page, "ticket-check")


def test_earlier_calls_of_the_same_phone_stand_beside_the_form(site: Site, staff: Open) -> None:
    page = staff("penglihua", DESKTOP)
    register(page, "单位不给缴工伤保险，要求补缴", own="分派给下级")
    page.goto("/desk/cases/tickets/new")
    page.get_by_label("来电号码").fill("19900054321")
    page.get_by_label("称呼").click()
    expect(page.locator("#earlier").get_by_role("link").first).to_be_visible()
    page.goto("/desk/cases/tickets/")
    number = site.one("SELECT number FROM casework_ticket ORDER BY id DESC LIMIT 1")
    expect(page.get_by_role("row").filter(has_text=number)).to_contain_text("待分派")
    fits(page)
    shot(page, "tickets")
    small = staff("penglihua", PHONE)
    small.goto("/desk/cases/tickets/new")
    fits(small)
    shot(small, "ticket-new-phone")


def test_a_letter_is_sent_as_word_and_followed(site: Site, staff: Open) -> None:
    page = staff("penglihua", DESKTOP)
    page.goto("/desk/cases/letters/")
    page.get_by_role("link", name="拟写文书").first.click()
    page.get_by_label("主送单位").fill("江西安福泸水河食品有限公司")
    page.get_by_label("正文").fill(
        "经查，你单位2026年3月至9月拖欠12名职工工资共计32万元。\n"
        "依据《中华人民共和国劳动法》第五十条，工资应当按月支付给劳动者本人，不得克扣或者无故拖欠。\n"
        "请于收到本函后立即自查自改，付清拖欠的工资。"
    )
    shot(page, "letter-new")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="编号并发出").click()
    expect(page.get_by_text("已编号工劳监提")).to_be_visible()
    shot(page, "letter-sent")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载Word").click()
    assert waiting.value.suggested_filename.endswith(".docx")
    if SHOTS:
        waiting.value.save_as(str(Path(SHOTS) / "letter.docx"))
    page.get_by_label("对方拒绝的理由").fill("认为已经付清")
    page.get_by_role("button", name="登记拒绝").click()
    expect(page.get_by_role("link", name="工会劳动法律监督意见书（待发出）")).to_be_visible()
    page.goto("/desk/cases/letters/")
    fits(page)
    shot(page, "letters")


def test_lists_without_rows_say_what_comes_next(site: Site, staff: Open) -> None:
    empty: Any = staff("luochunhua", DESKTOP)
    empty.goto("/desk/cases/letters/")
    expect(empty.get_by_text("还没有发过提示函")).to_be_visible()
    page: Any = staff("penglihua", DESKTOP)  # the county's files, orders and cases do not exist for the city
    for address, words in (("files", "还没有困难职工档案"), ("aids", "还没有帮扶支付"), ("rights", "还没有维权个案")):
        page.goto(f"/desk/cases/{address}/")
        expect(page.get_by_text(words)).to_be_visible()
        shot(page, f"{address}-empty")


def test_who_is_not_of_the_department_has_no_desk(site: Site, staff: Open) -> None:
    page = staff("zengjianguo", DESKTOP)
    page.goto("/desk/")
    expect(page.get_by_role("link", name="职工诉求")).to_have_count(0)
    answer = page.goto("/desk/cases/tickets/")
    assert answer is not None and answer.status == 403
