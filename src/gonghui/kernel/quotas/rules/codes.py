"""The code that a member shows: signed, and a new one every half minute, so that a picture of it goes stale. Pure."""

from __future__ import annotations

import base64
import hmac
from typing import Final
from uuid import UUID

CODE_SECONDS: Final = 30
_OLDEST: Final = 4
"""Steps that a shown code stays good: two minutes, for a phone that lost its network at the door."""
_MARK: Final = "GH2"
_LETTERS: Final = 60
"""Base 32 of 16 bytes of code, 5 of time, 6 of number, 10 of signature."""


class CodeRefused(Exception):
    """`why`: form (not ours), forged, stale (an old picture) or ahead (a clock is wrong)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def code_text(key: bytes, claim: int, code: UUID, moment: float) -> str:
    """What stands in the QR at a moment: the claim's random code, the half minute, its number, and a signature.

    The number finds the claim among millions; the code is what nobody guesses.
    """
    body = code.bytes + int(moment // CODE_SECONDS).to_bytes(5, "big") + claim.to_bytes(6, "big")
    return f"{_MARK}:{base64.b32encode(body + _tag(key, body)).decode().rstrip('=')}"


def _tag(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"claim code 2" + body, "sha256")[:10]


def read_code(key: bytes, text: str, moment: float) -> tuple[int, UUID]:
    """The claim and its code from a scanned text, when it was shown about `moment` (an offline list gives its own).

    :raises CodeRefused: anything else.
    """
    mark, _, letters = text.strip().partition(":")
    if mark != _MARK or len(letters) != _LETTERS:
        raise CodeRefused("form")
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        raise CodeRefused("form") from None
    body, tag = raw[:27], raw[27:]
    if not hmac.compare_digest(tag, _tag(key, body)):
        raise CodeRefused("forged")
    step, now = int.from_bytes(body[16:21], "big"), int(moment // CODE_SECONDS)
    if step > now + 1:
        raise CodeRefused("ahead")
    if step < now - _OLDEST:
        raise CodeRefused("stale")
    return int.from_bytes(body[21:], "big"), UUID(bytes=body[:16])
