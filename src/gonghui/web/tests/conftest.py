"""The style page on a real server, seen by a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread


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
