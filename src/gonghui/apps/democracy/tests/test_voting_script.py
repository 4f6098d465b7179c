"""The voting page in a real browser at the width of a phone: blinded there, signed here, cast without a name."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Route

from gonghui.apps.democracy import services
from gonghui.apps.democracy.models import Vote
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import Hall
from .test_ballots import opened
from .test_pages import client_of, url


def test_a_delegate_votes_with_the_browser(open_hall: Hall, browser: Browser) -> None:
    ballot = opened(open_hall)
    member, nameless = client_of(open_hall.phones[0]), Client()
    asked: list[tuple[str, dict[str, str], str]] = []

    def serve(route: Route) -> None:
        request, path = route.request, urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            route.fulfill(path=str(found)) if found else route.fulfill(status=404)
            return
        if request.method == "POST":
            sent = request.post_data or ""
            asked.append((path, dict(request.headers), sent))
            if path.endswith("/cast"):
                answer = nameless.post(path, sent, content_type="application/json")
            else:
                blinded = sent.split('name="blinded"\r\n\r\n')[1].split("\r\n")[0] if "form-data" in str(
                    request.headers.get("content-type")
                ) else parse_qs(sent)["blinded"][0]  # fmt: skip
                answer = member.post(path, {"blinded": blinded})
        else:
            answer = member.get(path)
        route.fulfill(status=answer.status_code, body=answer.content, content_type=answer["Content-Type"])

    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    try:
        page.set_default_timeout(4000)
        page.route("**/*", serve)
        page.goto(f"http://gonghui.test{url('m-ballot', ballot.pk)}")
        page.get_by_role("button", name="投票", exact=True).click()
        assert page.get_by_text("还没有选，选一项再投").is_visible()
        page.get_by_label("赞成").check()
        page.get_by_role("button", name="投票", exact=True).click()
        page.get_by_role("heading", name="已投入").wait_for()
        token = page.locator("[data-token]").inner_text().replace(" ", "").strip()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.reload()
        assert page.get_by_role("heading", name="已投入").is_visible()
    finally:
        context.close()
    cast = [(headers, sent) for path, headers, sent in asked if path.endswith("/cast")]
    assert len(cast) == 1 and "cookie" not in cast[0][0] and "referer" not in cast[0][0]
    assert json.loads(cast[0][1])["token"] == token
    with acting(open_hall.chair):
        row = services.count_ballot(open_hall.chair, ballot_id=ballot.pk)
    assert row.counts["yes"] == 1
    with acting(SYSTEM):
        assert Vote.objects.get().token == token
