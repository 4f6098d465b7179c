"""Kept values are what the records say, after whatever happened to the tree and on whatever day is asked about."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gonghui.kernel.factories import make_member, make_organisation
from gonghui.kernel.figures import services
from gonghui.kernel.figures.models import FigureMeasure, FigureValue
from gonghui.kernel.figures.queries import counting
from gonghui.kernel.figures.rules.definition import Measure
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.models import Membership, Organisation, Person
from gonghui.kernel.org import services as org
from gonghui.kernel.people import services as people
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 1)
_names = count(1)


SOURCES = ("memberships", "organisations", "appointments", "employers")
"""What the acts below touch; apps test that their own sources are watched."""


def measures(*sources: str) -> list[Measure]:
    return [Measure(**row.body) for row in FigureMeasure.objects.filter(source__in=sources)]


def kept(path: str, today: date) -> dict[Measure, int]:
    """What is kept of "as of now", straight from the table."""
    rows = FigureValue.objects.filter(path=path, period="", measure__source__in=SOURCES).select_related("measure")
    return {Measure(**row.measure.body): int(row.total) for row in rows if row.total}


def counted(path: str, today: date) -> dict[Measure, int]:
    """The same from the records."""
    asked = [one for one in measures(*SOURCES) if not one.moment]
    return {one: n for one, n in counting.count(asked, path, around(today, "day"), today).items() if n}


def everything(today: date) -> None:
    for path in Organisation.objects.values_list("path", flat=True):
        assert kept(path, today) == counted(path, today)


ACTS = st.lists(
    st.tuples(st.sampled_from(["found", "admit", "leave", "move", "merge", "dissolve", "retain", "woman"]),
              st.integers(0, 30), st.integers(0, 30)),
    min_size=3, max_size=10,
)  # fmt: skip


def living() -> list[Organisation]:
    return list(Organisation.objects.filter(state="active").order_by("path"))


def act(kind: str, one: int, two: int, day: date) -> None:
    """One act on whatever the numbers point at; what the house refuses is simply not done."""
    here = living()
    body, other = here[one % len(here)], here[two % len(here)]
    members = list(Membership.objects.filter(valid_to__isnull=True).order_by("pk"))
    if kind in ("woman", "leave", "retain") and not members:
        return
    if kind == "found":
        make_organisation(f"新工会{next(_names)}", parent=body, founded_on=day)
    elif kind == "admit":
        make_member(body, joined_on=day)
    elif kind == "woman":
        Person.objects.filter(pk=members[one % len(members)].person_id).update(sex="2")
    elif kind == "leave":
        people.leave(SYSTEM, membership=members[one % len(members)], on=day)
    elif kind == "retain":
        people.retain(SYSTEM, membership=members[one % len(members)], on=day, reason="retired")
    elif kind == "move":
        org.move(SYSTEM, organisation=body, parent=other, on=day, reason="调整隶属关系")
    elif kind == "merge":
        org.merge(SYSTEM, organisation=body, into=other, on=day, reason="机构改革并转")
    elif kind == "dissolve":
        org.dissolve(SYSTEM, organisation=body, on=day, reason="单位注销")


# Each example rebuilds the figures; a failing one is small enough as it is.
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(acts=ACTS)
def test_whatever_happens_kept_values_are_what_the_records_say(tree: Any, acts: list[tuple[str, int, int]]) -> None:
    """And on every later day the numbers of an earlier one are still what they were then."""
    remembered: dict[date, dict[str, dict[Measure, int]]] = {}
    day = TODAY
    with transaction.atomic():
        services.rebuild("memberships", today=day)
        services.rebuild("organisations", today=day)
        for kind, one, two in acts:
            day += timedelta(days=9)
            try:
                with transaction.atomic():
                    act(kind, one, two, day)
            except Refusal:
                continue
            services.drain(day)
            everything(day)
            remembered[day] = {path: kept(path, day) for path in Organisation.objects.values_list("path", flat=True)}
        for then, by_path in remembered.items():
            for path, numbers in by_path.items():
                again = counting.count(list(numbers), path, around(then, "day"), day) if numbers else {}
                changed = {one for one in again if "sex" in one.where}  # facts of people are as they are known today
                now_at = Organisation.objects.filter(path=path).exists()
                assert not now_at or {k: v for k, v in again.items() if k not in changed} == {
                    k: v for k, v in numbers.items() if k not in changed
                }
        transaction.set_rollback(True)


def test_a_measure_that_can_no_longer_be_asked_holds_up_no_other(tree: Any) -> None:
    """A field that a newer version took back: its figure stands still, everything else goes on."""
    body = {
        "source": "memberships",
        "kind": "count",
        "what": "",
        "where": '{"field": "gone", "is": "x"}',
        "time": "as_of",
    }
    FigureMeasure.objects.create(digest="x" * 32, source="memberships", body=body, adds_up=True)
    before = kept(tree.city.path, TODAY)
    make_member(tree.union, joined_on=TODAY)
    services.fill()
    services.drain()
    members = Measure("memberships", "count", "", "{}", "as_of")
    assert kept(tree.city.path, TODAY)[members] == before[members] + 1
