"""Standards are checked before they are published, score whole numbers reproducibly, and say what changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from gonghui.apps.assessment import facts, rules, shipped
from gonghui.apps.assessment.rules import Answer

KINDS = {"org_chairs": "number", "org_in_term": "yes_no", "union_member_percent": "number"}
UNKNOWN = frozenset({"union_member_percent"})
SMALL: dict[str, Any] = {
    "key": "small", "family": "six", "title": "小标准", "total": 20,
    "groups": [
        {"key": "one", "title": "组织", "items": [
            {"key": "chair", "title": "主席在任", "points": 5, "kind": "computed", "formula": "org_chairs >= 1",
             "mandatory": True},
            {"key": "rate", "title": "入会率", "points": 5, "kind": "band", "unit": "%",
             "formula": "union_member_percent == null ? 0 : union_member_percent",
             "bands": [{"least": 90, "points": 5}, {"least": 70, "points": 3}]},
        ]},
        {"key": "two", "title": "工作", "items": [
            {"key": "place", "title": "阵地建设", "points": 6, "evidence": ["photo"]},
            {"key": "calm", "title": "没有群体性事件", "points": 4, "kind": "yes_no", "evidence": ["document"],
             "veto": True},
        ]},
    ],
    "grades": [{"title": "示范", "least": 18, "point": True}, {"title": "合格", "least": 12}, {"title": "待提升", "least": 0}],
}  # fmt: skip


def changed(**values: Any) -> dict[str, Any]:
    return copy.deepcopy(SMALL) | values


def item(body: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for group in body["groups"] for one in group["items"] if one["key"] == key)


def said(body: dict[str, Any]) -> list[str]:
    return [f"{one.where} {one.sentence}" for one in rules.check(body, KINDS, UNKNOWN)]


def test_the_shipped_standards_have_no_mistake() -> None:
    names, optional = facts.names(), facts.optional()
    assert {body["key"]: rules.check(body, names, optional) for body in shipped.bodies()} == {
        key: []
        for key in ("four_batches", "six_haves", "six_norms", "six_plus_n", "small_firms", "star_stations", "strong_a")
    }
    assert all(rules.must_read(body).local for body in shipped.bodies())


def test_every_mistake_is_explained() -> None:
    assert said(SMALL) == []
    body = changed(total=100)
    item(body, "chair")["formula"] = "org_chair >= 1"
    item(body, "place")["evidence"] = []
    item(body, "rate")["bands"][0]["points"] = 4
    item(body, "calm")["key"] = "place"
    body["grades"][1]["least"] = 19
    found = said(body)
    assert found[0] == "total 各项分值相加是20分，应为100分，少80分"
    assert found[1].startswith("groups[0].items[0].formula 没有“org_chair”这一项；可以用的有：")
    assert found[2:] == [
        "groups[0].items[1].bands “入会率”最高一档是4分，应等于分值5分",
        "groups[1].items[0].evidence “阵地建设”有6分，没有写明要什么佐证",
        "groups[1].items[1].key “place”已经用过（阵地建设），换一个",
        "grades 等级要从高到低排列，起点分不能相同",
    ]


def test_a_formula_must_bear_what_the_records_do_not_know() -> None:
    body = changed()
    item(body, "rate")["formula"] = "union_member_percent"
    assert said(body) == ["groups[0].items[1].formula 应得出整数，现在得出的是“None”"]


@pytest.mark.parametrize(("percent", "points"), [(69, 0), (70, 3), (89, 3), (90, 5), (None, 0)])
def test_bands_begin_where_they_say(percent: int | None, points: int) -> None:
    found = rules.score(rules.must_read(SMALL), {"org_chairs": 1, "union_member_percent": percent}, {})
    assert found.line("rate").points == points


GOOD = {"org_chairs": 1, "union_member_percent": 95}
FULL = {"place": Answer(6, 1), "calm": Answer(1, 1)}


@pytest.mark.parametrize(
    ("facts_now", "answers", "total", "grade", "why"),
    [
        (GOOD, FULL, 20, "示范", "得20分，定为示范"),
        (GOOD, FULL | {"place": Answer(4, 1)}, 18, "示范", "得18分，定为示范"),
        (GOOD, FULL | {"place": Answer(3, 1)}, 17, "合格", "得17分，定为合格，离示范还差1分"),
        (GOOD, FULL | {"place": Answer(99, 1)}, 20, "示范", "得20分，定为示范"),
        (GOOD | {"org_chairs": 0}, FULL, 15, "待提升", "得15分，必备项“主席在任”没有达标，定为待提升"),
        (GOOD, FULL | {"calm": Answer(0)}, 16, "不予定级", "得16分，“没有群体性事件”没有做到，一票否决，不予定级"),
        ({}, {}, 0, "不予定级", "得0分，“没有群体性事件”没有做到，一票否决，不予定级"),
    ],
)
def test_scores_and_grades(
    facts_now: dict[str, Any], answers: dict[str, Answer], total: int, grade: str, why: str
) -> None:
    standard = rules.must_read(SMALL)
    found = rules.score(standard, facts_now, answers)
    assert (found.total, found.grade, rules.explain(standard, found)) == (total, grade, why)


def test_versions_differ_in_words() -> None:
    after = changed()
    item(after, "place")["points"] = 4
    item(after, "rate")["mandatory"] = True
    after["groups"][1]["items"].append(
        {"key": "local_1", "title": "园区共建", "points": 2, "evidence": ["photo"], "local": True, "mandatory": True}
    )
    assert rules.differences(rules.must_read(SMALL), rules.must_read(after)) == [
        "“入会率”改为必备项",
        "“阵地建设”由6分改为4分",
        "增加“园区共建”（工作，2分，必备）",
    ]
    assert rules.differences(rules.must_read(SMALL), rules.must_read(SMALL)) == []
