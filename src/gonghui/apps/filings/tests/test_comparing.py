"""What a filing is compared with: the nearest earlier period, like with like, by the numbers that stand there now."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.filings import example, queries, services
from gonghui.apps.filings.models import Filing, FilledCell
from gonghui.kernel.figures.rules.periods import Period, around, read
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_filings import QUARTER, begun

pytestmark = pytest.mark.django_db
MEMBERS, GRANTS = "E7", "C4"


def signed(row: Filing, period: Period, number: int, days_ago: int) -> Filing:
    """An earlier filing of the same form with one number in three cells."""
    with acting(SYSTEM):
        made = Filing.objects.get(pk=row.pk)
        made.pk, made.period, made.state = None, period.key, "signed"
        made.signed_at = timezone.now() - timedelta(days=days_ago)
        made.counted_at = datetime.combine(period.last, time(), UTC) + timedelta(days=3)
        made._state.adding = True
        made.save(force_insert=True)
        for sheet, cell in ((example.BASE, MEMBERS), (example.MEANS, GRANTS), (example.AID, "D6")):
            FilledCell.objects.create(path=row.path, filing=made, sheet=sheet, cell=cell, kind="figure", number=number)
    return made


def leaps(desk: Any, row: Filing) -> dict[str, str]:
    with acting(desk):
        found = queries.findings(desk, row, queries.cells(desk, row))
    return {one.cell: one.sentence for one in found if "比上一次" in one.sentence}


def test_the_nearest_earlier_period_counts_and_not_what_was_signed_last(tree: Any) -> None:
    desk, row = begun(tree)
    signed(row, QUARTER.before(), 100, days_ago=50)
    signed(row, QUARTER.before().before(), 1000, days_ago=1)  # signed late
    signed(row, around(QUARTER.first, "year").before(), 77, days_ago=2)  # once by year: not alike
    assert "比上一次的100" in leaps(desk, row)[MEMBERS]


def test_a_filing_that_was_given_back_is_not_compared_with(tree: Any) -> None:
    desk, row = begun(tree)
    old = signed(row, QUARTER.before(), 100, days_ago=5)
    with acting(SYSTEM):
        Filing.objects.filter(pk=old.pk).update(state="returned")
    assert MEMBERS not in leaps(desk, row)


def test_part_of_a_period_is_not_compared_with_a_whole_one(tree: Any) -> None:
    """Members are there at a day; grants are paid during a quarter that still runs."""
    desk, row = begun(tree)
    signed(row, QUARTER.before(), 100, days_ago=5)
    found = leaps(desk, row)
    assert MEMBERS in found and GRANTS not in found
    with acting(desk):
        over = services.begin(desk, organisation=tree.city, template=row.template, period=read("2024Q2"))
    whole = signed(over, read("2024Q1"), 100, days_ago=5)
    assert GRANTS in leaps(desk, over)
    with acting(SYSTEM):  # counted in the middle of its quarter
        Filing.objects.filter(pk=whole.pk).update(counted_at=datetime(2024, 2, 1, tzinfo=UTC))
    assert GRANTS not in leaps(desk, over)


def test_what_adds_up_over_the_year_is_compared_with_a_year_before(tree: Any) -> None:
    desk, _ = begun(tree)
    with acting(desk):
        form = Filing.objects.get().template
        over = services.begin(desk, organisation=tree.city, template=form, period=read("2024Q2"))
    signed(over, read("2024Q1"), 100, days_ago=5)
    assert "D6" not in leaps(desk, over)
    signed(over, read("2023Q2"), 70, days_ago=5)
    with acting(desk):
        cell = FilledCell.objects.get(filing=over, sheet=example.AID, cell="D6")
        assert cell.number is not None or cell.few
        FilledCell.objects.filter(pk=cell.pk).update(number=10, few=False, text="")
    assert "比上一次的70" in leaps(desk, over)["D6"]


def test_a_remark_is_void_when_the_number_has_changed(tree: Any) -> None:
    desk, row = begun(tree)
    signed(row, QUARTER.before(), 100, days_ago=5)
    with acting(desk):
        services.remark(desk, filing=row, sheet=example.BASE, cell=MEMBERS, words="并转")
        row.refresh_from_db()

        def said() -> str:
            found = queries.findings(desk, row, queries.cells(desk, row))
            return next(one.remark for one in found if one.cell == MEMBERS and one.level == "remark")

        assert said() == "并转"
        FilledCell.objects.filter(filing=row, cell=MEMBERS, sheet=example.BASE).update(number=6)
        assert said() == ""
