"""Passkeys in a real browser with a virtual authenticator: added, used to log in, named on the trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, sync_playwright

from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import PASSWORD, make_post, make_tree
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import SYSTEM

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def address(own_database: str, settings: Any) -> Iterator[str]:
    settings.ALLOWED_HOSTS = ["localhost"]
    with acting(SYSTEM):
        make_post(make_tree().county, "organising", "liuchunlan", "刘春兰")
    thread = LiveServerThread("localhost", StaticFilesHandler, port=0)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None, thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(base_url=address, locale="zh-CN").new_page()
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield page
        browser.close()


def log_in(page: Page) -> None:
    page.goto("/login/")
    page.fill("#id_username", "liuchunlan")
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-main")


def test_passkey_is_added_and_opens_the_desk_without_a_password(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs a loop in this thread
    log_in(page)
    page.goto("/account/2fa/keys/add/")
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-main")
    page.fill("#id_name", "办公室电脑")
    page.click("[data-passkey-go]")
    page.wait_for_url("**/account/2fa/codes/")
    page.goto("/account/2fa/keys/")
    assert "办公室电脑" in page.content() and "可直接登录" in page.content()

    page.context.clear_cookies()
    page.goto("/login/?next=/account/")
    page.click("[data-passkey-go]")
    page.wait_for_selector("h1:has-text('账号与登录方式')")
    assert "账号与登录方式" in page.content()

    page.context.clear_cookies()
    log_in(page)  # with a password the key is asked for as the second step
    page.wait_for_url("**/login/2fa/")
    page.click("[data-passkey-go]")
    page.wait_for_url("**/desk/")
    with acting(SYSTEM):
        account = Account.objects.get(username="liuchunlan")
        ways = TrailRecord.objects.filter(verb="access.login", actor_id=account.pk).order_by("pk")
        assert [record.detail["方式"] for record in ways] == [["password"], ["webauthn"], ["password", "webauthn"]]
        assert TrailRecord.objects.filter(verb="access.second_factor_changed").exists()


def test_log_in_page_works_without_script_but_for_the_passkey(address: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(base_url=address, java_script_enabled=False).new_page()
        log_in(page)
        page.goto("/account/")
        assert "账号与登录方式" in page.content()
        browser.close()
