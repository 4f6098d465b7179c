"""Pilots: by tier and group, programmes, the 三员 and their visits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import forms, services
from ..choices import Tier, VisitWay
from ..models import Pilot, Programme
from ..queries import pilots as queries
from ..queries import tasks
from ..services.plans import MANAGE
from . import acted, found, sections, tell
from .issues import issue_state

SHOWN = 60
"""Pilots on a programme's own page and visits on a pilot's; their counts are of all."""


def _guided(row: Any) -> SafeString:
    if row.left_on is not None:
        return tag("已退出", "")
    return tag("有指导员", "ok") if row.guide_count else tag("没有指导员", "bad")


def _last(row: Any) -> SafeString:
    if row.last_visit is None:
        return format_html('<span class="quiet">{}</span>', "还没有走访")
    return format_html('<span class="nowrap">{}</span>', f"{row.last_visit:%Y-%m-%d}")


def _state(source: Any, value: str) -> Any:
    running = source.filter(left_on__isnull=True)
    return {
        "running": running,
        "bare": running.filter(guide_count=0),
        "unseen": running.filter(last_visit__isnull=True),
        "left": source.filter(left_on__isnull=False),
    }[value]


LIST = ListPage(
    key="reform-pilots",
    title="试点单位",
    unit="家",
    columns=[
        Column("organisation", "试点单位", kind="organisation", head=True, sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("tier", "层级", cell=lambda row: row.get_tier_display(), nowrap=True, sort="tier"),
        Column("group_title", "分组", sort="group"),
        Column("programme_title", "试点方案", default=False),
        Column("enrolled_on", "列入日期", kind="date", sort="enrolled_on"),
        Column("last_visit", "最近走访", cell=_last, export=lambda row: row.last_visit),
        Column("state", "三员", cell=_guided, nowrap=True, export=lambda row: row.guide_count),
    ],
    filters=[
        Filter("q", "查找单位", "search", "organisation__name__contains", placeholder="单位名称"),
        Filter("tier", "层级", choices=Tier.choices),
        Filter("group", "分组", choices=queries.group_choices),
        Filter("state", "情况", lookup=_state, choices=[
            ("running", "试点中"), ("bare", "没有指导员"), ("unseen", "没有走访过"), ("left", "已退出")]),
        Filter("programme", "试点方案", lookup="programme_id", choices=queries.programme_choices, main=False),
        Filter("enrolled_on", "列入日期", "date", main=False),
    ],
    views=[
        View("all", "全部"),
        View("running", "试点中", {"state": "running"}),
        View("bare", "没有指导员", {"state": "bare"}),
    ],
    empty=Empty("还没有试点", "先制定试点方案，定好分组和名额，再把单位列入。"),
    default_sort="-enrolled_on",
    order=("pk",),
    row_url=lambda row: reverse("reform:pilot", args=[row.pk]),
    row_label=lambda row: row.organisation.name,
    export=write_xlsx,
    template="reform/pilots.html",
)  # fmt: skip


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """Pilots of the range with the programmes above them; for one of the 三员 those they accompany come first."""
    viewer = viewer_of(request)
    mine = "mine" in request.GET and viewer.may("visit.record")
    source = queries.accompanied(viewer) if mine else queries.pilots(viewer)
    programmes = [{"row": row, "groups": queries.groups(row)} for row in queries.programmes(viewer)[:20]]
    return LIST.respond(
        request, source, heading="我联系的试点" if mine else "产改试点", tabs=sections("pilots"),
        tiers=queries.tiers(viewer), programmes=programmes, may_manage=viewer.may(MANAGE),
        visits=viewer.may("visit.record"), mine=mine,
    )  # fmt: skip


def _programme(request: HttpRequest, pk: int) -> Programme:
    return found(queries.programme(viewer_of(request), pk))


def _given(formset: Any) -> list[dict[str, Any]]:
    return [one for one in formset.cleaned_data if one]


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def programme_new(request: HttpRequest) -> HttpResponse:
    """A programme of the own organisation with its groups."""
    body = here(request)
    form = forms.ProgrammeForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    proposed = [
        {"key": "A", "title": "核心样本企业", "places": 2},
        {"key": "B", "title": "重点样本企业", "places": 8},
        {"key": "N", "title": "试点企业"},
    ]
    posted = request.method == "POST"
    formset = forms.GroupFormSet(request.POST or None, initial=None if posted else proposed, prefix="groups")
    if posted and form.is_valid() and formset.is_valid():
        try:
            row = services.open_programme(
                viewer_of(request), organisation=body, groups=_given(formset), **form.cleaned_data
            )
            messages.success(request, f"已制定{row.title}，接着列入试点单位")
            return redirect("reform:programme", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "formset": formset, "heading": "制定试点方案", "words": "保存方案"}
    return render(request, "reform/programme_form.html", context, status=422 if posted else 200)


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """How full its groups are; its organisation changes groups and its last day here."""
    viewer, row = viewer_of(request), _programme(request, pk)
    own = viewer.may(MANAGE) and viewer.organisation_id == row.organisation_id
    form = forms.ProgrammeEditForm(request.POST or None, initial={"ends_on": row.ends_on, "remark": row.note})
    initial = [one | {"places": one["places"] or None} for one in row.groups]
    posted = request.method == "POST"
    formset = forms.GroupFormSet(request.POST or None, initial=None if posted else initial, prefix="groups")
    if posted and form.is_valid() and formset.is_valid():
        try:
            services.change_programme(viewer, programme_id=pk, groups=_given(formset), **form.cleaned_data)
            messages.success(request, "已调整方案")
            return redirect("reform:programme", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {
        "row": row,
        "groups": queries.groups(row),
        "pilots": list(queries.pilots(viewer).filter(queries.RUNNING, programme=row).order_by("group", "path")[:SHOWN]),
        "own": own,
        "form": form,
        "formset": formset,
    }
    return render(request, "reform/programme.html", context, status=422 if posted else 200)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """An organisation below becomes a pilot."""
    viewer, row = viewer_of(request), _programme(request, pk)
    form = forms.EnrolForm(request.POST or None, viewer=viewer, groups=[one.option for one in queries.groups(row)])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.enrol(
                viewer, programme_id=pk, organisation=data["organisation"], tier=Tier(data["tier"]),
                group=data["group"], on=data["on"], focus=data["focus"],
            )  # fmt: skip
            messages.success(request, f"已列入{data['organisation'].name}")
            return redirect("reform:pilot-new", pk) if "again" in request.POST else redirect("reform:programme", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"{row.title}：列入试点单位", "words": "列入试点", "again": "列入并继续",
               "back": "reform:programme", "back_pk": pk}  # fmt: skip
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)


def _pilot(request: HttpRequest, pk: int) -> Pilot:
    return found(queries.pilot(viewer_of(request), pk))


def _posts(viewer: Viewer, pilot: Pilot) -> list[tuple[Any, str]]:
    return [
        (str(one.pk), f"{one.get_role_display()}·{one.account.name}（{one.organisation.name}）")
        for one in queries.candidates(viewer, pilot)
    ]


def _page(request: HttpRequest, pilot: Pilot, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    own = viewer.may(MANAGE) and pilot.left_on is None and pilot.organiser_id == viewer.organisation_id
    guides = list(queries.guides(viewer, pilot))
    mine = any(
        one.account_id == viewer.account_id and one.role == viewer.role and one.valid_to is None for one in guides
    )
    posts = _posts(viewer, pilot) if own else []
    context = {
        "pilot": pilot,
        "guides": guides,
        "bare": pilot.left_on is None and not pilot.guide_count,
        "visits": [
            {"row": one, "issues": [(issue, issue_state(issue)) for issue in one.issues.all()]}
            for one in queries.visits(viewer, pilot)[:SHOWN]
        ],
        "visited": queries.visits(viewer, pilot).count(),
        "own": own,
        "may_visit": mine and viewer.may("visit.record"),
        "guide_form": forms.GuideForm(posts=posts, auto_id="guide_%s"),
        "regroup_form": forms.RegroupForm(
            groups=queries.group_options(pilot) if own else [],
            initial={"tier": pilot.tier, "group": pilot.group},
            auto_id="regroup_%s",
        ),
        "leave_form": forms.WordsForm(label="退出的原因", rows=2, auto_id="leave_%s"),
        "path": [*org_queries.ancestors(pilot.organisation), pilot.organisation],
        **more,
    }
    return render(request, "reform/pilot.html", context, status=status)


@desk("reform.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _pilot(request, pk))


@desk(MANAGE)
@require_POST
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the 三员 accompanies this pilot."""
    viewer, pilot = viewer_of(request), _pilot(request, pk)
    form = forms.GuideForm(request.POST, posts=_posts(viewer, pilot), auto_id="guide_%s")
    if form.is_valid():
        post = tasks.post_of(viewer, form.cleaned_data["post"])
        try:
            if post is not None:
                services.appoint(viewer, pilot_id=pk, post=post)
                messages.success(request, f"已安排{post.account.name}")
            return redirect("reform:pilot", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, pilot, 422, guide_form=form)


