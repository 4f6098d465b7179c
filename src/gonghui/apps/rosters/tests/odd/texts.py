"""csv files: encodings, line ends, quotes, odd characters, what a spreadsheet does to text."""

from __future__ import annotations

from gonghui.apps.rosters.tests.builders import HEADER, csv_text, id_card, member
from gonghui.apps.rosters.tests.odd.base import text

PLAIN = csv_text([HEADER, member(1), member(3)])
WIDE = csv_text([HEADER, member(1, name="𠮷野家"), member(3, name="买买提·吐尔逊")])

TEXTS = [
    text("utf-8", PLAIN, good=2),
    text("utf-8 with mark", b"\xef\xbb\xbf" + PLAIN.encode(), good=2),
    text("gb18030", PLAIN.encode("gb18030"), good=2),
    text(
        "gb18030 with 𠮷",
        WIDE.encode("gb18030"),
        good=2,
        values={2: {"name": "𠮷野家"}, 3: {"name": "买买提·吐尔逊"}},
    ),
    text("utf-16 with mark", PLAIN.encode("utf-16"), good=2),
    text("utf-16 big endian", b"\xfe\xff" + PLAIN.encode("utf-16-be"), good=2),
    text(
        "utf-16 without mark",
        csv_text(
            [
                ["姓名", "身份证号码", "所在工会", "mobile"],
                *[["张三", id_card(i), "ABC logistics union", f"138{i:08d}"] for i in range(1, 40, 2)],
            ]
        ).encode("utf-16-le"),
        good=20,
    ),
    text("tabs", csv_text([HEADER, member(1)], "\t"), good=1, filename="名册.tsv"),
    text("semicolons", csv_text([HEADER, member(1)], ";"), good=1),
    text("bars", csv_text([HEADER, member(1)], "|"), good=1),
    text("named xlsx", PLAIN, good=2, filename="名册.xlsx"),
    text(
        "mixed line ends",
        csv_text([HEADER], end="\r\n")
        + csv_text([member(1)], end="\n")
        + csv_text([member(3)], end="\r")
        + csv_text([member(5)], end="\n"),
        good=3,
    ),
    text("old mac line ends", csv_text([HEADER, member(1), member(3)], end="\r"), good=2),
    text("no last line end", PLAIN.rstrip(), good=2),
    text("blank lines between", PLAIN.replace("\r\n", "\r\n\r\n\r\n"), good=2, values={4: {"name": "张三"}}),
    text("quoted cells", csv_text([HEADER, [f'"{cell}"' for cell in member(1)]]), good=1),
    text(
        "doubled quotes",
        csv_text([HEADER, member(1, union='"吉安""某某""物流工会"')]),
        good=1,
        values={2: {"organisation": '吉安"某某"物流工会'}},
    ),
    text(
        "line end inside quotes",
        csv_text([HEADER, member(1, name='"张\n三"'), member(3)]),
        good=2,
        values={2: {"name": "张三"}},
    ),
    text("quote left open", csv_text([HEADER, member(1, name='"张三')]), refused="quotes"),
    text("text behind a quote", csv_text([HEADER, member(1), member(3, name='"张三"的')]), refused="quotes"),
    text("half a character at the end", PLAIN.encode()[:-3] + "工".encode()[:2], refused="encoding"),
    text(
        "half a character inside",
        PLAIN.encode().replace("张三".encode(), "张三".encode()[:5], 1),
        refused="encoding",
    ),
    text("half a gb character", PLAIN.encode("gb18030") + b"\xd5\xc5\xff", refused="encoding"),
    text("half a utf-16 unit", PLAIN.encode("utf-16") + b"\x00", refused="encoding"),
    text(
        "lone surrogate in utf-16",
        b"\xff\xfe" + PLAIN.encode("utf-16-le") + b"\x00\xd8\x41\x00",
        refused="encoding",
    ),
    text("lone surrogate in utf-8", PLAIN.encode() + b"\xed\xa0\x80", refused="encoding"),
    text("NUL bytes", PLAIN.replace("张三", "张\x00三"), good=2, values={2: {"name": "张三"}}),
    text(
        "control characters",
        PLAIN.replace("张三", "\x01张\x1f三\x1e\x7f"),
        good=2,
        values={2: {"name": "张三"}},
    ),
    text(
        "separator characters cannot make columns",
        csv_text([HEADER, member(1, name="张三\x1f李四")]),
        good=1,
        values={2: {"name": "张三李四"}},
    ),
    text(
        "zero-width and direction marks",
        PLAIN.replace("张三", "\u202e张\u200b三\u2066\ufeff"),
        good=2,
        values={2: {"name": "张三"}},
    ),
    text(
        "no-break and ideographic spaces",
        PLAIN.replace("张三", "\u00a0张\u3000三 "),
        good=2,
        values={2: {"name": "张三"}},
    ),
    text("line separator", PLAIN.replace("张三", "张\u2028三"), good=2, values={2: {"name": "张三"}}),
    text(
        "full-width digits",
        csv_text([HEADER, member(1, phone="１３８００００１１１１")]),
        good=1,
        values={2: {"phone": "13800001111"}},
    ),
    text(
        "excel text trick",
        csv_text([HEADER, member(1, id=f'="{id_card(1)}"'), member(3, id=f"'{id_card(3)}")]),
        good=2,
        values={2: {"id_number": id_card(1)}},
    ),
    text(
        "formula in csv",
        csv_text([HEADER, member(1, name="=cmd|' /C calc'!A0"), member(3)]),
        good=1,
        problems=((2, "A", "GH-IMP-203"),),
    ),
    text(
        "hyperlink formula in csv",
        csv_text([HEADER, member(1, union='"=HYPERLINK(""http://x.invalid"",""工会"")"'), member(3)]),
        good=1,
        problems=((2, "D", "GH-IMP-203"),),
    ),
    text(
        "plus",
        csv_text([HEADER, member(1, name="+1+1"), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-203"),),
    ),
    text(
        "minus",
        csv_text([HEADER, member(1, name="-1"), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-204"),),
    ),
    text(
        "at sign",
        csv_text([HEADER, member(1, name="@SUM(A1)"), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-203"),),
    ),
    text("leading tab", csv_text([HEADER, member(1, name="\t张三")]), good=1, values={2: {"name": "张三"}}),
    text(
        "identity number as 3.608E+17",
        csv_text([HEADER, member(1, id="3.60802E+17"), member(3)]),
        good=1,
        problems=((2, "B", "GH-PER-108"),),
    ),
    text(
        "phone as 1.38E+10",
        csv_text([HEADER, member(1, phone="1.38E+10"), member(3)]),
        good=1,
        problems=((2, "C", "GH-PER-306"),),
    ),
    text(
        "short row",
        csv_text([HEADER, ["张三", id_card(1)], member(3)]),
        good=1,
        problems=((2, "D", "GH-IMP-201"),),
    ),
    text("long row", csv_text([HEADER, [*member(1), "多", "出", "来"]]), good=1),
    text("header only", csv_text([HEADER]), refused="no_rows"),
    text("no header", csv_text([member(1), member(3)]), refused="no_header"),
    text("one word", "姓名", refused="no_rows"),
    text("poem", "床前明月光，\n疑是地上霜。\n", refused="no_header"),
    text(
        "very long name",
        csv_text([HEADER, member(1, name="张" * 3000), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-202"),),
    ),
    text(
        "name past the cell limit",
        csv_text([HEADER, member(1, name="张" * 40_000), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-202"),),
    ),
    text(
        "emoji",
        csv_text([HEADER, member(1, name="张三😀"), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-203"),),
    ),
    text(
        "replacement character",
        csv_text([HEADER, member(1, name="张�"), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-203"),),
    ),
    text(
        "name with digits",
        csv_text([HEADER, member(1, name="张三2"), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-204"),),
    ),
    text(
        "name with a remark",
        csv_text([HEADER, member(1, name="张三（退休）"), member(3)]),
        good=1,
        problems=((2, "A", "GH-PER-205"),),
    ),
    text(
        "traditional header",
        csv_text([["姓名", "身份證號碼", "手機號碼", "所在工会", "入會時間"], member(1)]),
        good=1,
    ),
]
