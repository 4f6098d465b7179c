"""Every figure that ships can be counted, opens the records it was counted from, and their number is the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from gonghui.kernel.factories import make_member, viewer_at
from gonghui.kernel.figures import queries, registry, services
from gonghui.kernel.figures.rules.definition import Definition, check
from gonghui.kernel.figures.rules.hiding import FEW
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.figures.shipped import bodies
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import SYSTEM, Viewer

pytestmark = pytest.mark.django_db
ALL = Viewer(role="system", lo="", hi="~", permissions=frozenset({"member.view", "org.view", "benefit.view"}))


def test_they_are_right_and_have_keys_of_their_own() -> None:
    known = {body["key"]: Definition.model_validate(body) for body in bodies()}
    assert len(known) == len(bodies())
    for body in bodies():
        assert check(body, registry.sources(), known) == [], body["key"]


def everything(tree: Any) -> None:
    """A record of every source that the kernel offers, some of them in the past."""
    for n in range(FEW + 1):
        make_member(tree.union, f"会员{n}", new_form="courier" if n % 2 else "", worker_kind="migrant")


@pytest.mark.parametrize("kind", ["year", "month", "day"])
def test_the_list_behind_every_number_is_as_long_as_the_number(tree: Any, kind: str) -> None:
    """Of every shipped figure, at the city and at a union, kept or counted."""
    everything(tree)
    services.drain()
    today = timezone.localdate()
    period, counted = around(today, kind), 0
    for body in (tree.city, tree.union):
        place = PublicOrganisation.objects.get(pk=body.pk)
        rows = queries.in_force(place.path)
        found = queries.values(SYSTEM, rows.values(), place, period)
        assert found.keys() == rows.keys()
        viewer = Viewer(
            role="system", lo="", hi="~", permissions=frozenset(one.permission for one in registry.sources().values())
        )
        for key, row in rows.items():
            for side, number in (("top", found[key].top), ("bottom", found[key].bottom)):
                if number is None:
                    continue
                behind = queries.lineage(viewer, row, place, period, side)
                assert behind.number == number, key
                assert behind.hidden == 0, key
                if behind.measure.kind != "sum":
                    assert len(list(behind.records)) == number == behind.listed, key
                counted += bool(number)
    assert counted > 20


def test_the_county_sees_its_own_records_and_of_the_rest_a_count(tree: Any) -> None:
    everything(tree)
    make_member(tree.industry_union, "别处")
    make_member(tree.sibling_county, "邻县")
    services.drain()
    viewer = viewer_at(tree.county, "organising")
    place = PublicOrganisation.objects.get(pk=tree.city.pk)
    row = queries.figure(SYSTEM, "members", place.path)
    assert row is not None
    behind = queries.lineage(viewer, row, place, around(timezone.localdate(), "year"))
    assert 0 < behind.listed < behind.number
    assert behind.listed + behind.hidden == behind.number
    assert all(one.path.startswith(tree.county.path) for one in behind.records)


def test_a_past_month_counts_as_it_was_and_a_later_entry_is_a_correction(tree: Any) -> None:
    today = timezone.localdate()
    last = around(today, "month").before()
    make_member(tree.union, "早来", joined_on=last.first)
    services.drain()
    due = last.last.replace(day=1)
    assert due
    services.close(today.replace(day=10) if today.day < 10 else today)
    assert services.check_closed(today) == []
    make_member(tree.union, "补登", joined_on=last.first)
    services.drain()
    new = services.check_closed(today)
    assert new and services.check_closed(today) == []
    mine = [one for one in new if one.closing.figure.key == "members" and one.closing.organisation_id == tree.city.pk]
    assert {int(one.top - one.closing.top) for one in mine} == {1}
