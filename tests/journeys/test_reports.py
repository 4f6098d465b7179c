"""Without code: a figure is composed, written into a report in Word, drafted, signed by another, issued, checked.

Beside it: a leader on a phone opens a number down to its records; a county sees only its own.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site


def compose(page: Page) -> None:
    """Couriers who are women, counted by choosing."""
    page.goto("/desk/figures/new")
    page.get_by_label("数一种记录").check()
    page.get_by_label("数哪种记录").select_option(label="会籍")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("名称", exact=True).fill("女快递员会员")
    page.get_by_label("标识").fill("own.women_couriers")
    page.get_by_role("textbox", name="单位").fill("名")
    for title, value in (("新就业形态职业", "快递员"), ("性别", "女")):
        page.locator("summary", has_text=title).click()
        page.get_by_label(value, exact=True).check()
    page.get_by_role("button", name="保存并试算").click()
    page.get_by_role("button", name=re.compile("^发布")).click()
    expect(page.get_by_role("heading", name="女快递员会员", level=1)).to_be_visible()


def in_word(page: Page, folder: Path) -> None:
    """The text goes out to Word, gets a sentence with the new figure, and comes back."""
    page.get_by_role("link", name="改正文").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="下载带标记的Word").click()
    file = Document(str(started.value.path()))
    at = next(one for one in file.paragraphs if "新就业形态" in one.text)
    at.add_run("其中女快递员会员{{女快递员")
    at.add_run("会员}}。")  # as word processors part what was typed
    stream = BytesIO()
    file.save(stream)
    changed = folder / "报告.docx"
    changed.write_bytes(stream.getvalue())
    page.get_by_label("Word文件").set_input_files(changed)
    page.get_by_role("button", name="传回来").click()
    expect(page.get_by_text("已存为第2稿").first).to_be_visible()


def test_a_report_from_a_new_figure_to_the_checked_file(
    site: Site, staff: Open, stranger: Open, tmp_path: Path
) -> None:
    writer = staff("zhoumin")
    compose(writer)
    writer.goto("/desk/reports/new")
    writer.get_by_label("模板").select_option(label="年度工作报告")
    writer.get_by_role("button", name="起草", exact=True).click()
    in_word(writer, tmp_path)
    paper = writer.get_by_role("article", name="报告正文")
    said = paper.get_by_text(re.compile("其中女快递员会员")).locator("a.fig").last
    expect(said).to_have_text(re.compile(r"^[1-9]\d*名$"))
    number = said.inner_text()
    said.click()
    drawer = writer.get_by_role("complementary", name="数字从哪里来")
    expect(drawer.get_by_text("与现在的记录一致")).to_be_visible()
    drawer.get_by_role("link", name="打开记录").click()
    listed = int(writer.locator("[data-total]").get_attribute("data-total") or -1)
    assert f"{listed}名" == number

    writer.goto("/desk/reports/")
    writer.get_by_role("link", name=re.compile("年度工作报告")).first.click()
    address = writer.url
    writer.get_by_role("button", name="送审").click()
    expect(writer.get_by_text("待审").first).to_be_visible()

    leader = staff("zengjianguo", PHONE)
    leader.goto(address)
    leader.get_by_role("article", name="报告正文").locator("a.fig").first.click()
    leader.get_by_role("link", name="打开记录").click()
    assert int(leader.locator("[data-total]").get_attribute("data-total") or -1) > 0
    leader.goto(address)
    leader.get_by_role("button", name="审定").click()
    leader.get_by_label("文号").fill("吉工发〔2026〕8号")
    leader.get_by_role("button", name="印发").click()
    expect(leader.get_by_text("已印发").first).to_be_visible()
    with leader.expect_download() as printed:
        leader.get_by_role("link", name="Word").click()
    link = leader.get_by_role("link", name="核验页").get_attribute("href") or ""

    anybody = stranger(PHONE)
    anybody.goto(link)
    anybody.locator("input[type=file]").set_input_files(printed.value.path())
    anybody.get_by_role("button", name="核对文件").click()
    expect(anybody.get_by_text("与印发的文件完全一样")).to_be_visible()

    county = staff("liuchunlan")
    assert county.goto(address).status == 404  # type: ignore[union-attr]
    county.goto("/desk/figures/own.women_couriers/")
    expect(county.get_by_text("安福县总工会").first).to_be_visible()
    assert site.one("SELECT count(*) FROM trail_record WHERE verb = 'report.issued'") == 1
