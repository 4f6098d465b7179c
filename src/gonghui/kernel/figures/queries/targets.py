"""Targets with how far along they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from ...org.models import PublicOrganisation
from ...viewer import Viewer
from ..choices import TargetState
from ..models import Target
from ..rules.periods import read
from ..rules.progress import TONE, Progress, elapsed, progress
from .definitions import in_force
from .values import Value, values


@dataclass(frozen=True, slots=True)
class Standing:
    """A target with its figure's value and what that means by the time that has passed."""

    target: Target
    place: PublicOrganisation
    value: Value | None
    part: Decimal
    state: Progress

    @property
    def tone(self) -> str:
        return TONE[self.state.value]

    @property
    def percent(self) -> int | None:
        """Of the amount, for a bar; never above 100. None of a number that is not to be told."""
        if self.value is None or self.value.number is None:
            return 0
        if self.value.few:
            return None
        return int(min(Decimal(100), self.value.number / self.target.amount * 100))

    @property
    def late(self) -> bool:
        return self.state in (Progress.BEHIND, Progress.FAR)


def targets(viewer: Viewer) -> QuerySet[Target]:
    """Targets of the range that were not withdrawn, the latest period first."""
    return (
        Target.objects.visible(viewer)
        .exclude(state=TargetState.WITHDRAWN)
        .select_related("organisation", "parent")
        .order_by("-period", "path", "key")
    )


def standings(viewer: Viewer, rows: list[Target], today: date | None = None) -> list[Standing]:
    """How far along targets are: figures of one place and period are asked together."""
    today = today or timezone.localdate()
    together: dict[tuple[int, str], list[Target]] = defaultdict(list)
    for row in rows:
        together[row.organisation_id, row.period].append(row)
    places = {one.pk: one for one in PublicOrganisation.objects.filter(pk__in={pk for pk, _ in together})}
    found: dict[int, Standing] = {}
    for (pk, key), asked in together.items():
        place, period = places[pk], read(key)
        known = in_force(place.path)
        numbers = values(viewer, [known[one.key] for one in asked if one.key in known], place, period, today)
        part = elapsed(period, today)
        for row in asked:
            value = numbers.get(row.key)
            reached = value.number if value is not None and value.number is not None else Decimal(0)
            untold = value is not None and value.few
            state = Progress.UNTOLD if untold else progress(row.amount, reached, part)
            found[row.pk] = Standing(row, place, value, part, state)
    return [found[row.pk] for row in rows]
