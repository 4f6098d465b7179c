"""A figure's definition in Chinese, as it stands beside its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ...conditions import said as condition_said
from ...viewer import Viewer
from .. import registry
from ..models import Figure, FigureClosing, FigureCorrection
from ..rules import periods
from ..rules.definition import Measure, Parts
from .definitions import definition_of, in_force, parts
from .values import told_then


def said(row: Figure, rows: Mapping[str, Figure]) -> list[tuple[str, str]]:
    """(what, in words) of a definition."""
    definition, asked = definition_of(row), parts(row, rows)
    found = [("数什么", measure_said(asked.top))]
    if asked.bottom is not None:
        found.append(("除以", measure_said(asked.bottom)))
    if definition.note:
        found.append(("口径", definition.note))
    if definition.owner:
        found.append(("负责部门", definition.owner))
    found.append(("版本", f"第{row.version}版"))
    return found


def measure_said(measure: Measure) -> str:
    """会籍（性别：女），截至期末 · 计数."""
    source = registry.sources()[measure.source]
    how = {
        "count": f"{source.title}的记录数",
        "distinct": f"{source.title}涉及的{source.distincts[measure.what].title}，同一个只算一次"
        if measure.kind == "distinct"
        else "",
        "sum": f"{source.title}的{source.amounts[measure.what].title}合计" if measure.kind == "sum" else "",
    }[measure.kind]
    when = f"期间内{source.moments[measure.moment].title}" if measure.moment else "截至期末仍有效"
    condition = condition_said(measure.condition, source.fields()) if measure.condition else ""
    return "；".join(part for part in (how, when, condition) if part)


@dataclass(frozen=True)
class Corrected:
    """A closed period that was counted differently later: what it was and what it is, as people read them."""

    period: str
    before: str
    after: str
    seen_at: datetime


def corrections(viewer: Viewer, row: Figure, place: object) -> list[Corrected]:
    """Later counts of closed periods of a figure at a place that came out differently, the latest first; of sensitive
    figures none: two numbers beside each other tell what one may not."""
    asked = parts(row, in_force(getattr(place, "path", "")))
    if any(registry.sources()[one.source].sensitive for one in asked.measures):
        return []
    found = (
        FigureCorrection.objects.visible(viewer)
        .filter(closing__figure__key=row.key, closing__organisation_id=getattr(place, "pk", 0))
        .select_related("closing", "closing__figure")
        .order_by("-seen_at")[:12]
    )
    return [
        Corrected(
            periods.read(one.closing.period).said, _then(row, asked, one.closing), _then(row, asked, one), one.seen_at
        )
        for one in found
    ]


def _then(row: Figure, asked: Parts, kept: FigureClosing | FigureCorrection) -> str:
    return told_then(row, asked, int(kept.top), None if kept.bottom is None else int(kept.bottom))
