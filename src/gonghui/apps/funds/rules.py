"""What makes a thing the same thing, and in which period it may be granted once. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_NOISE = re.compile(r"[\s\-—·,，.。、:：;；()（）〔〕\[\]《》“”\"']+")


def thing_key(organisation_path: str, kind: str, thing: str) -> str:
    """One key for one thing, however it was typed: full-width forms, spaces and punctuation do not make it another."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", thing)).casefold()
    return f"{kind}:{organisation_path}:{plain}"[:160]


def period_of(day: date) -> str:
    """The year that a grant counts for."""
    return str(day.year)


def in_yuan(amount: int) -> str:
    return f"{amount / 100:,.2f}"
