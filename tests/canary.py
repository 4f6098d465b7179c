"""Watches every answer, address and log line of the whole test run for the canary numbers of the cast.

The first member of the fixed cast has an identity number and a phone that exist nowhere else. Whatever a test asks for,
they may come back from one place only: the answer to a reveal that gave its reason.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from gonghui.kernel.factories import CANARY_ID, CANARY_PHONE

SEEN_AS = (CANARY_ID, CANARY_ID[4:14], CANARY_PHONE, CANARY_PHONE[3:])
"""The numbers and the parts of them that a mask must hide."""

REVEALS = re.compile(r"/reveal(/\w+)?/?$")


def found_in(text: str | bytes) -> bool:
    """Whether any part that should be hidden stands in a text; workbooks and archives are opened."""
    if isinstance(text, bytes):
        if text[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(text)) as box:
                return any(found_in(box.read(name)) for name in box.namelist())
        text = text.decode("utf-8", "replace")
    return any(part in text for part in SEEN_AS)


class Watch:
    """What was seen since the test began."""

    def __init__(self) -> None:
        self.leaks: list[str] = []
        self.answers = 0
        self.quiet = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For tests that type the numbers themselves and check every answer on their own."""
        self.quiet = True
        try:
            yield
        finally:
            self.quiet = False

    def answer(self, request: dict[str, Any], response: Any) -> None:
        self.answers += 1
        if self.quiet:
            return
        method, path = request.get("REQUEST_METHOD", ""), request.get("PATH_INFO", "")
        if found_in(f"{path}?{request.get('QUERY_STRING', '')}"):
            self.leaks.append(f"{method} {path[:60]}: in the address")
        if any(found_in(str(value)) for value in response.headers.values()):
            self.leaks.append(f"{method} {path}: in a header")
        opened = method == "POST" and REVEALS.search(path) and response.status_code == 200
        if not opened and not response.streaming and found_in(response.content):
            self.leaks.append(f"{method} {path}: in the answer ({response.status_code})")

    def line(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += repr(record.exc_info[1])
        if found_in(text):
            self.leaks.append(f"{record.name} {record.levelname}: in a log line, before anything is struck out")


WATCH = Watch()


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        WATCH.line(record)


def pytest_configure(config: pytest.Config) -> None:
    asked = Client.request

    def watched(self: Client, **request: Any) -> Any:
        response = asked(self, **request)
        WATCH.answer(request, response)
        return response

    Client.request = watched  # type: ignore[method-assign]
    # before the handlers that strike numbers out: nobody should have handed one to a log in the first place
    logging.getLogger().handlers.insert(0, _Lines(logging.NOTSET))


@pytest.fixture(autouse=True)
def _no_canary() -> Iterator[None]:
    """Fails the test that let a number out."""
    WATCH.leaks.clear()
    yield
    assert not WATCH.leaks, "personal numbers got out:\n" + "\n".join(WATCH.leaks[:20])
