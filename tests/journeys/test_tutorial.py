"""docs/tutorial.md is followed word for word: every line that starts with a dash in a numbered step is done in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from .rosters import HEADERS, exercise
from .site import ROOT, Site

TUTORIAL = ROOT / "docs" / "tutorial.md"
BOLD, CODE = r"\*\*(.+?)\*\*", r"`(.+?)`"
SECONDS = 60_000


def sections() -> Iterator[tuple[str, list[str]]]:
    """The numbered steps, each with its lines."""
    for part in re.split(r"^## ", TUTORIAL.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title, *lines = part.splitlines()
        if re.match(r"\d+\. ", title):
            yield title, lines


class Reader:
    """Somebody who does what a line says, and nothing else."""

    def __init__(self, page: Page, site: Site, place: Path) -> None:
        self.page, self.site, self.place = page, site, place
        self.downloaded: Path | None = None
        self.verbs: dict[str, Callable[..., None]] = {
            r"打开 <(http://127\.0\.0\.1:8000\S*)>": self.open,
            rf"在 {BOLD} 填 {CODE}": self.fill,
            rf"在 {BOLD} 选 {CODE}": self.choose_file,
            rf"在 “(.+?)” 那一行点 {BOLD}": self.press_in_row,
            rf"点 {BOLD}": self.press,
            rf"下载 {BOLD}": self.download,
            rf"展开 {BOLD}": self.unfold,
            rf"勾选 {BOLD}": self.check,
            rf"选中 {BOLD}": self.check,
            rf"按 {CODE}": self.key,
            rf"输入 {CODE}": self.type,
            r"看到 “(.+?)”": self.see,
        }

    def do(self, line: str) -> None:
        for pattern, act in self.verbs.items():
            if found := re.fullmatch(pattern, line):
                act(*found.groups())
                return
        raise AssertionError(f"nobody can do this: {line}")

    @property
    def here(self) -> Page | Locator:
        dialog = self.page.locator("dialog[open]")
        return dialog if dialog.count() else self.page

    def open(self, address: str) -> None:
        self.page.goto(self.site.url + urlsplit(address).path)

    def fill(self, label: str, text: str) -> None:
        if text == "页面上显示的6位数字":
            text = re.findall(r"\d{6}", self.page.locator("main").inner_text())[-1]
        self.labelled(label).fill(text)

    def choose_file(self, label: str, file: str) -> None:
        path = self.downloaded if file == "刚才下载的文件" else ROOT / file
        assert path is not None
        self.labelled(label).set_input_files(path)

    def labelled(self, label: str) -> Locator:
        """The field whose label begins with these words; what follows says that it may be left empty."""
        expect(self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first).to_be_visible(timeout=SECONDS)
        return self.here.get_by_label(re.compile(f"^{re.escape(label)}")).locator("visible=true").first

    def named(self, words: str, where: Page | Locator) -> Locator:
        """What carries these words: a link, a button, or the head of a menu."""
        exact = re.compile(rf"^\s*{re.escape(words)}\s*$")
        button = where.get_by_role("button", name=words, exact=True)
        link = where.get_by_role("link", name=words, exact=True)
        part = where.get_by_role("link", name=re.compile(rf"^{re.escape(words)}"))
        head = where.locator("summary", has=self.page.get_by_text(exact))
        menu = where.locator("summary", has_text=words)
        for one in (button, link, head, part, menu):
            if (shown := one.locator("visible=true")).count():
                return shown.first
        return button.or_(link).first

    def press(self, words: str) -> None:
        expect(self.named(words, self.here)).to_be_visible(timeout=SECONDS)
        self.named(words, self.here).click()

    def press_in_row(self, row: str, words: str) -> None:
        self.page.get_by_role("row", name=re.compile(re.escape(row))).get_by_role(
            "link", name=words, exact=True
        ).first.click()

    def download(self, words: str) -> None:
        with self.page.expect_download() as waiting:
            self.press(words)
        self.downloaded = self.place / "report.xlsx"
        waiting.value.save_as(self.downloaded)

    def unfold(self, words: str) -> None:
        self.page.get_by_role("button", name=f"{words}的下级").click()

    def check(self, words: str) -> None:
        box = self.here.get_by_role("checkbox", name=words).or_(self.here.get_by_role("radio", name=words))
        box.first.check()

    def key(self, name: str) -> None:
        self.page.keyboard.press(name.replace("Ctrl", "Control").replace("+K", "+k"))

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def see(self, words: str) -> None:
        spaced = re.compile(r"\s*".join(re.escape(piece) for piece in words.split()))
        expect(self.page.locator("body")).to_contain_text(spaced, timeout=SECONDS)

    def edit(self, rows: list[tuple[str, str, str]]) -> None:
        """Change the cells of the downloaded workbook that a table of the tutorial lists."""
        assert self.downloaded is not None
        book = openpyxl.load_workbook(self.downloaded)
        sheet = book.active
        header = next(row for row in sheet.iter_rows() if any(cell.value == "姓名" for cell in row))
        places = {str(cell.value): cell.column for cell in header}
        for name, column, value in rows:
            (line,) = [row for row in sheet.iter_rows(min_row=header[0].row) if row[places["姓名"] - 1].value == name]
            line[places[column] - 1].value = value
        book.save(self.downloaded)


def table_of(lines: list[str]) -> list[tuple[str, str, str]]:
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|")]
    return [(one[0], one[1], one[2]) for one in cells[2:] if len(one) == 3]


def test_the_tutorial_works_word_for_word(site: Site, contexts: Callable[..., BrowserContext], tmp_path: Path) -> None:
    page = contexts().new_page()
    reader = Reader(page, site, tmp_path)
    done = 0
    for title, lines in sections():
        edits = table_of(lines)
        for line in lines:
            if line.startswith("|") and edits:
                reader.edit(edits)
                edits = []
            if line.startswith("- "):
                try:
                    reader.do(line.removeprefix("- ").strip())
                except Exception as error:
                    pytest.fail(f"{title}\n{line}\n{error}\n\n{page.url}\n{page.locator('main').inner_text()[:1500]}")
                done += 1
    assert done > 70


def test_commands_and_files_of_the_tutorial_exist(site: Site) -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"^make ([a-z-]+)$", text, flags=re.M):
        assert re.search(rf"^{command}:", makefile, flags=re.M)
    assert "工会平台已启动" in site.said()
    for link in re.findall(r"\]\(([a-z/.-]+)\)", text):
        assert (TUTORIAL.parent / link).exists(), link


def test_the_exercise_file_is_the_one_described() -> None:
    book = openpyxl.load_workbook(ROOT / "docs" / "tutorial" / "roster-20.xlsx")
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert rows[0] == list(HEADERS)
    assert rows[1:] == exercise()
