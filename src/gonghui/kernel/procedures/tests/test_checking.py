"""Well-formed definitions pass; broken ones are refused with a place and a sentence; mistakes of a text have its line."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.kernel.procedures.rules.checking import Known, KnownEffect, check
from gonghui.kernel.procedures.rules.definition import lines_of, plain, read, read_yaml
from gonghui.kernel.procedures.services.definitions import parse

KNOWN = Known(
    roles={"organising": "组织建设", "rights": "权益保障", "judge": "评委"},
    effects={"x.noted": KnownEffect("记录", ""), "x.paid": KnownEffect("付款", "fund.pay", frozenset({"amount"}))},
    facts={"org_members": "number", "org_name": "text"},
    rules={"x.days": "number", "x.limit": "money", "x.class": "text"},
    formulas={"x.class": frozenset({"f0"})},
)
TIERS = ["own", "upper", "township", "county", "city", "province"]
WORDS = st.text(alphabet="申请高温慰问品审核决定人数金额理由", min_size=2, max_size=8)


@st.composite
def fields(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["text", "number", "money", "date", "choice", "yes_no", "files", "table", "identity"]))
    one: dict[str, Any] = {"key": f"f{number}", "title": draw(WORDS), "kind": kind, "required": draw(st.booleans())}
    if kind == "choice":
        one["options"] = [{"value": str(n), "title": str(n)} for n in range(draw(st.integers(2, 5)))]
    if kind == "table":
        one["columns"] = [{"key": "c", "title": "列", "kind": "text"}]
    if kind == "text" and draw(st.booleans()):
        one["fill"] = draw(st.sampled_from(["org_name", "org_members"]))
    if kind in ("number", "money") and draw(st.booleans()):
        one |= {"least": draw(st.integers(0, 9)), "most": draw(st.integers(10, 99))}
    return one


def condition(one: dict[str, Any]) -> str:
    """A condition over one field that always has an answer."""
    value = {"number": f"{one['key']} > 3", "money": f"{one['key']} > yuan(3)", "text": f'{one["key"]} == "甲"',
             "date": f'{one["key"]} < "2026-01-01"', "choice": f'{one["key"]} == "1"', "yes_no": one["key"],
             "files": f"{one['key']} > 0", "table": f"size({one['key']}) > 0", "identity": f'{one["key"]} != ""'}  # fmt: skip
    return f"{one['key']} != null && {value[one['kind']]}"


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A definition that can work."""
    asked = [draw(fields(number)) for number in range(draw(st.integers(1, 5)))]
    for number, one in enumerate(asked[1:], 1):
        if draw(st.booleans()):
            one["when"] = condition(asked[number - 1] if not asked[number - 1].get("when") else asked[0])
    steps: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["review", "decide", "notice", "visit"]))
        step = {"key": f"s{number}", "title": draw(WORDS), "kind": kind, "tier": draw(st.sampled_from(TIERS)),
                "role": draw(st.sampled_from(["organising", "rights"]))}  # fmt: skip
        if kind == "notice":
            step["days"] = draw(st.sampled_from([5, "rule:x.days"]))
        elif draw(st.booleans()):
            step["deadline"] = {"days": draw(st.sampled_from([1, 15, "rule:x.days"]))}
        if number and draw(st.booleans()):
            step["after"] = [draw(st.sampled_from(["start", *(one["key"] for one in steps)]))]
        steps.append(step)
    return {"key": "x.tried", "title": draw(WORDS), "who": draw(st.sampled_from(["person", "organisation", "staff"])),
            "form": {"sections": [{"title": "情况", "fields": asked}]}, "steps": steps, "approved": [{"key": "x.noted"}]}  # fmt: skip


SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SOME
@given(definitions())
def test_well_formed_definitions_pass(body: dict[str, Any]) -> None:
    assert read(body)[1] == []
    assert check(body, KNOWN) == []
    assert parse(yaml.safe_dump(body, allow_unicode=True)) == (body, [])


Break = Callable[[dict[str, Any]], None]


def _loop(body: dict[str, Any]) -> None:
    body["steps"].append({"key": "l1", "title": "甲", "kind": "review", "role": "rights", "after": ["l2"]})
    body["steps"].append({"key": "l2", "title": "乙", "kind": "review", "role": "rights", "after": ["l1"]})


def _formula(body: dict[str, Any]) -> None:
    body["form"]["sections"][0]["fields"].append(
        {"key": "bad", "title": "算", "kind": "computed", "formula": "1 / org_members"}
    )


