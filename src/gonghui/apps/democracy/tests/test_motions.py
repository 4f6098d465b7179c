"""A proposal is answered or explained; no path closes it without an answer its author has judged."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.apps.democracy import services
from gonghui.apps.democracy.choices import MotionKind, MotionState, MotionTopic
from gonghui.apps.democracy.models import Delegate, Motion
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.calendar import add_days
from gonghui.kernel.scope import acting

from .conftest import Hall

pytestmark = pytest.mark.django_db


def written(hall: Hall, kind: MotionKind = MotionKind.PROPOSAL) -> Motion:
    author = hall.phones[0]
    with acting(author):
        return services.write(author, congress_id=hall.congress.pk, kind=kind, topic=MotionTopic.SAFETY,
                              title="更换除尘设备", reason="二车间粉尘大", advice="年内更换")  # fmt: skip


def seconded(hall: Hall) -> Motion:
    row = written(hall)
    for viewer in hall.phones[1:3]:
        with acting(viewer):
            row = services.second(viewer, motion_id=row.pk)
    return row


def act(hall: Hall, name: str, row: Motion) -> None:
    """One step by whoever takes it."""
    chair, author, other = hall.chair, hall.phones[0], hall.phones[3]
    due = timezone.localdate() + timedelta(days=9)
    steps = {
        "second": (other, lambda: services.second(other, motion_id=row.pk)),
        "file": (chair, lambda: services.file(chair, motion_id=row.pk, department="设备部")),
        "explain": (chair, lambda: services.explain(chair, motion_id=row.pk, text="已列入计划")),
        "answer": (chair, lambda: services.answer(chair, motion_id=row.pk, text="九月底更换完毕")),
        "put_off": (chair, lambda: services.put_off(chair, motion_id=row.pk, due_on=due, reason="等设备到货")),
        "content": (author, lambda: services.rate(author, motion_id=row.pk, content=True)),
        "again": (author, lambda: services.rate(author, motion_id=row.pk, content=False, text="只换了一半")),
    }
    viewer, run = steps[name]
    with acting(viewer):
        run()


def test_a_proposal_is_answered_twice_and_closed(hall: Hall) -> None:
    row = seconded(hall)
    assert row.state == "examining"
    for name, state in (
        ("file", "handling"),
        ("answer", "answered"),
        ("again", "handling"),
        ("answer", "answered"),
        ("again", "closed"),
    ):
        act(hall, name, row)
        row.refresh_from_db()
        assert row.state == state
    assert row.answers == 2 and row.content is False and row.steps.count() == 8


def test_only_another_delegate_seconds_and_only_the_author_judges(hall: Hall) -> None:
    row = written(hall)
    with acting(hall.phones[0]), pytest.raises(Refusal) as own:
        services.second(hall.phones[0], motion_id=row.pk)
    with acting(hall.worker), pytest.raises(Refusal) as stranger:
        services.second(hall.worker, motion_id=row.pk)
    assert (own.value.code, stranger.value.code) == ("GH-DEM-061", "GH-DEM-006")
    Motion.objects.filter(pk=row.pk).update(state="answered", answers=1)
    with acting(hall.phones[1]), pytest.raises(Refusal) as judge:
        services.rate(hall.phones[1], motion_id=row.pk, content=True)
    assert judge.value.code == "GH-DEM-064"


def test_a_question_is_answered_in_thirty_days(hall: Hall) -> None:
    row = written(hall, MotionKind.QUESTION)
    assert row.state == "handling" and row.due_on == add_days(timezone.localdate(), 30)
    with pytest.raises(Refusal) as refused:
        act(hall, "put_off", row)
    assert refused.value.code == "GH-DEM-063"


STEPS = ("second", "file", "explain", "answer", "put_off", "content", "again")


def test_no_walk_of_four_steps_closes_without_an_answer(hall: Hall) -> None:
    """Every order of acts from every state: closed means answered, explained means with words."""
    row = seconded(hall)
    seen: set[str] = set()
    for walk in product(STEPS, repeat=4):
        with transaction.atomic():
            for name in walk:
                try:
                    with transaction.atomic():
                        act(hall, name, row)
                except Refusal:
                    break
                row.refresh_from_db()
                seen.add(row.state)
                if row.state == MotionState.CLOSED:
                    assert row.answers >= 1 and row.steps.filter(act="answered").exists()
                if row.state == MotionState.EXPLAINED:
                    assert row.steps.get(act="explained").text
            transaction.set_rollback(True)
        row.refresh_from_db()
    assert {"handling", "answered", "closed", "explained"} <= seen


def test_who_is_a_delegate_no_more_still_judges_and_otherwise_the_desk_closes(hall: Hall) -> None:
    row, other = seconded(hall), seconded(hall)
    with acting(hall.chair):
        assert Motion.objects.filter(pk__in=[row.pk, other.pk]).update(state="answered", answers=1) == 2
    with acting(hall.chair), pytest.raises(Refusal) as early:
        services.close_motion(hall.chair, motion_id=row.pk, text="提出人已退休")
    assert early.value.code == "GH-DEM-065"
    with acting(hall.chair):
        assert Delegate.objects.filter(pk=hall.seats[0].pk).update(ended_on=timezone.localdate()) == 1
    act(hall, "content", row)
    with acting(hall.chair):
        services.close_motion(hall.chair, motion_id=other.pk, text="提出人已退休")
    with acting(hall.chair):
        row.refresh_from_db()
        other.refresh_from_db()
    assert (row.state, row.content) == ("closed", True) and (other.state, other.content) == ("closed", None)


def test_the_database_closes_nothing_without_an_answer(hall: Hall) -> None:
    row = seconded(hall)
    with acting(hall.chair), pytest.raises(IntegrityError), transaction.atomic():
        Motion.objects.filter(pk=row.pk).update(state="closed")
