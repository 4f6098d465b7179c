"""A rush: two hundred phones at the gate and one member who taps in the browser; everybody is told the truth."""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from gonghui.kernel.quotas import contract
from gonghui.machine import secrets

from .conftest import Open
from .site import Site
from .steps import on_the_phone, said, shot
from .test_benefits import EDITOR, GUO, offer_id, write_offer

RUSH, PLACES, PHONES = "惠聚庐陵·秋季登山", 60, 200
AGAIN = ("early", "busy", "unknown", "tries")
"""Answers after which the page itself asks again with the same key."""

pytestmark = pytest.mark.usefixtures("site")


@dataclass
class Client:
    """One member's phone: the token that the page would carry, and the key of one wish."""

    person: int
    token: str
    key: str = field(default_factory=lambda: str(uuid4()))
    outcome: str = ""
    claim: int = 0

    async def taps(self, url: str, ready: asyncio.Event) -> None:
        async with httpx.AsyncClient(verify=False, trust_env=False, timeout=30) as line:
            await ready.wait()
            while True:
                answer = await line.post(f"{url}/claim", content=f"{self.token} {self.key}")
                told = answer.json()
                if told["outcome"] not in AGAIN:
                    self.outcome, self.claim = told["outcome"], told.get("claim", 0)
                    return
                await asyncio.sleep(told.get("again", 1) * (1 + random.random() / 4))


def crowd_of(site: Site, offer: int) -> list[Client]:
    """Members for whom the offer is, with the tokens that its page signs for them."""
    key = contract.gate_key(secrets.load(site.data).django_key)
    counter = site.one("SELECT id FROM offer_counter WHERE offer_id = %s", offer)
    now = int(site.one("SELECT extract(epoch FROM now())::bigint"))
    people = site.rows(
        "SELECT m.person_id FROM membership m JOIN offer o ON o.id = %s WHERE m.valid_to IS NULL AND m.status = 'active'"
        " AND m.path LIKE o.path || '%%' AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = m.person_id)"
        " ORDER BY m.person_id LIMIT %s", offer, PHONES,
    )  # fmt: skip
    assert len(people) == PHONES
    return [
        Client(one["person_id"], contract.sign(key, contract.Ticket(offer, counter, one["person_id"], now, now + 600)))
        for one in people
    ]


def storm(crowd: list[Client], url: str) -> threading.Thread:
    """All of them at once, in a thread beside the browser."""

    async def everybody() -> None:
        ready = asyncio.Event()
        taps = [asyncio.create_task(one.taps(url, ready)) for one in crowd]
        await asyncio.sleep(0)
        ready.set()
        await asyncio.gather(*taps)

    thread = threading.Thread(target=lambda: asyncio.run(everybody()))
    thread.start()
    return thread


def test_sixty_places_two_hundred_phones_and_a_browser(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    write_offer(site, desk, RUSH, "先到先得", PLACES, 200)
    desk.get_by_role("button", name="保存草稿并核对").click()
    desk.get_by_role("button", name="发布", exact=True).click()
    said(desk, "已发布")
    pk = offer_id(site, RUSH)
    phone, crowd = member(GUO), crowd_of(site, pk)
    site.rows("UPDATE offer SET opens_at = now() + interval '20 seconds' WHERE id = %s", pk)
    _heard(site, pk)
    phone.goto(f"/m/benefits/{pk}/")
    on_the_phone(phone)
    expect(phone.get_by_role("button", name=re.compile("秒后开始"))).to_be_visible()
    shot(phone, "rush-before")
    running = storm(crowd, f"http://127.0.0.1:{site.gate_port}")
    try:
        phone.get_by_role("button", name="立即领取").click(timeout=30_000)
        got = _seen(phone)
    finally:
        running.join(60)
    shot(phone, "rush-after")
    on_the_phone(phone)
    _check(site, pk, crowd, got)


def _heard(site: Site, offer: int) -> None:
    """The gate looks once a second: until then it would tell the page that the offer is open."""
    counter = site.one("SELECT id FROM offer_counter WHERE offer_id = %s", offer)
    address, end = f"http://127.0.0.1:{site.gate_port}/look?counter={counter}", time.monotonic() + 10
    while not httpx.get(address, trust_env=False).json().get("opens_in"):
        assert time.monotonic() < end, "the gate has not heard of the new time"
        time.sleep(0.1)


def _seen(phone: Page) -> bool:
    """Whether the browser shows a ticket; else it must say that the places are gone and offer the line."""
    ticket, full = phone.get_by_role("img", name="核销二维码"), phone.get_by_text("名额已满")
    expect(ticket.or_(full).first).to_be_visible(timeout=30_000)
    if ticket.count():
        return True
    expect(phone.get_by_role("button", name="加入候补")).to_be_visible()
    phone.get_by_role("button", name="加入候补").click()
    said(phone, "候补中，您在第1位")
    return False


def _check(site: Site, pk: int, crowd: list[Client], got: bool) -> None:
    claims = site.rows("SELECT id, person_id, key::text FROM offer_claim WHERE offer_id = %s AND ended = 0", pk)
    me = site.one("SELECT person_id FROM account WHERE name = '郭建平' AND kind = 'member'")
    assert len(claims) == PLACES == site.one("SELECT taken FROM offer_counter WHERE offer_id = %s", pk)
    granted = {(one.claim, one.person, one.key) for one in crowd if one.outcome == "granted"}
    held = {(one["id"], one["person_id"], one["key"]) for one in claims if one["person_id"] != me}
    assert granted == held, "whoever was told of a place has it, and nobody else"
    assert {one.outcome for one in crowd} == {"granted", "sold_out"}, "everybody was answered, once and for all"
    assert got == any(one["person_id"] == me for one in claims)
