"""When a message goes, when it waits and when it is too late; what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.kernel.manifest import MessageKind
from gonghui.kernel.messages import rules
from gonghui.kernel.messages.models import LONGEST_TITLE
from gonghui.kernel.messages.registry import kinds

KIND = MessageKind("test.one", "候补轮到您了", "候补到“{title}”，{until}前确认", "home")
_moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
_spans = st.timedeltas(timedelta(minutes=1), timedelta(days=9))


def local(hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime(2026, 3, 6, hour, minute))


@pytest.mark.parametrize(
    ("now", "sent", "at"),
    [
        (local(7, 59), 0, local(8)),
        (local(8), 0, local(8)),
        (local(20, 59), 2, local(20, 59)),
        (local(21), 0, local(8) + timedelta(days=1)),
        (local(12), 3, local(8) + timedelta(days=1)),
        (local(3), 3, local(8) + timedelta(days=1)),
    ],
)
def test_ordinary_messages_wait_for_the_day_and_for_their_turn(now: datetime, sent: int, at: datetime) -> None:
    assert rules.earliest(now, urgent=False, sent_today=sent) == at
    assert rules.earliest(now, urgent=True, sent_today=sent) == now


@settings(deadline=None)
@given(_moments, _spans, st.booleans(), st.booleans(), st.integers(0, 6))
def test_what_is_sent_is_in_time_and_disturbs_nobody(now, span, urgent, muted, sent) -> None:
    until = now + span
    verdict = rules.judge(now, urgent=urgent, until=until, muted=muted, sent_today=sent)
    if verdict.dropped or verdict.later:
        assert not urgent, "what is urgent and in time is sent at once"
        assert (verdict.dropped == rules.MUTED) == muted
        assert not (verdict.dropped and verdict.later)
        if verdict.later:
            assert now < verdict.later < until
            assert timezone.localtime(verdict.later).hour == rules.DAY_BEGINS
        return
    if not urgent:
        assert sent < rules.A_DAY and not muted
        assert rules.DAY_BEGINS <= timezone.localtime(now).hour < rules.DAY_ENDS


@settings(deadline=None)
@given(_moments, _spans, st.booleans(), st.integers(0, 6))
def test_nothing_is_sent_when_its_time_is_over(now, span, urgent, sent) -> None:
    verdict = rules.judge(now, urgent=urgent, until=now - span, muted=False, sent_today=sent)
    assert verdict.dropped == rules.OVER


def test_pauses_grow_and_end() -> None:
    now, waits = local(9), []
    for tries in range(1, 10):
        again = rules.again_at(now, tries)
        if again is None:
            break
        waits.append(again - now)
    assert waits == sorted(waits) == list(rules.PAUSES) and tries == len(rules.PAUSES) + 1


def test_without_a_title_nothing_of_the_matter_is_said() -> None:
    until = local(18, 30)
    assert rules.words(KIND, "职工夜校", until) == "候补到“职工夜校”，3月6日18:30前确认"
    assert rules.words(KIND, "", until) == rules.PLAIN
    assert rules.words(None, "职工夜校", until) == rules.PLAIN
    assert rules.headline(KIND, "") == (rules.PLAIN, rules.LOG_IN)


@settings(deadline=None)
@given(st.text(max_size=LONGEST_TITLE))
def test_the_variables_of_a_template_are_short(title: str) -> None:
    assert all(len(one) <= 20 for one in rules.headline(KIND, title))


def test_every_kind_makes_a_sentence_and_leads_to_a_page() -> None:
    from gonghui.kernel.messages.models import Message
    from gonghui.kernel.messages.registry import page_of

    assert len(kinds()) >= 11
    for key, kind in kinds().items():
        assert "甲" in rules.words(kind, "甲", local(9)) and len(kind.title) <= 20
        assert page_of(Message(kind=key, about=7)).startswith("/m/")
