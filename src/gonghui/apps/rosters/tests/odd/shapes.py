"""Sheets as people lay them out: titles, merged headers, footers, several sheets, many writers."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from functools import partial
from typing import Any

import openpyxl
import xlsxwriter
import xlwt

from gonghui.apps.rosters.tests.builders import (
    HEADER,
    MAIN,
    UNION,
    Raw,
    dated,
    id_card,
    member,
    ods,
    ods_row,
    sheet_xml,
    sst,
    xls,
    xlsx,
)
from gonghui.apps.rosters.tests.odd.base import Odd


def _merged(rows: list[list[object]], *ranges: str, **options: Any) -> bytes:
    after = (
        f'<mergeCells count="{len(ranges)}">{"".join(f"""<mergeCell ref="{one}"/>""" for one in ranges)}</mergeCells>'
    )
    return xlsx(rows, after=after, **options)


TITLES: list[list[object]] = [
    ["吉安市某某物流有限公司工会会员名册"],
    ["填报单位：某某公司工会", None, None, "填表日期：2026年11月"],
]


def _wps() -> bytes:
    """As WPS writes it: an extension list, explicit spans, a style on every cell, columns and a phonetic block."""
    rows = []
    for number in (1, 2, 3):
        inner = "".join(f'<c r="{chr(65 + i)}{number}" s="0" t="s"><v>{(number - 1) * 5 + i}</v></c>' for i in range(5))
        rows.append(f'<row r="{number}" spans="1:5" ht="20.1" customHeight="1">{inner}</row>')
    body = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}" '
        'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><sheetPr/><dimension ref="A1:E3"/><cols>'
        f'<col min="1" max="5" width="20"/></cols><sheetData>{"".join(rows)}</sheetData><headerFooter/></worksheet>'
    )
    strings = sst([str(value) for row in [HEADER, member(1), member(3)] for value in row])
    extra = {"docProps/app.xml": "<Properties><Application>WPS 表格</Application></Properties>"}
    return xlsx(sheets={"Sheet1": body}, strings=strings, extra=extra)


def _prefixed() -> bytes:
    """As an old SDK writes it: every element with a prefix, no addresses."""
    body = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet_xml([HEADER, member(1), member(3)]).split("?>\n")[1])
    body = body.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    body = re.sub(r' r="[A-Z]*\d+"', "", body)
    return xlsx(sheets={"S": '<?xml version="1.0"?>' + body})


def _openpyxl() -> bytes:
    book = openpyxl.Workbook()
    for row in [HEADER, member(1), member(3)]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsxwriter(**options: Any) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("会员")
    for number, row in enumerate([HEADER, member(1), member(3)]):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def _many_sheets(**options: Any) -> bytes:
    sheets = {
        "封面": sheet_xml([["某某工会"]]),
        "会员": sheet_xml([HEADER, member(1)]),
        "历年": sheet_xml([["年份", "人数"], [2020, 5]]),
    }
    return xlsx(sheets=sheets, **options)


def _sparse() -> bytes:
    rows = "".join(
        sheet_xml([member(number % 1000)], first=number).split("<sheetData>")[1].split("</sheetData>")[0]
        for number in (9, 501, 99_999)
    )
    body = sheet_xml([HEADER]).replace("</sheetData>", rows + "</sheetData>")
    return xlsx(sheets={"S": body})


def _hidden_rows() -> bytes:
    return xlsx(
        sheets={"S": sheet_xml([HEADER, member(1), member(3)]).replace('<row r="3">', '<row r="3" hidden="1">')}
    )


SHAPES = [
    Odd(
        "title rows above",
        partial(xlsx, [*TITLES, [], HEADER, member(1)]),
        good=1,
        header_row=4,
        values={5: {"name": "张三"}},
    ),
    Odd("merged title", partial(_merged, [*TITLES, HEADER, member(1)], "A1:E1", "A2:C2"), good=1, header_row=3),
    Odd(
        "merged two-row header",
        partial(
            _merged,
            [
                ["姓名", "证件信息", None, "所在工会", "入会时间"],
                [None, "证件类型", "证件号码", None, None],
                ["张三", "居民身份证", id_card(1), UNION, "2020-05-01"],
            ],
            "A1:A2",
            "B1:C1",
            "D1:D2",
            "E1:E2",
        ),
        good=1,
        header_row=2,
        values={3: {"id_number": id_card(1)}},
    ),
    Odd(
        "two-row header without merges",
        partial(
            xlsx,
            [
                ["姓名", "证件", None, "所在工会"],
                [None, "类型", "身份证号码", None],
                ["张三", None, id_card(1), UNION],
            ],
        ),
        good=1,
    ),
    Odd(
        "union merged over rows",
        partial(_merged, [HEADER, member(1), member(3, union=None), member(5, union=None)], "D2:D4"),
        good=3,
        values={4: {"organisation": UNION}},
    ),
    Odd(
        "merged identity numbers are duplicates",
        partial(_merged, [HEADER, member(1), member(3, id=None)], "B2:B3"),
        good=0,
        problems=((2, "B", "GH-IMP-262"), (3, "B", "GH-IMP-261")),
    ),
    Odd(
        "numbered columns under the header",
        partial(xlsx, [HEADER, ["1", "2", "3", "4", "5"], member(1)]),
        good=1,
        skipped=1,
    ),
    Odd("header again in the middle", partial(xlsx, [HEADER, member(1), HEADER, member(3)]), good=2, skipped=1),
    Odd(
        "total and signatures below",
        partial(
            xlsx,
            [
                HEADER,
                member(1),
                ["合计", None, None, "1人"],
                ["制表人：李四", None, "审核人：王五"],
                ["填表日期：2026年11月1日"],
            ],
        ),
        good=1,
        skipped=3,
    ),
    Odd(
        "notes below",
        partial(
            xlsx,
            [
                HEADER,
                member(1),
                ["注：1.本表由基层工会填写"],
                ["2、手机号码填本人在用的"],
                ["说明：退休会员保留会籍，不缴会费，不享有选举权"],
            ],
        ),
        good=1,
        skipped=3,
    ),
    Odd("example row", partial(xlsx, [HEADER, member(1, name="示例：张三"), member(3)]), good=1, skipped=1),
    Odd("hint row", partial(xlsx, [HEADER, ["填写说明：证件上的姓名", "18位"], member(3)]), good=1, skipped=1),
    Odd(
        "name without anything else is not dropped",
        partial(xlsx, [HEADER, member(1), ["李四"]]),
        good=1,
        problems=((3, "B", "GH-IMP-201"), (3, "D", "GH-IMP-201")),
    ),
    Odd(
        "blank rows and columns",
        partial(xlsx, [[None, *HEADER], [], [None, *member(1)], [], [], [None, *member(3)]]),
        good=2,
        values={6: {"name": "张三"}},
    ),
    Odd(
        "blank column in between",
        partial(xlsx, [["姓名", None, *HEADER[1:]], ["张三", None, *member(1)[1:]]]),
        good=1,
    ),
    Odd("columns in another order", partial(xlsx, [HEADER[::-1], member(1)[::-1]]), good=1),
    Odd(
        "header with line ends and marks",
        partial(
            xlsx,
            [
                ["*姓 名", "身份证\n号码（18位）", "联系电话：", "【所在工会】", "入会时间\n（年-月-日）"],
                member(1),
            ],
        ),
        good=1,
    ),
    Odd(
        "duplicate headers",
        partial(xlsx, [[*HEADER, "姓名"], [*member(1), "别人"]]),
        good=1,
        values={2: {"name": "张三"}},
    ),
    Odd(
        "identity column without a header",
        partial(xlsx, [["姓名", None, "手机号码", "所在工会"], *[member(i)[:4] for i in range(1, 12, 2)]]),
        good=6,
    ),
    Odd("header only", partial(xlsx, [HEADER]), refused="no_rows"),
    Odd("header and footer only", partial(xlsx, [HEADER, ["合计", None, None, "0人"]]), refused="no_rows"),
    Odd("no rows at all", partial(xlsx, []), refused="no_rows"),
    Odd("no header", partial(xlsx, [["甲", "乙"], ["一", "二"]]), refused="no_header"),
    Odd("several sheets", _many_sheets, good=1),
    Odd("header on a later sheet, first hidden", partial(_many_sheets, hidden=["封面"]), good=1),
    Odd(
        "roster on a hidden sheet only",
        lambda: xlsx(sheets={"会员": sheet_xml([HEADER, member(1)])}, hidden=["会员"]),
        refused="hidden_only",
    ),
    Odd("hidden rows are read", _hidden_rows, good=2),
    Odd("rows far apart", _sparse, good=3, values={99_999: {"name": "张三"}}),
    Odd(
        "date system of 1904",
        partial(xlsx, [HEADER, member(1, joined=dated(42490))], date1904=True),
        good=1,
        values={2: {"joined_on": date(2020, 5, 1)}},
    ),
    Odd("written by WPS", _wps, good=2),
    Odd("prefixed elements without addresses", _prefixed, good=2),
    Odd("written by openpyxl", _openpyxl, good=2),
    Odd("written by XlsxWriter", _xlsxwriter, good=2),
    Odd("written by XlsxWriter as a stream", partial(_xlsxwriter, constant_memory=True), good=2),
    Odd("stored without compression", partial(xlsx, [HEADER, member(1)], compress=zipfile.ZIP_STORED), good=1),
    Odd(
        "wrong dimension",
        partial(xlsx, [HEADER, member(1)], before='<dimension ref="A1:XFD1048576"/>'),
        good=1,
    ),
    Odd("merged over the whole sheet", partial(_merged, [HEADER, member(1)], "G1:XFD1048576"), good=1),
    Odd("named csv", partial(xlsx, [HEADER, member(1)]), good=1, filename="名册.csv"),
    Odd("xls", partial(xls, [HEADER, member(1), member(3)]), good=2, filename="名册.xls"),
    Odd(
        "xls with numbers and dates",
        partial(
            xls,
            [
                HEADER,
                member(1, joined=date(2020, 5, 1), phone=13800001111),
                member(3, id=360802199003074500.0),
            ],
        ),
        good=1,
        problems=((3, "B", "GH-IMP-202"),),
        filename="名册.xls",
        values={2: {"joined_on": date(2020, 5, 1), "phone": "13800001111"}},
    ),
    Odd(
        "xls with formulas",
        partial(xls, [HEADER, member(1, name=xlwt.Formula('"张"&"三"')), member(3)]),
        good=1,
        problems=((2, "A", "GH-IMP-203"),),
        filename="名册.xls",
    ),
    Odd(
        "xls with truth values",
        partial(xls, [HEADER, member(1, name=True), member(3)]),
        good=1,
        problems=((2, "A", "GH-IMP-205"),),
        filename="名册.xls",
    ),
    Odd(
        "xls that starts lower right",
        partial(xls, [[], [], [None, None, *HEADER], [None, None, *member(1)]]),
        good=1,
        filename="名册.xls",
        values={4: {"name": "张三"}},
    ),
    Odd(
        "xls merged",
        partial(xls, [["会员名册"], HEADER, member(1), member(3, union=None)], merges=[(2, 3, 3, 3)]),
        good=2,
        filename="名册.xls",
    ),
    Odd(
        "ods",
        lambda: ods(ods_row(HEADER) + ods_row(member(1)) + ods_row(member(3))),
        good=2,
        filename="名册.ods",
    ),
    Odd(
        "ods with a float number",
        lambda: ods(ods_row(HEADER) + ods_row(member(1, id=360802199003074500)) + ods_row(member(3))),
        good=1,
        problems=((2, "B", "GH-IMP-202"),),
        filename="名册.ods",
    ),
    Odd(
        "ods with a formula",
        lambda: ods(
            ods_row(HEADER)
            + ods_row(
                member(
                    1,
                    name=Raw(
                        '<table:table-cell table:formula="of:=1" office:value-type="string"><text:p>张三</text:p></table:table-cell>'
                    ),
                )
            )
            + ods_row(member(3))
        ),
        good=1,
        problems=((2, "A", "GH-IMP-203"),),
        filename="名册.ods",
    ),
    Odd(
        "ods with a note and a date",
        lambda: ods(
            ods_row(HEADER)
            + ods_row(
                member(
                    1,
                    name=Raw(
                        '<table:table-cell office:value-type="string"><office:annotation><text:p>别看</text:p></office:annotation><text:p>张三</text:p></table:table-cell>'
                    ),
                    joined=Raw(
                        '<table:table-cell office:value-type="date" office:date-value="2020-05-01"><text:p>五月</text:p></table:table-cell>'
                    ),
                )
            )
        ),
        good=1,
        filename="名册.ods",
        values={2: {"name": "张三", "joined_on": date(2020, 5, 1)}},
    ),
    Odd(
        "ods with blank rows to the end",
        lambda: ods(
            ods_row(HEADER)
            + ods_row(member(1))
            + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        ),
        good=1,
        filename="名册.ods",
    ),
]
