"""The demonstration points of the Ji'an scenario come out of assessments that the demonstration ran."""

from __future__ import annotations

from importlib.resources import files

import yaml
from django.db.models import Count, QuerySet

from gonghui.apps.assessment import rules
from gonghui.apps.assessment.models import GradeRecord, ItemSheet, SheetEvidence
from gonghui.apps.assessment.queries import sheets
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