BREAKS: dict[str, tuple[Break, str, str]] = {
    "unknown role": (lambda body: body["steps"][0].update(role="nobody"), "steps[0].role", "没有“nobody”这个角色"),
    "loop": (_loop, ".after", "互相等待或到不了"),
    "step that never opens": (lambda body: body["steps"][0].update(when="false"), "steps[0].when", "永远不会进入"),
    "waits for nothing": (lambda body: body["steps"][0].update(after=["gone"]), "steps[0].after", "没有“gone”这个环节"),
    "failing formula": (_formula, ".formula", "算不出来"),
    "unknown name": (lambda body: body["form"]["sections"][0].update(when="gone > 1"), "form.sections[0].when", "没有“gone”这一项"),
    "missing effect": (lambda body: body["approved"][0].update(key="x.gone"), "approved[0].key", "没有“x.gone”这个办结事项"),
    "nothing happens": (lambda body: body.update(approved=[]), "approved", "通过以后什么也不发生"),
    "missing input": (lambda body: body["approved"][0].update(key="x.paid"), "approved[0].given", "还需要“amount”"),
    "input from nowhere": (lambda body: body["approved"][0].update(key="x.paid", given={"amount": "=gone"}), "approved[0].given.amount", "没有“gone”这一项"),
    "unknown fact": (lambda body: body["form"]["sections"][0]["fields"][0].update(fill="gone"), ".fill", "台账里没有“gone”这一项"),
    "unknown rule": (lambda body: body.update(rules={"a": "x.gone"}), "rules.a", "没有“x.gone”这条规则"),
    "unknown days": (lambda body: body["steps"][0].update(deadline={"days": "rule:x.gone"}), ".deadline", "没有“x.gone”这条天数规则"),
    "two of a key": (lambda body: body["steps"].append(dict(body["steps"][0])), ".key", "已经用过"),
    "unknown word": (lambda body: body.update(colour="red"), "colour", "没有这一项"),
    "words missing": (lambda body: body.update(audience="org_members != null && org_members > 1"), "audience_words", "写给申请人看"),
}  # fmt: skip


@SOME
@given(definitions(), st.sampled_from(sorted(BREAKS)))
def test_broken_definitions_are_refused_with_place_and_sentence(body: dict[str, Any], name: str) -> None:
    broken = copy.deepcopy(body)
    change, where, sentence = BREAKS[name]
    change(broken)
    wrong = check(broken, KNOWN)
    assert any(one.where.endswith(where) and sentence in one.sentence for one in wrong), (name, wrong)
    text = yaml.safe_dump(broken, allow_unicode=True, sort_keys=False)
    lines = lines_of(text)
    for one in wrong:
        assert any("一" <= char <= "鿿" for char in one.sentence) and one.where
        if one.where in lines:
            last = one.where.rpartition(".")[2].rpartition("[")[0] or one.where.rpartition(".")[2]
            assert last in text.splitlines()[lines[one.where] - 1] or one.where.endswith("]")


@SOME
@given(definitions(), st.sampled_from(TIERS[3:]), st.sampled_from(["county", "township"]))
def test_nobody_orders_the_steps_of_those_above(body: dict[str, Any], tier: str, level: str) -> None:
    body = copy.deepcopy(body)
    for step in body["steps"]:
        step["tier"] = "own"
    body["steps"][0]["tier"] = tier
    wrong = check(body, Known(KNOWN.roles, KNOWN.effects, KNOWN.facts, KNOWN.rules, level=level))
    above = tier in ("city", "province") or (tier == "county" and level == "township")
    assert [one.where for one in wrong] == (["steps[0].tier"] if above else [])


@SOME
@given(st.sets(st.sampled_from(["fund.pay", "procedure.manage", "org.view"])))
def test_an_effect_needs_its_permission_of_the_author(may: set[str]) -> None:
    body = {"key": "x.tried", "title": "付款", "who": "staff", "steps": [{"key": "s", "title": "决定", "kind": "decide", "role": "rights"}],
            "form": {"sections": [{"title": "情况", "fields": [{"key": "sum", "title": "金额", "kind": "money"}]}]},
            "approved": [{"key": "x.paid", "given": {"amount": "=sum"}}]}  # fmt: skip
    known = Known(KNOWN.roles, KNOWN.effects, KNOWN.facts, KNOWN.rules, author=frozenset(may))
    assert bool(check(body, known)) is ("fund.pay" not in may)


@SOME
@given(definitions(), st.data())
def test_a_wrong_word_in_a_text_is_found_on_its_line(body: dict[str, Any], data: st.DataObject) -> None:
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
    numbers = [n for n, line in enumerate(text.splitlines(), 1) if line.strip().startswith(("kind:", "- kind:", "who:", "tier:"))]  # fmt: skip
    number = data.draw(st.sampled_from(numbers))
    lines = text.splitlines()
    lines[number - 1] = lines[number - 1].partition(":")[0] + ": [1, 2]"
    _, wrong = parse("\n".join(lines))
    assert number in [one.line for one in wrong]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@SOME
@given(JSON)
def test_nothing_makes_the_check_fall(value: Any) -> None:
    for body in (value, {"form": value}, {"steps": value, "key": "x.y"}):
        assert isinstance(check(body, KNOWN), list)


@pytest.mark.parametrize(
    "text",
    ["a: &a [*a]", "[" * 3000, "a: 2022-99-99", 'a: "\\0"', "a: .nan", "a: !!binary aGk=", "? [1]\n: 2", "",
     "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]"],
)  # fmt: skip
def test_texts_that_cannot_be_stored_are_refused(text: str) -> None:
    body, wrong = read_yaml(text)
    assert body is None and wrong and wrong[0].sentence


def test_days_in_a_text_become_texts() -> None:
    assert plain({1: [True, None, "甲"]}) == {"1": [True, None, "甲"]}
    assert read_yaml("a: 2022-12-31") == ({"a": "2022-12-31"}, [])
