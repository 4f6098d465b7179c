"""What a text has to be, and what is taken out of it before anybody else reads it."""

from __future__ import annotations

import re

LEAST, MOST = 4, 2000
_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9}|\d{15,19}|\d{3,4}-\d{7,8})(?!\d)")
_UNFILLED = re.compile(r"[（(]填写[^）)]*[）)]|_{3,}|[×xX]{3,}")


def clean(text: str) -> str:
    """One text as it is kept: no control signs, single blanks, at most two line ends in a row."""
    lines = [" ".join(line.split()) for line in text.replace("\x00", "").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def masked(text: str) -> str:
    """Without identity, phone and card numbers: what the desk starts from when it makes a matter public."""
    return _NUMBER.sub("（号码已隐去）", text)


def unfilled(text: str) -> str:
    """The first place of a reply template that nobody filled in; empty when all are."""
    found = _UNFILLED.search(text)
    return found[0] if found else ""


def topics(lines: list[str]) -> list[tuple[str, str]]:
    """(code, name) of each line code=name."""
    return [(code.strip(), name.strip()) for code, _, name in (line.partition("=") for line in lines) if name.strip()]
