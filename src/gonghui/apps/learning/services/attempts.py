"""Papers of members: begun, answered one by one, handed in and scored. The server's clock decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import SystemRandom

from django.db import connection, transaction
from django.utils import timezone

from gonghui.kernel.people.models import Membership
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from .. import queries
from ..choices import MOST_OPTIONS, State
from ..models import Attempt, Quiz, QuizItem
from ..rules import draw_paper, mask_of, score_of

_ANSWER = """
UPDATE learning_attempt SET answers[%(at)s] = %(mask)s
WHERE id = %(id)s AND person_id = %(person)s AND handed_at IS NULL AND closes_at >= %(now)s
  AND %(at)s BETWEEN 1 AND cardinality(paper)
"""
_STAND = """
INSERT INTO learning_standing (path, quiz_id, person_id, organisation_id, total, best, days, full_days, tries)
SELECT %(path)s, %(quiz)s, %(person)s, %(organisation)s, sum(most), max(most), count(*),
  count(*) FILTER (WHERE most >= %(full)s), sum(n)
FROM (SELECT max(score) AS most, count(*) AS n FROM learning_attempt
  WHERE quiz_id = %(quiz)s AND person_id = %(person)s AND handed_at IS NOT NULL GROUP BY day) AS one_day
ON CONFLICT (quiz_id, person_id) DO UPDATE SET total = excluded.total, best = excluded.best, days = excluded.days,
  full_days = excluded.full_days, tries = excluded.tries
"""
"""The best paper of each day, summed: always from all papers, so that a second run changes nothing."""


def one_at_a_time(quiz_id: int, person_id: int) -> None:
    """Two tabs of one member begin one after the other; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"quiz {quiz_id} {person_id}"])


def begin(actor: Viewer, *, quiz_id: int, at: datetime | None = None) -> Attempt:
    """A new paper, or the one that is still open.

    :raises Refusal: GH-LRN-030 no such quiz for this member; 031 not its days; 032 no try left today; 033 withdrawn.
    """
    now = at or timezone.now()
    mine, quiz = own_membership(actor), queries.own_quiz(actor, quiz_id)
    if mine is None or quiz is None:
        raise Refusal("GH-LRN-030", "没有这次答题，或您的工会不在参加范围内", "quiz", "从答题列表进入")
    with transaction.atomic(), widened():
        one_at_a_time(quiz.pk, mine.person_id)
        rows = Attempt.objects.filter(quiz=quiz, person_id=mine.person_id)
        left: Attempt | None = rows.filter(handed_at__isnull=True).select_for_update().first()
        if left is not None and left.closes_at >= now:
            return left
        if left is not None:
            _close(actor, left, quiz, now)
        return _begin(mine, quiz, now)


def _begin(mine: Membership, quiz: Quiz, now: datetime) -> Attempt:
    today = timezone.localtime(now).date()
    if quiz.state != State.OPEN:
        raise Refusal("GH-LRN-033", "这次答题已停止，不能再开始", "quiz", "以前的成绩还在")
    if not quiz.opens_on <= today <= quiz.closes_on:
        days = f"{quiz.opens_on:%-m月%-d日}至{quiz.closes_on:%-m月%-d日}"
        raise Refusal("GH-LRN-031", f"今天不在答题日期内，答题日期是{days}", "quiz", "到时再来")
    done = Attempt.objects.filter(quiz=quiz, person_id=mine.person_id, day=today).count()
    if done >= quiz.tries_daily:
        hint = "明天可以再答" if today < quiz.closes_on else "这次答题今天结束"
        raise Refusal("GH-LRN-032", f"今天的{quiz.tries_daily}次已经用完", "quiz", hint)
    due = now + timedelta(minutes=quiz.minutes)
    paper = draw_paper(quiz.set_size, quiz.per_paper, SystemRandom())
    return Attempt.objects.create(
        path=mine.path, quiz=quiz, person_id=mine.person_id, organisation_id=mine.organisation_id, day=today,
        number=done + 1, begun_at=now, due_at=due, closes_at=due + timedelta(seconds=quiz.grace_seconds), paper=paper,
        answers=[0] * len(paper),
    )  # fmt: skip


