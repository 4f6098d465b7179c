"""Every main page on every face: accessible in each look, never scrolling sideways, light and at home on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.whole import asked

from .conftest import DESKTOP, PHONE, Open
from .pages import Main, main_pages
from .rosters import UNION, people, spoilt, write
from .site import Site

LOOKS = {"normal": {}, "large": {"size": "large"}, "dark": {"theme": "dark"}}
OVERFLOW = """() => { const page = document.documentElement; return [page.scrollWidth - page.clientWidth,
  [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > page.clientWidth + 1
    && !one.closest('.tablebox, [data-scrolls], .toasts, .side, .skip, .menu-box')).slice(0, 2).map(one => one.outerHTML.slice(0, 90))] }"""


@pytest.fixture(scope="module")
def stage(site: Site, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Something to see: a review that found much, imports that wait, are looked through and are done."""
    context = browser.new_context(viewport=DESKTOP, base_url=site.url, locale="zh-CN")
    page: Page = context.new_page()
    page.goto("/login/")
    page.get_by_label("用户名").fill("liuchunlan")
    page.get_by_label("密码", exact=True).fill("Gonghui-2026")
    page.get_by_role("button", name="登录", exact=True).click()
    page.goto("/desk/vitality/")
    page.get_by_role("button", name="开展活力体检").click()
    expect(page.get_by_text("新列入").first).to_be_visible(timeout=60_000)
    file = write(tmp_path_factory.mktemp("stage") / "新入会会员名册.xlsx", spoilt(list(people(200, 20))))
    for presses in ((), ("确认，检查每一行",), ("确认，检查每一行", "导入17行")):
        page.goto("/desk/rosters/new")
        page.get_by_label("导入到").fill(UNION)
        page.get_by_label("名册文件").set_input_files(file)
        page.get_by_role("button", name="上传并读取").click()
        for press in presses:
            page.get_by_role("button", name=press).click(timeout=60_000)
        last = {0: "确认，检查每一行", 1: "导入17行"}.get(len(presses))
        wanted = page.get_by_role("button", name=last) if last else page.get_by_role("heading", name="已导入")
        wanted.first.wait_for(timeout=60_000)
    context.close()
    return site


@pytest.fixture
def opened(
    stage: Site, staff: Open, member: Open, contexts: Callable[..., BrowserContext]
) -> Callable[[Main, dict[str, str]], Page]:
    """Opens main pages, one browser context for each person and look."""
    pages: dict[tuple[str, str], Page] = {}

    def open_(main: Main, cookies: dict[str, str]) -> Page:
        key = (main.who, str(cookies))
        if key not in pages:
            size = DESKTOP if main.who and not main.member else PHONE
            if not main.who:
                page = contexts(size, bypass_csp=True).new_page()
            else:
                page = (member if main.member else staff)(main.who, size, bypass_csp=True)
            page.context.add_cookies([{"name": n, "value": v, "url": stage.url} for n, v in cookies.items()])
            pages[key] = page
        page = pages[key]
        answer = page.goto(main.path)
        assert answer is not None and answer.status == main.status, (
            f"{main.name} {main.path}: {answer and answer.status}"
        )
        return page

    return open_


def sideways(page: Page) -> list[Any]:
    """How far the page scrolls sideways on the narrowest phone, in plain and in enlarged text."""
    found, size = [], page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    for scale in ("100%", "150%"):
        page.evaluate("scale => document.documentElement.style.fontSize = scale", scale)
        over, which = page.evaluate(OVERFLOW)
        if over > 0:
            found.append((scale, over, which))
    page.set_viewport_size(size or DESKTOP)
    return found


@pytest.mark.parametrize("look", LOOKS)
def test_main_pages_are_accessible_and_never_scroll_sideways(stage: Site, opened: Any, look: str) -> None:
    found: list[Any] = []
    for main in main_pages(stage):
        if not asked((main.name, look), 8 if look == "normal" else 24):
            continue
        page = opened(main, LOOKS[look])
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:140] for node in violation["nodes"][:3]]
            found.append((main.name, violation["id"], len(violation["nodes"]), nodes))
        if look != "dark":
            found += [(main.name, *one) for one in sideways(page)]
    assert found == [], "\n".join(map(str, found))


TARGETS = """least => [...document.querySelectorAll('a:not(.skip),button,summary,select,input:not([type=hidden],[type=radio],[type=checkbox]),textarea,label.check')]
  .filter(one => one.offsetParent && !(getComputedStyle(one).display === 'inline' && one.closest('p,li,dd,small,.site-foot')))
  .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && box.height < least - .5).map(([words, box]) => Math.round(box.height) + ' ' + words)"""
TINY = """least => [...document.querySelectorAll('body *')].filter(one => one.offsetParent && !one.closest('.vh,svg')
    && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(one => parseFloat(getComputedStyle(one).fontSize) < least).map(one => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize(("look", "least", "text"), [("normal", 44, 12), ("large", 60, 18)])
def test_member_pages_fit_a_finger_and_old_eyes(stage: Site, opened: Any, look: str, least: int, text: int) -> None:
    found: list[Any] = []
    for main in (one for one in main_pages(stage) if one.member or one.name == "m-login"):
        page = opened(main, LOOKS[look])
        found += [(main.name, words) for words in page.evaluate(TARGETS, least) + page.evaluate(TINY, text)]
    assert found == []


def test_member_pages_are_light_and_ask_nobody_else(stage: Site, member: Open, stranger: Open) -> None:
    for main in (one for one in main_pages(stage) if one.member or (not one.who and one.status == 200)):
        if main.name == "api-docs" or not asked((main.name, "light"), 2):
            continue
        weight, hosts, complaints = visit(member(main.who) if main.member else stranger(PHONE), main.path)
        assert weight <= 100_000, f"{main.name}: {weight:,} bytes"
        assert hosts <= {stage.url.split("/")[2], f"127.0.0.1:{stage.gate_port}"}, f"{main.name}: {hosts}"  # the gate
        assert complaints == [], main.name


def visit(page: Page, path: str) -> tuple[int, set[str], list[str]]:
    """Bytes over the wire with an empty cache, hosts that were asked, what the browser complained about."""
    complaints: list[str] = []
    hosts: set[str] = set()
    sizes: list[int] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(path, wait_until="networkidle")
    page.close()
    return sum(sizes), hosts, complaints


def test_reading_works_without_script(stage: Site, stranger: Open) -> None:
    page = stranger(PHONE, java_script_enabled=False)
    for path in ("/", "/find/?q=物流", "/login/", "/m/login/"):
        page.goto(path)
        assert page.get_by_role("heading", level=1).inner_text()
