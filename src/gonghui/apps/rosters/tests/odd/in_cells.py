"""Cells of workbooks: formulas, errors, types, dates, names, codes."""

from __future__ import annotations

from functools import partial

from gonghui.apps.rosters.tests.builders import HEADER, Raw, dated, error, formula, member, xlsx
from gonghui.apps.rosters.tests.odd.base import Odd, one, table

CELLS = [
    one("formula in the name", ("A", "GH-IMP-203"), name=formula("CONCAT(A1)", "张三")),
    one("formula without a value", ("A", "GH-IMP-203"), name=Raw('<c r="{ref}"><f>A1</f></c>')),
    one(
        "shared formula",
        ("A", "GH-IMP-203"),
        name=Raw('<c r="{ref}" t="str"><f t="shared" si="0"/><v>张三</v></c>'),
    ),
    one("dde formula", ("A", "GH-IMP-203"), name=formula("cmd|'/C calc'!A0", "张三")),
    one("text that looks like a formula", ("A", "GH-PER-203"), name="=1+1"),
    one("#REF!", ("A", "GH-IMP-204"), name=error("#REF!")),
    one("#N/A in the phone", ("C", "GH-IMP-204"), phone=error("#N/A")),
    one("truth value", ("A", "GH-IMP-205"), name=True),
    one("truth value as a date", ("E", "GH-IMP-205"), joined=False),
    one("name is a number", ("A", "GH-PER-204"), name=123),
    one("name is a date", ("A", "GH-IMP-207"), name=dated(43952)),
    one("phone as a number", phone=13800001111),
    one("phone as a float", phone=13800001111.0),
    one("phone of ten digits", ("C", "GH-PER-302"), phone=1380000111),
    one("landline as phone", ("C", "GH-PER-305"), phone="0796-8220000"),
    one("phone with +86", phone="+86 138-0000-1111"),
    one("phone empty", phone=None),
    one("date as serial number with a date format", joined=dated(43952)),
    one("date as Chinese format", joined=Raw('<c r="{ref}" s="2"><v>43952.5</v></c>')),
    one("date as bare serial number", joined=43952),
    one("date as iso cell", joined=Raw('<c r="{ref}" t="d"><v>2020-05-01T00:00:00</v></c>')),
    one("1e400", ("E", "GH-IMP-211"), joined=Raw('<c r="{ref}"><v>1e400</v></c>')),
    one("nan is no date and no harm", joined=Raw('<c r="{ref}"><v>nan</v></c>')),
    one("negative serial", ("E", "GH-IMP-211"), joined=Raw('<c r="{ref}" s="1"><v>-5</v></c>')),
    one(
        "serial beyond the calendar",
        ("E", "GH-IMP-216"),
        joined=Raw('<c r="{ref}" s="1"><v>99999999</v></c>'),
    ),
    *[
        one(f"date {written}", joined=written)
        for written in (
            "2020年5月1日",
            "2020.5.1",
            "2020/5/1",
            "2020-5-1 0:00:00",
            "20200501",
            "2020年05月",
            "202005",
            "二〇二〇年五月一日",
            "２０２０－５－１",
            "2020。5。1",
            "2020-05-01T08:00:00Z",
            "2020年5月1日星期五",
            "5/25/2020",
        )
    ],
    one("two-digit year", ("E", "GH-IMP-212"), joined="20/5/1"),
    one("two-digit year in Chinese", ("E", "GH-IMP-212"), joined="90年3月7日"),
    one("year only", ("E", "GH-IMP-213"), joined="2020年"),
    one("no such day", ("E", "GH-IMP-214"), joined="2021-02-29"),
    one("month or day", ("E", "GH-IMP-215"), joined="3/7/2020"),
    one("year 9020", ("E", "GH-IMP-216"), joined="9020-05-01"),
    one("words for a date", ("E", "GH-IMP-211"), joined="去年"),
    one("joined in the future", ("E", "GH-IMP-265"), joined="2027-05-01"),
    one("joined at fifteen", ("E", "GH-IMP-267"), joined="2005-05-01"),
    one("_x0000_ in a cell", name="张_x0000_三"),
    one("_x000D_ in a cell", name="张三_x000D_"),
    one("lone surrogate escape", name="张_xD800_三"),
    one(
        "surrogate reference",
        ("A", "GH-PER-203"),
        name=Raw('<c r="{ref}" t="inlineStr"><is><t>张&#xD800;三</t></is></c>'),
    ),
    one("character references", name=Raw('<c r="{ref}" t="inlineStr"><is><t>&#24352;&#x4E09;</t></is></c>')),
    one(
        "rich text",
        name=Raw('<c r="{ref}" t="inlineStr"><is><r><rPr><b/></rPr><t>张</t></r><r><t>三</t></r></is></c>'),
    ),
    one(
        "phonetic guide left out",
        name=Raw('<c r="{ref}" t="inlineStr"><is><t>张三</t><rPh sb="0" eb="1"><t>ABC</t></rPh></is></c>'),
    ),
    one("𠮷", name="𠮷田"),
    one("middle dot", name="阿卜杜拉•买买提"),
    one("single character", name="张"),
    one("rare extension character", name="张\U00030000"),
    one("arabic letters", name="محمد علي"),
    one("union missing", ("D", "GH-IMP-201"), union=None),
    one("union of one character", ("D", "GH-ORG-402"), union="会"),
    one("union of 3,000 characters", ("D", "GH-ORG-402"), union="会" * 3000),
    one("union with a control picture", ("D", "GH-ORG-403"), union="吉安😀工会"),
    Odd(
        "same number twice",
        partial(xlsx, [HEADER, member(1), member(3), member(1, name="李四")]),
        good=1,
        problems=((2, "B", "GH-IMP-262"), (4, "B", "GH-IMP-261")),
    ),
    Odd(
        "same number three times",
        partial(xlsx, [HEADER, member(1), member(1), member(1)]),
        good=0,
        problems=((2, "B", "GH-IMP-262"), (3, "B", "GH-IMP-261"), (4, "B", "GH-IMP-261")),
    ),
    table(
        "sex against the number",
        [[*HEADER, "性别"], [*member(1), "女"], [*member(3), "男"]],
        good=1,
        problems=((2, "F", "GH-IMP-263"),),
    ),
    table(
        "birth against the number",
        [[*HEADER, "出生日期"], [*member(1), "1991-03-07"], [*member(3), "1990.3"]],
        good=1,
        problems=((2, "F", "GH-IMP-264"),),
    ),
    table(
        "unknown ethnicity",
        [[*HEADER, "民族"], [*member(1), "汉"], [*member(3), "旱族"]],
        good=1,
        problems=((3, "F", "GH-IMP-241"),),
    ),
    table(
        "codes, labels and variants",
        [
            [*HEADER, "民族", "学历", "政治面貌"],
            [*member(1), "01", "本科", "党员"],
            [*member(3), "汉族", 20, "13群众"],
        ],
        good=2,
        values={3: {"ethnicity": "01", "education": "20", "politics": "13"}},
    ),
    table(
        "two errors in a row",
        [HEADER, member(1, name="张3", phone="12")],
        good=0,
        problems=((2, "A", "GH-PER-204"), (2, "C", "GH-PER-302")),
    ),
    table(
        "formulas in columns nobody reads",
        [["序号", *HEADER, "年龄"], [formula("ROW()-1", 1), *member(1), formula("YEAR(NOW())-1990", 36)]],
        good=1,
    ),
    table(
        "passport",
        [[*HEADER, "证件类型"], [*member(1, id="E12345678"), "护照"], [*member(3), "身份证"]],
        good=2,
    ),
    table(
        "unknown paper",
        [[*HEADER, "证件类型"], [*member(1), "驾驶证"]],
        good=0,
        problems=((2, "F", "GH-IMP-241"),),
    ),
]
