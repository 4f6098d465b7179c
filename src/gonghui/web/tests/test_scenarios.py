"""Every fact of a scenario is counted or says what it waits for; what is stated is never filled in."""

from __future__ import annotations

import json
from datetime import date
from types import ModuleType

import pytest
from django.db import connection
from django.utils import timezone

from gonghui.apps.reports.queries.filling import fill
from gonghui.apps.reports.rules.text import parse
from gonghui.apps.reports.shipped import shipped
from gonghui.kernel.figures.choices import FigureState
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.services import rebuild_all
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.web.demo import load
from gonghui.web.scenarios import SCENARIOS, facts, jian, jiangyin, produce, yangzhou
from gonghui.web.scenarios.facts import EVERYTHING, reported, scenario
from gonghui.web.scenarios.region import federation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_fact_names_a_figure_or_what_it_waits_for(name: str) -> None:
    with acting(SYSTEM):
        keys = set(Figure.objects.filter(path="", state=FigureState.PUBLISHED).values_list("key", flat=True))
    for one in scenario(name)["facts"]:
        assert (one.get("figure") in keys) != bool(one.get("waits")), one["id"]
    assert name in shipped()


def test_anfu_cleans_out_and_the_numbers_follow() -> None:
    today = timezone.localdate()
    load("small", background=True)
    with acting(SYSTEM):
        officers = jian.Officers(jian.Random(1), today)
    jian.clean_out(officers)
    with acting(SYSTEM):
        rebuild_all(today)
        found = {one.id: one for one in facts("jian", today)}
    for key in ("paper_unions_dissolved", "paper_members_removed", "unions_merged"):
        one = found[key]
        assert one.equal and one.computed == one.records == one.listed == one.stated, key
    assert found["demo_points_province"].equal is False and found["palaces"].equal is False


def test_a_city_that_is_not_the_scenarios_is_not_counted_as_one() -> None:
    load("small", background=True)
    with pytest.raises(Refusal, match="GH-DEMO-002"):
        produce("jian", None, lambda text: None)
    with acting(SYSTEM), connection.cursor() as cursor:  # and its year is left to one job
        assert not Application.objects.exists()
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'demo.year'")
        queued = [json.loads(row[0]) for row in cursor.fetchall()]
    assert queued == [{"today": timezone.localdate().isoformat(), "seed": 2022}]


@pytest.mark.parametrize(("name", "played", "firms"), [("jiangyin", jiangyin, 2), ("yangzhou", yangzhou, 3)])
def test_a_small_region_plays_its_time_and_every_fact_that_can_be_counted_is_equal(
    name: str, played: ModuleType, firms: int
) -> None:
    today = timezone.localdate()
    played.make(today, 1, lambda text: None, firms=firms)
    played.play(today, 1, lambda text: None)
    with acting(SYSTEM):
        rebuild_all(today)
        found = facts(name, today)
        place = PublicOrganisation.objects.get(pk=federation(name).pk)
        said = fill(EVERYTHING, parse(shipped()[name].text), place, reported(name, today), today)
    assert [one.id for one in found if not one.waits and not one.equal] == []
    assert [one.id for one in found if one.waits and one.computed is not None] == []
    assert all(one.listed == one.records for one in found if not one.waits)
    assert said.mistakes == () and "□" not in str(said.blocks)
    cited = {one.key: one.top for one in said.numbers if one.place == place.pk}
    missing = {one.figure for one in found if not one.waits} - set(cited)
    assert missing == set(), "a fact of the public report that this report does not tell"


def test_what_a_half_year_reports_is_a_half_year() -> None:
    today = date(2026, 6, 30)
    assert reported("yangzhou", today).first == date(2025, 12, 31)
    assert reported("jiangyin", today).first == date(2025, 7, 1)
