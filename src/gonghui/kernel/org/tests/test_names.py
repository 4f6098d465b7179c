"""Names of organisations: line breaks, acceptance, search pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.org.rules import check_name, name_grams, name_units, query_grams, sort_key
from gonghui.kernel.refusal import Refusal

BROKEN = [
    "吉安市物流行业|工会联合会|遂川货运分会",
    "江西安福武功山日用化工有限公司|工会委员会",
    "永丰县中医院后勤服务外包项目|联合工会委员会（筹）",
    "吉安高新技术产业开发区|电子信息产业链|工会联合会",
    "安福县工业园区|非公有制企业工会联合会|火腿食品分会",
    "安福县平都镇|房产中介服务行业|工会联合会",
    "吉州区古南镇街道|总工会",
    "安福县平都镇人民政府机关|工会委员会",
    "吉安市总工会",
    "镇江市总工会",
    "景德镇市总工会",
]


@pytest.mark.parametrize("marked", BROKEN)
def test_name_breaks_after_each_unit(marked: str) -> None:
    assert name_units(marked.replace("|", "")) == marked.split("|")


@given(st.text(alphabet="吉安市县镇街道有限公司工会联合委员分总（）abc ", max_size=60))
def test_units_joined_are_the_name(name: str) -> None:
    units = name_units(name)
    assert "".join(units) == name
    assert all(units)


def test_check_name_normalises_spaces_and_brackets() -> None:
    assert check_name(" 安福县 总工会\u200b ") == "安福县总工会"
    assert check_name("华能(吉安)电厂 工会") == "华能（吉安）电厂工会"
    assert check_name("ABC (China) Ltd") == "ABC (China) Ltd"
    assert check_name("𠮷安商行工会") == "𠮷安商行工会"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "GH-ORG-401"), (" \t", "GH-ORG-401"), ("2023", "GH-ORG-401"), ("会", "GH-ORG-402"), ("工" * 121, "GH-ORG-402"),
     ("总工会\x00", "GH-ORG-403"), ("总工会\ud800", "GH-ORG-403"), ("<b>工会", "GH-ORG-403"), ("=1+1工会", "GH-ORG-403")],
)  # fmt: skip
def test_check_name_refuses(text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_name(text)
    assert caught.value.code == code
    caught.value.message.encode()


@given(st.text(max_size=150))
def test_check_name_raises_nothing_else_and_is_stable(text: str) -> None:
    try:
        name = check_name(text)
    except Refusal:
        return
    assert check_name(name) == name
    assert name_grams(name) == list(dict.fromkeys(name_grams(name)))


@pytest.mark.parametrize("typed", ["物流", "安福县物流", "wuliu", "anfux", "wlhy", "ghlhh", "安"])
def test_organisation_is_found_by_parts_pinyin_and_initials(typed: str) -> None:
    grams = name_grams("安福县物流行业工会联合会")
    query = query_grams(typed)
    assert not query.is_empty
    assert set(query.exact) <= set(grams)
    assert not query.prefixes or any(g.startswith(p) for g in grams for p in query.prefixes)


def test_sort_key_orders_by_reading() -> None:
    names = ["永丰县总工会", "安福县总工会", "吉水县总工会", "吉安县总工会"]
    assert sorted(names, key=sort_key) == ["安福县总工会", "吉安县总工会", "吉水县总工会", "永丰县总工会"]
    assert len(sort_key("工" * 120)) <= 240


@pytest.mark.parametrize(
    ("name", "gram"),
    [
        ("长沙市总工会", "p:changshashizonggonghui"),
        ("吉安市物流行业工会", "i:wlhygh"),
        ("厦门航空工会", "p:xiamenhangkonggonghui"),
        ("工商银行铅山支行工会", "i:gsyhyszhgh"),
    ],
)
def test_name_grams_read_words_of_places_and_trades(name, gram):
    assert gram in name_grams(name)


def test_sort_key_puts_a_word_where_it_is_read():
    assert sorted(["郑州市总工会", "长沙市总工会", "重庆市总工会", "丹东市总工会"], key=sort_key) == [
        "长沙市总工会",
        "重庆市总工会",
        "丹东市总工会",
        "郑州市总工会",
    ]
