"""What a board shows, asked together: a number of statements that does not grow with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.queries import Value
from gonghui.kernel.figures.rules.periods import Period, around
from gonghui.kernel.org.choices import OrganisationKind
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import Viewer

from .. import shipped
from ..choices import TileKind
from ..rules import SHADES, Design, Point, Shape, Tile, called, headline, lines, points, shade, shades, squares, strokes
from .choosing import Found, board

MOST_BELOW = 60
"""Lower organisations that a comparison shows; the whole list is on the figure's page."""
PLOT_TOP, PLOT_HEIGHT = 1.5, 8.0
"""Where a trend begins and how high it is, in em; the template draws its axis at the sum."""


@dataclass(frozen=True)
class Cell:
    """One number: where it stands, what it comes to, how large type says it, and of when it is."""

    value: Value
    place: PublicOrganisation
    label: str = ""
    when: str = ""

    @property
    def told(self) -> bool:
        """Whether the number may be told, is there, and opens its records."""
        return not self.value.few and self.value.number is not None

    @property
    def amount(self) -> Decimal | None:
        return self.value.number if self.told else None

    @property
    def large(self) -> tuple[str, str]:
        return headline(self.value.said, self.value.number, self.value.definition.unit, not self.value.few)


@dataclass(frozen=True)
class Bar:
    """`part` is its length in per cent of the longest; nothing where the number is not told."""

    cell: Cell
    part: int


@dataclass(frozen=True)
class Area:
    """A lower organisation on the map; `step` is its shade, 0 where the number is not told."""

    cell: Cell
    shape: Shape
    step: int

    @property
    def names(self) -> list[str]:
        return lines(self.cell.label)

    @property
    def below(self) -> int:
        """Where the number stands, under the name."""
        return self.shape.y + 8 + 18 * len(self.names)


@dataclass(frozen=True)
class Drawn:
    """A tile with its numbers. `missing` names figures that no longer hold here."""

    tile: Tile
    title: str
    cells: tuple[Cell, ...] = ()
    missing: tuple[str, ...] = ()
    unit: str = ""
    bars: tuple[Bar, ...] = ()
    more: int = 0
    box: str = ""
    areas: tuple[Area, ...] = ()
    beside: tuple[Cell, ...] = ()
    """Lower organisations that have no place on the map."""
    legend: tuple[tuple[int, str], ...] = ()
    months: tuple[Cell, ...] = ()
    points: tuple[Point, ...] = ()
    strokes: tuple[str, ...] = ()
    columns: bool = True

    @property
    def kind(self) -> str:
        return self.tile.kind.value

    @property
    def cell(self) -> Cell:
        return self.cells[0]

    @property
    def key(self) -> str:
        return self.tile.figures[0]

    @property
    def best(self) -> str:
        """A chart in a sentence: the text alternative. Empty where nothing is told."""
        told = [one for one in (*self.months, *(bar.cell for bar in self.bars), *self.everywhere) if one.told]
        if not told:
            return ""
        most, least = max(told, key=_amount), min(told, key=_amount)
        if most.amount == least.amount:
            return f"都是{most.value.said}{self.unit}"
        return f"{most.label}最多，{most.value.said}{self.unit}；{least.label}最少，{least.value.said}{self.unit}"

    @property
    def plotted(self) -> list[tuple[Cell, Point, float, float]]:
        """(month, point, top, height) of a trend, in em of the drawing."""
        return [
            (cell, point, _em(point.y or 0), round(point.height / 100 * PLOT_HEIGHT, 2))
            for cell, point in zip(self.months, self.points, strict=True)
        ]

    @property
    def top(self) -> tuple[float, float, str] | None:
        """(across, down, number) of the highest month, which carries its number."""
        told = [(cell, point) for cell, point in zip(self.months, self.points, strict=True) if cell.told]
        if not told:
            return None
        cell, point = max(told, key=lambda pair: _amount(pair[0]))
        return min(max(point.x, 8), 92), round(_em(point.y or 0) - 0.5, 2), cell.value.said

    @property
    def everywhere(self) -> tuple[Cell, ...]:
        """Of a map: those on it and those beside it."""
        return (*(area.cell for area in self.areas), *self.beside)


