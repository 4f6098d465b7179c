"""The desk without a mouse: find, lists, dialogs."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .conftest import Open
from .site import Site


def test_a_person_is_found_and_opened_by_keys_alone(site: Site, staff: Open) -> None:
    page = staff("zhoumin")
    page.goto("/desk/")
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("郭建平")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "郭建平" not in page.url  # names stay out of addresses
    expect(page.get_by_role("heading", level=1)).to_contain_text("郭建平")
    expect(page.locator("[data-row]").first).to_be_visible()
    if page.locator("#find-q").evaluate("one => one === document.activeElement"):
        page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(r"/desk/people/\d+/$", page.url)


def test_two_characters_pinyin_initials_and_phone_tail_find_the_same_person(site: Site, staff: Open) -> None:
    page = staff("zhoumin")
    pk = site.one("SELECT person_id FROM account WHERE name = '郭建平'")
    for typed in ("建平", "guojianping", "gjp", "19900000001", "0001"):
        page.goto("/desk/find")
        page.get_by_role("searchbox", name="查找内容").fill(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator(f'[data-url$="/desk/people/{pk}/"]'), typed).to_have_count(1)


def test_a_list_is_worked_with_j_k_x_and_enter(staff: Open) -> None:
    page = staff("liuchunlan")
    page.goto("/desk/organisations/")
    rows = page.locator("[data-row]")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(rows.nth(1)).to_be_focused()
    if rows.nth(1).get_by_role("checkbox").count():
        page.keyboard.press("x")
        expect(page.locator("[data-picked]")).to_have_text(re.compile("^已选1"))
        page.keyboard.press("Escape")
        expect(page.locator("[data-bulk]")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("[data-search]").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("键盘操作")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    address = rows.first.get_attribute("data-url")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert address and page.url.endswith(address)


def test_dialogs_hold_the_focus_and_give_it_back(site: Site, staff: Open) -> None:
    page = staff("zhoumin")
    page.goto(f"/desk/people/{site.one('SELECT person_id FROM account WHERE name = %s', '郭建平')}/")
    look = page.get_by_role("link", name="查看完整手机号码")
    look.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        # a browser lets the focus leave a modal dialog for its own bar, never for the page behind it
        assert page.evaluate(
            "!document.activeElement || document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(look).to_be_focused()


def test_the_tree_is_walked_with_arrows(staff: Open) -> None:
    page = staff("liuchunlan")
    page.goto("/desk/organisations/tree/")
    page.locator("[data-tree]").get_by_role("button").or_(page.locator("[data-tree] summary")).first.focus()
    focused = "document.activeElement.closest('li').innerText"
    whole = page.evaluate(focused)
    page.keyboard.press("ArrowDown")
    first = page.evaluate(focused)
    page.keyboard.press("ArrowDown")
    assert len({whole, first, page.evaluate(focused)}) == 3
