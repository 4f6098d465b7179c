"""Members on the phone: quizzes, one question a page, the result, the ranking; reading and its check-in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal

from .. import forms, queries, services
from ..models import Attempt, Quiz, ReadingPlan
from ..rules import LETTERS, chosen_of, letters_of, streak
from .desk import refused_in


@member
@require_GET
def quizzes(request: HttpRequest) -> HttpResponse:
    """What runs, what comes, what is over."""
    viewer, today = viewer_of(request), timezone.localdate()
    rows = queries.own_quizzes(viewer)
    tried = queries.tried_on(viewer, today)
    listed = [
        {
            "quiz": one,
            "runs": one.opens_on <= today <= one.closes_on,
            "over": one.closes_on < today,
            "new": one.opens_on <= today <= one.closes_on and one.pk not in tried,
        }
        for one in rows
    ]
    waiting = sum(bool(one["new"]) for one in listed)
    return render(request, "learning/m_quizzes.html", {"listed": listed, "waiting": waiting})


def _quiz(request: HttpRequest, pk: int) -> Quiz:
    row = queries.own_quiz(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@member
@never_cache
@require_GET
def quiz(request: HttpRequest, pk: int) -> HttpResponse:
    """One quiz: its rules, the tries left today, and what came of earlier papers."""
    viewer, row, today, now = viewer_of(request), _quiz(request, pk), timezone.localdate(), timezone.now()
    attempts = list(queries.own_attempts(viewer, row)[:60])
    left = next((one for one in attempts if one.handed_at is None), None)
    if left is not None and left.closes_at < now:
        services.hand_in(viewer, attempt_id=left.pk)
        return redirect("learning:m-quiz", pk=pk)
    done = sum(one.day == today for one in attempts)
    context = {
        "quiz": row,
        "runs": row.state == "open" and row.opens_on <= today <= row.closes_on,
        "over": row.closes_on < today,
        "open": left,
        "left": max(0, row.tries_daily - done),
        "attempts": [one for one in attempts if one.handed_at is not None][:10],
        "own": queries.own_standing(viewer, row),
    }
    return render(request, "learning/m_quiz.html", context)


@member
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    _quiz(request, pk)
    try:
        row = services.begin(viewer_of(request), quiz_id=pk)
    except Refusal as refusal:
        messages.error(request, f"{refusal.message}。{refusal.hint}")
        return redirect("learning:m-quiz", pk=pk)
    return redirect("learning:m-attempt", pk=row.pk)


def _attempt(request: HttpRequest, pk: int) -> Attempt:
    row = queries.own_attempt(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _position(text: str, row: Attempt) -> int:
    """The question asked for, from 1; without one the first that has no answer."""
    if text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= len(row.paper):
        return int(text[:4]) - 1
    return next((at for at, given in enumerate(row.answers) if not given), len(row.paper) - 1)


@member
@never_cache
@require_http_methods(["GET", "POST"])
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """An open paper, one question a page; POST keeps an answer and goes on. Handed in: the result."""
    viewer = viewer_of(request)
    if request.method == "POST":
        return _answered(request, pk)
    row = _attempt(request, pk)
    if row.handed_at is None and row.closes_at < timezone.now():
        row = services.hand_in(viewer, attempt_id=pk)
    if row.handed_at is not None:
        return _result(request, row)
    at, size = _position(request.GET.get("q", ""), row), len(row.paper)
    one = queries.asked(viewer, row, at)
    context = {
        "attempt": row,
        "asked": one,
        "options": [(LETTERS[index], text, index) for index, text in enumerate(one.options)],
        "chosen": chosen_of(one.given),
        "at": at,
        "number": at + 1,
        "size": size,
        "last": at + 1 == size,
        "marks": [(number, bool(given)) for number, given in enumerate(row.answers, 1)],
        "left_open": sum(not given for given in row.answers),
        "now": timezone.now(),
    }
    return render(request, "learning/m_paper.html", context)


def _answered(request: HttpRequest, pk: int) -> HttpResponse:
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        _attempt(request, pk)
        messages.error(request, "没有记上这一题，从下面的选项里重新选")
        return redirect("learning:m-attempt", pk=pk)
    position = form.cleaned_data["position"]
    try:
        services.answer(viewer_of(request), attempt_id=pk, position=position, chosen=form.cleaned_data["chosen"])
    except Refusal as refusal:
        _attempt(request, pk)
        messages.error(request, refusal.message)
        return redirect("learning:m-attempt", pk=pk)
    following = position + 2 if request.POST.get("do") != "stay" else position + 1
    return redirect(f"{reverse('learning:m-attempt', args=[pk])}?q={following}")


@member
@require_POST
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as it stands; an answer that came along is kept first, when it is still in time."""
    _attempt(request, pk)
    form = forms.AnswerForm(request.POST)
    if "position" in request.POST and form.is_valid() and form.cleaned_data["chosen"]:
        try:
            services.answer(viewer_of(request), attempt_id=pk, **form.cleaned_data)
        except Refusal as refusal:
            messages.error(request, refusal.message)
    services.hand_in(viewer_of(request), attempt_id=pk)
    return redirect("learning:m-attempt", pk=pk)


