"""Pages of grades: who has which, demonstration points, one union's history, and taking a grade back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.procedures.queries.applications import inbox
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx

from .. import forms, rules, services
from ..choices import Point
from ..models import GradeRecord, ItemSheet
from ..queries import grades, sheets, standards


def _expired(rows: QuerySet[GradeRecord], value: str) -> QuerySet[GradeRecord]:
    return rows.filter(valid_until__lt=timezone.localdate())


def _named(rows: QuerySet[GradeRecord], text: str) -> QuerySet[GradeRecord]:
    return rows.filter(organisation__name__icontains=text)


PAGE = ListPage(
    key="grades",
    title="规范创建",
    unit="家",
    columns=[
        Column("organisation", "工会", kind="organisation", head=True, sort="organisation__name_key",
               cell=lambda r: r.organisation.name),
        Column("standard", "标准", cell=lambda r: r.standard.title),
        Column("score", "得分", kind="number", unit="分", sort="score", cell=lambda r: r.score),
        Column("grade", "等级", sort="rank", nowrap=True, template="assessment/_grade.html", export=lambda r: r.grade),
        Column("point", "示范点", sort="point", nowrap=True, cell=lambda r: r.get_point_display()),
        Column("graded_on", "评定日期", kind="date", sort="graded_on", cell=lambda r: r.graded_on),
        Column("valid_until", "有效期至", kind="date", sort="valid_until", cell=lambda r: r.valid_until),
    ],
    filters=[
        Filter("q", "查找工会", "search", _named, placeholder="工会名称"),
        Filter("point", "示范点", choices=[(one.value, one.label) for one in Point if one.value]),
        Filter("grade", "等级", "search", "grade", placeholder="例如 示范"),
        Filter("due", "有效期", "boolean", _expired, choices=[("1", "到期待复评")], main=False),
    ],
    views=[
        View("all", "全部等级"),
        View("province", "省级示范点", {"point": "province"}),
        View("city", "市级示范点", {"point": "city"}),
        View("due", "到期待复评", {"due": "1"}),
    ],
    empty=Empty("还没有评定过的工会", "基层工会从这里开始自评，乡镇、县级复核，公示后评定等级。"),
    default_sort="organisation",
    order=("pk",),
    row_url=lambda r: reverse("assessment:grade", args=[r.pk]),
    row_label=lambda r: r.organisation.name,
    export=write_xlsx,
    template="assessment/grades.html",
)  # fmt: skip


def _own(viewer: Viewer) -> list[tuple[Application, ItemSheet | None, str]]:
    """The post's own assessments with their sheets, and where each goes on."""
    rows = Application.objects.filter(organisation_id=viewer.organisation_id or 0, key__startswith="assessment.")
    found: list[tuple[Application, ItemSheet | None, str]] = []
    for row in rows.select_related("procedure", "sheet__standard").order_by("-pk")[:5]:
        sheet: ItemSheet | None = getattr(row, "sheet", None)
        if sheets.family_of(row) and sheets.may_fill(viewer, row):
            found.append((row, sheet, reverse("assessment:fill", args=[row.pk])))
        elif sheet is not None:
            found.append((row, sheet, reverse("assessment:sheet", args=[sheet.pk])))
    return found


@desk("application.view")
def listing(request: HttpRequest) -> Any:
    """Grades that stand, with the sheets that wait for this post."""
    viewer, today = viewer_of(request), timezone.localdate()
    own = Organisation.objects.filter(pk=viewer.organisation_id or 0).first()
    startable = standards.startable(own, today) if own is not None and viewer.may("application.make") else []
    waiting = inbox(viewer, today).filter(application__key__startswith="assessment.", application__sheet__isnull=False)
    return PAGE.respond(
        request,
        grades.current(viewer),
        heading="规范创建",
        numbers=grades.numbers(viewer, today),
        startable=startable,
        waiting=waiting[:20],
        running=_own(viewer),
    )


@desk("application.view")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One union's grade, how it came about, and its history."""
    viewer = viewer_of(request)
    record = grades.grade(viewer, pk)
    if record is None:
        raise Http404
    standard = rules.must_read(record.standard.body)
    lower = [one.title for one in standard.grades if standard.rank(one.title) > record.rank]
    point = record.get_point_display() if record.point else ""
    form = forms.DemoteForm(request.POST or None, grades=lower, point=point)
    may = (
        viewer.may("assessment.manage") and record.ended_on is None and bool(lower or point)
        and viewer.organisation_id != record.organisation_id
    )  # fmt: skip
    own = record.organisation if viewer.organisation_id == record.organisation_id else None
    renews = (
        own is not None and record.ended_on is None and viewer.may("application.make")
        and any(family == record.family for family, _ in standards.startable(own, timezone.localdate()))
    )  # fmt: skip
    if request.method == "POST":
        if not may:
            raise Http404
        if form.is_valid():
            try:
                fresh = services.demote(viewer, record_id=pk, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                messages.success(request, f"已变动为{fresh.grade}")
                return redirect("assessment:grade", pk=fresh.pk)
    history = list(grades.history(record))
    papers = {one.application_id: getattr(one.application, "sheet", None) for one in history if one.application}
    context = {
        "record": record, "history": [(one, papers.get(one.application_id)) for one in history], "form": form,
        "may": may,
        "renews": renews,
        "path": [*org_queries.ancestors(record.organisation), record.organisation],
        "expired": record.valid_until < timezone.localdate(),
    }  # fmt: skip
    return render(request, "assessment/grade.html", context, status=422 if form.errors else 200)
