"""Sealed parts of voices: one purpose for each, so that a value cannot be moved to another field."""

from __future__ import annotations

import json
from typing import Any

from gonghui.kernel.sealing import lookup_hash, seal, unseal

SAID, CONTACT, NOTE, ANSWER, WORDS = "voice.said", "voice.contact", "voice.note", "voice.answer", "voice.words"


def close(value: Any, purpose: str) -> bytes:
    return seal(json.dumps(value, ensure_ascii=False), purpose)


def opened(sealed: bytes | memoryview[int] | None, purpose: str) -> Any:
    """The value in clear, None when there is none: for who was authorised to see the row."""
    return json.loads(unseal(bytes(sealed), purpose)) if sealed else None


def code_hash(code: str) -> bytes:
    """Under which a voice is found by its author's code."""
    return lookup_hash("voice.code", code)


def pieces(terms: frozenset[str]) -> dict[str, int]:
    """Each word as the number that it is found by."""
    return {term: int.from_bytes(lookup_hash("voice.piece", term)[:8], "big", signed=True) for term in terms}
