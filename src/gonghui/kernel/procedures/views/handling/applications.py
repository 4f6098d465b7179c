"""Applications of the range: the list with its export, one application, why it was decided so, its files and seals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx

from ....access.doors import desk
from ....refusal import Refusal
from ... import services
from ...choices import OPEN_STATES, ApplicationState
from ...models import Application
from ...queries import handling
from ...rules.definition import must_read
from . import forms
from .common import HIDDEN_NAME, applicant_of, must, put, say, state_tag, union_of, unkept
from .step import application_context

INLINE = {"image/jpeg", "image/png", "image/webp"}
"""Kinds a browser may show in the page; everything else is downloaded."""


def _number(row: Application) -> SafeString:
    return format_html('{}<br><span class="small quiet">{}</span>', row.number, row.procedure.title)


def _applicant(row: Application) -> SafeString | str:
    words = applicant_of(row)
    return format_html('<span class="quiet">{}</span>', words) if words == HIDDEN_NAME else words


def _county(source: Any, path: str) -> Any:
    return source.filter(path__startswith=path)


def _open(source: Any, value: Any) -> Any:
    return source.filter(state__in=OPEN_STATES)


def _amount(row: Application) -> float | None:
    return None if row.amount is None or row.confidential else row.amount / 100


def _export(request: HttpRequest, *, rows: Iterable[Any], **more: Any) -> HttpResponseBase:
    """Confidential applications are in no file at all; the number of rows says nothing of them either."""
    return write_xlsx(request, rows=rows, **more)


LIST = ListPage(
    key="applications",
    title="办件",
    unit="件",
    columns=[
        Column("number", "编号", cell=_number, head=True, sort="number", nowrap=True, export=lambda r: r.number),
        Column("procedure", "办事", cell=lambda r: r.procedure.title, default=False),
        Column("applicant", "申请人", cell=_applicant, export=lambda r: r.applicant_name),
        Column("union", "所在工会", cell=lambda r: union_of(r, r), kind="organisation"),
        Column("state", "状态", cell=lambda r: state_tag(r.state), sort="state", nowrap=True,
               export=lambda r: r.get_state_display()),
        Column("verdict", "认定", cell=lambda r: "" if r.confidential else r.verdict or r.grade, default=False),
        Column("amount", "金额", kind="money", unit="元", cell=_amount, default=False),
        Column("submitted", "提交", kind="date", cell=lambda r: r.submitted_at, sort="submitted_at"),
        Column("ended", "办结", kind="date", cell=lambda r: r.ended_at, sort="ended_at"),
    ],
    filters=[
        Filter("q", "编号", "search", "number__icontains", placeholder="编号"),
        Filter("procedure", "办事", choices=handling.titles, lookup="key"),
        Filter("state", "状态", choices=ApplicationState.choices[1:]),
        Filter("county", "县", choices=handling.counties, lookup=_county, main=False),
        Filter("submitted", "提交日期", "date", "submitted_at__date", main=False),
        Filter("open", "在办", "boolean", _open, choices=[("1", "在办")], main=False),
    ],
    views=[
        View("all", "全部"),
        View("open", "在办", {"open": "1"}),
        View("approved", "已通过", {"state": "approved"}),
        View("rejected", "未通过", {"state": "rejected"}),
    ],
    empty=Empty("还没有办件", "职工在手机上、工会在工作台提出的申请会出现在这里。", "查看待办件", "/desk/inbox/"),
    default_sort="-submitted",
    order=("-pk",),
    row_url=lambda r: reverse("procedures:desk-application", args=[r.pk]),
    row_label=lambda r: r.number,
    enrich=handling.name_unions,
    export=_export,
)  # fmt: skip


@desk("application.view")
@require_http_methods(["GET", "POST"])
def applications(request: HttpRequest) -> HttpResponseBase:
    """Everything handed in within the range."""
    rows = handling.listed(viewer_of(request)).order_by()
    to_file = request.GET.get("export") or request.POST.get("list") == "export"
    return LIST.respond(request, rows.filter(confidential=False) if to_file else rows, heading="办件")


def found(request: HttpRequest, pk: int) -> Application:
    """:raises Http404: not there, confidential to others, or out of range."""
    row: Application = must(handling.application(viewer_of(request), pk))
    return row


@desk("application.view")
@require_GET
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application to read, with what happened and what waits."""
    row, viewer = found(request, pk), viewer_of(request)
    context = application_context(request, row, must_read(row.procedure.body))
    context |= {
        "state_tag": state_tag(row.state),
        "decided": row.decisions.exists(),
        "may_reveal": services.may_reveal(viewer, row),
        "may_remind": row.state in OPEN_STATES and viewer.reaches(row.path),
        "remind_form": forms.RemindForm(),
    }
    return unkept(render(request, "procedures/handling/application.html", context))


