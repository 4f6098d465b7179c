"""Code lists of places, which are data: catalogue/places.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from gonghui.kernel import yamls
from gonghui.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of a list.

    :param words: other names that files use for it; `said` how a sentence says it where that is not the title.
    :param walk_in: anybody may come in from the street; `guides` it publishes policies and answers questions.
    :param service: only asked where the place offers that; `fault` which fault a check finds.
    :param apart: two reports of it are not the same matter.
    """

    key: str
    title: str
    words: tuple[str, ...] = ()
    said: str = ""
    hint: str = ""
    service: str = ""
    fault: str = ""
    walk_in: bool = False
    guides: bool = False
    apart: bool = False


@cache
def _lists() -> dict[str, dict[str, Word]]:
    text = (files("gonghui.catalogue") / "places.yaml").read_text(encoding="utf-8")
    return {
        name: {key: _word(key, facts) for key, facts in entries.items()}
        for name, entries in yamls.shipped(text).items()
    }


def _word(key: str, facts: dict[str, Any]) -> Word:
    return Word(key=key, **{name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()})


def kinds() -> dict[str, Word]:
    return _lists()["kinds"]


def services() -> dict[str, Word]:
    return _lists()["services"]


def faults() -> dict[str, Word]:
    return _lists()["faults"]


def checks() -> dict[str, Word]:
    return _lists()["checks"]


def options(entries: dict[str, Word]) -> list[tuple[str, str]]:
    return [(key, one.title) for key, one in entries.items()]


def title(entries: dict[str, Word], key: str) -> str:
    """What an entry is called; a key that the list lost is said as it is."""
    return entries[key].title if key in entries else key


def kind(key: str) -> Word:
    """:raises Refusal: GH-PLC-010 no such kind."""
    if key not in kinds():
        raise Refusal("GH-PLC-010", "没有这个类别", "kind", "从名单里选")
    return kinds()[key]


def fault(key: str) -> Word:
    """:raises Refusal: GH-PLC-011 no such fault."""
    if key not in faults():
        raise Refusal("GH-PLC-011", "选一项是什么问题", "fault")
    return faults()[key]


def faults_at(offered: list[str]) -> list[Word]:
    """What may be wrong with a place that offers these services."""
    return [one for one in faults().values() if not one.service or one.service in offered]


def checks_at(offered: list[str]) -> list[Word]:
    return [one for one in checks().values() if not one.service or one.service in offered]


def read(entries: dict[str, Word], text: str) -> str:
    """The key of what a file says: its title or another name; empty when nothing fits."""
    wanted = text.strip().lower()
    for one in entries.values():
        if wanted in (one.title.lower(), *(word.lower() for word in one.words)):
            return one.key
    return ""
