"""What the own body is asked for forms: the list, one question with its answer, handing it on to those below."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import forms, queries, services
from ..choices import CLOSED
from ..models import Question
from ..rules import deadlines

ROLES = {one.value: str(one.label) for one in Role}


def state_tag(row: Question) -> SafeString:
    if row.closed_at:
        return format_html('<span class="tag">{}</span>', CLOSED)
    if row.answered_at:
        return format_html('<span class="tag tag-ok">{}</span>', "已答复")
    if row.rolls_up:
        return format_html('<span class="tag tag-info">{}</span>', "已分给下级")
    today = timezone.localdate()
    if row.due_on < today:
        return format_html('<span class="tag tag-bad">{}</span>', deadlines.said(row.due_on, today))
    return format_html('<span class="tag tag-wait">{}</span>', "待答复")


QUESTIONS = ListPage(
    key="form-questions",
    title="填报事项",
    unit="项",
    columns=[
        Column("title", "事项", head=True),
        Column("organisation", "答复单位", kind="organisation"),
        Column("period", "报告期", cell=lambda r: read(r.period).said, nowrap=True),
        Column("asked_by_name", "询问单位"),
        Column("due_on", "截止", kind="date", sort="due_on", nowrap=True),
        Column("state", "状态", cell=state_tag, nowrap=True),
    ],
    filters=[
        Filter("q", "事项", "search", "title__icontains", placeholder="事项"),
        Filter(
            "open", "答复", lookup=lambda rows, value: rows.filter(answered_at__isnull=value == "1"),
            choices=[("1", "没有答复"), ("0", "已经答复")],
        ),
    ],
    views=[View("all", "全部"), View("open", "没有答复", {"open": "1"})],
    empty=Empty("没有要答复的事项", "别的单位为填报表问本单位时，列在这里。", "查看报表", "/desk/filings/"),
    default_sort="due_on",
    order=("pk",),
    row_url=lambda r: reverse("filings:question", args=[r.pk]),
    row_label=lambda r: r.title,
)  # fmt: skip


@desk("form.view")
def listing(request: HttpRequest) -> HttpResponseBase:
    return QUESTIONS.respond(request, queries.questions(viewer_of(request)), heading="填报事项")


def _question(request: HttpRequest, pk: int) -> Question:
    row = queries.question(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@desk("form.view")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A question: answered here by the body it was asked of, or by those below."""
    row, viewer = _question(request, pk), viewer_of(request)
    initial = {"number": row.number, "text": row.text}
    form = forms.AnswerForm(request.POST or None, initial=initial, numeric=row.numeric, unit=row.unit)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.answer(viewer, question=row, number=data.get("number"), text=data.get("text", ""))
            messages.success(request, "已答复")
            return redirect("filings:question", pk=pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return page_of(request, row, form)


def page_of(request: HttpRequest, row: Question, form: forms.AnswerForm, refused: str = "") -> HttpResponse:
    viewer = viewer_of(request)
    own = row.organisation_id == viewer.organisation_id and row.role in ("", viewer.role) and viewer.may("form.fill")
    own_body = row.organisation_id == viewer.organisation_id
    waits = not (row.answered_at or row.closed_at)
    may_hand_down = own and row.numeric and waits and not row.rolls_up
    of_us = own_body and viewer.may("form.fill")
    asked_by_us = viewer.may("form.fill") and queries.asker_of(viewer, row) == viewer.organisation_id
    context = {
        "row": row, "form": form, "period": read(row.period), "tag": state_tag(row),
        "answer": queries.answer(viewer, row),
        "below": queries.below_of(viewer, row) if row.rolls_up and own_body else [],
        "may_answer": own and not row.rolls_up and not row.closed_at, "refused": refused,
        "may_redirect": of_us and waits and not row.rolls_up, "may_change": asked_by_us and not row.answered_at,
        "redirect_form": forms.RedirectForm(initial={"role": row.role}), "close_form": forms.CloseForm(),
        "role": ROLES.get(row.role, "填报人"),
        "may_hand_down": may_hand_down and bool(figures.children_of(here(request))), "ask_form": forms.AskForm(),
    }  # fmt: skip
    status = 422 if refused or (form.errors and request.method == "POST") else 200
    return render(request, "filings/question.html", context, status=status)


@desk("form.fill")
@require_POST
def down(request: HttpRequest, pk: int) -> HttpResponse:
    """Those below are asked instead, and their answers added up."""
    return _with(request, pk, forms.AskForm(request.POST), services.hand_down, "没有选答复截止日期", "已分给下级单位")


def _with(
    request: HttpRequest, pk: int, form: Form, work: Callable[..., Question], missing: str, said: str
) -> HttpResponse:
    """One act on a question with what its form says; a refusal is said on its page with status 422."""
    row = _question(request, pk)
    refused = missing
    if form.is_valid():
        try:
            work(viewer_of(request), question=row, **form.cleaned_data)
            messages.success(request, said)
            return redirect("filings:question", pk=pk)
        except Refusal as refusal:
            refused = refusal.sentence
    return page_of(request, row, forms.AnswerForm(numeric=row.numeric, unit=row.unit), refused)


@desk("form.fill")
@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """More time; what was closed is asked again."""
    return _with(request, pk, forms.AskForm(request.POST), services.extend, "没有选答复截止日期", "期限已改")


@desk("form.fill")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    return _with(request, pk, forms.CloseForm(request.POST), services.close, "没有写不再问的理由", "已不再问")


@desk("form.fill")
@require_POST
def redirect_(request: HttpRequest, pk: int) -> HttpResponse:
    """Another post of the own body answers."""
    return _with(request, pk, forms.RedirectForm(request.POST), services.redirect, "没有这个岗位", "已转交")