@desk("application.view")
@require_GET
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """One page that says why: facts, rules with their versions, steps, who decided."""
    row = found(request, pk)
    definition, decisions = must_read(row.procedure.body), handling.decisions(row)
    if not decisions:
        raise Http404
    for one in decisions:
        one.fact_rows = handling.facts_in_words(one.facts.get("names") or {})  # type: ignore[attr-defined]
        one.spoken = handling.rules_in_words(one.rules, definition)  # type: ignore[attr-defined]
    context = application_context(request, row, definition) | {
        "decisions": decisions,
        "state_tag": state_tag(row.state),
    }
    return unkept(render(request, "procedures/handling/why.html", context))


@desk("application.view")
@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the office whose turn it is for progress."""
    row, form = found(request, pk), forms.RemindForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        services.remind(viewer_of(request), application_id=row.pk, note=note)
        messages.success(request, "已催办，办理单位会看到")
    except Refusal as refusal:
        say(request, refusal)
    return redirect("procedures:desk-application", pk=row.pk)


@desk("application.handle")
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The encrypted answers once, for a reason that stays on the trail."""
    row: Application = must(Application.objects.filter(pk=pk).select_related("procedure").first())
    viewer = viewer_of(request)
    if not row.sealed or not services.may_reveal(viewer, row):
        raise Http404
    form = forms.RevealForm(request.POST or None)
    context: dict[str, Any] = {"application": row, "form": form, "back": _back(request, row)}
    if request.method == "POST" and form.is_valid():
        try:
            services.reveal_answers(viewer, application_id=row.pk, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            put(form, refusal)
        else:
            parts = handling.sheet(row, must_read(row.procedure.body), clear=True)
            return unkept(render(request, "procedures/handling/revealed.html", context | {"parts": parts}))
    return unkept(render(request, "procedures/handling/reveal.html", context, status=422 if form.errors else 200))


def _back(request: HttpRequest, row: Application) -> str:
    """The step of this post when it has one, else the application."""
    step = row.steps.filter(organisation_id=viewer_of(request).organisation_id or 0).order_by("-pk").first()
    if step is not None:
        return reverse("procedures:step", args=[step.pk])
    return reverse("procedures:desk-application", args=[row.pk])


@desk("application.handle")
@require_GET
def file(request: HttpRequest, pk: int, evidence: int) -> HttpResponseBase:
    """A file that was handed in; images show in the page, everything else is downloaded."""
    try:
        found_file, content = services.open_evidence(viewer_of(request), evidence_id=evidence)
    except Refusal as refusal:
        raise Http404 from refusal
    if found_file.application_id != pk:
        raise Http404
    stored = found_file.file
    inline = stored.content_type in INLINE and not request.GET.get("download")
    response = FileResponse(content, content_type=stored.content_type if inline else "application/octet-stream")
    name = quote(stored.name)
    response["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}"
    response["Cache-Control"] = "no-store, private"
    return response
