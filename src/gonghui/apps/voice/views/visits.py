"""Visits with the problems heard there, matters handed down with their receipts, words to answer with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, write_xlsx
from gonghui.pages.tags import tag

from .. import services
from ..choices import Channel, Visibility, VisitKind
from ..forms import voices as forms
from ..queries import voices as queries
from ..queries.words import topics
from .common import found, sections, state_tag, tell

MOST_BELOW = 300

VISITS = ListPage(
    key="voice-visits",
    title="走访",
    unit="次",
    columns=[
        Column("target", "到访单位", kind="organisation", head=True, cell=lambda r: r.target.name,
               sort="target__name_key"),
        Column("visited_on", "日期", kind="date", sort="visited_on"),
        Column("kind", "类型", cell=lambda r: r.get_kind_display(), nowrap=True),
        Column("place", "地点"),
        Column("met", "见到职工", kind="number", sort="met"),
        Column("hours", "用时（小时）", kind="number", default=False),
        Column("problems", "反映的事", kind="number", sort="problems"),
        Column("officer_name", "走访人"),
        Column("organisation", "走访单位", kind="organisation", cell=lambda r: r.organisation_name, default=False),
    ],
    filters=[
        Filter("q", "单位", "search", "target__name__contains", placeholder="单位名称"),
        Filter("kind", "类型", choices=VisitKind.choices),
        Filter("visited_on", "日期", "date"),
    ],
    empty=Empty("还没有走访记录", "到车间、工地或职工家里走访后登记，职工反映的事在走访里逐条记下。",
                "登记走访", "/desk/voices/visits/new"),
    default_sort="-visited_on",
    order=("pk",),
    row_url=lambda r: reverse("voice:visit", args=[r.pk]),
    row_label=lambda r: r.target.name,
    export=write_xlsx,
    template="voice/visits.html",
)  # fmt: skip


@desk("voice.view")
def visits(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return VISITS.respond(
        request, queries.visits(viewer), heading="走访", tabs=sections(viewer, "visits"), may=viewer.may("voice.visit")
    )


@desk("voice.visit")
@require_http_methods(["GET", "POST"])
def visit_new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    form = forms.VisitForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.log_visit(viewer, **{**data, "kind": VisitKind(data["kind"])})
            messages.success(request, "已登记走访，把职工反映的事逐条记下来")
            return redirect("voice:visit", pk=made.pk)
        except Refusal as refusal:
            tell(form, refusal)
    return render(
        request, "voice/new.html", {"form": form, "back": reverse("voice:visits"), "heading": "登记走访"},
        status=422 if form.errors else 200,
    )  # fmt: skip


@desk("voice.visit")
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit, and each thing that workers said there as a voice of its own."""
    viewer = viewer_of(request)
    row = found(queries.visit(viewer, pk))
    form = forms.VoiceForm(request.POST or None, request.FILES or None, topics=topics(row.target.path))
    if request.method == "POST" and form.is_valid():
        try:
            made, code = services.register(
                viewer, organisation=row.target, channel=Channel.VISIT, said=form.said(Visibility.UNION), visit=row
            )
            messages.success(request, f"已记下{made.number}，查询码{code}可以写给职工")
            return redirect("voice:visit", pk=pk)
        except Refusal as refusal:
            tell(form, refusal)
    heard = [
        {"row": one, "tag": state_tag(one), "said": queries.said(one)[:60]} for one in queries.visit_voices(viewer, row)
    ]
    return render(
        request, "voice/visit.html", {"row": row, "form": form, "heard": heard}, status=422 if form.errors else 200
    )


def _signed(row: Any) -> Any:
    full = row.signed == row.expected
    return tag(f"{row.signed}/{row.expected}", "ok" if full else "wait")


