"""A company's roster, from the file on the clerk's disk to the members' list and back."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Download, Page, expect

from .conftest import Open
from .rosters import HEADERS, UNION, identity, people, spoilt, write
from .site import Site

TITLE = "名册导入"


def upload(page: Page, file: Path, organisation: str = UNION) -> None:
    page.goto("/desk/rosters/")
    page.get_by_role("link", name="导入名册").first.click()
    page.get_by_label("导入到").fill(organisation)
    page.get_by_label("名册文件").set_input_files(file)
    page.get_by_role("button", name="上传并读取").click()


def heading(page: Page, words: str | re.Pattern[str]) -> None:
    """The worker does the work; the page follows it by itself."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words, timeout=60_000)


def download(page: Page, press: str) -> Download:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile(press)).or_(
            page.get_by_role("button", name=re.compile(press))
        ).first.click()
    return waiting.value


def members(site: Site) -> int:
    return int(
        site.one(
            "SELECT count(*) FROM membership m JOIN organisation o ON o.id = m.organisation_id"
            " WHERE o.name = %s AND m.valid_to IS NULL",
            UNION,
        )
    )


def test_a_roster_is_matched_checked_imported_corrected_and_taken_back(site: Site, staff: Open, tmp_path: Path) -> None:
    before, page = members(site), staff("guoweimin")
    rows = spoilt(list(people(100, 20)))
    right = {row[0]: row for row in people(100, 20)}
    upload(page, write(tmp_path / "新入会.xlsx", rows))

    heading(page, "核对每一列对应的内容")
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("身份证号")).locator("select")).to_have_value("id_number")
    expect(table.get_by_role("row", name=re.compile("手机号")).locator("select")).to_have_value("phone")
    page.get_by_role("button", name="确认，检查每一行").click()

    heading(page, "17行可以导入，3行有问题")
    wrong = page.get_by_role("region", name="哪里不对")
    expect(wrong).to_contain_text("现在是17位，身份证号码应为18位")
    expect(wrong).to_contain_text("校验码不符")
    expect(wrong).to_contain_text("没有 2021 年 13 月 5 日这一天")
    assert members(site) == before  # looking changes nothing
    expect(page.locator("main")).not_to_contain_text(identity(100))
    page.get_by_role("button", name="导入17行").click()
    heading(page, "已导入：新增17行，更新0行，3行没有导入")
    assert members(site) == before + 17

    report = tmp_path / "report.xlsx"
    download(page, "下载有问题的3行").save_as(report)
    book = openpyxl.load_workbook(report)
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if any(cell.value == "姓名" for cell in row))
    places = {cell.value: cell.column for cell in header if cell.value}
    marked = [
        cell for row in sheet.iter_rows(min_row=header[0].row + 1) for cell in row if cell.fill.fill_type == "solid"
    ]
    assert len({cell.row for cell in marked}) == 3, "each wrong cell is marked"
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        number = sheet.cell(row[0].row, places["序号"]).value
        if number is None:
            continue
        for label, value in zip(HEADERS, right[int(number)], strict=True):
            sheet.cell(row[0].row, places[label]).value = value
    book.save(report)

    upload(page, report)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("核对每一列|可以导入"), timeout=60_000)
    if page.get_by_role("button", name="确认，检查每一行").count():
        page.get_by_role("button", name="确认，检查每一行").click()
    heading(page, "3行可以导入")
    page.get_by_role("button", name="导入3行").click()
    heading(page, "已导入：新增3行，更新0行")
    assert members(site) == before + 20

    upload(page, write(tmp_path / "再传一次.xlsx", list(people(100, 20))))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("核对每一列|没有"), timeout=60_000)
    if page.get_by_role("button", name="确认，检查每一行").count():
        page.get_by_role("button", name="确认，检查每一行").click()
    heading(page, re.compile("^没有可以导入的行|^没有变化"))
    assert members(site) == before + 20  # the same people twice are the same people

    page.goto("/desk/rosters/")
    page.get_by_role("link", name="report.xlsx").first.click()
    take_back(page)
    assert members(site) == before + 17


def take_back(page: Page) -> None:
    page.get_by_role("link", name="撤销这次导入").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("撤销原因").fill("名册给错了")
    dialog.get_by_role("button", name="撤销导入").click()
    heading(page, "已撤销，记录恢复到导入之前")


def test_an_exported_list_comes_back_with_one_changed_cell(site: Site, staff: Open, tmp_path: Path) -> None:
    page = staff("guoweimin")
    page.goto("/desk/rosters/")
    page.get_by_role("link", name="导出名册来改").click()
    file = tmp_path / "export.xlsx"
    download(page, "^导出$").save_as(file)
    book = openpyxl.load_workbook(file)
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if any(cell.value == "姓名" for cell in row))
    places = {str(cell.value): cell.column for cell in header if cell.value}
    line = header[0].row + 1
    name = sheet.cell(line, places["姓名"]).value
    before = site.one(TEAM, UNION, name)
    sheet.cell(line, places["部门班组"]).value = "新产品试制班"
    book.save(file)

    upload(page, file)
    heading(page, "1行可以导入")
    expect(page.get_by_role("region", name=re.compile("更新的前几行"))).to_contain_text("新产品试制班")
    page.get_by_role("button", name="导入1行").click()
    heading(page, "已导入：新增0行，更新1行")
    assert site.one(TEAM, UNION, name) == "新产品试制班"
    take_back(page)
    assert site.one(TEAM, UNION, name) == before


TEAM = """SELECT min(m.department) FROM membership m JOIN person p ON p.id = m.person_id
    JOIN organisation o ON o.id = m.organisation_id WHERE o.name = %s AND p.name = %s AND m.valid_to IS NULL"""


def test_a_file_that_is_no_roster_is_refused_in_words(staff: Open, tmp_path: Path) -> None:
    page = staff("guoweimin")
    broken = tmp_path / "照片.xlsx"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 400)
    upload(page, broken)
    refusal = page.locator("[data-errors]").or_(page.locator(".note-bad")).first
    expect(refusal).to_be_visible(timeout=60_000)
    assert re.search("[\u4e00-\u9fff]", refusal.inner_text())
