"""Traditional characters: what we wrote is converted, what people typed and what machines read is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.web.middleware.script import convert_html


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("<p>工会联合会</p>", "<p>工會聯合會</p>"),
        (
            '<input value="刘细妹" placeholder="姓名或证件尾号">',
            '<input value="刘细妹" placeholder="姓名或證件尾號">',
        ),
        ("<textarea>单位</textarea><p>单位</p>", "<textarea>单位</textarea><p>單位</p>"),
        ('<b translate="no">刘<i>国</i></b>国', '<b translate="no">刘<i>国</i></b>國'),
        ("<script>var a='工会' < 1;</script>会", "<script>var a='工会' < 1;</script>會"),
        (
            "<option>货运</option><option value='a'>货运</option>",
            "<option>货运</option><option value='a'>貨運</option>",
        ),
        ("<!-- 工会 --><p>5 < 6 工会</p>", "<!-- 工会 --><p>5 < 6 工會</p>"),
        ('<a href="/会?x=会" aria-label="关闭">关闭</a>', '<a href="/会?x=会" aria-label="關閉">關閉</a>'),
        ("<p>会\x1e会</p>", "<p>會\x1e會</p>"),
        ('<a title="a>国">国</a>', '<a title="a>國">國</a>'),
    ],
)
def test_convert_html_keeps_what_is_not_ours(page: str, wanted: str) -> None:
    assert convert_html(page, "s2hk") == wanted


@given(st.text(max_size=200))
def test_convert_html_loses_nothing_of_text_without_chinese(text: str) -> None:
    plain = "".join(char for char in text if not "\u2e80" <= char <= "\U0003ffff")
    assert convert_html(plain, "s2t") == plain


def test_script_variant_follows_the_cookie_and_varies(kit: object) -> None:
    simple = kit.get("/desk/kit/phone")  # type: ignore[attr-defined]
    kit.cookies["lang"] = "zh-HK"  # type: ignore[attr-defined]
    other = kit.get("/desk/kit/phone")  # type: ignore[attr-defined]
    assert "领福利" in simple.content.decode() and 'lang="zh-CN"' in simple.content.decode()
    assert "領福利" in other.content.decode() and 'lang="zh-Hant-HK"' in other.content.decode()
    assert "Cookie" in simple["Vary"] and "Cookie" in other["Vary"]
    assert "郭建平" in other.content.decode()  # a name is a name


def test_script_variant_leaves_other_answers_alone(kit: object) -> None:
    kit.cookies["lang"] = "zh-HK"  # type: ignore[attr-defined]
    answer = kit.get("/desk/kit/list?export=xlsx")  # type: ignore[attr-defined]
    assert answer.getvalue()[:2] == b"PK"