@desk(MANAGE)
@require_POST
def regroup(request: HttpRequest, pk: int) -> HttpResponse:
    """Another tier or group of the same programme, with the reason."""
    pilot = _pilot(request, pk)
    form = forms.RegroupForm(request.POST, groups=queries.group_options(pilot), auto_id="regroup_%s")
    if form.is_valid():
        data = form.cleaned_data | {"tier": Tier(form.cleaned_data["tier"])}
        try:
            services.regroup(viewer_of(request), pilot_id=pk, **data)
            messages.success(request, "已调整分组")
            return redirect("reform:pilot", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, pilot, 422, regroup_form=form)


@desk(MANAGE)
@require_POST
def relieve(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = found(queries.guide(viewer, pk))

    def run() -> str:
        services.relieve(viewer, guide_id=pk)
        return "已解除，走访记录保留"

    return acted(request, run, "reform:pilot", row.pilot_id)


@desk(MANAGE)
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    pilot = _pilot(request, pk)
    form = forms.WordsForm(request.POST, label="退出的原因", rows=2, auto_id="leave_%s")
    if form.is_valid():
        try:
            services.leave(viewer_of(request), pilot_id=pk, reason=form.cleaned_data["text"])
            messages.success(request, "已退出试点")
            return redirect("reform:pilot", pk)
        except Refusal as refusal:
            form.add_error("text", refusal.sentence)
    return _page(request, pilot, 422, leave_form=form)


@desk("visit.record")
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """What was seen and advised, written on the spot."""
    pilot = _pilot(request, pk)
    form = forms.VisitForm(request.POST or None, initial={"on": timezone.localdate(), "way": "on_site"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"way": VisitWay(form.cleaned_data["way"])}
        try:
            services.record_visit(viewer_of(request), pilot_id=pk, **data)
            messages.success(request, "已登记走访")
            return redirect("reform:pilot", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"走访{pilot.organisation.name}", "words": "登记走访", "back": "reform:pilot",
               "back_pk": pk}  # fmt: skip
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)
