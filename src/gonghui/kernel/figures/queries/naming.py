"""Organisations below by the name that a text or a form calls them."""

from __future__ import annotations

from collections.abc import Iterable

from ...org import queries as org
from ...org.models import PublicOrganisation
from ...viewer import Viewer


def named_below(viewer: Viewer, place: PublicOrganisation, names: Iterable[str]) -> dict[str, PublicOrganisation]:
    """Name → organisation below a place: by the whole name, or without 总工会 or 工会. Of equals the highest; where
    several stand equally high, none."""
    wanted = {name: {name, f"{name}总工会", f"{name}工会"} for name in names}
    if not wanted:
        return {}
    every = set().union(*wanted.values())
    rows = list(org.organisations(viewer, within=place).filter(name__in=every))  # type: ignore[arg-type]
    found = {}
    for name, full in wanted.items():
        ranked = sorted((row for row in rows if row.name in full), key=lambda row: len(row.path))
        if ranked and (len(ranked) == 1 or len(ranked[0].path) < len(ranked[1].path)):
            found[name] = ranked[0].pk
    known = PublicOrganisation.objects.in_bulk(list(found.values()))
    return {name: known[pk] for name, pk in found.items() if pk in known}


def short(name: str) -> str:
    """吉水县 of 吉水县总工会, for tables, forms and rankings."""
    return name.removesuffix("总工会") if name.endswith("总工会") and len(name) > 4 else name
