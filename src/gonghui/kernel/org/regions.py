"""Administrative regions (GB/T 2260, county level and above), read once from the shipped table."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

# Entries of the national table that only fill a level; a person does not say them.
_FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class Region(NamedTuple):
    """`level` is province, city or county, the same words as `choices.Level`."""

    code: str
    name: str
    parent: str
    level: str


@cache
def _table() -> dict[str, Region]:
    text = (files("gonghui.catalogue") / "regions.csv").read_text(encoding="utf-8")
    return {row["code"]: Region(**row) for row in csv.DictReader(text.splitlines())}


@cache
def _children() -> dict[str, tuple[Region, ...]]:
    grouped: dict[str, list[Region]] = {}
    for row in _table().values():
        grouped.setdefault(row.parent, []).append(row)
    return {parent: tuple(rows) for parent, rows in grouped.items()}


def region(code: str) -> Region | None:
    """The region with this six-digit code; a township code of nine or twelve digits gives its county."""
    return _table().get(code[:6])


def children(code: str = "") -> tuple[Region, ...]:
    """Regions directly below; without a code, the provinces."""
    return _children().get(code, ())


@cache
def full_name(code: str) -> str:
    """江西省吉安市安福县; names that repeat or only fill a level are left out (北京市东城区)."""
    names: list[str] = []
    current = region(code)
    while current is not None:
        if current.name not in _FILLERS and (not names or names[-1] != current.name):
            names.append(current.name)
        current = region(current.parent) if current.parent else None
    return "".join(reversed(names))


@cache
def province_codes() -> frozenset[str]:
    """First two digits in use, such as 36 for 江西省."""
    return frozenset(code[:2] for code, row in _table().items() if row.level == "province")


def find(name: str, within: str = "") -> tuple[Region, ...]:
    """Regions of that name, short forms included (安福 → 安福县), below `within` when it is given."""
    prefix = within.rstrip("0") if within else ""
    if within and len(prefix) % 2:
        prefix += "0"
    wanted = name.strip()
    if not wanted:
        return ()
    suffixes = ("", "省", "市", "县", "区", "自治区", "自治州", "自治县", "特别行政区")
    spellings = {wanted + suffix for suffix in suffixes}
    return tuple(row for row in _table().values() if row.code.startswith(prefix) and row.name in spellings)


_PIECES: Final = re.compile(r".+?(?:省|自治区|特别行政区|自治州|地区|盟|市|县|自治县|区|旗)")


def named(text: str) -> tuple[Region, ...]:
    """Regions that a name may mean: one alone (安福), or written from above (江西省吉安市安福县)."""
    found = find(text)
    if len(found) == 1:
        return found
    here: tuple[Region, ...] = ()
    for piece in _PIECES.findall(text):
        here = find(piece, here[0].code if here else "")
        if len(here) != 1:
            return found
    return here or found
