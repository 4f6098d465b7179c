"""Rules of every kind are edited on their page; a formula holds nowhere while one of its examples comes out wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.kernel.factories import make_post
from gonghui.kernel.models import Rule
from gonghui.kernel.rules import queries
from gonghui.kernel.rules.forms import as_typed, read_typed
from gonghui.kernel.rules.rules import Definition, definitions
from gonghui.kernel.scope import take_scope

FORMULA = Definition(
    key="tests.class", title="困难类别", kind="formula", value='income < line ? "甲" : "乙"', note="本地模板",
    inputs={"income": "money", "line": "money", "ill": "yes_no"}, optional=("ill",), result="text",
    tests=({"given": {"income": 10000, "line": 20000}, "expect": "甲"}, {"given": {"income": 30000, "line": 20000}, "expect": "乙"}),
)  # fmt: skip
OTHERS = (
    Definition(key="tests.cap", title="最高金额", kind="money", value=50000, unit="分", min=0, max=10_000_000, note="本地模板"),
    Definition(key="tests.open", title="是否开放", kind="yes_no", value=True, note="本地模板"),
    Definition(key="tests.text", title="告知内容", kind="text", value="按时领取", note="本地模板"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def catalogue() -> Iterator[None]:
    """Rules of the tests' own beside those of the catalogue."""
    known = definitions()
    known |= {one.key: one for one in (FORMULA, *OTHERS)}
    yield
    for one in (FORMULA, *OTHERS):
        known.pop(one.key)


def desk(organisation: Any, role: str = "organising") -> Client:
    take_scope("", "~")
    client = Client()
    client.force_login(make_post(organisation, role).account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def put(client: Client, key: str, **typed: str) -> Any:
    day = timezone.localdate().isoformat()
    return client.post(f"/desk/rules/{key}/", {"valid_from": day, "source": "安工发〔2026〕5号", **typed})


def text_of(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", "", answer.content.decode())


def holds(tree: Any, key: str) -> Any:
    take_scope("", "~")
    return queries.value(key, tree.union.path, timezone.localdate()).value


def test_money_is_typed_in_yuan(tree: Any) -> None:
    client = desk(tree.county)
    assert 'value="500.00"' in client.get("/desk/rules/tests.cap/").content.decode()
    assert put(client, "tests.cap", value="1,236.5").status_code == 302
    assert holds(tree, "tests.cap") == 123650
    assert "1,236.50元" in text_of(client.get("/desk/rules/tests.cap/"))
    assert "应为金额" in text_of(put(client, "tests.cap", value="很多"))


def test_yes_no_and_text(tree: Any) -> None:
    client = desk(tree.county)
    assert put(client, "tests.open", value="否").status_code == 302 and holds(tree, "tests.open") is False
    assert put(client, "tests.text", value="三日内领取").status_code == 302
    assert holds(tree, "tests.text") == "三日内领取"
    assert put(client, "tests.text", inherit="on").status_code == 302 and holds(tree, "tests.text") == "按时领取"


def test_a_formula_is_set_with_its_examples(tree: Any) -> None:
    client = desk(tree.county)
    page = client.get("/desk/rules/tests.class/").content.decode()
    assert 'name="t0_income" value="100.00"' in page and 'name="t1_expect" value="乙"' in page
    examples = {"t0_income": "100", "t0_line": "150", "t0_expect": "甲", "t1_income": "150", "t1_line": "150",
                "t1_expect": "甲", "t2_income": "", "t2_expect": ""}  # fmt: skip
    answer = put(client, "tests.class", value='income <= line ? "甲" : "乙"', **examples)
    assert answer.status_code == 302, text_of(answer)
    assert holds(tree, "tests.class") == {
        "formula": 'income <= line ? "甲" : "乙"',
        "tests": [
            {"given": {"income": 10000, "line": 15000}, "expect": "甲"},
            {"given": {"income": 15000, "line": 15000}, "expect": "甲"},
        ],
    }


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"value": 'income <= line ? "丙" : "乙"'}, "第1个例子应得出“甲”，公式得出“丙”"),
        ({"value": 'income < line ? "甲" : "乙"', "t0_income": "500", "t0_line": "100", "t0_expect": "甲"}, "第1个例子应得出“甲”，公式得出“乙”"),
        ({"value": 'wealth < line ? "甲" : "乙"'}, "没有“wealth”这一项；可以用的有：ill、income、line"),
        ({"value": "income <"}, "写法不对"),
        ({"value": "income + line"}, "应得出文字"),
        ({"value": 'ill ? "甲" : "乙"'}, "“ill”可能没有填，先判断ill!=null"),
        ({"value": 'income < line ? "甲" : "乙"', "t0_income": "很多", "t0_expect": "甲"}, "第1个例子：现在是“很多”，应为金额"),
        ({"value": 'income < line ? "甲" : "乙"', "t0_income": "5", "t0_expect": ""}, "第1个例子：还没有写应得出什么"),
    ],
)  # fmt: skip
def test_a_wrong_formula_is_refused_with_the_row_named(tree: Any, typed: dict[str, str], sentence: str) -> None:
    answer = put(desk(tree.county), "tests.class", **typed)
    assert answer.status_code == 422 and sentence in text_of(answer)
    if "t0_income" in typed:
        assert f'value="{typed["t0_income"]}"' in answer.content.decode()  # what was typed stays
    take_scope("", "~")
    assert not Rule.objects.exists()


def test_the_page_leads_to_what_would_change(tree: Any) -> None:
    page = desk(tree.county, "leader").get("/desk/rules/tests.cap/").content.decode()
    assert "/desk/procedures/rules/tests.cap/what-if" in page and 'name="valid_from"' not in page


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [
        ("money", 123650, "1236.50"), ("yes_no", False, "否"), ("texts", ["甲", "乙"], "甲，乙"), ("number", -3, "-3"),
        ("rows", [{"age": 8}], '[{"age": 8}]'), ("date", "2026-01-01", "2026-01-01"), ("integers", [3, 5], "3，5"),
    ],
)  # fmt: skip
def test_values_are_typed_and_read_back(kind: str, value: Any, typed: str) -> None:
    assert as_typed(kind, value) == typed and read_typed(kind, typed) == value
    assert as_typed(kind, None) == "" and read_typed(kind, " ") is None
