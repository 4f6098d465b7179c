"""Without code: a form of three sheets is received, mapped by clicking its cells, filled, explained, and comes out as it came."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from gonghui.apps.filings import example

from .conftest import PHONE, Open
from .site import Site

PLACES = ["安福县", "吉水县"]


def receive(page: Page, folder: Path) -> None:
    file = folder / "会员情况表.xlsx"
    file.write_bytes(example.workbook(PLACES))
    page.goto("/desk/filings/forms/new")
    page.get_by_label("表样文件").set_input_files(file)
    page.get_by_label("名称", exact=True).fill("会员情况月报")
    page.get_by_label("要求报送的单位").fill("市统计局")
    page.get_by_label("频次").select_option(label="每月")
    page.get_by_role("button", name="收入").click()
    expect(page.get_by_role("heading", name="会员情况月报", level=1)).to_be_visible()


def pick(page: Page, cell: str, figure: str) -> None:
    """One cell of the sheet that is open, by clicking it."""
    page.get_by_role("link", name=f"{cell}，空格").click()
    page.get_by_label("数字", exact=False).first.select_option(label=figure)
    page.get_by_role("button", name="对照", exact=True).click()
    expect(page.get_by_text(f"{cell}已对照").first).to_be_visible()


def test_a_form_of_three_sheets_is_mapped_and_filled(site: Site, staff: Open, tmp_path: Path) -> None:
    desk = staff("zhoumin")
    receive(desk, tmp_path)
    form = desk.url
    desk.get_by_role("link", name="查看并确认").click()
    desk.get_by_role("button", name="确认勾选的").click()
    desk.get_by_role("link", name=re.compile(f"^{example.MEANS}")).click()
    pick(desk, "C3", "以奖代补资金")
    desk.get_by_role("button", name="启用").click()
    desk.get_by_role("link", name="填报", exact=True).click()
    desk.get_by_label("报告期").fill("2026-01")
    desk.get_by_role("button", name="填上").click()
    sheet = desk.get_by_role("region", name=example.BASE)
    number = sheet.locator("a.fig").first
    said = number.inner_text()
    with desk.expect_download() as started:
        desk.get_by_role("link", name="Excel").click()
    book = openpyxl.load_workbook(BytesIO(Path(str(started.value.path())).read_bytes()))
    assert book.sheetnames == [example.BASE, example.AID, example.MEANS]
    assert book[example.BASE]["C6"].value == "=SUM(C7:C8)" and f"{book[example.BASE]['C7'].value:,}" == said
    number.click()
    assert f"{int(desk.locator('[data-total]').get_attribute('data-total') or -1):,}" == said
    assert form.startswith("http")


def test_a_county_answers_on_the_phone_and_the_city_sees_it(site: Site, staff: Open) -> None:
    question = site.one(
        "SELECT q.id FROM filing_question q JOIN organisation o ON o.id = q.organisation_id WHERE o.name ="
        " '安福县总工会' AND q.answered_at IS NULL ORDER BY q.id LIMIT 1"
    )
    county = staff("liuchunlan", PHONE)
    county.goto(f"/desk/filings/questions/{question}/")
    county.get_by_label("答复（个）").fill("12")
    county.get_by_role("button", name="答复", exact=True).click()
    expect(county.get_by_text("已答复").first).to_be_visible()
    rolled = site.one(f"SELECT parent_id FROM filing_question WHERE id = {int(question)}")
    city = staff("zhoumin")
    city.goto(f"/desk/filings/questions/{rolled}/")
    expect(city.get_by_role("row", name=re.compile("安福县总工会.*已答复.*12"))).to_be_visible()
