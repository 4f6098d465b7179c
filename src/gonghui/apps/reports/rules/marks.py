"""Marks: what staff write between double braces in a text, where a number, a table or a chart is to stand.

    {{会员总数}}                      the number with its unit, at the report's place, in its period
    {{会员总数|吉水县|2025年}}         elsewhere, in another period
    {{会员总数|同比}}                 a phrase: 同比增长5.2%; also 环比, 增减, 目标, 完成率, 数 (bare), 万 (rounded)
    {{排名|会员总数|前3}}              the first three below, in words
    {{表|会员总数、建会数|各下级}}      a table; 各下级, 各期 or 按<a dimension>, and 同比 for a column besides
    {{图|会员总数|各期}}               a chart of one figure, the same three ways
    {{如果 会员总数|同比 > 0}}…{{否则}}…{{结束}}   one of two wordings; also 增长, 下降, 持平 in place of a comparison
    {{单位}} {{期间}} {{截止日期}} {{年份}}        what the report itself says

Every mistake has a sentence. Nothing here knows figures: names are looked up by `queries.filling`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gonghui.kernel.figures.rules import periods
from gonghui.kernel.refusal import Refusal

CONTEXT: Final = ("单位", "期间", "截止日期", "年份")
SHOWS: Final = ("数", "万", "同比", "环比", "增减", "目标", "完成率")
BELOW, OVER_TIME = "各下级", "各期"
MARK: Final = re.compile(r"\{\{(.*?)\}\}")
_OPERATORS: Final = {"＞": ">", "≥": ">=", "＜": "<", "≤": "<=", "＝": "=", "==": "="}
_CONDITION: Final = re.compile(r"(.+?)\s*(>=|<=|>|<|=)\s*(-?\d+(?:\.\d+)?)")
_TREND: Final = re.compile(r"(.+?)\s*(增长|下降|持平)")


class WrongMark(ValueError):
    """A mark that cannot be understood; the text says why, in a sentence for its author."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure asked for.

    :param kind: number, ranking, table or chart; `names` are titles or keys of figures (one for a number).
    :param place: how a place below is called, empty for the report's own.
    :param period: a key of `kernel.figures.rules.periods`, one after "until:" (截至: from the year's first day for what
        happens, on that day for what holds), "year_before" or "before", empty for the report's own.
    :param show: one of `SHOWS`, empty for the number with its unit.
    :param by: below, time, or the title of a dimension.
    """

    kind: str
    names: tuple[str, ...]
    place: str = ""
    period: str = ""
    show: str = ""
    by: str = ""
    first: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What the report itself says: its body, its period."""

    what: str


@dataclass(frozen=True, slots=True)
class Condition:
    """`operator` is >, >=, <, <=, =, or 增长, 下降, 持平 for a change on the year before."""

    mark: Mark
    operator: str
    amount: str = "0"


def read(inside: str) -> Mark | Said:
    """A mark from what stands between the braces.

    :raises WrongMark: not understood.
    """
    parts = [one.strip() for one in inside.replace("｜", "|").split("|")]
    name, options = parts[0], [one for one in parts[1:] if one]
    if name in CONTEXT and not options:
        return Said(name)
    if name in ("表", "图", "排名"):
        return _several(name, options, inside)
    if not name:
        raise WrongMark("括号里没有写数字的名称")
    place = period = show = ""
    for option in options:
        if option in SHOWS:
            show = option
        elif found := period_of(option):
            period = found
        elif not place:
            place = option
        else:
            raise WrongMark(f"“{inside}”里的“{option}”看不懂，写下级单位、期间，或者{'、'.join(SHOWS)}")
    return Mark("number", (name,), place, period, show, text=inside)


def _several(name: str, options: list[str], inside: str) -> Mark:
    kind = {"表": "table", "图": "chart", "排名": "ranking"}[name]
    if not options:
        raise WrongMark(f"“{name}”后面要写数字的名称，例如{{{{{name}|会员总数}}}}")
    names = tuple(one.strip() for one in options[0].split("、") if one.strip())
    place = period = show = ""
    by, first = "below", 3 if kind == "ranking" else 0
    for option in options[1:]:
        if found := re.fullmatch(r"前(\d{1,2})", option):
            first = int(found[1])
        elif option == BELOW:
            by = "below"
        elif option == OVER_TIME:
            by = "time"
        elif option.startswith("按") and len(option) > 1:
            by = option[1:]
        elif option == "同比" and kind == "table":
            show = option
        elif when := period_of(option):
            period = when
        elif not place:
            place = option
        else:
            raise WrongMark(f"“{inside}”里的“{option}”看不懂，写各下级、各期、按某项，或者下级单位、期间")
    if kind != "table" and len(names) != 1:
        raise WrongMark(f"一个{name}只能写一个数字，几个数字并列用表")
    if show and by != "below":
        raise WrongMark("同比只能用在各下级的表里")
    if kind == "ranking" and (by != "below" or not first):
        raise WrongMark("排名是在各下级之间排，写成{{排名|会员总数|前3}}")
    return Mark(kind, names, place, period, show, by, first, inside)


def period_of(text: str) -> str:
    """The key of a period as people write it (2025年上半年, 截至2025年6月30日, 上年同期); empty when it is none."""
    if text in ("上年同期", "上期"):
        return "year_before" if text == "上年同期" else "before"
    until = "until:" if text.startswith("截至") else ""
    plain = text.removeprefix("截至")
    plain = plain.removesuffix("度") if plain.endswith("年度") else plain
    if found := re.fullmatch(r"(\d{4})年(?:([上下])半年|第([一二三四])季度|(\d{1,2})月(?:(\d{1,2})日)?)?", plain):
        year, half, quarter, month, day = found.groups()
        plain = (
            f"{year}H{1 if half == '上' else 2}" if half
            else f"{year}Q{'一二三四'.index(quarter) + 1}" if quarter
            else f"{year}-{int(month):02}-{int(day):02}" if day
            else f"{year}-{int(month):02}" if month
            else year
        )  # fmt: skip
    try:
        return until + periods.read(plain).key
    except Refusal:
        return ""


def condition(text: str) -> Condition:
    """What stands behind 如果.

    :raises WrongMark: not understood.
    """
    for wide, narrow in _OPERATORS.items():
        text = text.replace(wide, narrow)
    found = _CONDITION.fullmatch(text.strip())
    trend = None if found else _TREND.fullmatch(text.strip())
    if found is None and trend is None:
        raise WrongMark(f"“如果 {text}”看不懂，写成{{{{如果 会员总数|同比 > 0}}}}或者{{{{如果 会员总数 增长}}}}")
    mark = read((found or trend)[1])  # type: ignore[index]
    if not isinstance(mark, Mark) or mark.kind != "number":
        raise WrongMark("“如果”后面只能是一个数字")
    return Condition(mark, found[2], found[3]) if found else Condition(mark, trend[2])  # type: ignore[index]
