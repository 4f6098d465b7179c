"""Rosters of organisations and of officers."""

from __future__ import annotations

from typing import Any

from gonghui.apps.rosters.tests.builders import UNION, Raw, dated, formula, id_card
from gonghui.apps.rosters.tests.odd.base import Odd, table

ORG_HEADER: list[object] = [
    "工会名称",
    "上级工会",
    "职工人数",
    "会员人数",
    "所属行业",
    "行政区划",
    "成立日期",
    "本届起",
    "本届止",
    "统一社会信用代码",
]
ORG: list[object] = [
    "吉安市某某物流有限公司工会委员会",
    "吉安市物流行业工会联合会",
    120,
    118,
    "物流业",
    "360829",
    "2018-06-01",
    "2023-06-01",
    "2028-05-31",
    "91360829MA35ABCD48",
]
OFFICER_HEADER: list[object] = ["姓名", "身份证号", "任职工会", "职务", "任职日期", "离任日期", "专兼职"]
OFFICER: list[object] = ["张三", id_card(1), UNION, "主席", "2023-06-01", "至今", "兼职"]


def org(name: str, place: int, value: object, problem: tuple[str, str] | None, **values: Any) -> Odd:
    row = [*ORG[:place], value, *ORG[place + 1 :]]
    expect: dict[str, Any] = {"good": 0, "problems": ((2, *problem),)} if problem else {"good": 1}
    return table(name, [ORG_HEADER, row], kind="organisations", values={2: values} if values else {}, **expect)


def officer(name: str, place: int, value: object, problem: tuple[str, str] | None) -> Odd:
    row = [*OFFICER[:place], value, *OFFICER[place + 1 :]]
    expect: dict[str, Any] = {"good": 0, "problems": ((2, *problem),)} if problem else {"good": 1}
    return table(name, [OFFICER_HEADER, row], kind="officers", **expect)


OTHERS = [
    org(
        "organisation",
        0,
        ORG[0],
        None,
        industry="G",
        region="360829",
        headcount=120,
        employer_uscc="91360829MA35ABCD48",
    ),
    org("headcount in words", 2, "120人", None, headcount=120),
    org("headcount with commas", 2, "1,200", None, headcount=1200),
    org("negative headcount", 2, -5, ("C", "GH-IMP-223")),
    org("half a person", 2, 1.5, ("C", "GH-IMP-224")),
    org("headcount 1e400", 2, Raw('<c r="{ref}"><v>1e400</v></c>'), ("C", "GH-IMP-222")),
    org("headcount nan", 2, "nan", ("C", "GH-IMP-222")),
    org("headcount in Chinese", 2, "百余人", ("C", "GH-IMP-221")),
    org("headcount as a formula", 2, formula("SUM(A1:A9)", 120), ("C", "GH-IMP-203")),
    org("headcount as a date", 2, dated(43952), ("C", "GH-IMP-221")),
    org("unknown industry", 4, "航天", ("E", "GH-IMP-241")),
    org("industry with its code", 4, "G 交通运输、仓储和邮政业", None, industry="G"),
    org("industry by survey number", 4, "07", None, industry="G"),
    org("region by name", 5, "江西省吉安市安福县", None, region="360829"),
    org("region by number cell", 5, 360829, None, region="360829"),
    org("township code", 5, "360829100000", None, region="360829"),
    org("region nobody knows", 5, "火星县", ("F", "GH-IMP-251")),
    org("code nobody knows", 5, "369999", ("F", "GH-IMP-251")),
    org("term ends before it starts", 8, "2022-01-01", ("I", "GH-IMP-266")),
    org("founded in the future", 6, "2030-01-01", ("G", "GH-IMP-265")),
    org("its own parent", 1, ORG[0], ("B", "GH-IMP-268")),
    org("wrong check digit of the code", 9, "91360829MA35ABCD47", ("J", "GH-ORG-104")),
    org("code of seventeen", 9, "91360829MA35ABCD4", ("J", "GH-ORG-102")),
    org("code as a number", 9, 913608290000000000, ("J", "GH-IMP-202")),
    table(
        "same organisation twice",
        [ORG_HEADER, [*ORG[:9], None], [*ORG[:9], None]],
        kind="organisations",
        good=0,
        problems=((2, "A", "GH-IMP-262"), (3, "A", "GH-IMP-261")),
    ),
    officer("officer", 0, "张三", None),
    officer("office nobody knows", 3, "大队长", ("D", "GH-IMP-241")),
    officer("no office", 3, None, ("D", "GH-IMP-201")),
    officer("left before taking office", 5, "2020-01-01", ("F", "GH-IMP-266")),
    officer("takes office next year", 4, "2027-06-01", ("E", "GH-IMP-265")),
    officer("no start", 4, None, ("E", "GH-IMP-201")),
    table(
        "same office twice",
        [OFFICER_HEADER, OFFICER, OFFICER],
        kind="officers",
        good=0,
        problems=((2, "B", "GH-IMP-262"), (3, "B", "GH-IMP-261")),
    ),
]
