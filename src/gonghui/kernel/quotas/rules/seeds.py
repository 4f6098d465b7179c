"""What the seed of a draw comes from: how many sources, what a secret must be, how a public value reads. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Final

LEAST_SOURCES: Final = 2
"""Witnesses who committed and a public value together: what a published draw promises."""
SHORTEST_SECRET: Final = 10
LONGEST_SECRET: Final = 64


def too_few_sources(committed: int, missing: Sequence[str], outside: bool) -> str:
    """Why a list may not be locked: the sources that were promised are not there; empty when they are."""
    count = committed + bool(outside)
    if count >= LEAST_SOURCES:
        return ""
    who = f"，{'、'.join(missing)}还没有交承诺值" if missing else ""
    return f"种子至少要有{LEAST_SOURCES}个来源，现在有{count}个{who}"


def secret_fault(secret: str) -> str:
    """What makes a secret bad: its hash is public, so that a short or plain one could be found out by trying."""
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        return f"密语要有{SHORTEST_SECRET}至{LONGEST_SECRET}个字，太短的容易被人试出来"
    if not secret.isprintable():
        return "密语写在一行里，不能换行"
    if len(set(secret)) < 5:
        return "密语里重复的字太多，容易被人试出来"
    return ""


def link_digest(token: str) -> str:
    """What is kept of a link that is a key by itself: it has 192 random bits, so that one fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def plain_value(value: str) -> str:
    """A public value as two persons type it alike: full-width digits and signs as half-width, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", value).split())[:120]