def answer(
    actor: Viewer, *, attempt_id: int, position: int, chosen: Collection[int], at: datetime | None = None
) -> None:
    """Keep what was chosen for one question (counted from 0); choosing again replaces it. One UPDATE, no record.

    :raises Refusal: GH-LRN-034 no such option; 035 no such paper or question; 036 handed in; 037 too late.
    """
    now = at or timezone.now()
    if any(not 0 <= one < MOST_OPTIONS for one in chosen):
        raise Refusal("GH-LRN-034", "没有这个选项", "chosen", "从题目下面的选项里选")
    given = {"at": position + 1, "mask": mask_of(chosen), "id": attempt_id, "person": actor.person_id, "now": now}
    with transaction.atomic(), widened(), connection.cursor() as cursor:
        cursor.execute(_ANSWER, given)
        kept = cursor.rowcount
    if kept:
        return
    row = queries.own_attempt(actor, attempt_id)
    if row is None or not 0 <= position < len(row.paper):
        raise Refusal("GH-LRN-035", "没有这份答卷或这道题", "attempt", "从答题列表进入")
    if row.handed_at is not None:
        raise Refusal("GH-LRN-036", "这份答卷已经交了，不能再改", "attempt", "看成绩和解析")
    raise Refusal("GH-LRN-037", "时间已到，这一题没有记上，前面答的都算", "attempt", "看成绩和解析")


def hand_in(
    actor: Viewer,
    *,
    attempt_id: int,
    chosen: Mapping[int, Collection[int]] | None = None,
    at: datetime | None = None,
) -> Attempt:
    """Score what was answered. A second hand-in returns the same result.

    :param chosen: answers that come along with the paper (question, counted from 0 → options), when it is in time.

    :raises Refusal: GH-LRN-035 no such paper of this member.
    """
    now = at or timezone.now()
    with transaction.atomic(), widened():
        row: Attempt | None = (
            Attempt.objects.filter(pk=attempt_id, person_id=actor.person_id or 0)
            .select_related("quiz")
            .select_for_update(of=("self",))
            .first()
        )
        if row is None or actor.person_id is None:
            raise Refusal("GH-LRN-035", "没有这份答卷", "attempt", "从答题列表进入")
        if row.handed_at is None:
            _fill(row, chosen or {}, now)
            _close(actor, row, row.quiz, now)
    return row


def _fill(row: Attempt, chosen: Mapping[int, Collection[int]], now: datetime) -> None:
    if now > row.closes_at:
        return
    for position, options in chosen.items():
        if 0 <= position < len(row.paper) and all(0 <= one < MOST_OPTIONS for one in options):
            row.answers[position] = mask_of(options)


def _close(actor: Viewer, row: Attempt, quiz: Quiz, now: datetime) -> None:
    """Score a locked paper and bring the member's standing up to date."""
    known = {one.number: one for one in QuizItem.objects.filter(quiz=quiz, number__in=row.paper)}
    row.score = sum(
        (
            score_of(known[number].kind, known[number].answer, given, quiz.points)
            for number, given in zip(row.paper, row.answers, strict=True)
        ),
        Decimal(0),
    )
    row.ran_out = now > row.closes_at
    row.handed_at = row.due_at if row.ran_out else now
    row.save(update_fields=["answers", "score", "ran_out", "handed_at"])
    with connection.cursor() as cursor:
        cursor.execute(
            _STAND,
            {"path": row.path, "quiz": quiz.pk, "person": row.person_id, "organisation": row.organisation_id,
             "full": quiz.full},
        )  # fmt: skip
    record(
        actor, "learning.ran_out" if row.ran_out else "learning.handed_in", path=row.path,
        object_type="learning_attempt", object_id=row.pk, object_name=quiz.title, subject_id=row.person_id,
        detail={"quiz": quiz.pk, "number": row.number},
    )  # fmt: skip


def close_run_out(at: datetime | None = None) -> int:
    """Papers whose time is over are scored by what was answered; each in its own transaction."""
    now, closed = at or timezone.now(), 0
    with acting(SYSTEM):
        found = queries.run_out(SYSTEM, now)
    for pk in found:
        with acting(SYSTEM):
            row = (
                Attempt.objects.filter(pk=pk, handed_at__isnull=True)
                .select_related("quiz")
                .select_for_update(of=("self",), skip_locked=True)
                .first()
            )
            if row is not None:
                _close(SYSTEM, row, row.quiz, now)
                closed += 1
    return closed
