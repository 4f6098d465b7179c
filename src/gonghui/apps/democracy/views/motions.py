"""Proposals and questions of delegates at the desk."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.viewer import Viewer
from gonghui.kernel.wording import deadline
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import choices as c
from .. import forms, queries, services
from ..models import Motion
from ..services.holding import MANAGE
from ..services.motions import may_close
from .acting import Act, done, found, offered, own, sections

TONES = {"seconding": "", "examining": "wait", "explained": "", "handling": "info", "answered": "wait", "closed": "ok"}


def state(row: Motion) -> SafeString:
    today = timezone.localdate()
    if row.state == "handling" and row.due_on is not None and row.due_on < today:
        return tag(deadline((row.due_on - today).days, unit="天"), "bad")
    return tag(row.get_state_display(), TONES[row.state])


def _late(source: Any, value: str) -> Any:
    return source.filter(state="handling", due_on__lt=timezone.localdate())


LIST = ListPage(
    key="democracy-motions",
    title="提案和询问",
    unit="件",
    columns=[
        Column("number", "编号", cell=lambda row: f"{row.number}号", nowrap=True, sort="number"),
        Column("title", "案由", head=True, sort="title"),
        Column("organisation", "工会", kind="organisation", cell=lambda row: row.organisation.name, default=False),
        Column("kind", "类别", cell=lambda row: row.get_kind_display(), nowrap=True),
        Column("topic", "内容", cell=lambda row: row.get_topic_display(), default=False),
        Column("department", "承办部门"),
        Column("due_on", "办理期限", kind="date", sort="due_on"),
        Column("state", "状态", cell=state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找", "search", "title__contains", placeholder="案由"),
        Filter("state", "状态", choices=c.MotionState.choices),
        Filter("kind", "类别", choices=c.MotionKind.choices),
        Filter("late", "期限", lookup=_late, choices=[("1", "已逾期")]),
        Filter("topic", "内容", choices=c.MotionTopic.choices, main=False),
        Filter("written_on", "提出日期", "date", main=False),
    ],
    views=[
        View("all", "全部"),
        View("examining", "待审查", {"state": "examining"}),
        View("late", "已逾期", {"late": "1"}),
    ],
    empty=Empty("还没有提案和询问", "职工代表在手机上提出以后，列在这里。"),
    default_sort="-number",
    order=("pk",),
    row_url=lambda row: reverse("democracy:motion", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="democracy/list.html",
)  # fmt: skip


@desk("congress.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    rows = queries.motions(viewer_of(request))
    return LIST.respond(request, rows, heading="提案和询问", tabs=sections("motions"))


def _file(viewer: Viewer, row: Motion, data: dict[str, Any]) -> str:
    made = services.file(viewer, motion_id=row.pk, **data)
    return f"已交{made.department}办理，{made.due_on:%Y-%m-%d}前答复"


def _explain(viewer: Viewer, row: Motion, data: dict[str, Any]) -> str:
    services.explain(viewer, motion_id=row.pk, **data)
    return "已向提出人说明"


def _answer(viewer: Viewer, row: Motion, data: dict[str, Any]) -> str:
    services.answer(viewer, motion_id=row.pk, **data)
    return "已答复，等提出人评价"


def _put_off(viewer: Viewer, row: Motion, data: dict[str, Any]) -> str:
    services.put_off(viewer, motion_id=row.pk, **data)
    return "已延期"


def _close(viewer: Viewer, row: Motion, data: dict[str, Any]) -> str:
    services.close_motion(viewer, motion_id=row.pk, **data)
    return "已办结"


ACTS = (
    Act("file", "立案交办", _file, ("examining",), lambda row: {
        "department": forms.line("承办部门"), "due_on": forms.day("办理期限", required=False, today=False,
                                                              hint="不填就按规定的天数")}, main=True),
    Act("explain", "不予立案", _explain, ("examining", "seconding"), lambda row: {
        "text": forms.words("理由", 2000, 3, hint="提出人看得到")}),
    Act("answer", "答复", _answer, ("handling",), lambda row: {
        "text": forms.words("答复", 2000, 4), "by": forms.line("答复部门", required=False, initial=row.department)},
        main=True),
    Act("put_off", "延期", _put_off, ("handling",), lambda row: {
        "due_on": forms.day("办理期限", today=False), "reason": forms.words("原因")},
        when=lambda row: row.kind == "proposal"),
    Act("close", "办结", _close, ("answered",), lambda row: {
        "text": forms.words("说明", 500, hint="提出人已经不是职工代表，没有评价")}, when=may_close),
)  # fmt: skip


def _page(
    request: HttpRequest, row: Motion, sent: tuple[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    context = {
        "row": row,
        "state": state(row),
        "steps": row.steps.order_by("pk"),
        "acts": offered(row, ACTS, sent) if own(viewer_of(request), row, MANAGE) else [],
        "to": reverse("democracy:motion-act", args=[row.pk]),
        "carries": own(viewer_of(request), row, "voice.handle")
        and row.state == c.MotionState.HANDLING
        and row.kind == c.MotionKind.PROPOSAL,
    }
    return render(request, "democracy/motion.html", context, status=status)


@desk("congress.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _page(request, found(queries.motions(viewer_of(request)).filter(pk=pk).first()))


@desk(MANAGE)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = found(queries.motions(viewer_of(request)).filter(pk=pk).first())
    return done(request, row, ACTS, "democracy:motion", _page)
