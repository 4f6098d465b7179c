"""The voting page in a real browser at the width of a phone: blinded there, signed here, cast without a name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Route

from gonghui.apps.democracy import services
from gonghui.apps.democracy.models import Ballot, Vote
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import Hall
from .test_ballots import get, opened
from .test_pages import client_of, url


class Device:
    """One browser with its storage; whoever signs in on it is served as themselves."""

    def __init__(self, browser: Browser) -> None:
        self.member, self.nameless = Client(), Client()
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        self.page = self.context.new_page()
        self.page.set_default_timeout(4000)
        self.page.route("**/*", self.serve)

    def serve(self, route: Route) -> None:
        request, path = route.request, urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            route.fulfill(path=str(found)) if found else route.fulfill(status=404)
            return
        if request.method == "POST":
            sent = request.post_data or ""
            self.asked.append((path, dict(request.headers), sent))
            if path.endswith("/cast"):
                answer = self.nameless.post(path, sent, content_type="application/json")
            else:
                blinded = sent.split('name="blinded"\r\n\r\n')[1].split("\r\n")[0] if "form-data" in str(
                    request.headers.get("content-type")
                ) else parse_qs(sent)["blinded"][0]  # fmt: skip
                answer = self.member.post(path, {"blinded": blinded})
        else:
            answer = self.member.get(path)
        route.fulfill(status=answer.status_code, body=answer.content, content_type=answer["Content-Type"])

    def sign_in(self, viewer: Viewer, ballot: Ballot) -> None:
        self.member = client_of(viewer)
        self.page.goto(f"http://gonghui.test{url('m-ballot', ballot.pk)}")

    def vote(self, choice: str) -> str:
        """What is shown afterwards as the receipt."""
        self.page.get_by_label(choice).check()
        self.page.get_by_role("button", name="投票", exact=True).click()
        self.page.get_by_role("heading", name="已投入").wait_for()
        return self.page.locator("[data-token]").inner_text().replace(" ", "").strip()

    def cast(self) -> list[tuple[dict[str, str], dict[str, object]]]:
        return [(headers, json.loads(sent)) for path, headers, sent in self.asked if path.endswith("/cast")]


@pytest.fixture
def device(browser: Browser) -> Iterator[Device]:
    made = Device(browser)
    yield made
    made.context.close()


def test_a_delegate_votes_with_the_browser(open_hall: Hall, device: Device) -> None:
    ballot, page = opened(open_hall), device.page
    for viewer in open_hall.phones[1:3]:
        get(viewer, ballot)
    device.sign_in(open_hall.phones[0], ballot)
    page.get_by_role("button", name="投票", exact=True).click()
    assert page.get_by_text("还没有选，选一项再投").is_visible()
    token = device.vote("赞成")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.reload()
    assert page.get_by_role("heading", name="已投入").is_visible()
    ((headers, sent),) = device.cast()
    assert "cookie" not in headers and "referer" not in headers and sent["token"] == token
    with acting(open_hall.chair):
        row = services.count_ballot(open_hall.chair, ballot_id=ballot.pk)
    assert row.counts["yes"] == 1
    with acting(SYSTEM):
        assert Vote.objects.get().token == token


def test_two_delegates_on_one_phone_have_a_ballot_each(open_hall: Hall, device: Device) -> None:
    """The second neither sees the first one's token nor votes with the first one's signature."""
    ballot, page = opened(open_hall), device.page
    get(open_hall.phones[2], ballot)
    device.sign_in(open_hall.phones[0], ballot)
    page.get_by_role("button", name="先领票，等一会儿再投").click()
    page.get_by_text("选票已领").wait_for()
    device.sign_in(open_hall.phones[1], ballot)
    assert page.get_by_role("button", name="先领票，等一会儿再投").is_visible()
    second = device.vote("反对")
    device.sign_in(open_hall.phones[0], ballot)
    assert page.get_by_text("选票已领").is_visible() and second not in page.content().replace(" ", "")
    first = device.vote("赞成")
    assert first != second and [sent["token"] for _, sent in device.cast()] == [second, first]
    with acting(open_hall.chair):
        row = services.count_ballot(open_hall.chair, ballot_id=ballot.pk)
    assert (row.counts["yes"], row.counts["no"], row.issued_count) == (1, 1, 3)
