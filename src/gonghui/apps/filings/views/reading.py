"""The list of filings, one with every cell leading to its records, and its file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.files import services as files
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.trail.services import record
from gonghui.pages.answers import attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View
from gonghui.pages.lists.xlsx import CONTENT_TYPE as XLSX

from .. import forms, queries, services
from ..choices import DONE, HANDED_IN, OPEN, Act, FilingState, Kind, Rhythm
from ..models import Filing, FilingAct, FilledCell
from ..rules import deadlines
from . import filing_or_404
from .grid import grid

TONES = {"draft": "", "asked": "wait", "checked": "wait", "signed": "info", "sent": "ok", "returned": "bad"}


def state_tag(row: Filing) -> SafeString:
    tone = TONES[row.state]
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", row.get_state_display())


def due_tag(row: Filing) -> SafeString:
    today = timezone.localdate()
    if row.state in HANDED_IN or row.due_on >= today:
        return format_html('<span class="nowrap">{}</span>', row.due_on.isoformat())
    return format_html('<span class="tag tag-bad">{}</span>', deadlines.said(row.due_on, today))


FILINGS = ListPage(
    key="filings",
    title="报表填报",
    unit="份",
    columns=[
        Column("title", "报表", head=True, sort="title"),
        Column("organisation", "填报单位", kind="organisation"),
        Column("demanded_by", "报送给"),
        Column("period", "报告期", cell=lambda r: read(r.period).said, sort="period", nowrap=True),
        Column("state", "状态", cell=state_tag, sort="state", nowrap=True),
        Column("due_on", "截止", cell=due_tag, sort="due_on", nowrap=True),
    ],
    filters=[
        Filter("q", "报表", "search", "title__icontains", placeholder="报表名称"),
        Filter("rhythm", "频次", choices=Rhythm.choices),
        Filter("state", "状态", choices=FilingState.choices),
    ],
    views=[View("all", "全部"), *(View(one.value, one.label, {"state": one.value}) for one in FilingState)],
    empty=Empty(
        "还没有填报", "选一份表样和报告期，能统计的由记录填上，算不出来的问一次。", "开始填报", "/desk/filings/new"
    ),
    default_sort="-changed_at",
    order=("-pk",),
    row_url=lambda r: reverse("filings:one", args=[r.pk]),
    row_label=lambda r: r.title,
    template="filings/list.html",
)


@desk("form.view")
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return FILINGS.respond(
        request, queries.filings(viewer), heading="报表填报", may_fill=viewer.may("form.fill"),
        may_manage=viewer.may("form.manage"), waiting=queries.own_open(viewer).count(),
    )  # fmt: skip


@desk("form.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with what stands in its cells; what a check finds, what is asked, what was done."""
    return page_of(request, filing_or_404(request, pk))


def page_of(request: HttpRequest, row: Filing, **given: Any) -> HttpResponse:
    viewer = viewer_of(request)
    cells = queries.cells(viewer, row)
    book = queries.book_of(row)
    shown = list(book.shown())
    asked = request.GET.get("sheet", "")
    sheet = next((one for one in shown if one.name == asked), shown[0])
    here = {one.cell: one for one in cells if one.sheet == sheet.name}
    sums = queries.sums(row, cells)
    findings = queries.findings(viewer, row, cells) if row.state in OPEN else []
    marked = {one.cell: one for one in findings if one.sheet == sheet.name}

    def content(at: str) -> dict[str, Any]:
        return {"filled": here.get(at), "sum": sums.get((sheet.name, at)), "finding": marked.get(at)}

    acts = list(queries.acts(viewer, row))
    own, open_ = row.organisation_id == viewer.organisation_id, row.state in OPEN
    context = {
        "row": row, "state_tag": state_tag(row), "due_tag": due_tag(row), "period": read(row.period), "sheet": sheet,
        "sheets": [{"name": one.name, "wrong": _wrong(findings, one.name)} for one in shown],
        "grid": grid(sheet, content), "asked": _asked(request, row, cells) if own else [], "own": own,
        "findings": [one for one in findings if one.level != "note"],
        "unasked": any(one.kind == Kind.ASKED and one.place_id and one.question_id is None for one in cells),
        "counts": {kind.value: sum(1 for one in cells if one.kind == kind and not _blank(one)) for kind in Kind},
        "total": len(cells), "few": [one for one in cells if one.few], "acts": acts,
        "open": own and open_ and viewer.may("form.fill"),
        "may_sign": own and viewer.may("form.sign") and row.state == FilingState.CHECKED,
        "may_send": own and viewer.may("form.sign") and row.state == FilingState.SIGNED,
        "may_reopen": viewer.may("form.sign") and row.state in DONE and queries.filed_with(viewer, row),
        "given_back": _given_back(acts), "reopen_form": forms.ReopenForm(),
        "note_form": forms.NoteForm(), "ask_form": forms.AskForm(), **given,
    }  # fmt: skip
    return render(request, "filings/one.html", context, status=422 if given.get("refused") else 200)


def _given_back(acts: list[FilingAct]) -> str:
    """Why a signed version was given back: said on it and on the one that follows it."""
    found = next((one for one in reversed(acts) if one.act == Act.REOPENED), None)
    return f"{found.by_name}退回重报：{found.note}" if found is not None else ""


def _wrong(findings: list[Any], sheet: str) -> int:
    return sum(1 for one in findings if one.sheet == sheet and (one.level == "bad" or _silent(one)))


def _silent(one: Any) -> bool:
    return one.level == "remark" and not one.remark


def _blank(one: FilledCell) -> bool:
    return one.number is None and not one.text


def _asked(request: HttpRequest, row: Filing, cells: list[FilledCell]) -> list[queries.Answer]:
    """What was asked for the form, each once."""
    own = row.organisation_id
    wanted = {(own, one.period, one.title, one.unit): one for one in cells if one.kind == Kind.ASKED}
    given = queries.answers_of(viewer_of(request), [own], {one.period for one in wanted.values()})
    return [answer for key, answer in given.items() if key in wanted]


@desk("form.view")
@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form as xlsx in the layout that was received: what was sent, else what stands there now."""
    viewer, row = viewer_of(request), filing_or_404(request, pk)
    record(viewer, "form.exported", path=row.path, object_type="filing", object_id=row.pk, object_name=row.title,
           detail={"state": row.state})  # fmt: skip
    if row.sent_file:
        stored = StoredFile.objects.visible(viewer).filter(pk=row.sent_file).first()
        if stored is None:
            raise Http404
        with files.open_file(viewer, stored) as stream:
            return attachment(stream.read(), stored.name, XLSX)
    return attachment(services.workbook(viewer, row), services.name_of(row), XLSX)
