"""The list of reports, one as paper with the records of each number beside it, and its files."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from importlib.resources import files as resources
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.files import services as files
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.trail.services import record
from gonghui.pages.answers import DOCX, attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import forms, queries, services
from ..choices import Occasion, ReportState
from ..models import Report
from ..paper import charts, exchange
from ..rules.content import Content, Number
from ..rules.text import parse, typed_numbers
from . import report_or_404

TONES = {"draft": "", "review": "wait", "signed": "info", "issued": "ok", "withdrawn": "bad"}


def state_tag(row: Report) -> SafeString:
    tone = TONES[row.state]
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", row.get_state_display())


REPORTS = ListPage(
    key="reports",
    title="工作报告",
    unit="份",
    columns=[
        Column("title", "标题", head=True, sort="title"),
        Column("organisation", "单位", kind="organisation"),
        Column("period", "期间", cell=lambda r: read(r.period).said, sort="period", nowrap=True),
        Column("state", "状态", cell=state_tag, sort="state", nowrap=True),
        Column("draft_no", "稿次", cell=lambda r: f"第{r.draft_no}稿", nowrap=True),
        Column("changed_at", "最近改动", kind="time", sort="changed_at"),
    ],
    filters=[
        Filter("q", "标题", "search", "title__icontains", placeholder="标题"),
        Filter("occasion", "用途", choices=Occasion.choices),
        Filter("state", "状态", choices=ReportState.choices),
    ],
    views=[View("all", "全部"), *(View(one.value, one.label, {"state": one.value}) for one in ReportState)],
    empty=Empty("还没有报告", "选一个模板和期间，数字由记录统计，文字再改。", "起草报告", "/desk/reports/new"),
    default_sort="-changed_at",
    order=("-pk",),
    row_url=lambda r: reverse("reports:one", args=[r.pk]),
    row_label=lambda r: r.title,
    template="reports/list.html",
)


@desk("report.view")
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return REPORTS.respond(
        request, queries.reports(viewer), heading="工作报告", may_write=viewer.may("report.write"),
        may_template=viewer.may("report.template"),
    )  # fmt: skip


@desk("report.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft as it reads, each number leading to its records; beside it what one number was counted from."""
    return page_of(request, report_or_404(request, pk))


def page_of(request: HttpRequest, row: Report, **given: Any) -> HttpResponse:
    viewer = viewer_of(request)
    asked = request.GET.get("draft", "")
    draft = queries.draft(viewer, row, int(asked) if asked.isdecimal() and len(asked) < 6 else None)
    if draft is None:
        raise Http404
    content = queries.content_of(draft)
    own, writable = queries.own(viewer, row), row.state == ReportState.DRAFT
    previous = queries.draft(viewer, row, draft.no - 1) if own and draft.no > 1 else None
    number = _chosen(request, content)
    context = {
        "row": row, "draft": draft, "content": content, "state_tag": state_tag(row), "blocks": _blocks(content),
        "changed": queries.changed(content, queries.content_of(previous) if previous else None),
        "typed": typed_numbers(parse(draft.text)) if own and writable else [],
        "number": number, "chosen": None if number is None else content.numbers.index(number),
        "behind": _behind(request, number, content) if number else None,
        "comments": queries.comments(viewer, row), "acts": queries.acts(viewer, row),
        "drafts": queries.drafts(viewer, row)[:20], "corrections": queries.corrections(viewer, row),
        "last": draft.no == row.draft_no,
        "open": own and draft.no == row.draft_no and row.state not in (ReportState.ISSUED, ReportState.WITHDRAWN),
        "own": own,
        "may_write": own and writable and viewer.may("report.write"),
        "may_sign": own and viewer.may("report.sign") and row.state in (ReportState.REVIEW, ReportState.SIGNED),
        "may_issue": own and viewer.may("report.issue"),
        "period": read(row.period), "note_form": forms.NoteForm(), "issue_form": forms.IssueForm(),
        "comment_form": forms.CommentForm(), "line": _line(request), **given,
    }  # fmt: skip
    return render(request, "reports/one.html", context, status=422 if given.get("refused") else 200)


