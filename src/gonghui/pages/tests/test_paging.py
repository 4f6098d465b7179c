"""Paging by the last row seen meets every row once, in both directions, whatever is unknown or equal."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from gonghui.kernel.models import LoginCode
from gonghui.pages.lists.source import cut, orders_of

SIZE = 7


@pytest.fixture
def codes(whole: None) -> list[LoginCode]:
    """Sixty rows with many equal and many missing times."""
    pick = random.Random(4)
    day = dt.datetime(2023, 3, 1, tzinfo=dt.UTC)
    rows = [
        LoginCode(
            phone_hash=b"x",
            code_digest=b"x",
            purpose="login",
            expires_at=day,
            used_at=None if pick.random() < 0.3 else day + dt.timedelta(days=pick.randrange(6)),
            tries=pick.randrange(3),
        )
        for _ in range(60)
    ]
    return LoginCode.objects.bulk_create(rows)


@pytest.mark.parametrize("sort", [["used_at"], ["-used_at"], ["tries", "-used_at"], ["-tries"], []])
def test_cut_walks_forward_and_back_over_the_same_rows(codes: list[LoginCode], sort: list[str]) -> None:
    source = LoginCode.objects.filter(pk__in=[row.pk for row in codes])
    whole = [row.pk for row in source.order_by(*(order.expression for order in orders_of(source, sort)))]
    pages = []
    after = ""
    for number in range(1, 10):
        rows = cut(source, sort, page=number, size=SIZE, total=60, after=after)
        by_offset = cut(source, sort, page=number, size=SIZE, total=60)
        assert [row.pk for row in rows] == [row.pk for row in by_offset]
        pages.append([row.pk for row in rows])
        after = str(rows[-1].pk)
    assert [pk for page in pages for pk in page] == whole
    for number in range(8, 0, -1):
        rows = cut(source, sort, page=number, size=SIZE, total=60, before=str(pages[number][0]))
        assert [row.pk for row in rows] == pages[number - 1]


def test_cut_reads_by_number_when_the_last_row_seen_is_gone(codes: list[LoginCode]) -> None:
    source = LoginCode.objects.filter(pk__in=[row.pk for row in codes])
    for anchor in ("99999999", "x", "1e400", "\x00"):
        rows = cut(source, ["used_at"], page=2, size=SIZE, total=60, after=anchor)
        assert len(rows) == SIZE


def test_cut_of_the_last_page_does_not_skip_the_rows_before_it(
    codes: list[LoginCode], django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    source = LoginCode.objects.filter(pk__in=[row.pk for row in codes])
    with django_assert_num_queries(1) as seen:
        cut(source, ["used_at"], page=9, size=SIZE, total=60)
    assert "OFFSET" not in seen.captured_queries[0]["sql"]