def _em(y: float) -> float:
    return round(PLOT_TOP + y / 100 * PLOT_HEIGHT, 2)


def _amount(cell: Cell) -> Decimal:
    return cell.amount or Decimal(0)


@dataclass(frozen=True)
class Picture:
    """A board with its numbers at a place in a period."""

    design: Design
    place: PublicOrganisation
    period: Period
    as_of: date
    tiles: tuple[Drawn, ...] = ()
    number: str = ""
    """Another one when a number or the board has changed."""
    numbers: tuple[Drawn, ...] = field(default=())


def picture(viewer: Viewer, found: Found, place: PublicOrganisation, today: date | None = None) -> Picture:
    """A board drawn from kept values. The place must be one that the viewer reaches."""
    today = today or timezone.localdate()
    period = around(today, found.design.period)
    rows = figures.in_force(place.path)
    asked = _Asked(viewer, rows, found.design, place, period, today)
    tiles = tuple(asked.drawn(tile) for tile in found.design.tiles)
    return Picture(
        found.design, place, period, period.as_seen(today), tiles, number(viewer, found, place, today, rows),
        tuple(one for one in tiles if one.kind == TileKind.NUMBER),
    )  # fmt: skip


def numbers(viewer: Viewer, place: PublicOrganisation, most: int) -> Picture:
    """The first numbers of the active post's board: what the desk's first page shows of it."""
    found = board(viewer, viewer.role, place.path)
    single = [tile for tile in found.design.tiles if tile.kind == TileKind.NUMBER][:most]
    return picture(viewer, Found(found.design.model_copy(update={"tiles": tuple(single)}), found.row), place)


def number(
    viewer: Viewer,
    found: Found,
    place: PublicOrganisation,
    today: date | None = None,
    rows: Mapping[str, Figure] | None = None,
) -> str:
    """The change number of a board: cheap enough to be asked every few seconds by every screen."""
    rows = figures.in_force(place.path) if rows is None else rows
    used = [rows[key] for key in found.design.keys if key in rows]
    return f"{today or timezone.localdate()}.{found.stamp}.{figures.changed(viewer, used, place, rows)}"


_WAYS = {TileKind.BARS: "，各下级", TileKind.TREND: "走势"}
"""What stands behind a figure's name, so that two charts of one figure are told apart."""


