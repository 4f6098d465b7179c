"""Supervision: rounds, and findings from the day they are raised to the day they are closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import forms, services
from ..choices import IssueState, RoundState
from ..models import Issue, Round
from ..queries import showing as queries
from ..rules import Light, standing
from ..services.plans import MANAGE
from . import found, sections, tell

MEND_WITHIN = timedelta(days=30)
"""What a form proposes as the day; whoever raises a finding sets it."""


def issue_state(row: Issue) -> SafeString:
    """The tag of a finding: who has to act, and in red for how long it has been late."""
    late = standing(row.due_on, None, timezone.localdate(), 0)
    if row.state == IssueState.OPEN and late.light == Light.OVERDUE:
        return tag(late.words, late.tone)
    return tag(row.get_state_display(), {"open": "wait", "answered": "info", "closed": "ok"}[row.state])


SHOWN = 50
"""Findings on a round's own page; the list has all of them."""


def _round_state(row: Round) -> SafeString:
    return tag(row.get_state_display(), "info" if row.state == RoundState.OPEN else "ok")


ROUNDS = ListPage(
    key="reform-rounds",
    title="督查",
    unit="轮",
    columns=[
        Column("title", "督查", head=True),
        Column("organisation", "督查单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("starts_on", "开始日期", kind="date", sort="starts_on"),
        Column("ends_on", "结束日期", kind="date", sort="ends_on"),
        Column("total", "问题", kind="number", unit="个"),
        Column("left", "没有销号", kind="number", unit="个"),
        Column("state", "状态", cell=_round_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找督查", "search", "title__contains", placeholder="名称里的字"),
        Filter("state", "状态", choices=RoundState.choices),
    ],
    views=[View("all", "全部"), View("open", "督查中", {"state": "open"})],
    empty=Empty("还没有督查", "开展一轮督查，发现的问题定单位、定期限，答复以后核验销号。"),
    default_sort="-starts_on",
    order=("-pk",),
    row_url=lambda row: reverse("reform:round", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="reform/rounds.html",
)  # fmt: skip


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest) -> HttpResponseBase:
    """Rounds of the range, the latest first."""
    viewer = viewer_of(request)
    return ROUNDS.respond(
        request, queries.rounds(viewer), heading="督查", tabs=sections("rounds"), may_manage=viewer.may(MANAGE)
    )  # fmt: skip


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    body, today = here(request), timezone.localdate()
    form = forms.RoundForm(request.POST or None, initial={"starts_on": today, "ends_on": today + timedelta(days=7)})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.open_round(viewer_of(request), organisation=body, **form.cleaned_data)
            messages.success(request, f"已开展{row.title}，发现问题就登记")
            return redirect("reform:round", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": "开展督查", "words": "开展督查", "back": "reform:rounds"}
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)


def _round(request: HttpRequest, pk: int) -> Round:
    return found(queries.round_of(viewer_of(request), pk))


def _round_page(request: HttpRequest, row: Round, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    issues = [{"row": one, "state": issue_state(one)} for one in queries.issues(viewer).filter(round=row)[:SHOWN]]
    own = viewer.may(MANAGE) and viewer.organisation_id == row.organisation_id
    context = {
        "round": row,
        "issues": issues,
        "own": own and row.state == RoundState.OPEN,
        "close_form": forms.WordsForm(label="督查小结", auto_id="close_%s"),
        **more,
    }
    return render(request, "reform/round.html", context, status=status)


@desk("reform.view")
@require_GET
def one_round(request: HttpRequest, pk: int) -> HttpResponse:
    return _round_page(request, _round(request, pk))


@desk(MANAGE)
@require_POST
def round_close(request: HttpRequest, pk: int) -> HttpResponse:
    row = _round(request, pk)
    form = forms.WordsForm(request.POST, label="督查小结", auto_id="close_%s")
    if form.is_valid():
        try:
            services.close_round(viewer_of(request), round_id=pk, summary=form.cleaned_data["text"])
            messages.success(request, "督查已办结")
            return redirect("reform:round", pk)
        except Refusal as refusal:
            form.add_error("text" if refusal.field else None, refusal.sentence)
    return _round_page(request, row, 422, close_form=form)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def issue_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A finding: whose it is, by when."""
    viewer, row = viewer_of(request), _round(request, pk)
    form = forms.IssueForm(
        request.POST or None, viewer=viewer, initial={"due_on": timezone.localdate() + MEND_WITHIN}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.raise_issue(viewer, round_id=pk, **form.cleaned_data)
            messages.success(request, "已提出，整改单位会看到")
            return redirect("reform:issue-new", pk) if "again" in request.POST else redirect("reform:round", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"{row.title}：登记问题", "words": "提出问题", "again": "提出并继续",
               "back": "reform:round", "back_pk": pk}  # fmt: skip
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)


def _standing(source: Any, value: str) -> Any:
    if value == "late":
        return source.filter(state=IssueState.OPEN, due_on__lt=timezone.localdate())
    return source.exclude(state=IssueState.CLOSED)


LIST = ListPage(
    key="reform-issues",
    title="问题",
    unit="个",
    columns=[
        Column("text", "问题", head=True),
        Column("organisation", "整改单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("source", "来自"),
        Column("raised_on", "提出日期", kind="date", sort="raised_on"),
        Column("due_on", "整改期限", kind="date", sort="due_on"),
        Column("state", "状态", cell=issue_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找问题", "search", "text__contains", placeholder="问题里的字"),
        Filter("state", "状态", choices=IssueState.choices),
        Filter("round", "督查", lookup="round_id", choices=queries.round_choices, main=False),
        Filter("standing", "进度", lookup=_standing, choices=[("open", "没有销号"), ("late", "逾期未整改")]),
    ],
    views=[
        View("all", "全部"),
        View("open", "没有销号", {"standing": "open"}),
        View("late", "逾期未整改", {"standing": "late"}),
    ],
    empty=Empty("没有问题", "督查和走访中提出的问题出现在这里，整改单位答复，提出的单位核验销号。"),
    default_sort="due_on",
    order=("pk",),
    row_url=lambda row: reverse("reform:issue", args=[row.pk]),
    row_label=lambda row: row.text,
    export=write_xlsx,
    template="reform/list.html",
)  # fmt: skip


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    return LIST.respond(
        request, queries.issues(viewer_of(request)), heading="督查和走访中的问题", tabs=sections("issues")
    )


def _issue(request: HttpRequest, pk: int) -> Issue:
    return found(queries.issue(viewer_of(request), pk))


def _page(request: HttpRequest, issue: Issue, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    raised = issue.raised_by_id == viewer.organisation_id and viewer.may(MANAGE)
    mine = issue.organisation_id == viewer.organisation_id and viewer.may("reform.answer")
    context = {
        "issue": issue,
        "state": issue_state(issue),
        "reminders": list(queries.issue_reminders(viewer, issue)[:20]),
        "may_answer": mine and issue.state == IssueState.OPEN,
        "may_judge": raised and issue.state == IssueState.ANSWERED,
        "may_move": raised and issue.state == IssueState.OPEN,
        "move_form": forms.IssueMoveForm(initial={"due_on": issue.due_on}, auto_id="move_%s"),
        "urge_form": forms.WordsForm(label="催办的内容", rows=2, auto_id="urge_%s"),
        "answer_form": forms.IssueAnswerForm(initial={"owner_name": issue.owner_name}, auto_id="answer_%s"),
        "close_form": forms.WordsForm(label="核验意见", rows=2, required=False, auto_id="close_%s"),
        "back_form": forms.IssueReturnForm(
            initial={"due_on": timezone.localdate() + MEND_WITHIN / 2}, auto_id="back_%s"
        ),
        "path": [*org_queries.ancestors(issue.organisation), issue.organisation],
        **more,
    }
    return render(request, "reform/issue.html", context, status=status)


@desk("reform.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _issue(request, pk))


@desk("reform.view")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer, close, send back, move the day, urge: the service says who may."""
    viewer, issue, sent = viewer_of(request), _issue(request, pk), request.POST
    acts: dict[str, tuple[str, django_forms.Form, Callable[[dict[str, Any]], Any], str]] = {
        "answer": ("answer_form", forms.IssueAnswerForm(sent, auto_id="answer_%s"),
                   lambda data: services.answer_issue(viewer, issue_id=pk, **data), "已答复，等核验"),
        "close": ("close_form", forms.WordsForm(sent, label="核验意见", rows=2, required=False, auto_id="close_%s"),
                  lambda data: services.close_issue(viewer, issue_id=pk, opinion=data["text"]), "已销号"),
        "return": ("back_form", forms.IssueReturnForm(sent, auto_id="back_%s"),
                   lambda data: services.return_issue(viewer, issue_id=pk, **data), "已退回整改"),
        "move": ("move_form", forms.IssueMoveForm(sent, auto_id="move_%s"),
                 lambda data: services.move_issue(viewer, issue_id=pk, **data), "已调整期限"),
        "urge": ("urge_form", forms.WordsForm(sent, label="催办的内容", rows=2, auto_id="urge_%s"),
                 lambda data: services.urge_issue(viewer, issue_id=pk, words=data["text"]), "已催办"),
    }  # fmt: skip
    if sent.get("act", "") not in acts:
        raise Http404
    slot, form, run, words = acts[sent["act"]]
    if form.is_valid():
        try:
            run(form.cleaned_data)
            messages.success(request, words)
            return redirect("reform:issue", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, _issue(request, issue.pk), 422, **{slot: form})
