"""What a board may hold, how numbers become shapes and words. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gonghui.kernel.refusal import Refusal
from gonghui.pages.plotting import depths, pieces

from .choices import BoardPeriod, TileKind

MOST_TILES: Final = 40
MOST_IN_A_TILE: Final = 2
SHADES: Final = 4
"""Steps of the one blue ramp on a map."""
LEAST_FIELDS: Final = (3, 3)
"""Fields across and down for which a drawing of squares has room, so that a single one does not fill a wall."""
ON_SCREEN: Final = {TileKind.NUMBER: 4, TileKind.MAP: 1}
BESIDE_MAP: Final = 3
"""What the big screen has room for: numbers on the left, one map, shares, trends and comparisons on the right."""
_WAN: Final = Decimal(10_000)


class Tile(BaseModel):
    """One field of a board. Only numbers may stand in pairs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: TileKind
    figures: tuple[str, ...] = Field(min_length=1, max_length=MOST_IN_A_TILE)
    title: str = Field(default="", max_length=40)

    @property
    def shows(self) -> tuple[TileKind, tuple[str, ...]]:
        """What it shows and how, whatever it is called."""
        return self.kind, self.figures


class Design(BaseModel):
    """A board as data. `slots` are the roles it is for where no organisation has made another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=2, max_length=40)
    period: BoardPeriod = BoardPeriod.YEAR
    tiles: tuple[Tile, ...] = Field(max_length=MOST_TILES)
    slots: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The figures it speaks of, each once, in order."""
        return list(dict.fromkeys(key for tile in self.tiles for key in tile.figures))

    def of(self, *kinds: TileKind) -> list[str]:
        """The figures shown in some ways."""
        return list(dict.fromkeys(key for tile in self.tiles if tile.kind in kinds for key in tile.figures))


@dataclass(frozen=True, slots=True)
class Known:
    """What a board has to know of a figure before it shows it."""

    title: str
    divided: bool
    """Whether it is one number over another: only that can be shown as a share."""
    kept: bool
    """Whether its last twelve months are kept."""


def read(body: Mapping[str, Any]) -> Design:
    """A board from its data.

    :raises Refusal: GH-BRD-001 not a board.
    """
    try:
        return Design.model_validate(body)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Refusal("GH-BRD-001", f"看板的写法不对：{where}", "tiles", "每一格写明怎样显示和哪个数字") from error


def check_screen(design: Design) -> None:
    """:raises Refusal: GH-BRD-006 more than a big screen has room for."""
    beside = [one for one in design.tiles if one.kind not in ON_SCREEN]
    for kind, most in ON_SCREEN.items():
        if len([one for one in design.tiles if one.kind == kind]) > most:
            raise Refusal(
                "GH-BRD-006", f"大屏上“{kind.label}”最多{most}格", "tiles", "去掉几格，或把两个数字并排放在一格"
            )
    if len(beside) > BESIDE_MAP:
        raise Refusal("GH-BRD-006", f"大屏右边的占比、走势和比较最多{BESIDE_MAP}格", "tiles", "去掉几格")


def check(design: Design, known: Mapping[str, Known]) -> None:
    """:raises Refusal: GH-BRD-002 no tile; 003 no such figure; 004 what cannot be shown so; 005 the same twice."""
    if not design.tiles:
        raise Refusal("GH-BRD-002", "看板上还没有数字", "tiles", "在下面选一个数字加上")
    for number, tile in enumerate(design.tiles, 1):
        where = f"第{number}格"
        before = next((n for n, one in enumerate(design.tiles[: number - 1], 1) if one.shows == tile.shows), None)
        if before is not None:
            raise Refusal("GH-BRD-005", f"{where}和第{before}格一样", f"kind_{number}", "去掉一个，或换一种显示")
        if tile.kind != TileKind.NUMBER and len(tile.figures) > 1:
            raise Refusal("GH-BRD-004", f"{where}：只有“数字”能两个并排", f"kind_{number}")
        for key in tile.figures:
            one = known.get(key)
            if one is None:
                raise Refusal(
                    "GH-BRD-003", f"{where}：没有“{key}”这个数字，可能已停用", f"kind_{number}", "把这一格去掉"
                )
            if tile.kind == TileKind.SHARE and not one.divided:
                raise Refusal(
                    "GH-BRD-004", f"{where}：“{one.title}”不是占比", f"kind_{number}", "换成数字、各下级比较或走势"
                )
            if tile.kind == TileKind.TREND and not one.kept:
                raise Refusal(
                    "GH-BRD-004",
                    f"{where}：“{one.title}”过去各月的数没有留存，不能在看板上画走势",
                    f"kind_{number}",
                    "换成数字或各下级比较，走势在这个数字的页面上看",
                )