def _result(request: HttpRequest, row: Attempt) -> HttpResponse:
    viewer = viewer_of(request)
    found = queries.own_quiz(viewer, row.quiz_id)
    if found is None:
        raise Http404
    marked = [
        {
            "one": one,
            "given": letters_of(one.given),
            "right": letters_of(one.right),
            "options": list(zip(LETTERS, one.options, strict=False)),
        }
        for one in queries.marked(viewer, row, found.points)
    ]
    context = {
        "attempt": row,
        "quiz": found,
        "marked": marked,
        "right": sum(one["one"].full for one in marked),
        "passed": row.score is not None and row.score >= found.pass_line,
        "own": queries.own_standing(viewer, found),
    }
    return render(request, "learning/m_result.html", context)


@member
@require_GET
def ranking(request: HttpRequest, pk: int) -> HttpResponse:
    """The first places with masked names, the member's own place always, and unions."""
    viewer, row = viewer_of(request), _quiz(request, pk)
    shown = queries.ranking_shown(row.path, timezone.localdate())
    by_union = request.GET.get("by") == "union"
    context: dict[str, Any] = {
        "quiz": row,
        "shown": shown,
        "by_union": by_union,
        "own": queries.own_standing(viewer, row),
        "rows": queries.union_places(viewer, row, shown) if by_union else queries.places(viewer, row, shown),
    }
    return render(request, "learning/m_ranking.html", context)


@member
@require_GET
def reading(request: HttpRequest) -> HttpResponse:
    """Reading plans of the member with their streaks."""
    viewer, today = viewer_of(request), timezone.localdate()
    rows = queries.own_plans(viewer)
    found = queries.own_streaks(viewer, rows, today)
    listed = [
        {
            "plan": one,
            "streak": found[one.pk][0],
            "done": found[one.pk][1],
            "runs": one.opens_on <= today <= one.closes_on,
        }
        for one in rows
    ]
    waiting = sum(bool(one["runs"]) and not one["done"] for one in listed)
    return render(request, "learning/m_reading.html", {"listed": listed, "waiting": waiting})


def _plan(request: HttpRequest, pk: int) -> ReadingPlan:
    row = queries.own_plan(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@member
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Today's chapter, the check-in, the streak with its badges, and what others shared."""
    viewer, row, today = viewer_of(request), _plan(request, pk), timezone.localdate()
    form = forms.CheckInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.check_in(viewer, plan_id=pk, **form.cleaned_data)
            messages.success(request, "已打卡")
            return redirect("learning:m-plan", pk=pk)
        except Refusal as refusal:
            refused_in(form, refusal)
    days = queries.own_days(viewer, row)
    mine = streak(days, today)
    badges = queries.badges(row.path, today)
    parts = queries.chapters(viewer, row)
    number = (today - row.opens_on).days + 1
    context = {
        "plan": row,
        "form": form,
        "today": days.get(today),
        "runs": row.opens_on <= today <= row.closes_on,
        "streak": mine,
        "badges": [(day, mine.longest >= day) for day in badges],
        "next_badge": next((day for day in badges if mine.current < day), None),
        "chapters": parts,
        "chapter": next((one for one in parts if one.number == number), None),
        "number": number,
        "own": list(days.values())[:10],
        "shared": queries.shared(viewer, row),
    }
    return render(request, "learning/m_plan.html", context, status=422 if form.errors else 200)


@member
@require_GET
def chapter(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """One chapter to read."""
    row = _plan(request, pk)
    found = queries.chapter(viewer_of(request), row, part)
    if found is None:
        raise Http404
    paragraphs = [one.strip() for one in found.text.split("\n") if one.strip()]
    last = part >= len(queries.chapters(viewer_of(request), row))
    context = {"plan": row, "chapter": found, "paragraphs": paragraphs, "next": None if last else part + 1}
    return render(request, "learning/m_chapter.html", context)
