"""Tokens: forged, replayed, over, from a wrong clock, for somebody else — refused, closed by default."""

from __future__ import annotations

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.kernel.quotas import contract
from gonghui.kernel.quotas.contract import Ticket, TokenRefused, gate_key, sign, verify

KEY, NOW = gate_key("installation"), 1_800_000_000
TICKET = Ticket(offer=7, counter=8, person=9_000_000_000, issued=NOW, until=NOW + contract.LIVES)

numbers = st.integers(0, 2**32 - 1)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""These run beside processes that are killed and started again."""


@unhurried
@given(numbers, numbers, st.integers(0, 2**63))
def test_what_was_signed_is_read(offer: int, counter: int, person: int) -> None:
    ticket = Ticket(offer, counter, person, NOW, NOW + 60)
    assert verify(KEY, sign(KEY, ticket).encode(), NOW) == ticket


@unhurried
@given(st.integers(0, 54), st.integers(1, 255))
def test_one_changed_letter_is_refused(place: int, change: int) -> None:
    token = bytearray(sign(KEY, TICKET).encode())
    token[place] ^= change
    if bytes(token) == sign(KEY, TICKET).encode():
        return
    with pytest.raises(TokenRefused):
        verify(KEY, bytes(token), NOW)


@unhurried
@given(st.binary(max_size=80))
def test_anything_else_is_refused(token: bytes) -> None:
    with pytest.raises(TokenRefused):
        verify(KEY, token, NOW)


@pytest.mark.parametrize(
    ("ticket", "now", "why"),
    [
        (TICKET, NOW + contract.LIVES, "over"),
        (TICKET, NOW - contract.AHEAD - 1, "clock"),
        (TICKET._replace(issued=NOW + 7200, until=NOW + 7200 + 60), NOW, "clock"),
        (TICKET._replace(issued=NOW - 7200, until=NOW - 7200 + contract.LIVES), NOW, "over"),
        (TICKET._replace(until=NOW + contract.LIVES + 1), NOW, "clock"),
    ],
)
def test_times_that_cannot_be_are_refused(ticket: Ticket, now: int, why: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        verify(KEY, sign(KEY, ticket).encode(), now)
    assert refused.value.why == why


def test_another_installations_token_is_refused() -> None:
    with pytest.raises(TokenRefused):
        verify(gate_key("another"), sign(KEY, TICKET).encode(), NOW)


def test_a_token_holds_numbers_only() -> None:
    token = sign(KEY, TICKET)
    assert len(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))) == 41
    assert len(token) == contract.LENGTH
