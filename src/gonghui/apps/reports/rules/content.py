"""A report with its numbers in it: what is shown, printed and, once handed in, never counted again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """Words; `number` is the number they say, by its place in `Content.numbers`."""

    words: str
    number: int | None = None


Cell = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """:param shape: bars (places, kinds) or line (periods)."""

    title: str
    shape: str
    unit: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    numbers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """:param kind: title, h1, h2, h3, paragraph, table or chart; `rows` of a table begin with its head."""

    kind: str
    line: int
    spans: Cell = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    chart: Chart | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was counted.

    :param said: as the text says it, with its unit; `top` and `bottom` are what was counted, money in fen.
    :param plain: the number itself, where the text says a phrase (同比增长5.2%).
    :param records: of how many records, `lineage` SHA-256 over their keys; once sealed.
    """

    figure: int
    key: str
    version: int
    digest: str
    title: str
    place: int
    place_name: str
    path: str
    period: str
    said: str
    unit: str
    top: int
    bottom: int | None
    plain: str = ""
    records: int | None = None
    lineage: str = ""
    records_below: int | None = None
    lineage_below: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    blocks: tuple[Block, ...]
    numbers: tuple[Number, ...]
    mistakes: tuple[tuple[int, str], ...] = ()
    counted_at: str = ""
    as_of: str = ""

    @property
    def title(self) -> str:
        return next(("".join(one.words for one in block.spans) for block in self.blocks if block.kind == "title"), "")


def as_json(content: Content) -> dict[str, Any]:
    return asdict(content)


def from_json(said: dict[str, Any]) -> Content:
    """What `as_json` gave, read back."""
    return Content(
        blocks=tuple(_block(one) for one in said["blocks"]),
        numbers=tuple(Number(**one) for one in said["numbers"]),
        mistakes=tuple((line, sentence) for line, sentence in said["mistakes"]),
        counted_at=said["counted_at"],
        as_of=said["as_of"],
    )


def _cell(spans: Any) -> Cell:
    return tuple(Span(**one) for one in spans)


def _block(said: dict[str, Any]) -> Block:
    chart = said["chart"]
    return Block(
        kind=said["kind"],
        line=said["line"],
        spans=_cell(said["spans"]),
        rows=tuple(tuple(_cell(cell) for cell in row) for row in said["rows"]),
        chart=chart and Chart(**{**chart, **{name: tuple(chart[name]) for name in ("labels", "values", "numbers")}}),
        caption=said["caption"],
    )
