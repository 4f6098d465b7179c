"""The numbers behind a chart, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.queries import Value
from gonghui.kernel.figures.rules.periods import Period, around
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import Viewer


@dataclass(frozen=True)
class Data:
    """The numbers of a chart as a table. What is not told is not in it either."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | int | Decimal | None, ...], ...]
    about: tuple[tuple[str, str], ...]


def data(viewer: Viewer, row: Figure, place: PublicOrganisation, period: Period, of: str) -> Data:
    """The table behind a chart: `of` is places (the place and those directly below) or months."""
    today = timezone.localdate()
    unit = row.body.get("unit", "")
    about = (
        ("组织", place.name), ("期间", period.said), ("数据截至", period.as_seen(today).isoformat()),
        ("单位", str(unit)), ("口径", str(row.body.get("note", ""))),
    )  # fmt: skip
    if of == "months":
        months = figures.before(around(period.as_seen(today), "month"))
        told = figures.trends(viewer, [row], place, months, today).get(row.key, [])
        lines = tuple((one.period.said, _plain(one)) for one in told)
        return Data(f"{row.title}走势", ("期间", row.title), lines, about)
    children = figures.children_of(place)
    below = figures.by_place(viewer, [row], children, period, today)[row.key] if children else {}
    whole = figures.value(viewer, row, place, period, today)
    pairs = [(place, whole), *((child, below[child.pk]) for child in children)]
    head: tuple[str, ...] = ("组织", "地区", row.title)
    if whole.bottom is None:
        return Data(
            f"{row.title}各下级", head, tuple((one.name, one.region_code, _plain(told)) for one, told in pairs), about
        )
    sides = tuple((one.name, one.region_code, _plain(told), *_sides(told)) for one, told in pairs)
    return Data(f"{row.title}各下级", (*head, "分子", "分母"), sides, about)


def _sides(one: Value) -> tuple[Decimal | None, Decimal | None]:
    """What a quotient is made of, money in yuan; neither where it may not be told."""
    return (None, None) if one.few or one.sides is None else one.sides


def _plain(one: Value) -> str | int | Decimal | None:
    """A number as a file holds it; words where it is not told."""
    if one.few or one.number is None:
        return one.said if one.few else None
    return one.number if one.definition.decimals else int(one.number)