def _line(request: HttpRequest) -> int:
    asked = request.GET.get("line", "")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 0


def _chosen(request: HttpRequest, content: Content) -> Number | None:
    asked = request.GET.get("number", "")
    if asked.isdecimal() and len(asked) < 6 and int(asked) < len(content.numbers):
        return content.numbers[int(asked)]
    return None


def _blocks(content: Content) -> list[dict[str, Any]]:
    return [
        {"block": block, "svg": mark_safe(charts.svg(block.chart)) if block.chart else ""} for block in content.blocks
    ]


def _behind(request: HttpRequest, number: Number, content: Content) -> dict[str, Any]:
    """What a number was counted from: its definition in the version of then, its places, the way to its records."""
    viewer = viewer_of(request)
    row = Figure.objects.filter(pk=number.figure).first()
    place = org_queries.public(number.place)
    if row is None or place is None:
        return {}
    period = read(number.period)
    counted = datetime.fromisoformat(content.counted_at).date()
    now = figures.value(viewer, row, place, period.so_far(counted))
    children = figures.children_of(place)
    below = figures.by_place(viewer, [row], children, period)[row.key] if children else {}
    return {
        "row": row, "place": place, "period": period, "said": figures.said(row, figures.in_force(place.path)),
        "now": now, "same": (now.top, now.bottom) == (number.top, number.bottom),
        "below": [(one, below[one.pk]) for one in children[:40]],
        "url": f"{reverse('figures:records', args=[row.key])}?at={place.pk}&period={number.period}",
    }  # fmt: skip


@desk("report.view")
@require_GET
def paper(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The report as Word or PDF: the issued files themselves, else the draft as it stands."""
    viewer, row = viewer_of(request), report_or_404(request, pk)
    if row.proof and kind == "pdf" and not row.pdf:
        raise Http404  # it was issued where no Chinese font is installed
    kept = row.word if kind == "docx" else row.pdf
    media = DOCX if kind == "docx" else "application/pdf"
    if kept:
        stored = StoredFile.objects.visible(viewer).filter(pk=kept).first()
        if stored is None:
            raise Http404
        with files.open_file(viewer, stored) as stream:
            return attachment(stream.read(), stored.name, media)
    draft = queries.draft(viewer, row)
    if draft is None:
        raise Http404
    made = services.paper_of_draft(row, queries.content_of(draft), kind)
    if made is None:
        raise Http404
    record(viewer, "report.printed", path=row.path, object_type="report", object_id=row.pk, object_name=row.title,
           detail={"draft": draft.no, "kind": kind})  # fmt: skip
    return attachment(made, f"{row.title}（第{draft.no}稿）.{kind}", media)


@desk("report.write")
@require_GET
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The text with its marks as Word, to be edited and read back."""
    viewer, row = viewer_of(request), report_or_404(request, pk)
    draft = queries.draft(viewer, row)
    if draft is None or row.organisation_id != viewer.organisation_id:
        raise Http404
    return attachment(exchange.text_as_word(draft.text, row.lock), f"{row.title}（带标记）.docx", DOCX)


@desk("report.view")
@require_GET
def bundle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything that checks an issued report without the platform, as one zip."""
    viewer, row = viewer_of(request), report_or_404(request, pk)
    if not row.proof:
        raise Http404
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("proof.json", row.proof)
        packed.writestr("signature.txt", row.signature)
        for name, pk_ in (("content.json", row.content), ("report.docx", row.word), ("report.pdf", row.pdf)):
            stored = StoredFile.objects.visible(viewer).filter(pk=pk_).first() if pk_ else None
            if stored is not None:
                with files.open_file(viewer, stored) as opened:
                    packed.writestr(name, opened.read())
        packed.writestr("verify_report.py", (resources("gonghui.apps.reports") / "verify_report.py").read_bytes())
        packed.writestr("trail_verifier.py", (resources("gonghui.kernel.trail") / "verifier.py").read_bytes())
    record(viewer, "report.bundled", path=row.path, object_type="report", object_id=row.pk, object_name=row.title)
    return attachment(stream.getvalue(), f"{row.title}（核验包）.zip", "application/zip")