BULLETINS = ListPage(
    key="voice-bulletins",
    title="下达的通知",
    unit="份",
    columns=[
        Column("title", "标题", head=True),
        Column("organisation", "下达单位", kind="organisation", cell=lambda r: r.organisation.name),
        Column("issued_on", "下达", kind="date", sort="issued_on"),
        Column("due_on", "签收期限", kind="date", sort="due_on"),
        Column("signed", "签收", cell=_signed, nowrap=True, export=lambda r: r.signed),
    ],
    filters=[Filter("q", "标题", "search", "title__icontains", placeholder="标题")],
    empty=Empty("还没有下达过通知", "上级的政策和要求发给下级，谁签收了、怎样落实，一目了然。"),
    default_sort="-issued_on",
    order=("pk",),
    row_url=lambda r: reverse("voice:bulletin", args=[r.pk]),
    row_label=lambda r: r.title,
    template="voice/bulletins.html",
)


@desk("voice.view")
def bulletins(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return BULLETINS.respond(
        request, queries.bulletins(viewer), heading="上情下达", tabs=sections(viewer, "bulletins"),
        received=list(queries.received(viewer)[:20]), may=viewer.may("voice.handle"),
    )  # fmt: skip


@desk("voice.handle")
@require_http_methods(["GET", "POST"])
def bulletin_new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    bodies = list(queries.below(viewer).order_by("path")[:MOST_BELOW])
    form = forms.BulletinForm(
        request.POST or None,
        below=[(str(one.pk), one.name) for one in bodies],
        initial={"below": [str(one.pk) for one in bodies]},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = set(data["below"])
        try:
            made = services.issue(
                viewer, title=data["title"], words=data["words"], due_on=data["due_on"],
                to_members=data["to_members"], below=[one for one in bodies if str(one.pk) in chosen],
            )  # fmt: skip
            messages.success(request, f"已下达给{made.expected}个单位")
            return redirect("voice:bulletin", pk=made.pk)
        except Refusal as refusal:
            tell(form, refusal)
    return render(
        request, "voice/new.html", {"form": form, "back": reverse("voice:bulletins"), "heading": "下达通知"},
        status=422 if form.errors else 200,
    )  # fmt: skip


@desk("voice.view")
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """A matter with the receipt of each body; a body that has not signed stands first."""
    row = found(queries.bulletin(viewer_of(request), pk))
    rows = sorted(queries.receipts(row), key=lambda one: (one.read_on is not None, one.organisation.path))
    return render(request, "voice/bulletin.html", {"row": row, "rows": rows})


@desk("voice.handle")
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What came down to the own body: read, signed, and what is done about it."""
    viewer = viewer_of(request)
    row = found(queries.receipt(viewer, pk))
    form = forms.SignForm(request.POST or None, initial={"feedback": row.feedback})
    if request.method == "POST" and form.is_valid():
        try:
            services.sign(viewer, receipt_id=pk, **form.cleaned_data)
            messages.success(request, "已签收")
            return redirect("voice:receipt", pk=pk)
        except Refusal as refusal:
            tell(form, refusal)
    return render(request, "voice/receipt.html", {"row": row, "form": form})


@desk("voice.handle")
@require_http_methods(["GET", "POST"])
def templates(request: HttpRequest) -> HttpResponse:
    """Words the body answers with: listed, added, changed."""
    viewer, own = viewer_of(request), here(request)
    listed = queries.templates(viewer)
    editing = next((one for one in listed if str(one.pk) == request.GET.get("edit")), None)
    initial = {"title": editing.title, "topic": editing.topic, "words": editing.text} if editing else {}
    form = forms.TemplateForm(request.POST or None, topics=topics(own.path), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_template(viewer, template_id=editing.pk if editing else None, **form.cleaned_data)
            messages.success(request, "已保存")
            return redirect("voice:templates")
        except Refusal as refusal:
            tell(form, refusal)
    return render(
        request, "voice/templates.html",
        {"listed": listed, "form": form, "editing": editing, "tabs": sections(viewer, "templates")},
        status=422 if form.errors else 200,
    )  # fmt: skip


@desk("voice.handle")
@require_POST
def template_drop(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    found(next((one for one in queries.templates(viewer) if one.pk == pk), None))
    services.drop_template(viewer, template_id=pk)
    messages.success(request, "已删除")
    return redirect("voice:templates")
