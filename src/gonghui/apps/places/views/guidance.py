"""Guide stations at the desk: policies on the page, questions collected and answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import forms, services
from ..choices import AskWay
from ..models import Consultation
from ..queries import desk as queries
from ..services.guidance import MOST_FILE
from . import acted, bytes_of, found, sections, tell


def standing(row: Consultation) -> tuple[str, str]:
    if row.answered_at is not None:
        return ("已看到答复" if row.seen_at else "已答复", "ok")
    today = timezone.localdate()
    return ("逾期未答复", "bad") if row.due_on < today else ("待答复", "wait")


def standing_tag(row: Consultation) -> SafeString:
    return tag(*standing(row))


def _state(source: Any, value: str) -> Any:
    waiting = source.filter(answered_at__isnull=True)
    return {
        "waiting": waiting,
        "late": waiting.filter(due_on__lt=timezone.localdate()),
        "answered": source.filter(answered_at__isnull=False),
    }[value]


LIST = ListPage(
    key="place-questions",
    title="指导站咨询",
    unit="件",
    columns=[
        Column("question", "问题", head=True, cell=lambda row: row.question[:60]),
        Column("place", "指导站", kind="organisation", sort="place__name", cell=lambda row: row.place.name),
        Column("issue", "征集的问题", cell=lambda row: "是" if row.issue else None, nowrap=True),
        Column("way", "方式", cell=lambda row: row.get_way_display(), nowrap=True),
        Column("asked_at", "提出", kind="time", sort="asked_at"),
        Column("due_on", "期限", kind="date", sort="due_on"),
        Column("state", "状态", nowrap=True, cell=standing_tag, export=lambda row: standing(row)[0]),
    ],
    filters=[
        Filter("q", "查找问题", "search", "question__contains", placeholder="问题里的字"),
        Filter("state", "状态", lookup=_state, choices=[
            ("waiting", "待答复"), ("late", "逾期未答复"), ("answered", "已答复")]),
        Filter("issue", "征集的问题", "boolean"),
        Filter("way", "方式", choices=AskWay.choices, main=False),
    ],
    views=[View("all", "全部"), View("waiting", "待答复", {"state": "waiting"})],
    empty=Empty("还没有人咨询", "类别为产改指导站的阵地开放以后，职工扫码、到站、来电的咨询都列在这里。"),
    default_sort="-asked_at",
    order=("-pk",),
    row_url=lambda row: reverse("places:question", args=[row.pk]),
    row_label=lambda row: row.question[:30],
    export=write_xlsx,
    template="places/questions.html",
)  # fmt: skip


@desk("place.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return LIST.respond(request, queries.consultations(viewer), heading="指导站咨询", tabs=sections("questions"))


@desk("place.view")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One question; who may mend things may answer it."""
    viewer, row = viewer_of(request), found(queries.consultation(viewer_of(request), pk))
    form = forms.WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_question(viewer, consultation_id=pk, text=form.cleaned_data["text"])
            messages.success(request, "已答复，提问的人凭咨询码看得到")
            return redirect("places:question", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422 if form.errors else 200, form=form)


def _page(request: HttpRequest, row: Consultation, status: int = 200, **more: Any) -> HttpResponse:
    may = viewer_of(request).may("place.fix")
    context = {
        "row": row, "state": standing_tag(row), "form": forms.WordsForm(), "may_reveal": may,
        "may_answer": may and row.answered_at is None, "reveal_form": forms.RevealForm(auto_id="reveal_%s"), **more,
    }  # fmt: skip
    return render(request, "places/question.html", context, status=status)


@desk("place.fix")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The telephone that somebody left with a question, shown once on this page."""
    viewer, row = viewer_of(request), found(queries.consultation(viewer_of(request), pk))
    form = forms.RevealForm(request.POST, auto_id="reveal_%s")
    if form.is_valid():
        try:
            shown = services.reveal_asker(viewer, consultation_id=pk, reason=form.cleaned_data["reason"])
            answer = _page(request, row, revealed=shown)
            answer["Cache-Control"] = "no-store"
            return answer
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, reveal_form=form)


@desk("place.fix")
@require_http_methods(["GET", "POST"])
def write_down(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked at the station or by telephone; the code is shown once, for whoever asked."""
    viewer, place = viewer_of(request), found(queries.place(viewer_of(request), pk))
    form, made = forms.StationQuestionForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.take_question(
                viewer, place_id=pk, way=AskWay(data["way"]), question=data["question"], issue=data["issue"],
                phone=data["phone"],
            )  # fmt: skip
        except Refusal as refusal:
            tell(form, refusal)
    answer = render(
        request, "places/question_new.html", {"form": form, "place": place, "made": made},
        status=422 if form.errors else 200,
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


@desk("place.manage")
@require_http_methods(["GET", "POST"])
def policies(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands on the station's page, and one more."""
    viewer, place = viewer_of(request), found(queries.place(viewer_of(request), pk))
    form = forms.PolicyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        upload = data.pop("file")
        file = (upload.name, bytes_of(upload, MOST_FILE), upload.content_type or "") if upload else None
        try:
            services.publish_policy(viewer, place_id=pk, file=file, **data)
            messages.success(request, "已发布在指导站页面")
            return redirect("places:policies", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "place": place, "rows": list(queries.policies(viewer, place)[:60])}
    return render(request, "places/policies.html", context, status=422 if form.errors else 200)


@desk("place.manage")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Off the page: the policy is named in the form."""
    viewer, place = viewer_of(request), found(queries.place(viewer_of(request), pk))
    number = request.POST.get("policy", "")
    row = found(
        queries.policies(viewer, place).filter(pk=number if number.isascii() and number.isdigit() else 0).first()
    )

    def act() -> str:
        services.withdraw_policy(viewer, policy_id=row.pk)
        return "已撤下"

    return acted(request, act, "places:policies", pk)
