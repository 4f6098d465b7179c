"""What a day means, what is reminded when, what groups a programme may have: for any days at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.reform.rules import Light, groups_of, percent, reminder_due, standing, version_changes
from gonghui.kernel.refusal import Refusal

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(DAYS, DAYS, st.integers(0, 60))
def test_an_unfinished_task_is_late_exactly_after_its_day(due: date, today: date, soon: int) -> None:
    found = standing(due, None, today, soon)
    assert (found.light == Light.OVERDUE) == (today > due)
    assert found.days == (due - today).days
    assert (found.light == Light.SOON) == (0 <= (due - today).days <= soon)
    if found.light == Light.OVERDUE:
        assert found.words == f"已逾期{(today - due).days}天" and found.tone == "bad"


@given(DAYS, DAYS, DAYS)
def test_a_finished_task_is_never_red_whatever_the_day(due: date, done: date, today: date) -> None:
    found = standing(due, done, today, 7)
    assert found.tone == "ok"
    assert (found.light == Light.DONE_LATE) == (done > due)


@given(DAYS, st.integers(1, 30), st.integers(1, 30), st.integers(0, 400))
def test_reminders_come_once_before_and_at_steady_steps_after(due: date, soon: int, every: int, span: int) -> None:
    """Asked on every day from long before to long after, as the job does."""
    last: date | None = None
    sent: list[tuple[str, int]] = []
    for offset in range(-soon - 20, span + 1):
        kind = reminder_due(due, last, due + timedelta(days=offset), soon, every)
        if kind:
            last = due + timedelta(days=offset)
            sent.append((kind, offset))
    assert sent[0] == ("soon", -soon)
    assert [offset for kind, offset in sent if kind == "overdue"] == list(range(1, span + 1, every))
    assert [kind for kind, _ in sent].count("soon") == 1


def test_words_of_the_days() -> None:
    day = date(2026, 3, 6)
    assert standing(day, None, day, 7).words == "今天到期"
    assert standing(day, None, date(2026, 3, 3), 7).words == "剩3天"
    assert standing(day, None, date(2026, 1, 3), 7).words == "按期推进"
    assert standing(day, date(2026, 3, 9), date(2026, 4, 1), 7).words == "逾期完成"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "1至9个分组"),
        ([{"key": "A", "title": ""}], "代号和名称"),
        ([{"key": "A", "title": "核心"}, {"key": "A", "title": "重点"}], "写了两次"),
        ([{"key": "A", "title": "核心", "places": -1}], "整数"),
        ([{"key": str(n), "title": str(n)} for n in range(10)], "1至9个分组"),
    ],
)
def test_groups_that_are_wrong_are_told(rows: list[dict[str, object]], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        groups_of(rows)
    assert refused.value.code == "GH-REF-040" and sentence in refused.value.message


def test_groups_are_data_and_empty_lines_fall_away() -> None:
    rows = [{"key": " A ", "title": "核心样本", "places": 2}, {"key": "", "title": ""}, {"key": "N", "title": "试点"}]
    found = groups_of(rows)
    assert found == [{"key": "A", "title": "核心样本", "places": 2}, {"key": "N", "title": "试点", "places": 0}]


def test_two_versions_differ_by_field_from_old_to_new() -> None:
    def task(number: int, **facts: str) -> dict[str, object]:
        return {"number": number, "title": f"第{number}件", "goal": "", "owner": "主席", "due_on": "2026-06-30"} | facts

    old = [task(1), task(2), task(3)]
    new = [task(1), task(3, due_on="2026-09-30", goal="十处"), task(4)]
    assert [(one.number, one.kind, one.fields) for one in version_changes(old, new)] == [
        (2, "gone", ()),
        (3, "changed", (("目标要求", "—", "十处"), ("完成期限", "2026-06-30", "2026-09-30"))),
        (4, "added", ()),
    ]
    assert version_changes(old, old) == []


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_share_is_never_more_than_all(done: int, more: int) -> None:
    assert 0 <= percent(done, done + more) <= 100
