"""What assessments offer to be counted: grades, in force and as they were given, with demonstration points."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c

FAMILIES = (
    ("six", "六有六规范"), ("four_batches", "四个一批"), ("six_plus_n", "6+N标准化"), ("star_stations", "驿站星级"),
    ("strong_a", "强基增效创A"), ("small_firms", "小微企业产改清单"),
)  # fmt: skip
GRADES = tuple(
    (one, one)
    for one in (
        *("示范", "合格", "待提升", "不予定级", "达标", "未达标", "AAA级", "AA级", "A级", "未达A级"),
        *("五星", "四星", "三星", "二星", "一星", "未达星级"),
        *("示范引领一批", "巩固提升一批", "整改提高一批", "整顿重建一批"),
        *("五项齐全", "基本建立", "正在建立", "尚未起步"),
    )
)
"""Grades of the standards that ship; a local standard may have words of its own."""
POINTS = tuple((value, label) for value, label in c.Point.choices if value)


@cache
def _fields() -> Mapping[str, Field]:
    return {
        "family": Field("评价类别", "choice", column("family"), FAMILIES),
        "grade": Field("等级", "choice", column("grade"), GRADES),
        "point": Field("示范点", "choice", column("point"), POINTS),
        "is_point": Field("是示范点", "yes_no", lambda operator, value, on: ~Q(point="") if value else Q(point="")),
        "kind": Field("事由", "choice", column("kind"), tuple(c.GradeKind.choices)),
    }


GRADE_RECORDS = Source(
    key="grades",
    title="评定等级",
    unit="家",
    model="assessment.GradeRecord",
    permission="application.view",
    fields=_fields,
    span=Span("graded_on", "ended_on"),
    moments={"graded": Moment("评定", "graded_on")},
    amounts={"score": Amount("得分", "分", "score")},
    distincts={"organisation": Distinct("工会", "家", "organisation_id")},
    dimensions={
        "family": Dimension("评价类别", "family", FAMILIES),
        "grade": Dimension("等级", "grade", GRADES),
        "point": Dimension("示范点", "point", POINTS),
    },
    shown=(
        Shown("organisation", "工会", kind="organisation"),
        Shown("family", "评价类别", cell=lambda row: dict(FAMILIES).get(row.family, row.family)),
        Shown("grade", "等级"),
        Shown("point", "示范点", cell=lambda row: row.get_point_display()),
        Shown("graded_on", "评定日期", kind="date"),
        Shown("ended_on", "失效日期", kind="date"),
    ),
    address=lambda row: reverse("assessment:grade", args=[row.pk]),
    related=("organisation",),
    order=("path", "pk"),
)

SOURCES = (GRADE_RECORDS,)