class _Asked:
    """The numbers that a board needs, asked together before any tile is drawn."""

    def __init__(
        self,
        viewer: Viewer,
        rows: Mapping[str, Figure],
        design: Design,
        place: PublicOrganisation,
        period: Period,
        today: date,
    ) -> None:
        self.rows, self.place, self.period, self.today = rows, place, period, today
        compared = self._held(design.of(TileKind.BARS, TileKind.MAP))
        below = figures.children_of(place) if compared else []
        self.children, self.more = below[:MOST_BELOW], max(0, len(below) - MOST_BELOW)
        single = self._held(design.of(TileKind.NUMBER, TileKind.SHARE, TileKind.BARS, TileKind.MAP))
        self.here = figures.values(viewer, single, place, period, today, rows)
        self.below = figures.by_place(viewer, compared, self.children, period, today, rows) if self.children else {}
        trended = self._held(design.of(TileKind.TREND))
        self.months = figures.before(around(period.as_seen(today), "month"))
        self.trends = figures.trends(viewer, trended, place, self.months, today, rows) if trended else {}

    def _held(self, keys: Sequence[str]) -> list[Figure]:
        return [self.rows[key] for key in keys if key in self.rows]

    def drawn(self, tile: Tile) -> Drawn:
        missing = tuple(key for key in tile.figures if key not in self.rows)
        held = [self.rows[key] for key in tile.figures if key in self.rows]
        title = tile.title or (held[0].title if held else tile.figures[0]) + _WAYS.get(tile.kind, "")
        if not held:
            return Drawn(tile, title, missing=missing)
        draw = {TileKind.BARS: self._bars, TileKind.MAP: self._map, TileKind.TREND: self._trend}.get(tile.kind)
        if draw is None:
            cells = tuple(self._cell(self.here[row.key], self.place, row.title) for row in held)
            return Drawn(tile, title, cells, missing)
        return draw(tile, title, held[0])

    def _cell(self, value: Value, place: PublicOrganisation, label: str) -> Cell:
        asked = figures.parts(value.figure, self.rows)
        running = value.period.last >= self.today
        during = any(one.moment for one in asked.measures)
        day = value.period.as_seen(self.today)
        when = value.period.said if during else f"截至{day.month}月{day.day}日"
        return Cell(value, place, label, when if during or running else f"截至{day.year}年{day.month}月{day.day}日")

    def _whole(self, row: Figure) -> tuple[Cell, ...]:
        return (self._cell(self.here[row.key], self.place, row.title),)

    def _compared(self, row: Figure) -> list[Cell]:
        cells = self.below.get(row.key, {})
        return [
            self._cell(cells[child.pk], child, called(child.name, self.place.name))
            for child in self.children
            if child.pk in cells
        ]

    def _bars(self, tile: Tile, title: str, row: Figure) -> Drawn:
        cells = self._compared(row)
        told = sorted(
            (one for one in cells if one.told), key=_amount, reverse=True
        )  # stable: equal ones as in the tree
        longest = max((_amount(one) for one in told), default=Decimal(0)) or Decimal(1)
        bars = [Bar(one, max(0, round(_amount(one) / longest * 100))) for one in told]
        bars += [Bar(one, 0) for one in cells if not one.told]  # where they stand must not tell how many they are
        return Drawn(
            tile, title, self._whole(row), unit=self.here[row.key].definition.unit, bars=tuple(bars), more=self.more
        )

    def _map(self, tile: Tile, title: str, row: Figure) -> Drawn:
        cells = self._compared(row)
        shipped_map = shipped.outline(self.place.region_code)
        shapes = shipped_map.shapes if shipped_map else {}
        on_it = [one for one in cells if one.place.region_code in shapes and _area(one)]
        if shipped_map and on_it:
            box, placed = shipped_map.box, [(one, shapes[one.place.region_code]) for one in on_it]
        else:
            on_it = [one for one in cells if _area(one)] or cells
            box, drawn = squares(len(on_it))
            placed = list(zip(on_it, drawn, strict=True))
        steps = shades([_amount(one) for one in on_it if one.told])
        dark = SHADES - len(steps) if steps and steps[-1][1] > 0 else 0  # nothing at all is not the darkest
        areas = [Area(one, shape, shade(_amount(one), steps) + dark if one.told else 0) for one, shape in placed]
        decimals = self.here[row.key].definition.decimals
        legend = tuple((n + dark, _range(low, high, decimals)) for n, (low, high) in enumerate(steps, 1))
        chosen = {id(one) for one in on_it}
        return Drawn(
            tile, title, self._whole(row), unit=self.here[row.key].definition.unit, box=box, areas=tuple(areas),
            beside=tuple(one for one in cells if id(one) not in chosen), legend=legend,
        )  # fmt: skip

    def _trend(self, tile: Tile, title: str, row: Figure) -> Drawn:
        told = self.trends.get(row.key, [])
        months = tuple(
            Cell(one, self.place, f"{one.period.first.year}年{one.period.first.month}月", one.period.said)
            for one in told
        )
        asked = figures.parts(row, self.rows)
        drawn = points([one.amount for one in months])
        unit = told[0].definition.unit if told else ""
        return Drawn(
            tile, title, months[-1:], unit=unit, months=months, points=tuple(drawn), strokes=tuple(strokes(drawn)),
            columns=asked.bottom is None,
        )  # fmt: skip


def _area(cell: Cell) -> bool:
    """Whether a lower organisation is that of an area and not of an industry or an employer."""
    return cell.place.kind == OrganisationKind.FEDERATION


def _range(low: Decimal, high: Decimal, decimals: int) -> str:
    first, last = (f"{one:,.{decimals}f}" for one in (low, high))
    return first if first == last else f"{first}–{last}"
