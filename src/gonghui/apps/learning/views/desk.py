"""Staff: quizzes with what came of them, and reading plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx

from .. import forms, queries, services
from ..choices import State
from ..models import Quiz, ReadingPlan


def refused_in(form: Any, refusal: Refusal) -> None:
    """What a service refused, beside the field it is about, with the way out."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def own_organisation(viewer: Viewer) -> Organisation | None:
    return Organisation.objects.visible(viewer).filter(pk=viewer.organisation_id).first()


QUIZZES = ListPage(
    key="learning-quizzes",
    title="答题",
    unit="次",
    columns=[
        Column("title", "名称", head=True, sort="title", cell=lambda r: r.title),
        Column("organisation", "面向的组织", kind="organisation", sort="organisation__name_key",
               cell=lambda r: r.organisation.name),
        Column("opens_on", "开始", kind="date", sort="opens_on", cell=lambda r: r.opens_on),
        Column("closes_on", "结束", kind="date", sort="closes_on", cell=lambda r: r.closes_on),
        Column("people", "参加人数", kind="number", cell=lambda r: r.people),
        Column("state", "状态", sort="state", nowrap=True, template="learning/_state.html",
               export=lambda r: r.get_state_display()),
    ],
    filters=[
        Filter("state", "状态", choices=State.choices),
        Filter("q", "查找名称", "search", "title__icontains", placeholder="答题名称"),
    ],
    views=[View("all", "全部"), View("open", "已发布", {"state": "open"}), View("draft", "草稿", {"state": "draft"})],
    empty=Empty("还没有组织过答题", "先在题库里备好题目，再写一次答题：名称、日期、每次几题、每天几次。"),
    default_sort="-opens_on",
    order=("-pk",),
    row_url=lambda r: reverse("learning:quiz", args=[r.pk]),
    row_label=lambda r: r.title,
    export=write_xlsx,
    template="learning/quizzes.html",
)  # fmt: skip


def _counted(viewer: Viewer) -> Callable[[Sequence[Quiz]], None]:
    """Adds to the rows of a page how many took part."""

    def enrich(rows: Sequence[Quiz]) -> None:
        found = queries.taking_part(viewer, rows)
        for row in rows:
            row.people = found.get(row.pk, 0)  # type: ignore[attr-defined]

    return enrich


@desk("learning.view")
def quizzes(request: HttpRequest) -> Any:
    """Quizzes of the range with how many took part."""
    viewer = viewer_of(request)
    page = _with(QUIZZES, _counted(viewer))
    return page.respond(request, queries.quizzes(viewer), heading="答题", may_manage=viewer.may("learning.manage"))


def _with(page: ListPage, enrich: Callable[[Sequence[Any]], None]) -> ListPage:
    return replace(page, enrich=enrich)


