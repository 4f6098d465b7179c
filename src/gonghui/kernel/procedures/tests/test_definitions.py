"""A definition in words: what changed, the printed page, conditions built without code, places of mistakes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from gonghui.kernel.factories import Tree
from gonghui.kernel.procedures import registry, services
from gonghui.kernel.procedures.factories import SIMPLE, officer
from gonghui.kernel.procedures.rules import editing
from gonghui.kernel.procedures.rules.checking import Known, check
from gonghui.kernel.procedures.rules.definition import must_read
from gonghui.kernel.procedures.rules.differences import Words, differences
from gonghui.kernel.procedures.rules.editing import Condition
from gonghui.kernel.procedures.rules.printing import Printer, names_rule
from gonghui.kernel.procedures.shipped import skeletons
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import expressions
from gonghui.kernel.scope import acting, take_scope

WORDS = Words(
    roles={"organising": "组织建设", "rights": "权益保障"},
    effects={"test.noted": "记一笔", "procedures.noted": "记录办结"},
    facts={"org_members": "在册会员人数"},
    rules={"procedures.review_days": "一般审核环节的办理时限"},
)


def said(**changes: Any) -> list[str]:
    """What a change of the simple definition reads like."""
    return differences(must_read(SIMPLE), must_read({**copy.deepcopy(SIMPLE), **changes}), WORDS)


def with_step(**slots: Any) -> list[dict[str, Any]]:
    steps = copy.deepcopy(SIMPLE["steps"])
    steps[0] |= slots
    return steps


def with_fields(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"sections": [{"title": "基本情况", "fields": list(fields)}]}


MEMBERS, REASON, AMOUNT = SIMPLE["form"]["sections"][0]["fields"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"steps": with_step(deadline={"days": 3, "warn": 2, "breach": "escalate"})}, ["“乡镇审核”的时限 5个工作日 → 3个工作日"]),
        ({"steps": with_step(deadline={"days": "rule:procedures.review_days", "warn": 2, "breach": "escalate"})},
         ["“乡镇审核”的时限 5个工作日 → 按本地规则“一般审核环节的办理时限”"]),
        ({"steps": with_step(deadline={"days": 5, "warn": 2})}, ["“乡镇审核”超期以后 升级到上一级工会 → 记录超期"]),
        ({"steps": with_step(role="rights", tier="county")}, ["“乡镇审核”的办理单位 乡镇（街道）总工会 → 县级总工会", "“乡镇审核”的办理角色 组织建设 → 权益保障"]),
        ({"steps": SIMPLE["steps"][:1]}, ["去掉环节“县级决定”"]),
        ({"steps": [*SIMPLE["steps"], {"key": "shown", "title": "公示", "kind": "notice", "tier": "county", "role": "organising", "days": 5}]},
         ["增加环节“公示”（公示，县级总工会）"]),
        ({"form": with_fields(MEMBERS, REASON)}, ["申请表去掉“金额”"]),
        ({"form": with_fields(MEMBERS, REASON, AMOUNT, {"key": "day", "title": "日期", "kind": "date"})}, ["申请表增加“日期”（日期）"]),
        ({"form": with_fields(REASON, MEMBERS, AMOUNT)}, ["申请表的“理由”移到最前面"]),
        ({"form": with_fields(MEMBERS, REASON | {"required": False}, AMOUNT | {"most": 500})}, ["“理由”的必填 是 → 否", "“金额”的最大 不限 → 500"]),
        ({"approved": [{"key": "procedures.noted"}]}, ["通过以后增加“记录办结”", "通过以后不再“记一笔”"]),
        ({"appeal": {"role": "rights"}}, ["申诉 不能申诉 → 15个工作日内向上一级工会提出，权益保障复核"]),
        ({"rules": {"days": "procedures.review_days"}}, ["使用本地规则“一般审核环节的办理时限”"]),
    ],
)  # fmt: skip
def test_changes_are_said_in_sentences(changes: dict[str, Any], expected: list[str]) -> None:
    assert said(**changes) == expected


def test_the_printed_page_says_who_when_and_what() -> None:
    body = copy.deepcopy(SIMPLE) | {"rules": {"days": "procedures.review_days"}, "appeal": {"role": "rights"}}
    body["form"]["sections"][0]["fields"][2] |= {"when": "members > 25", "most": 500}
    body["steps"][1] |= {"apart_from": ["first"], "when": 'reason == "重点"'}
    page = Printer(must_read(body), registry.known(), WORDS).page()
    lines = page.sections[0].lines
    assert (lines[0].filled, lines[1].remarks) == ("从台账“在册会员人数”填入", ("公示",))
    assert lines[2].remarks == ("选填", "“会员人数”大于25时填写", "最多500元")
    assert [(one.office, one.days, one.breach) for one in page.steps] == [
        ("乡镇（街道）总工会·组织建设", "5个工作日", "超期升级到上一级工会"),
        ("县级总工会·组织建设", "没有规定时限", ""),
    ]
    assert page.steps[1].remarks == ("“理由”等于重点时才进入", "须与“乡镇审核”由不同的人办理")
    assert dict(page.facts)["申诉"] == "15个工作日内向上一级工会提出，权益保障复核"
    assert page.rules == (("procedures.review_days", "计算和条件"),) and page.approved == ("记一笔",)


def test_a_definition_names_the_rules_it_uses() -> None:
    assert names_rule({"rules": {"a": "x.y"}}, "x.y") and names_rule({"verdict": "rule:x.y"}, "x.y")
    assert names_rule({"steps": [{"deadline": {"days": "rule:x.y"}}]}, "x.y")
    assert not names_rule({"steps": [{"deadline": {"days": "rule:x.yz"}}], "title": "x.y"}, "x.y")


KINDS = {"n": "number", "m": "money", "t": "text", "d": "date", "b": "yes_no", "l": "texts"}


@pytest.mark.parametrize(
    ("one", "optional", "expected"),
    [
        (Condition("n", ">", "1,000"), False, "n > 1000"),
        (Condition("m", "<=", "1236.5"), True, "m != null && m <= 123650"),
        (Condition("t", "==", "甲"), False, 't == "a"'),
        (Condition("b", "==", "是"), True, "b != null && b == true"),
        (Condition("l", "in", "甲"), False, '"a" in l'),
        (Condition("d", ">=", "2022-12-31"), False, 'd >= "2022-12-31"'),
    ],
)
def test_conditions_without_code(one: Condition, optional: bool, expected: str) -> None:
    text = editing.condition(one, KINDS[one.field], optional, {"甲": "a"})
    assert text == expected
    names = frozenset({one.field}) if optional else frozenset()
    assert expressions.mistakes(text, KINDS, "yes_no", names) == []
    back = editing.taken_apart(text, KINDS)
    assert back is not None and (back.field, back.operator) == (one.field, one.operator)
    assert editing.condition(back, KINDS[one.field], optional) == text


@pytest.mark.parametrize(
    "one",
    [
        Condition("n", ">", "很多"), Condition("t", ">", "甲"), Condition("l", "==", "甲"), Condition("t", "==", '"'),
        Condition("b", "==", "也许"), Condition("n", "like", "1"), Condition("d", "==", "昨天"),
    ],
)  # fmt: skip
def test_conditions_that_cannot_be_are_refused_with_a_sentence(one: Condition) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        editing.condition(one, KINDS[one.field], False)


def test_what_experts_wrote_is_left_alone() -> None:
    assert editing.taken_apart("n > 1 && m > 2", KINDS) is None
    assert editing.taken_apart("size(l) > 1", KINDS) is None


@pytest.mark.parametrize(
    ("where", "page", "numbers", "slot"),
    [
        ("form.sections[0].fields[1].when", "field", (0, 1), "when"),
        ("form.sections[0].title", "section", (0,), "title"),
        ("steps[1].deadline.days", "step", (1,), "deadline"),
        ("approved[0].given.amount", "approved", (0,), "given"),
        ("appeal.role", "after", (), "appeal"),
        ("audience", "basics", (), "audience"),
        ("steps", "steps", (), ""),
        ("nonsense[3]", "text", (), ""),
    ],
)
def test_where_a_mistake_is_mended(where: str, page: str, numbers: tuple[int, ...], slot: str) -> None:
    found = editing.place_of(where, SIMPLE)
    assert (found.page, found.numbers, found.slot) == (page, numbers, slot)


def test_pieces_are_put_moved_and_removed() -> None:
    body = editing.moved(SIMPLE, "fields", 2, -1)
    assert [one["key"] for one in editing.fields_of(body)] == ["members", "amount", "reason"]
    assert [one["key"] for one in editing.fields_of(SIMPLE)] == ["members", "reason", "amount"]  # the old one stays
    assert len(editing.put(SIMPLE, "steps", None, {"key": "x"})["steps"]) == 3
    assert editing.removed(SIMPLE, "steps", 0)["steps"] == SIMPLE["steps"][1:]
    for wrong in (lambda: editing.moved(SIMPLE, "steps", 9, 1), lambda: editing.list_of({}, "fields", 4)):
        with pytest.raises(KeyError):
            wrong()


def test_keys_come_from_the_reading_of_a_title() -> None:
    assert editing.key_for("申领高温慰问品", [], "local.") == "local.shenlinggaowenweiwenpin"
    assert editing.key_for("人数", ["renshu"]) == "renshu2"
    assert editing.key_for("1号", []) == "hao" and editing.key_for("！", []) == "item"


def test_every_skeleton_can_be_published() -> None:
    for key, one in skeletons().items():
        body = {"key": "local.tried", "title": "试一试", **one["body"]}
        assert check(body, registry.known()) == [], key


@pytest.mark.parametrize(
    "body", [None, [], {"form": 3}, {"form": {"sections": {"a": 1}}}, {"steps": [3]}, {"approved": [{"given": 3}]},
             {"form": {"sections": [{"fields": [{"options": ["a"]}]}]}}, {"rules": [1]}, {"steps": [{"deadline": 3}]}],
)  # fmt: skip
def test_what_the_builder_cannot_show_is_known(body: Any) -> None:
    assert not editing.shaped(body)
    assert editing.shaped(SIMPLE)


def test_a_draft_needs_a_usable_key(tree: Tree) -> None:
    with acting(officer(tree.county)) as author:
        for key in ("", "无点", "local", "local." + "a" * 41, ".".join(["local", *["a" * 40] * 3])):
            with pytest.raises(Refusal, match="GH-PRO-072"):
                services.save_draft(author, body={**SIMPLE, "key": key})


def test_publishing_stays_with_ones_own_place(tree: Tree) -> None:
    with acting(officer(tree.county, username="c1")) as author:
        row = services.save_draft(author, body={**SIMPLE, "approved": [{"key": "procedures.noted"}]})
    take_scope("", "~")
    others = [officer(tree.sibling_county, username="c2"), officer(tree.city, username="c3")]
    for other in others:
        with acting(other), pytest.raises(Refusal, match="GH-PRO-074"):
            services.publish(other, procedure=row, valid_from=row.edited_at.date())


def test_the_known_words_of_an_author() -> None:
    wrong = check(SIMPLE, registry.known(frozenset({"procedure.manage"}), "county"))
    assert [one.sentence for one in wrong] == ["“记一笔”需要“建会、转隶、并转、分设、撤销”的权限，发布人没有"]
    assert check(SIMPLE, Known({}, {}, {}, {})) != []
