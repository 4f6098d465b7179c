"""What the own body is asked for forms: the list, one question with its answer, handing it on to those below."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import forms, queries, services
from ..models import Question


def state_tag(row: Question) -> SafeString:
    if row.answered_at:
        return format_html('<span class="tag tag-ok">{}</span>', "已答复")
    late = (timezone.localdate() - row.due_on).days
    if row.rolls_up:
        return format_html('<span class="tag tag-info">{}</span>', "已分给下级")
    if late > 0:
        return format_html('<span class="tag tag-bad">逾期{}天</span>', late)
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
    may_hand_down = own and row.numeric and not row.answered_at and not row.rolls_up
    context = {
        "row": row, "form": form, "period": read(row.period), "tag": state_tag(row),
        "answer": queries.answer(viewer, row), "below": queries.below_of(viewer, row) if row.rolls_up else [],
        "may_answer": own and not row.rolls_up, "refused": refused,
        "may_hand_down": may_hand_down and bool(figures.children_of(here(request))), "ask_form": forms.AskForm(),
    }  # fmt: skip
    status = 422 if refused or (form.errors and request.method == "POST") else 200
    return render(request, "filings/question.html", context, status=status)


@desk("form.fill")
@require_POST
def down(request: HttpRequest, pk: int) -> HttpResponse:
    """Those below are asked instead, and their answers added up."""
    row = _question(request, pk)
    form = forms.AskForm(request.POST)
    refused = "没有选答复截止日期"
    if form.is_valid():
        try:
            services.hand_down(viewer_of(request), question=row, due_on=form.cleaned_data["due_on"])
            messages.success(request, "已分给下级单位")
            return redirect("filings:question", pk=pk)
        except Refusal as refusal:
            refused = refusal.sentence
    return page_of(request, row, forms.AnswerForm(numeric=row.numeric, unit=row.unit), refused)
