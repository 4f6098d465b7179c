"""The demonstration points of the Ji'an scenario come out of assessments that the demonstration ran."""

from __future__ import annotations

from importlib.resources import files

import yaml
from django.db.models import Count, QuerySet, Sum

from gonghui.apps.assessment import rules
from gonghui.apps.assessment.models import GradeRecord, ItemSheet, SheetEvidence
from gonghui.apps.assessment.queries import sheets
from gonghui.apps.benefits.models import Dish, Vote
from gonghui.apps.places.models import Place, PlaceChange
from gonghui.kernel.models import CheckIn, Claim, Organisation
from gonghui.kernel.procedures.models import Application, Decision, EffectRun, Notice


def facts() -> dict[str, int]:
    scenario = yaml.safe_load((files("gonghui.catalogue") / "scenarios" / "jian.yaml").read_text(encoding="utf-8"))
    return {one["id"]: one["value"] for one in scenario["facts"]}


def points_come_out_of_assessments() -> None:
    wanted = facts()
    current = GradeRecord.objects.filter(ended_on__isnull=True).exclude(point="")
    assert dict(current.values_list("point").annotate(Count("pk"))) == {
        "province": wanted["demo_points_province"],
        "city": wanted["demo_points_city"],
    }
    _each_was_graded_shown_and_decided(current)
    _every_point_of_them_has_a_paper()


def _each_was_graded_shown_and_decided(current: QuerySet[GradeRecord]) -> None:
    for record in current.select_related("previous", "application"):
        assert record.application is not None and record.previous is not None
        assert record.application.key == f"assessment.point_{record.point}"
        graded = record.previous
        assert (graded.kind, graded.grade) == ("graded", "示范") and graded.application is not None
        sheet = ItemSheet.objects.get(application=graded.application)
        again = sheets.scored(sheet)
        assert (again.total, again.grade) == (graded.score, graded.grade)
        for one in (record.application, graded.application):
            assert one.state == "approved" and Notice.objects.get(application=one).state == "ended"
            decision = Decision.objects.get(application=one)
            assert EffectRun.objects.filter(decision=decision).count() == 1
        assert graded.graded_on < record.graded_on


def _every_point_of_them_has_a_paper() -> None:
    for sheet in ItemSheet.objects.filter(application__state="approved").select_related("standard"):
        with_paper = set(SheetEvidence.objects.filter(sheet=sheet).values_list("item", flat=True))
        standard = rules.must_read(sheet.standard.body)
        assert {item.key for item in standard.items() if not item.automatic} == with_paper
    grades = dict(GradeRecord.objects.filter(kind="graded").values_list("grade").annotate(Count("pk")))
    assert grades["示范"] == 36 and sum(grades.values()) == 40
    assert Application.objects.filter(key="assessment.six", state="running").count() == 3


def courses_came_from_a_menu() -> None:
    """As the scenario counts: courses of the county that members voted for and that were held, and who was there."""
    wanted = facts()
    county = Organisation.objects.get(name="新干县总工会")
    dishes = Dish.objects.filter(path=county.path, state="opened").select_related("offer", "menu")
    came = CheckIn.objects.filter(offer__in=dishes.values("offer_id"), undone_at__isnull=True)
    held = dishes.filter(offer__in=came.values("offer_id"))
    assert held.count() >= wanted["courses_xingan"]
    assert (came.aggregate(sum=Sum("part"))["sum"] or 0) >= wanted["course_visits_xingan"]
    for dish in held:
        assert dish.offer is not None and dish.menu.state == "closed"
        assert dish.votes == Vote.objects.filter(dish=dish).count() >= dish.threshold
        session = dish.offer.sessions.get()
        assert session.teacher and session.place
        assert all(one.at >= session.starts_at for one in came.filter(offer=dish.offer))
        most = Claim.objects.filter(offer=dish.offer, ended=0).count() * dish.lessons
        assert 0 < came.filter(offer=dish.offer).count() <= most
    assert Dish.objects.filter(path=county.path, state="not_opened").exclude(reason="").count() == 2


def places_are_registered() -> None:
    """As the scenario counts: homes, stations and palaces, each with the act that put it on the register."""
    wanted = facts()
    county = Organisation.objects.get(name="吉水县总工会")
    jishui = Place.objects.filter(path__startswith=county.path)
    homes = jishui.filter(kind="home", host="township")
    assert homes.count() == wanted["township_homes_planned"]
    assert homes.filter(state="open").count() == wanted["township_homes_done"]
    assert jishui.filter(kind="home", host="enterprise", state="open").count() == wanted["demo_enterprises_done"]
    assert jishui.filter(kind="service", state="open").count() == wanted["service_stations_jishui"]
    assert Place.objects.filter(kind="outdoor", state="open").count() == wanted["outdoor_stations"]
    ready = Place.objects.filter(kind="palace").exclude(opened_on=None, topped_on=None)
    assert ready.values("organisation").distinct().count() == wanted["palaces"]
    assert Place.objects.count() == PlaceChange.objects.filter(kind="registered").count()
