"""A bank, a quiz, a paper, a plan and a check-in by plain inserts, for tests that look from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person

from .models import Attempt, Chapter, CheckIn, Question, Quiz, QuizItem, ReadingPlan, Standing


def make_question(organisation: Organisation, text: str, **facts: Any) -> Question:
    known = {"subject": "工会法", "kind": "single", "options": ["甲", "乙", "丙"], "answer": 1} | facts
    return Question.objects.create(path=organisation.path, organisation=organisation, text=text, **known)


def make_quiz(organisation: Organisation, size: int = 3, word: str = "", **facts: Any) -> Quiz:
    """A published quiz that runs today; the first option is right."""
    today = timezone.localdate()
    known = {
        "title": f"{word}每月一答",
        "opens_on": today - timedelta(days=2),
        "closes_on": today + timedelta(days=2),
        "per_paper": size,
        "minutes": 10,
        "tries_daily": 3,
        "points": 10,
        "pass_line": 10,
        "state": "open",
        "set_size": size,
        "published_at": timezone.now(),
    } | facts
    quiz = Quiz.objects.create(path=organisation.path, organisation=organisation, **known)
    for number in range(1, size + 1):
        text = f"{word}第{number}道题选第一项（{quiz.pk}）"
        one = make_question(organisation, text, explanation=f"{word}解析")
        QuizItem.objects.create(
            path=quiz.path,
            quiz=quiz,
            number=number,
            question=one,
            kind=one.kind,
            text=one.text,
            options=one.options,
            answer=one.answer,
            explanation=one.explanation,
        )
    return quiz


def make_paper(quiz: Quiz, organisation: Organisation, person: Person) -> Attempt:
    """Handed in with everything right, and the standing that follows."""
    now = timezone.now()
    numbers = list(range(1, quiz.per_paper + 1))
    row = Attempt.objects.create(
        path=organisation.path,
        quiz=quiz,
        person=person,
        organisation=organisation,
        day=timezone.localdate(),
        number=1,
        begun_at=now,
        due_at=now + timedelta(minutes=10),
        closes_at=now + timedelta(minutes=10, seconds=5),
        handed_at=now,
        paper=numbers,
        answers=[1] * len(numbers),
        score=quiz.full,
    )
    Standing.objects.create(
        path=organisation.path,
        quiz=quiz,
        person=person,
        organisation=organisation,
        total=quiz.full,
        best=quiz.full,
        days=1,
        full_days=1,
        tries=1,
    )
    return row


def make_plan(organisation: Organisation, word: str = "", **facts: Any) -> ReadingPlan:
    today = timezone.localdate()
    known = {
        "title": f"{word}读书",
        "opens_on": today - timedelta(days=9),
        "closes_on": today + timedelta(days=9),
    } | facts
    plan = ReadingPlan.objects.create(path=organisation.path, organisation=organisation, **known)
    Chapter.objects.create(path=plan.path, plan=plan, number=1, title=f"{word}第一章", text=f"{word}正文")
    return plan


def make_all(organisation: Organisation, person: Person, word: str) -> dict[str, Any]:
    """One of everything, at one organisation. What is published is read by members of every union below, so nothing of
    the site stands in it; drafts, answers and sentences that nobody shared are the site's own."""
    quiz, plan = make_quiz(organisation), make_plan(organisation)
    make_quiz(organisation, word=word, state="draft", published_at=None)
    CheckIn.objects.create(
        path=organisation.path,
        plan=plan,
        person=person,
        organisation=organisation,
        on=timezone.localdate(),
        reflection=f"{word}感想",
    )
    first = Question.objects.filter(organisation=organisation).order_by("pk").first()
    assert first is not None
    return {
        "quiz": quiz.pk,
        "paper": make_paper(quiz, organisation, person).pk,
        "plan": plan.pk,
        "question": first.pk,
    }