@desk("learning.manage")
@require_http_methods(["GET", "POST"])
def new_quiz(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    initial = forms.proposed(own_organisation(viewer), timezone.localdate())
    form = forms.QuizForm(viewer, queries.subjects(viewer), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.draft_quiz(viewer, **form.cleaned_data)
            messages.success(request, "已存为草稿，发布后会员才看得到")
            return redirect("learning:quiz", pk=row.pk)
        except Refusal as refusal:
            refused_in(form, refusal)
    return render(request, "learning/quiz_form.html", {"form": form, "quiz": None}, status=422 if form.errors else 200)


def _quiz(request: HttpRequest, pk: int) -> Quiz:
    row = queries.quizzes(viewer_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@desk("learning.manage")
@require_http_methods(["GET", "POST"])
def edit_quiz(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, row = viewer_of(request), _quiz(request, pk)
    initial = {name: getattr(row, name) for name in forms.QuizForm.base_fields} | {
        "organisation": row.organisation.name
    }
    form = forms.QuizForm(viewer, queries.subjects(viewer), request.POST or None, initial=initial)
    form.fields["organisation"].disabled = True
    if request.method == "POST" and form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name != "organisation"}
        try:
            services.change_quiz(viewer, quiz_id=pk, **facts)
            messages.success(request, "已修改草稿")
            return redirect("learning:quiz", pk=pk)
        except Refusal as refusal:
            refused_in(form, refusal)
    return render(request, "learning/quiz_form.html", {"form": form, "quiz": row}, status=422 if form.errors else 200)


def _quiz_page(request: HttpRequest, row: Quiz, form: Any = None, status: int = 200, prize: Any = None) -> HttpResponse:
    viewer = viewer_of(request)
    may_enter = row.state != State.DRAFT and viewer.may("learning.manage") and viewer.may("benefit.manage")
    context = {
        "prize": (prize or forms.PrizeForm(queries.prize_draws(viewer), auto_id="prize_%s")) if may_enter else None,
        "quiz": row,
        "form": form or forms.ReasonForm(),
        "summed": queries.summed(viewer, row),
        "standings": queries.standings(viewer, row)[:20],
        "unions": queries.unions(viewer, row, 20),
        "items": queries.items(viewer, row)[:100],
        "may_manage": viewer.may("learning.manage"),
    }
    return render(request, "learning/quiz.html", context, status=status)


@desk("learning.view")
@require_GET
def quiz(request: HttpRequest, pk: int) -> HttpResponse:
    """One quiz: its numbers, who is ahead, unions, and the questions as they were frozen."""
    return _quiz_page(request, _quiz(request, pk))


@desk("learning.manage")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = _quiz(request, pk)
    try:
        done = services.publish_quiz(viewer_of(request), quiz_id=pk)
        messages.success(request, f"已发布，{done.set_size}道题已固定，题库以后的修改不影响这次答题")
    except Refusal as refusal:
        form = forms.ReasonForm(data={})
        form.full_clean()
        form.errors.clear()
        refused_in(form, refusal)
        return _quiz_page(request, row, form, 422)
    return redirect("learning:quiz", pk=pk)


@desk("learning.manage")
@require_POST
def prize(request: HttpRequest, pk: int) -> HttpResponse:
    """Those who reached the pass line are entered into a draw of prizes; pressed again it adds only who came since."""
    viewer, row = viewer_of(request), _quiz(request, pk)
    form = forms.PrizeForm(queries.prize_draws(viewer), request.POST, auto_id="prize_%s")
    if form.is_valid():
        try:
            count = quotas.enter_many(
                viewer, offer_id=int(form.cleaned_data["draw"]), persons=queries.eligible_for_prize(viewer, row),
                why=f"{row.title}达标",
            )  # fmt: skip
            messages.success(request, f"已把{count:,}名达标会员列入摇号，以前列入过的不重复")
            return redirect("learning:quiz", pk=pk)
        except Refusal as refusal:
            form.add_error("draw", refusal.sentence)
    return _quiz_page(request, row, status=422, prize=form)


@desk("learning.manage")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _quiz(request, pk), forms.ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.withdraw_quiz(viewer_of(request), quiz_id=pk, reason=form.cleaned_data["reason"])
            messages.success(request, "已停止答题，成绩都还在")
            return redirect("learning:quiz", pk=pk)
        except Refusal as refusal:
            refused_in(form, refusal)
    return _quiz_page(request, row, form, 422)


PLANS = ListPage(
    key="learning-plans",
    title="阅读计划",
    unit="个",
    columns=[
        Column("title", "名称", head=True, sort="title", cell=lambda r: r.title),
        Column("organisation", "面向的组织", kind="organisation", sort="organisation__name_key",
               cell=lambda r: r.organisation.name),
        Column("opens_on", "开始", kind="date", sort="opens_on", cell=lambda r: r.opens_on),
        Column("closes_on", "结束", kind="date", sort="closes_on", cell=lambda r: r.closes_on),
        Column("people", "打卡人数", kind="number", cell=lambda r: r.counted[0]),
        Column("count", "打卡次数", kind="number", cell=lambda r: r.counted[1]),
        Column("state", "状态", sort="state", nowrap=True, template="learning/_state.html",
               export=lambda r: r.get_state_display()),
    ],
    filters=[Filter("q", "查找名称", "search", "title__icontains", placeholder="书名或活动名称")],
    empty=Empty("还没有阅读计划", "写好名称和日期，可以附上每天读的一章；会员每天打一次卡，写一句感想。"),
    default_sort="-opens_on",
    order=("-pk",),
    row_url=lambda r: reverse("learning:plan", args=[r.pk]),
    row_label=lambda r: r.title,
    export=write_xlsx,
    template="learning/plans.html",
)  # fmt: skip


@desk("learning.view")
def plans(request: HttpRequest) -> Any:
    """Reading plans of the range with who checked in."""
    viewer = viewer_of(request)

    def enrich(rows: Sequence[ReadingPlan]) -> None:
        found = queries.readers(viewer, rows)
        for row in rows:
            row.counted = found.get(row.pk, (0, 0))  # type: ignore[attr-defined]

    page = _with(PLANS, enrich)
    return page.respond(request, queries.plans(viewer), heading="阅读计划", may_manage=viewer.may("learning.manage"))


@desk("learning.manage")
@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    viewer, today = viewer_of(request), timezone.localdate()
    own = own_organisation(viewer)
    initial = {"organisation": own.name if own else "", "opens_on": today, "closes_on": today}
    form = forms.PlanForm(viewer, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.publish_plan(viewer, **form.cleaned_data)
            messages.success(request, "已发布阅读计划")
            return redirect("learning:plan", pk=row.pk)
        except Refusal as refusal:
            refused_in(form, refusal)
    return render(request, "learning/plan_form.html", {"form": form}, status=422 if form.errors else 200)


def _plan_page(request: HttpRequest, pk: int, form: Any = None, status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    row = queries.plans(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    context = {
        "plan": row,
        "form": form or forms.ReasonForm(),
        "chapters": queries.chapters(viewer, row),
        "counted": queries.readers(viewer, [row]).get(pk, (0, 0)),
        "check_ins": queries.check_ins(viewer, row)[:50],
        "may_manage": viewer.may("learning.manage"),
    }
    return render(request, "learning/plan.html", context, status=status)


@desk("learning.view")
@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: chapters and the newest check-ins of the range."""
    return _plan_page(request, pk)


@desk("learning.manage")
@require_POST
def withdraw_plan(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.ReasonForm(request.POST)
    if not queries.plans(viewer).filter(pk=pk).exists():
        raise Http404
    if form.is_valid():
        try:
            services.withdraw_plan(viewer, plan_id=pk, reason=form.cleaned_data["reason"])
            messages.success(request, "已停止阅读计划，打卡记录都还在")
            return redirect("learning:plan", pk=pk)
        except Refusal as refusal:
            refused_in(form, refusal)
    return _plan_page(request, pk, form, 422)
