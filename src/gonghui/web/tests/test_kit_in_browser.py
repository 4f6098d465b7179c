"""The style page in Chromium: accessible, without sideways scrolling, operable by keyboard and finger."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PAGES = (
    "/desk/kit",
    "/desk/kit?toast=1",
    "/desk/kit/list",
    "/desk/kit/list?rows=none",
    "/desk/kit/list?state=公示中&active_from=2031-01-01",
    "/desk/kit/list?active_from=x",
    "/desk/kit/phone",
    "/desk/kit/public",
    "/desk/kit/login",
    "/desk/kit/403",
)


def opened(browser: Browser, server: str, width: int, **cookies: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN", bypass_csp=True)
    context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    return page


@pytest.mark.parametrize("size", ["std", "large"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_accessibility_violations(server: str, browser: Browser, size: str, theme: str) -> None:
    found = []
    for width in (390, 1440):
        page = opened(browser, server, width, size=size, theme=theme)
        for address in PAGES:
            page.goto(server + address)
            for violation in Axe().run(page).response["violations"]:
                found.append((width, address, violation["id"], [node["html"][:120] for node in violation["nodes"][:2]]))
        page.context.close()
    assert found == []


@pytest.mark.parametrize("size", ["std", "large"])
def test_pages_never_scroll_sideways_at_320_and_enlarged_text(server: str, browser: Browser, size: str) -> None:
    page = opened(browser, server, 320, size=size)
    found = []
    for address in PAGES:
        page.goto(server + address)
        for scale in ("100%", "150%"):
            page.evaluate("scale => document.documentElement.setAttribute('style', 'font-size:' + scale)", scale)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                found.append((address, scale, width))
    page.context.close()
    assert found == []


@pytest.mark.parametrize(("size", "least", "text"), [("std", 44, 12), ("large", 60, 18)])
def test_member_page_targets_are_big_enough_for_a_finger(
    server: str, browser: Browser, size: str, least: int, text: int
) -> None:
    page = opened(browser, server, 390, size=size)
    page.goto(server + "/desk/kit/phone")
    small = page.evaluate(
        """least => [...document.querySelectorAll('a:not(.skip),button,select,input:not([type=hidden],[type=radio],[type=checkbox]),textarea')]
        .filter(el => el.offsetParent).map(el => [el.textContent.trim().slice(0, 12), el.getBoundingClientRect()])
        .filter(([, box]) => box.height > 0 && box.height < least - .5).map(([words, box]) => words + ' ' + box.height)""",
        least,
    )
    tiny = page.evaluate(
        """text => [...document.querySelectorAll('body *')].filter(el => el.offsetParent && [...el.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .filter(el => parseFloat(getComputedStyle(el).fontSize) < text && !el.closest('.vh')).map(el => el.outerHTML.slice(0, 80))""",
        text,
    )
    page.context.close()
    assert (small, tiny) == ([], [])


def test_list_is_worked_by_keyboard(server: str, browser: Browser) -> None:
    page = opened(browser, server, 1440)
    page.goto(server + "/desk/kit/list")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.type("欧阳")
    page.wait_for_function("document.querySelector('#list-kit-count').textContent.includes('41')")
    assert "欧阳" not in page.url and "q=~" in page.url
    page.keyboard.press("Escape")
    for key in ("j", "j", "x", "k", "x"):
        page.keyboard.press(key)
    assert page.locator("[data-picked]").inner_text() == "已选2名"
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not page.locator("[data-bulk]").is_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/kit?member=*")
    page.context.close()


def test_list_asks_before_a_destructive_action_and_gives_focus_back(server: str, browser: Browser) -> None:
    page = opened(browser, server, 1440)
    page.goto(server + "/desk/kit/list?state=公示中")
    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name="选择全部74名").click()
    end = page.locator("[data-bulk]").get_by_role("button", name="终止会籍")
    end.click()
    page.locator("#dialog").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.textContent.includes('终止会籍')")
    end.click()
    page.locator("#ask-typed").fill("73")
    page.locator("#dialog .btn-bad").click()
    page.get_by_text("现在是73，应输入74").wait_for()
    page.locator("#id_ask-reason").fill("单位注销")
    page.locator("#ask-typed").fill("74")
    page.locator("#dialog .btn-bad").click()
    page.get_by_text("已终止74名会员的会籍").wait_for()
    page.context.close()


def test_large_text_is_switched_without_a_reload_and_stays(server: str, browser: Browser) -> None:
    page = opened(browser, server, 390)
    page.goto(server + "/desk/kit/phone")
    page.get_by_text("长辈版").click()
    assert page.locator("html").get_attribute("data-size") == "large"
    page.reload()
    assert page.get_by_text("标准版").is_visible()
    page.context.close()


def test_draft_stays_on_the_device_without_personal_fields(server: str, browser: Browser) -> None:
    page = opened(browser, server, 1440)
    page.goto(server + "/desk/kit")
    form: Any = page.locator("form[data-draft=kit]")
    form.locator("[name=why]").fill("随单位搬迁")
    form.locator("[name=name]").fill("刘细妹")
    form.locator("[name=idno]").fill("362429198806155317")
    page.wait_for_function("localStorage.getItem('draft:kit')?.includes('随单位搬迁')")
    kept = page.evaluate("localStorage.getItem('draft:kit')")
    assert "刘细妹" not in kept and "3624" not in kept
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(server + "/desk/kit")
    assert page.locator("form[data-draft=kit] [name=why]").input_value() == "随单位搬迁"
    page.get_by_role("button", name="不要这份内容").click()
    assert page.evaluate("localStorage.getItem('draft:kit')") is None
    page.context.close()


def test_reading_works_without_script(server: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server + "/desk/kit/list")
    page.get_by_label("打开导航").click()
    assert page.locator("#side").is_visible()
    page.goto(server + "/desk/kit/list")
    page.locator("#list-kit-q").fill("欧阳")
    page.get_by_role("button", name="查找").click()
    assert "共41名" in page.locator("#list-kit-count").inner_text()
    page.locator("[data-row] input").first.check()
    assert page.locator("[data-bulk]").is_visible()
    page.locator("[data-bulk]").get_by_role("button", name="终止会籍").click()
    assert page.get_by_text("30天内可以恢复").is_visible()
    context.close()
