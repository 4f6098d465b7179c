"""What decisions about assessments bring about: grades, demonstration points; and their loss."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.choices import Level
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.services import Made, today
from gonghui.kernel.procedures.services.decisions import digest_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import rules
from ..choices import POINT_RANK, GradeKind, Point
from ..models import GradeRecord
from ..queries import sheets

RESULT = "six"
"""The family whose unions are nominated as demonstration points when an effect names none."""


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _current(organisation_id: int, family: str) -> GradeRecord | None:
    return (
        GradeRecord.objects.select_for_update(of=("self",)).select_related("standard", "organisation")
        .filter(organisation_id=organisation_id, family=family, ended_on__isnull=True).first()
    )  # fmt: skip


def _next(actor: Viewer, before: GradeRecord | None, on: date, **values: Any) -> GradeRecord:
    """End the former grade and begin the next; the trail names what changed."""
    if before is not None:
        before.ended_on = on
        before.save(update_fields=["ended_on"])
    row = GradeRecord.objects.create(previous=before, actor_id=actor.account_id, graded_on=on, **values)
    record(
        actor, f"assessment.{row.kind}", path=row.path, object_type="grade", object_id=row.pk,
        object_name=row.organisation.name, reason=row.note,
        detail={"grade": row.grade, "score": row.score, "point": row.point},
    )  # fmt: skip
    return row


def grade(actor: Viewer, made: Made) -> dict[str, Any]:
    """The decision on an assessment: the union has the grade that its sheet comes to.

    :raises Refusal: GH-ASM-030 no sheet; 031 what the sheet keeps was changed after hand-in.
    """
    sheet = sheets.sheet_of(made.application)
    if sheet is None or sheet.score is None:
        raise Refusal("GH-ASM-030", "这份申请没有评分表，定不了等级", "sheet")
    if sheet.digest != digest_of([sheet.standard.digest, sheet.facts]):
        raise Refusal("GH-ASM-031", "评分表的台账事实与提交时不一致", "sheet", "由运维人员核查留痕")
    found = sheets.scored(sheet)
    standard = rules.must_read(sheet.standard.body)
    before = _current(sheet.organisation_id, standard.family)
    months = int(rule_queries.value("assessment.valid_months", sheet.path, made.on).value)
    keeps = any(one.point for one in standard.grades if one.title == found.grade)
    lower = before is not None and found.rank > before.rank
    row = _next(
        actor, before, made.on, path=sheet.organisation.path, organisation=sheet.organisation, family=standard.family,
        standard=sheet.standard, application=made.application, score=found.total, grade=found.grade, rank=found.rank,
        kind=GradeKind.GRADED if before is None else GradeKind.DEMOTED if lower else GradeKind.RERATED,
        point=before.point if before is not None and keeps else "", valid_until=_months_after(made.on, months),
        note=rules.explain(standard, found)[:300],
    )  # fmt: skip
    return {"grade": found.grade, "score": found.total, "record": row.pk}


def name_point(actor: Viewer, made: Made) -> dict[str, Any]:
    """The decision on a nomination: the union is a demonstration point of the tier.

    :raises Refusal: GH-ASM-032 no such tier; 033 not graded high enough; 034 it is one already.
    """
    tier = str(made.given.get("tier", ""))
    if not POINT_RANK.get(tier):
        raise Refusal("GH-ASM-032", "示范点只分市级和省级", "tier")
    family = str(made.given.get("family") or RESULT)
    before = _current(made.application.organisation_id, family)
    top = before is not None and any(
        one.point for one in rules.must_read(before.standard.body).grades if one.title == before.grade
    )
    if before is None or not top or before.valid_until < made.on:
        raise Refusal("GH-ASM-033", "还没有评到可以命名示范点的等级，或等级已经到期", "grade", "先完成评定或复评")
    if POINT_RANK[before.point] >= POINT_RANK[tier]:
        raise Refusal("GH-ASM-034", f"已经是{Point(before.point).label}", "tier")
    row = _next(
        actor, before, made.on, path=before.organisation.path, organisation=before.organisation, family=family,
        standard=before.standard, application=made.application, kind=GradeKind.POINTED, score=before.score,
        grade=before.grade, rank=before.rank, point=tier, valid_until=before.valid_until,
        note=f"命名为{Point(tier).label}",
    )  # fmt: skip
    return {"point": tier, "record": row.pk}


def demote(actor: Viewer, *, record_id: int, reason: str, to: str = "") -> GradeRecord:
    """Take a grade or a demonstration point back. `to` is the lower grade; empty takes the point alone.

    :raises Refusal: GH-ASM-035 without a reason; 036 nothing to take; 037 named by a tier above.
    """
    require(actor, "assessment.manage")
    if len(reason.strip()) < 4:
        raise Refusal("GH-ASM-035", "还没有写降级的依据", "reason", "写明查实的情况，该工会会看到")
    with transaction.atomic():
        found = GradeRecord.objects.visible(actor).filter(pk=record_id, ended_on__isnull=True).first()
        before = _current(found.organisation_id, found.family) if found is not None else None
        if before is None:
            raise Refusal("GH-ASM-036", "没有这项等级，或它已经变动", "record", "刷新页面看最新的等级")
        _check_tier(actor, before)
        standard = rules.must_read(before.standard.body)
        lower = to or before.grade
        if (to and standard.rank(to) <= before.rank) or (not to and not before.point):
            raise Refusal("GH-ASM-036", f"现在是{before.grade}，只能降到更低的等级", "to")
        keeps = bool(to) and any(one.point for one in standard.grades if one.title == to)
        return _next(
            actor, before, today(), path=before.organisation.path, organisation=before.organisation,
            family=before.family, standard=before.standard, kind=GradeKind.DEMOTED, score=before.score, grade=lower,
            rank=standard.rank(lower), point=before.point if keeps else "", valid_until=before.valid_until,
            note=reason.strip()[:300],
        )  # fmt: skip


def _check_tier(actor: Viewer, before: GradeRecord) -> None:
    """Who named a point, or a tier above it, takes it back."""
    home = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    if home is None or home.pk == before.organisation_id:
        raise Refusal("GH-ASM-037", "等级由上级工会变动，不由本会", "record")
    if before.point and Level(home.level).rank > Level(before.point).rank:
        raise Refusal("GH-ASM-037", f"{Point(before.point).label}由命名的工会撤销", "record", "报上级工会处理")
