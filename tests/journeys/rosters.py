"""Rosters made as a company's clerk makes them in Excel: a title row, a header, people who do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

UNION = "江西安福泸水河食品有限公司工会委员会"
HEADERS = ("序号", "姓名", "身份证号", "手机号", "入会时间", "车间班组", "学历")
NAMES = [
    "欧阳雪梅",
    "刘小林",
    "彭福生",
    "周丽萍",
    "王根秀",
    "贺建军",
    "谢春香",
    "罗志明",
    "曾小红",
    "郭水根",
    "胡桂英",
    "邓文斌",
    "肖玉兰",
    "康大伟",
    "尹秋莲",
    "李金生",
    "陈冬梅",
    "吴海平",
    "颜素芳",
    "朱明亮",
]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(number: int, *, region: str = "360829") -> str:
    """A well-formed identity number of a person born in the given place of a made-up sequence (GB 11643)."""
    body = f"{region}{1970 + number % 30}{number % 12 + 1:02d}{number % 28 + 1:02d}{number * 7 % 900 + 90:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def people(first: int, count: int) -> Iterator[list[Any]]:
    """Rows below the header."""
    for place in range(count):
        number = first + place
        teams = ("包装车间一班", "包装车间二班", "杀菌车间", "机修班")
        schools = ("初中", "高中", "中等职业", "大学专科")
        yield [
            place + 1,
            NAMES[number % len(NAMES)]
            if number < len(NAMES)
            else f"{NAMES[number % 20][0]}{NAMES[number // 20 % 20][-1]}{NAMES[number % 20][-1]}",
            identity(number),
            f"1988{7000000 + number:07d}",
            f"2021-0{number % 9 + 1}-15",
            teams[number % 4],
            schools[number % 4],
        ]


def spoilt(rows: list[list[Any]]) -> list[list[Any]]:
    """Three mistakes of the kind that a hand makes: a digit too few, two digits swapped, a month that does not exist."""
    rows[3][2] = rows[3][2][:-1]
    swapped = rows[8][2]
    rows[8][2] = swapped[:14] + f"{(int(swapped[14:17]) + 1) % 1000:03d}" + swapped[17]
    rows[14][4] = "2021-13-05"
    return rows


def write(path: Path, rows: list[list[Any]], title: str = "江西安福泸水河食品有限公司工会新入会会员名册") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADERS))
    sheet.append(list(HEADERS))
    for row in rows:
        sheet.append(row)
    for column, width in zip("ABCDEFG", (6, 12, 22, 14, 14, 16, 14), strict=True):
        sheet.column_dimensions[column].width = width
    book.save(path)
    return path


def exercise() -> list[list[Any]]:
    """The file of the tutorial: 20 rows, 3 of them wrong."""
    return spoilt(list(people(0, 20)))


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "roster-20.xlsx", exercise())
