"""Which board holds where, and what a board has to know of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.viewer import Viewer

from .. import shipped
from ..models import Board
from ..rules import Design, Known, read


@dataclass(frozen=True)
class Found:
    """The board that holds for a slot at a place; `row` is empty where it is the one that ships."""

    design: Design
    row: Board | None = None

    @property
    def stamp(self) -> str:
        return f"{self.row.pk}.{self.row.version}" if self.row else "0"


def board(viewer: Viewer, slot: str, path: str) -> Found:
    """The place's own board, else the nearest above it, else the one that ships."""
    rows = Board.objects.filter(slot=slot, path__in=[*ancestors(path), path])
    row: Board | None = max(rows, key=lambda one: len(one.path), default=None)
    if row is None:
        return Found(shipped.design(slot))
    return Found(read({"title": row.title, "period": row.period, "tiles": row.tiles}), row)


def own(viewer: Viewer, slot: str) -> Board | None:
    """The board that the viewer's own organisation made for a slot."""
    row: Board | None = Board.objects.visible(viewer).filter(slot=slot, organisation_id=viewer.organisation_id).first()
    return row


def known(path: str, today: date) -> dict[str, Known]:
    """Key → what a board has to know of every figure that holds at a place."""
    rows = figures.in_force(path)
    months = figures.before(around(today, "month"))
    found = {}
    for key, row in rows.items():
        asked = figures.parts(row, rows)
        found[key] = Known(row.title, asked.bottom is not None, figures.at_hand(asked, months))
    return found
