"""Code lists of assessments."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class StandardState(Labelled):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "施行中"
    RETIRED = "retired", "已停用"


class GradeKind(Labelled):
    """Why a union has a new grade."""

    GRADED = "graded", "评定"
    RERATED = "rerated", "复评"
    POINTED = "pointed", "命名示范点"
    DEMOTED = "demoted", "降级"


class Point(Labelled):
    """Of which tier a union is a demonstration point (A2.03, A2.04)."""

    NONE = "", "—"
    CITY = "city", "市级示范点"
    PROVINCE = "province", "省级示范点"


POINT_RANK = {"": 0, "city": 1, "province": 2}
