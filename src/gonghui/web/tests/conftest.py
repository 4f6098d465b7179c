"""The style page on a real server, seen by a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def kit_site(settings: Any) -> None:
    settings.ROOT_URLCONF = "gonghui.web.tests.kit_urls"
    settings.GONGHUI_LIST_STORE = None
    settings.STORAGES = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def kit(kit_site: None, db: None, client: Any) -> Any:
    """A client of the style page."""
    return client


@pytest.fixture
def server(kit_site: None, own_database: str) -> Iterator[str]:
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, port=0)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None, thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # the browser driver keeps an event loop in this thread; the database is used beside it, never inside it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
