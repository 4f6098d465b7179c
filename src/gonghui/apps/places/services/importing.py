"""Places of a checked file: all at once, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import ChangeKind, PlaceState
from ..models import Place, PlaceChange
from .holding import MANAGE, note, post_words
from .register import checked, reached


@dataclass(frozen=True, slots=True)
class Imported:
    """How many places came in, and how many the register had already."""

    added: int
    known: int


def import_places(actor: Viewer, *, rows: Sequence[dict[str, Any]]) -> Imported:
    """Every row is a place with its `organisation`; one that the register has by its body and name is left as it is.

    :raises Refusal: GH-PLC-033 nothing in the file, and those of one place.
    """
    require(actor, MANAGE)
    if not rows:
        raise Refusal("GH-PLC-033", "文件里没有阵地", "file", "照模板填好再上传")
    today, words = timezone.localdate(), post_words(actor)
    with transaction.atomic():
        bodies = {one["organisation"].pk for one in rows}
        held = set(
            Place.objects.filter(organisation__in=bodies, closed_on__isnull=True).values_list("organisation_id", "name")
        )
        fresh = []
        for one in rows:
            facts = dict(one)
            body, opened = facts.pop("organisation"), facts.pop("opened_on", None)
            reached(actor, body)
            known = checked(body, facts)
            if (body.pk, known["name"]) in held:
                continue
            held.add((body.pk, known["name"]))
            fresh.append(
                Place(
                    path=body.path,
                    organisation=body,
                    registered_on=min(today, opened or today),
                    opened_on=opened,
                    state=PlaceState.OPEN if opened else PlaceState.PLANNED,
                    **known,
                )
            )
        made = Place.objects.bulk_create(fresh, batch_size=500)
        PlaceChange.objects.bulk_create(
            [
                PlaceChange(
                    path=row.path, place=row, kind=ChangeKind.IMPORTED, on=today, by=actor.account_id, by_post=words
                )
                for row in made
            ]
        )
        for row in made:
            note(actor, "imported", row, row.name, kind=row.kind)
    return Imported(len(made), len(rows) - len(made))
