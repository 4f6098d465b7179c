"""Open places where an offer may be held: those of the county, or of the city where no county stands between."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, Q, QuerySet, Value
from django.urls import reverse

from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.venues import Venue

from ..models import Place

MOST = 400
"""Names that a form suggests."""


class Register:
    """What is open may be read by everybody; the names come in the order of the list."""

    def around(self, path: str, texts: Collection[str] = ()) -> list[Venue]:
        """Open places of the county (or city) that a path lies in; with texts those whose name one begins with."""
        above = PublicOrganisation.objects.filter(path__in=[*ancestors(path), path], kind="federation")
        above = above.filter(level__in=("county", "city")).order_by("-path")
        area = above.values_list("path", flat=True).first() or path
        rows = Place.objects.filter(state="open", path__gte=area, path__lt=area + "~")
        if not texts:
            return _told(rows.order_by("name", "pk")[:MOST])
        named = Q(pk__in=[])
        for n, text in enumerate(texts):
            rows = rows.alias(**{f"text{n}": Value(text)})
            named |= Q(**{f"text{n}__startswith": F("name")})
        return _told(rows.filter(named))

    def numbered(self, numbers: Collection[int]) -> list[Venue]:
        """Places that are still open, wherever they are."""
        return _told(Place.objects.filter(state="open", pk__in=list(numbers)))


def _told(rows: QuerySet[Place]) -> list[Venue]:
    return [
        Venue(
            row.pk, row.name, row.address, reverse("places:place", args=[row.pk]),
            (float(row.lon), float(row.lat)) if row.lon is not None and row.lat is not None else None,
        )
        for row in rows
    ]  # fmt: skip


__all__ = ["Register"]
