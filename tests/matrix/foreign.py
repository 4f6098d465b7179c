"""Asks everything that lies outside a post's range, with the checks of the application off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from gonghui.kernel.models import Organisation
from gonghui.kernel.scope import take_scope
from gonghui.kernel.trail.models import TrailRecord

from .actors import Actor
from .cells import Cell, World, ask, cells, elsewhere, rows_written, text_of, written_since
from .expectations import placed
from .objects import CONSTANTS
from .places import LEVELS, WITHIN, Place
from .surface import Surface
from .unchecked import checks_off

OF_ONES_OWN = (
    "procedures:member-start", "procedures:public-start", "membership:join-apply", "benefits:m-take", "benefits:m-vote",
)  # fmt: skip
"""A member's draft stands at their union, outside every range of theirs; anybody may apply where the public may; who
has a tracking link made the application. A place that a member takes and a vote that they give are counted where they are offered."""

OF_ITS_BODY = ("procedures:desk-", "procedures:applied-")
"""What a body applied for is its own posts' to see; a judge of that body is kept off by the permission alone."""


def _own(world: World, actor: Actor) -> Organisation | None:
    return None if actor.role in ("judge", "provider", "member") else world.sites[actor.level].organisation


def foreign_cells(world: World, actor: Actor, whole: bool = False) -> Iterator[tuple[Cell, Any]]:
    """(cell, objects for its body): everything that reads or writes outside the range, in the address or in the body."""
    seen: set[tuple[Surface, Place | None]] = set()
    everywhere = _own(world, actor) is None
    for cell in cells(Actor("organising", actor.level), whole):
        if cell.place is Place.SHARED or cell.surface.name in OF_ONES_OWN or "tracking" in placed(cell.surface):
            continue
        if everywhere and cell.place is Place.OWN and cell.surface.name.startswith(OF_ITS_BODY):
            continue
        mine = Cell(actor, cell.surface, cell.place)
        key = (cell.surface, cell.place)
        if key in seen:
            continue
        seen.add(key)
        if not placed(cell.surface) or everywhere or cell.place not in WITHIN:
            yield mine, world.at(actor, cell.place or Place.OTHER_CITY)
        elif cell.place is Place.OWN and cell.surface.method != "GET":
            for place in LEVELS[actor.level]:
                if place not in WITHIN:
                    yield mine, world.at(actor, place)


def check_alone(world: World, cell: Cell, objects: Any, before: dict[str, Any], upto: int) -> list[str]:
    """What of another subtree was shown or changed."""
    with transaction.atomic():
        written = rows_written()
        said = text_of(ask(world, cell, body_from=objects | CONSTANTS))
        wrong = [f"{cell}: shows {word}" for word in world.strangers(cell.actor, cell.surface) if word in said]
        if cell.surface.method != "GET":
            touched = written_since(written)
            after = elsewhere(_own(world, cell.actor), world.visitors[cell.actor], upto, touched)
            wrong += [
                f"{cell}: changes rows of {table} elsewhere" for table, rows in after.items() if before[table] != rows
            ]
        transaction.set_rollback(True)
    return wrong


def ask_all(world: World, actor: Actor, only: str = "") -> tuple[int, list[str]]:
    """(how many cells, what is wrong)."""
    take_scope("", "~")
    upto = int(TrailRecord.objects.order_by("-pk").values_list("pk", flat=True)[0])
    before = elsewhere(_own(world, actor), world.visitors[actor], upto)
    world.forget()
    asked, wrong = 0, []
    with checks_off():
        for cell, objects in foreign_cells(world, actor, whole=bool(only)):
            if only in cell.surface.pattern:
                world.forget()
                wrong += check_alone(world, cell, objects, before, upto)
                asked += 1
    world.forget()
    return asked, wrong
