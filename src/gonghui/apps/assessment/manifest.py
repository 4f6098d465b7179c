"""What assessments plug into the platform."""

from typing import Any

from django.urls import reverse

from gonghui.kernel.manifest import Entry, Manifest, Panel, SubmitCheck
from gonghui.kernel.viewer import Viewer

from . import services
from .effects import EFFECTS
from .facts import FACTS
from .queries import sheets
from .sources import SOURCES


def panels(viewer: Viewer, application: Any) -> list[Panel]:
    """The sheet of an assessment, beside its form."""
    if not sheets.family_of(application):
        return []
    sheet = sheets.sheet_of(application)
    fills, step = sheets.may_fill(viewer, application), sheets.open_step(viewer, application)
    context = {
        "sheet": sheet,
        "parts": sheets.parts(sheet) if sheet is not None else [],
        "stages": sheets.stages(sheet) if sheet is not None else [],
        "fill_url": reverse("assessment:fill", args=[application.pk]) if fills else "",
        "check_url": reverse("assessment:check", args=[step.pk]) if step is not None and sheet is not None else "",
        "sheet_url": reverse("assessment:sheet", args=[sheet.pk]) if sheet is not None and viewer.is_staff else "",
    }
    return [Panel("评分表", "assessment/_panel.html", context)]


MANIFEST = Manifest(
    key="assessment",
    title="规范创建",
    sources=SOURCES,
    entries=(
        Entry("规范创建", "assessment:grades", "assessment", "application.view", order=34, prefix="/desk/assessment/"),
        Entry("评价标准", "assessment:standards", "settings", "procedure.view", order=35, prefix="/desk/standards/"),
    ),
    verbs={
        "standard.drafted": "编写评价标准",
        "standard.published": "发布评价标准",
        "standard.retired": "停用评价标准",
        "standard.discarded": "删除标准草稿",
        "assessment.graded": "评定等级",
        "assessment.rerated": "复评等级",
        "assessment.pointed": "命名示范点",
        "assessment.demoted": "降级",
    },
    effects=EFFECTS,
    facts=FACTS,
    panels=panels,
    submit_checks=(SubmitCheck(("assessment.",), services.before_submit),),
)