def headline(said: str, number: Decimal | None, unit: str, told: bool) -> tuple[str, str]:
    """(number, unit) as large type shows it: money from a million yuan on in 万元, everything else as it is said."""
    if not told or number is None or unit != "元" or abs(number) < 100 * _WAN:
        return said, unit if told and number is not None else ""
    return f"{(number / _WAN).quantize(Decimal(1)):,}", "万元"


# -- maps --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shape:
    """One area: an outline that is no real boundary, and where its name stands."""

    outline: str
    x: int
    y: int


def called(name: str, above: str) -> str:
    """A union's name inside the area of the one above: 安福县枫田镇总工会 below 安福县总工会 is 枫田镇."""
    stem = above.removesuffix("总工会")
    inner = name.removeprefix(stem) if stem and name != above else name
    return inner.removesuffix("总工会") or name


def lines(name: str, longest: int = 8) -> list[str]:
    """A name in as few lines of about equal length as fit a field of the map."""
    count = -(-len(name) // longest)
    size = -(-len(name) // count) if count else 1
    return [name[start : start + size] for start in range(0, len(name), size)]


def squares(count: int, wide: int = 176, high: int = 112, gap: int = 8) -> tuple[str, list[Shape]]:
    """(view box, shapes): equal fields in rows, for areas of which no schematic map ships."""
    columns = max(1, min(count, round((count * 1.2) ** 0.5)))
    rows = -(-count // columns) if count else 1
    across, down = max(columns, LEAST_FIELDS[0]), max(rows, LEAST_FIELDS[1])
    left, top = (across - columns) * (wide + gap) // 2, (down - rows) * (high + gap) // 2
    found = []
    for n in range(count):
        x, y = left + n % columns * (wide + gap), top + n // columns * (high + gap)
        found.append(Shape(f"M{x} {y}h{wide}v{high}h-{wide}Z", x + wide // 2, y + high // 2 - 8))
    return f"0 0 {across * (wide + gap) - gap} {down * (high + gap) - gap}", found


def shades(numbers: Collection[Decimal]) -> list[tuple[Decimal, Decimal]]:
    """(lowest, highest) of up to four steps, each holding about as many of the numbers; equal numbers share a step."""
    ordered = sorted(numbers)
    if not ordered:
        return []
    steps: list[list[Decimal]] = [[]]
    for n, number in enumerate(ordered):
        step = n * SHADES // len(ordered)
        if steps[-1] and number != steps[-1][-1] and len(steps) <= step and len(steps) < SHADES:
            steps.append([])
        steps[-1].append(number)
    return [(step[0], step[-1]) for step in steps]


def shade(number: Decimal, steps: Sequence[tuple[Decimal, Decimal]]) -> int:
    """The step, from 1, that a number falls into; a map with fewer steps uses the darker ones last."""
    return next(n for n, (low, high) in enumerate(steps, 1) if low <= number <= high)


# -- trends ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a trend, in per cent of the width and of the height (0 at the top); None where nothing is told."""

    x: float
    left: float
    width: float
    y: float | None
    height: float


def points(numbers: Sequence[Decimal | None]) -> list[Point]:
    """Columns and points of a trend, from zero (or below, where a number is) to the highest."""
    step = 100 / max(1, len(numbers))
    found = []
    for n, depth in enumerate(depths(numbers)):
        y = None if depth is None else round(depth * 100, 2)
        found.append(
            Point(
                round((n + 0.5) * step, 2),
                round((n + 0.18) * step, 2),
                round(step * 0.64, 2),
                y,
                0 if y is None else round(100 - y, 2),
            )
        )
    return found


def strokes(found: Iterable[Point]) -> list[str]:
    """The pieces of the line through a trend, each broken where a month is not told."""
    return [" ".join(piece) for piece in pieces([None if one.y is None else f"{one.x},{one.y}" for one in found])]
