"""One odd file: how it is made, and what the import must say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gonghui.apps.rosters.tests.builders import HEADER, member, xlsx


@dataclass(frozen=True)
class Odd:
    """One file. Either it is refused whole, or its rows come out as said."""

    name: str
    make: Callable[[], bytes]
    refused: str = ""
    good: int | None = None
    problems: tuple[tuple[int, str, str], ...] = ()
    skipped: int | None = None
    values: dict[int, dict[str, Any]] = field(default_factory=dict)
    filename: str = "名册.xlsx"
    kind: str = "members"
    header_row: int | None = None


def bad(name: str, make: Callable[[], bytes], code: str, filename: str = "名册.xlsx") -> Odd:
    return Odd(name, make, refused=code, filename=filename)


def table(name: str, rows: list[list[object]], **expect: Any) -> Odd:
    """An xlsx of these rows."""
    return Odd(name, partial(xlsx, rows), **expect)


def text(name: str, content: bytes | str, **expect: Any) -> Odd:
    """A csv of this content."""
    data = content.encode() if isinstance(content, str) else content
    expect.setdefault("filename", "名册.csv")
    return Odd(name, lambda: data, **expect)


def one(title: str, problem: tuple[str, str] | None = None, /, **changes: object) -> Odd:
    """A good row, a changed row and a good row: only the changed one may be refused."""
    rows = [HEADER, member(1), member(3, **changes), member(5)]
    if problem:
        return table(title, rows, good=2, problems=((3, *problem),))
    return table(title, rows, good=3)
