"""The facts of a scenario: what the public report states beside what the records come to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

from django.utils import timezone

from gonghui.kernel import yamls
from gonghui.kernel.access.rules import PERMISSIONS
from gonghui.kernel.figures import queries
from gonghui.kernel.figures.rules.periods import Period, days
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import SYSTEM

EVERYTHING = replace(SYSTEM, permissions=frozenset(PERMISSIONS))


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    :param stated: the number of the public report, `compare` is equal or at_least (“1200余”).
    :param computed: what the records come to; None where the app that holds them does not exist yet (`waits`).
    :param records: how many records were counted, `listed` how many the list behind the number shows.
    """

    id: str
    text: str
    where: str
    unit: str
    stated: int
    compare: str
    figure: str
    computed: Decimal | None
    records: int | None
    listed: int | None
    equal: bool | None
    waits: str = ""

    def as_dict(self) -> dict[str, Any]:
        said = asdict(self)
        if self.computed is not None:
            said["computed"] = int(self.computed) if self.computed == int(self.computed) else float(self.computed)
        return said


def scenario(name: str) -> dict[str, Any]:
    text = (files("gonghui.catalogue") / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yamls.shipped(text)
    return found


def reported(name: str, today: date) -> Period:
    """What a scenario reports, whatever day it is loaded on: the twelve months up to today, or fewer `days`."""
    return days(today - timedelta(days=scenario(name).get("days", 365) - 1), today)


def wanted(name: str) -> dict[str, int]:
    """What the public report states: id → number."""
    return {one["id"]: one["value"] for one in scenario(name)["facts"]}


def facts(name: str, today: date | None = None) -> list[Fact]:
    """Every fact of a scenario, counted. To be called as the platform itself."""
    today = today or timezone.localdate()
    said = scenario(name)
    root = PublicOrganisation.objects.get(name=f"{said['region']['name']}总工会")
    return [_fact(one, root, reported(name, today), today) for one in said["facts"]]


def _fact(said: dict[str, Any], root: PublicOrganisation, period: Period, today: date) -> Fact:
    common = {
        "id": said["id"], "text": said["text"], "where": said.get("where", root.name.removesuffix("总工会")),
        "unit": said["unit"], "stated": said["value"], "compare": said.get("compare", "equal"),
        "figure": said.get("figure", ""), "waits": said.get("waits", ""),
    }  # fmt: skip
    if not said.get("figure"):
        return Fact(**common, computed=None, records=None, listed=None, equal=None)
    place = root
    if name := said.get("at") or (f"{said['where']}总工会" if "where" in said else ""):
        place = PublicOrganisation.objects.get(name=name, path__startswith=root.path)
    row = queries.in_force(place.path)[said["figure"]]
    value = queries.value(EVERYTHING, row, place, period, today)
    behind = queries.lineage(EVERYTHING, row, place, period, today=today)
    computed = value.number or Decimal(0)
    equal = computed >= said["value"] if common["compare"] == "at_least" else computed == said["value"]
    return Fact(
        **common, computed=computed, records=behind.total, listed=behind.records.count(),
        equal=equal and behind.records.count() == behind.total,
    )  # fmt: skip
