"""What the gate may rely on: tokens, the one SQL function, outcomes, the channel of changes. Imports nothing of ours.

A token says “this person may ask for a place at this counter until then”. It is made by the pages after they have
asked whether the offer is for that person, and it holds row numbers and times only: no name, no number of a paper.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from typing import Final, NamedTuple

CLAIM_SQL: Final = """
SELECT place, outcome, claim_id, extract(epoch FROM made_at)::double precision
  FROM quota_claim(%s, string_to_array(%s, ',')::bigint[], string_to_array(%s, ',')::uuid[], %s)
"""
"""(counter, persons, keys, source), persons and keys joined by commas → for each person in order: place in the lists
(from 1), outcome, claim, seconds since 1970. One transaction for a batch: the counter is locked once, then filled in
the order of arrival."""

COUNTERS_SQL: Final = """
SELECT c.counter, c.offer, c.opens_at, c.closes_at, c.free, c.freed,
       extract(epoch FROM clock_timestamp())::double precision
  FROM (SELECT 1) AS always LEFT JOIN quota_counters() c ON true
"""
"""Counters that are open or will be: id, offer, state, opens_at, closes_at, free, freed (goes up when a place comes
back), and the clock of the database, which alone decides what second it is; at least one row for the clock."""

CHANNEL: Final = "gonghui_quota"
"""NOTIFY with the number of a counter: a place came back, or the offer was closed, opened or moved."""

GRANTED, YOURS, SOLD_OUT, LIMIT, ENOUGH = "granted", "yours", "sold_out", "limit", "enough"
EARLY, CLOSED, WITHDRAWN, BARRED, AGAIN = "early", "closed", "withdrawn", "barred", "again"
OUTCOMES: Final[dict[str, str]] = {
    GRANTED: "已领到",
    YOURS: "已经领过，名额还在",
    SOLD_OUT: "名额已满",
    LIMIT: "同类项目的次数已用完",
    ENOUGH: "这个项目能约的场次您已经约满，退掉一场才能再约",
    EARLY: "还没有开始",
    CLOSED: "已经结束",
    WITHDRAWN: "已取消，要再领请重新点击",
    BARRED: "暂时不能领取",
    AGAIN: "间隔期还没有满，刷新页面看从哪天起可以",
}
"""Every answer the SQL function can give, in the words that a person reads."""

LIVES: Final = 900
"""Seconds a token lives; the page asks for another one before."""
AHEAD: Final = 30
"""Seconds that a token may come from the future: more means that a clock is wrong, and the token is refused."""
LONGEST_BODY: Final = 512

_VERSION: Final = 1
_SHAPE: Final = struct.Struct(">BIIQII")  # version, offer, counter, person, issued, until
_TAG: Final = 16
_KEY_PURPOSE: Final = b"gonghui gate token 1"


class TokenRefused(Exception):
    """The token is not ours, was changed, or is over; `why` is a word for the log, never shown."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Ticket(NamedTuple):
    """What a valid token says; times are seconds since 1970 by the clock of the database."""

    offer: int
    counter: int
    person: int
    issued: int
    until: int


def gate_key(installation_key: str) -> bytes:
    """The key of tokens, derived from the installation's own so that nothing else is to be kept."""
    return hmac.digest(installation_key.encode(), _KEY_PURPOSE, "sha256")


def sign(key: bytes, ticket: Ticket) -> str:
    """A token of about 55 characters, safe in a body; never to be put into an address."""
    body = _SHAPE.pack(_VERSION, ticket.offer, ticket.counter, ticket.person, ticket.issued, ticket.until)
    return base64.urlsafe_b64encode(body + hmac.digest(key, body, "sha256")[:_TAG]).rstrip(b"=").decode()


LENGTH: Final = len(base64.urlsafe_b64encode(bytes(_SHAPE.size + _TAG)).rstrip(b"="))
_PAD: Final = b"=" * (-LENGTH % 4)
_PLAIN: Final = bytes.maketrans(b"-_+/", b"+/  ")


def verify(key: bytes, token: bytes, now: float) -> Ticket:
    """What the token says, when it is ours and lives at `now`, the database's time.

    :raises TokenRefused: anything else; closed by default.
    """
    if len(token) != LENGTH:
        raise TokenRefused("length")
    try:
        raw = binascii.a2b_base64(token.translate(_PLAIN) + _PAD, strict_mode=True)
    except ValueError:
        raise TokenRefused("letters") from None
    body = raw[: _SHAPE.size]
    if not hmac.compare_digest(hmac.digest(key, body, "sha256")[:_TAG], raw[_SHAPE.size :]):
        raise TokenRefused("forged")
    version, offer, counter, person, issued, until = _SHAPE.unpack(body)
    if version != _VERSION:
        raise TokenRefused("version")
    if until - issued > LIVES or issued > now + AHEAD:
        raise TokenRefused("clock")
    if now >= until:
        raise TokenRefused("over")
    return Ticket(offer, counter, person, issued, until)
