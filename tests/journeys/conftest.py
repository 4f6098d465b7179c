"""Sites, browsers and logged-in people for the journeys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from gonghui.machine.postgres import Cluster

from .site import Site

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORD = "Gonghui-2026"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site(cluster: Cluster, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running installation for the tests of one module; what they change is thrown away with it."""
    one = Site(cluster, request.module.__name__.rpartition(".")[2].removeprefix("test_"))
    try:
        yield one.start()
    finally:
        one.stop()


@pytest.fixture
def contexts(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts (persons at their own devices) that are closed when the test ends."""
    opened: list[BrowserContext] = []

    def make(size: dict[str, int] = DESKTOP, **options: Any) -> BrowserContext:
        context = browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=site.url, **options
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def _page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    return page


@pytest.fixture
def stranger(contexts: Callable[..., BrowserContext]) -> Open:
    """A page of somebody who is not logged in."""

    def opened(size: dict[str, int] = DESKTOP, **options: Any) -> Page:
        return _page(contexts(size, **options))

    return opened


def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


@pytest.fixture
def staff(site: Site, contexts: Callable[..., BrowserContext]) -> Open:
    """A logged-in page of a named member of staff; the log-in is typed once for each site and then remembered."""

    def opened(username: str, size: dict[str, int] = DESKTOP, **options: Any) -> Page:
        if username not in site.states:
            page = _page(contexts(size))
            log_in(page, username)
            page.wait_for_url("**/desk/**")
            site.states[username] = page.context.storage_state()
        return _page(contexts(size, storage_state=site.states[username], **options))

    return opened


def member_logs_in(page: Page, site: Site, phone: str) -> None:
    page.goto("/m/login/")
    page.get_by_label("手机号").fill(phone)
    before = time.time_ns()
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_role("heading", name="填写验证码").wait_for()
    page.get_by_role("textbox", name="验证码").fill(site.newest_code(before))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/m/")


@pytest.fixture
def member(site: Site, contexts: Callable[..., BrowserContext]) -> Open:
    """A logged-in page of a member on a phone, entered with the code from the outbox."""

    def opened(phone: str, size: dict[str, int] = PHONE, **options: Any) -> Page:
        if phone not in site.states:
            page = _page(contexts(size))
            member_logs_in(page, site, phone)
            site.states[phone] = page.context.storage_state()
        return _page(contexts(size, storage_state=site.states[phone], **options))

    return opened
