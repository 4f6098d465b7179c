"""Sealed parts of casework rows: one purpose for each, so that a value cannot be moved to another field."""

from __future__ import annotations

import json
from typing import Any

from gonghui.kernel.sealing import lookup_hash, seal, unseal

FILE, AID, CASE, EVENT, CLAIMANT = "casework.file", "casework.aid", "casework.case", "casework.event", "casework.who"
LETTER, ANSWER, CALLER, SAID, REPLY, NOTE = (
    "casework.letter",
    "casework.answer",
    "casework.caller",
    "casework.said",
    "casework.reply",
    "casework.note",
)


def close(value: Any, purpose: str) -> bytes:
    return seal(json.dumps(value, ensure_ascii=False, default=str), purpose)


def opened(sealed: bytes | memoryview[int] | None, purpose: str) -> Any:
    """The value in clear, None when there is none: for who was authorised to see the row."""
    return json.loads(unseal(bytes(sealed), purpose)) if sealed else None


def phone_hash(phone: str) -> bytes:
    """Under which earlier calls of the same phone are found."""
    return lookup_hash("casework.caller", phone)
