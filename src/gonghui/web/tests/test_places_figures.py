"""What the numbers of places count: as of the day, by kind, closed ones no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gonghui.apps.places import services
from gonghui.apps.places.choices import ChangeKind, Outcome
from gonghui.apps.places.tests.conftest import FACTS, PICTURE, Stage
from gonghui.apps.places.tests.conftest import stage as stage
from gonghui.kernel.figures.queries import in_force, value
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.org.models import PublicOrganisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(stage: Stage) -> Callable[[str], int]:
    def counted(key: str) -> int:
        place = PublicOrganisation.objects.get(pk=stage.tree.city.pk)
        period = read(f"{stage.day(-300)}..{stage.today}")
        return int(value(stage.city, in_force(place.path)[key], place, period, stage.today).number or 0)

    return counted


def test_planned_open_and_closed(stage: Stage, number: Callable[[str], int]) -> None:
    home = FACTS | {"kind": "home", "host": "township"}
    planned = services.register(
        stage.county, organisation=stage.tree.township, on=stage.day(-90), **home | {"name": "规划的家"}
    )
    opened = stage.station(kind="home", host="township", name="开放的家")
    stage.station()
    assert (number("homes_township_planned"), number("homes_township"), number("outdoor_stations")) == (2, 1, 1)
    assert number("outdoor_stations_new") == 1 and number("places_open") == 2
    services.move(stage.county, place_id=opened.pk, kind=ChangeKind.CLOSED, on=stage.day(-1), reason="合并到镇文化站")
    services.move(stage.county, place_id=planned.pk, kind=ChangeKind.OPENED)
    assert (number("homes_township_planned"), number("homes_township")) == (1, 1)


def test_a_palace_counts_once_its_building_stands(stage: Stage, number: Callable[[str], int]) -> None:
    palace = FACTS | {"kind": "palace", "host": "city", "name": "安福县工人文化宫"}
    row = services.register(stage.county, organisation=stage.tree.county, on=stage.day(-90), **palace)
    services.move(stage.county, place_id=row.pk, kind=ChangeKind.BUILDING, on=stage.day(-80))
    assert number("palaces_ready") == 0
    services.move(stage.county, place_id=row.pk, kind=ChangeKind.TOPPED, on=stage.day(-8))
    assert (number("palaces_ready"), number("palaces")) == (1, 0)


def test_small_repairs(stage: Stage, number: Callable[[str], int]) -> None:
    place = stage.station()
    told = services.report(place_id=place.pk, fault="water")
    services.report(place_id=place.pk, fault="water")
    services.report(place_id=place.pk, fault="dirty")
    assert (number("place_tickets"), number("place_tickets_waiting")) == (2, 2)
    services.answer(stage.keeper, ticket_id=told.ticket.pk, outcome=Outcome.FIXED, text="补了三桶水", picture=PICTURE)
    services.thank(code=told.code)
    assert (number("place_tickets_fixed"), number("place_tickets_waiting"), number("place_thanks")) == (1, 1, 1)
    assert number("place_tickets_in_time") == 100
