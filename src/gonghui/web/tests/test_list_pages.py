"""The list component through the style page's list: conditions, settings, files, bulk actions."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest

LIST = "/desk/kit/list"
PARTIAL = {"HX-Request": "true"}


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_list_search_for_a_person_keeps_the_name_out_of_the_address(kit: Any) -> None:
    answer = kit.post(LIST, {"list": "filter", "q": "欧阳"})
    assert answer.status_code == 302 and "欧阳" not in answer["Location"] and "%E6" not in answer["Location"]
    shown = body(kit.get(answer["Location"]))
    assert "共41名" in shown and 'value="欧阳"' in shown
    typed = kit.get(LIST, {"q": "欧阳"})
    assert typed.status_code == 302 and "%E6" not in typed["Location"]
    partial = kit.post(LIST, {"list": "filter", "q": "欧阳"}, headers=PARTIAL)
    assert "%E6" not in partial["HX-Push-Url"] and "共41名" in body(partial)


def test_list_search_token_of_another_session_finds_nothing_private(kit: Any) -> None:
    answer = kit.post(LIST, {"list": "filter", "q": "欧阳"})
    kit.cookies.clear()
    assert "欧阳" not in re.sub(r"欧阳志强", "", body(kit.get(answer["Location"])))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"{LIST}?rows=none", "还没有会员"),
        (f"{LIST}?state=已终止&active_from=2031-01-01", "没有符合这2个条件的会员"),
        (f"{LIST}?active_from=2022-13-01", "写成2022-12-31这样的日期"),
        (f"{LIST}?state=不存在", "状态没有这一项，从名单里重选"),
        (f"{LIST}?page=99", "第361–369名，共369名"),
        (f"{LIST}?page=-3&size=7&sort=nonsense", "第1–20名，共369名"),
        (f"{LIST}?page=1e400&size=%00&sort=%00", "第1–20名，共369名"),
        (f"{LIST}?reason=a%00b", "重新"),
    ],
)
def test_list_answers_odd_addresses_with_a_page(kit: Any, address: str, words: str) -> None:
    answer = kit.get(address)
    assert answer.status_code == 200
    assert words in body(answer) or "从名单里重选" in body(answer)


def test_list_sorts_both_ways_with_unknown_dates_last(kit: Any) -> None:
    for sort in ("last_active", "-last_active"):
        text = body(kit.get(f"{LIST}?sort={sort}&size=100&page=4"))
        assert text.rindex("—</span>") > text.rindex('datetime="20')
        dates = re.findall(r'datetime="(\d{4}-\d\d-\d\d)"', body(kit.get(f"{LIST}?sort={sort}&size=100")))
        assert len(dates) == 100 and dates == sorted(dates, reverse=sort.startswith("-"))
    assert 'aria-sort="descending"' in text


def test_list_columns_are_kept_in_the_chosen_order(kit: Any) -> None:
    kit.post(LIST, {"list": "columns", "column": ["state", "name", "visits", "made-up"], "query": "?state=待核查"})
    text = body(kit.get(LIST))
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', text)
    assert heads[-3:] == ["状态", "姓名", "签到"] and "所在组织" not in heads
    kit.post(LIST, {"list": "columns-reset"})
    assert 'data-label="所在组织"' in body(kit.get(LIST))


def test_list_saved_view_becomes_a_tab_without_the_person(kit: Any) -> None:
    found = kit.post(LIST, {"list": "filter", "q": "欧阳", "state": "待核查", "active_from": "2021-01-01"})["Location"]
    kit.post(LIST, {"list": "save", "title": "去年以来", "query": found.partition("?")[2]})
    text = body(kit.get(LIST))
    link = re.search(r'<a href="([^"]+)">去年以来</a>', text)
    assert link and "active_from=2021-01-01" in link[1] and "q=" not in link[1]
    key = re.search(r'name="view" value="([^"]+)"', text)
    assert key
    kit.post(LIST, {"list": "forget", "view": key[1]})
    assert ">去年以来</a>" not in body(kit.get(LIST))


def test_list_saved_view_without_a_name_is_refused_and_said(kit: Any) -> None:
    kit.post(LIST, {"list": "save", "title": "  ", "query": "?state=待核查"})
    assert "给这组筛选起个名字" in body(kit.get(LIST))


def test_list_export_holds_exactly_what_is_filtered_and_shown(kit: Any) -> None:
    kit.post(LIST, {"list": "columns", "column": ["name", "last_active", "visits"]})
    answer = kit.get(f"{LIST}?state=公示中&export=xlsx&sort=-last_active")
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    rows = list(book["名单"].values)
    assert rows[0] == ("姓名", "最近活动", "签到（次）")
    dates = [row[1] for row in rows[1:] if row[1]]
    assert len(rows) == 75 and dates == sorted(dates, reverse=True)
    assert ("条件", "状态：公示中") in list(book["说明"].values)


def bulk(kit: Any, **data: Any) -> Any:
    return kit.post("/desk/kit/act", data)


def test_bulk_acts_on_the_picked_rows_at_once_when_nothing_can_be_lost(kit: Any) -> None:
    answer = bulk(kit, bulk="keep", ids=["1", "2", "2"], query="?state=待核查")
    assert answer["Location"].startswith(f"{LIST}?state=")
    assert "已核实2名会员在岗" in body(kit.get(LIST))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"ids": []}, "GH-LIST-003"),
        ({"ids": ["1", "99999"]}, "GH-LIST-005"),
        ({"all": "1", "expected": "368", "query": ""}, "GH-LIST-002"),
        ({"ids": [str(n) for n in range(1, 502)]}, "GH-LIST-004"),
    ],
)
def test_bulk_refuses_what_differs_from_what_was_seen(kit: Any, data: dict[str, Any], code: str) -> None:
    answer = bulk(kit, bulk="keep", **data)
    assert answer.status_code == 409 and code in body(answer)


def test_bulk_destructive_asks_for_the_typed_count_and_the_reason(kit: Any) -> None:
    asked = body(bulk(kit, bulk="end", all="1", expected="74", query="?state=公示中"))
    assert "终止74名会员的会籍" in asked and "30天内可以恢复" in asked and 'name="expected" value="74"' in asked
    wrong = bulk(
        kit, bulk="end", answered="end", all="1", expected="74", query="?state=公示中", typed="7",
        **{"ask-reason": "单位注销"},
    )  # fmt: skip
    assert wrong.status_code == 422 and "现在是7，应输入74" in body(wrong) and "单位注销" in body(wrong)
    unreasoned = bulk(kit, bulk="end", answered="end", all="1", expected="74", query="?state=公示中", typed="74")
    assert unreasoned.status_code == 422 and "还没有填写" in body(unreasoned)
    done = bulk(
        kit, bulk="end", answered="end", all="1", expected="74", query="?state=公示中", typed="74",
        **{"ask-reason": "单位注销"},
    )  # fmt: skip
    assert done.status_code == 302 and "已终止74名会员的会籍" in body(kit.get(LIST))


def test_bulk_single_destructive_needs_no_typed_count(kit: Any) -> None:
    assert 'name="typed"' not in body(bulk(kit, bulk="end", ids=["5"]))


def test_list_partial_carries_rows_tabs_count_and_tools_only(kit: Any) -> None:
    answer = kit.get(f"{LIST}?state=公示中", headers=PARTIAL)
    text = body(answer)
    assert "<html" not in text and text.count("hx-swap-oob") == 4
    assert answer["HX-Push-Url"].startswith(f"{LIST}?state=")
