"""How numbers, dates and states are written in Chinese on a page; pure, so that exports and tests use the same words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

WEEKDAYS: Final = "一二三四五六日"
UNKNOWN: Final = "未报"
NOT_APPLICABLE: Final = "—"

TAG_KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("已通过", "核实在岗", "已评", "正常", "已开放", "已完成", "已办结", "已核销", "未使用", "有效"), "ok"
    ),
    **dict.fromkeys(("已提交", "已确认", "已发布", "在册", "已恢复", "在会", "已启用"), "ok"),
    **dict.fromkeys(
        ("办理中", "公示中", "实施中", "审核中", "待受理", "待答复", "待审批", "待会签", "评分中"), "info"
    ),
    **dict.fromkeys(("市级复核", "县级初审", "资金复核", "正在导入", "检查中", "筹建中", "转会中"), "info"),
    **dict.fromkeys(
        ("待核查", "待补材料", "未评", "在建", "待确认", "有提醒", "即将到期", "保留会籍", "暂停"), "wait"
    ),
    **dict.fromkeys(
        ("已逾期", "未通过", "已退回", "已拒绝", "已锁定", "有错误", "失败", "疑似纸上工会", "疑似纸上会员"),
        "bad",
    ),
}
"""Words whose status is the same wherever they appear; anything else is neutral unless a page says otherwise."""


def tag_kind(words: str) -> str:
    return TAG_KINDS.get(words, "")


def number(value: object, *, decimals: int | None = None, sign: bool = False) -> str:
    """76000 → 76,000; None is unknown; a signed change carries its sign."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, bool):
        return str(int(value))
    spec = ("+" if sign and value else "") + ","
    if decimals is not None:
        return format(value, f"{spec}.{decimals}f")
    if isinstance(value, int):
        return format(value, spec + "d")
    return format(value, spec + ("f" if isinstance(value, Decimal) else ".10g"))


def date_table(day: dt.date | None) -> str:
    """2021-08-17, the form of tables and files."""
    return day.strftime("%Y-%m-%d") if day else NOT_APPLICABLE


def date_sentence(day: dt.date, today: dt.date, *, weekday: bool = False) -> str:
    """3月6日（周一）; the year only if it is not this one."""
    year = "" if day.year == today.year else f"{day.year}年"
    tail = f"（周{WEEKDAYS[day.weekday()]}）" if weekday else ""
    return f"{year}{day.month}月{day.day}日{tail}"


def date_range(first: dt.date, last: dt.date, today: dt.date) -> str:
    """3月8日至4月7日"""
    end = (
        f"{last.month}月{last.day}日"
        if last.year == first.year
        else f"{last.year}年{last.month}月{last.day}日"
    )
    return f"{date_sentence(first, today)}至{end}"


def deadline(day: dt.date, left: int, today: dt.date) -> tuple[str, str]:
    """(words, class): amber from three working days before, red on the day and after."""
    if left < 0:
        return f"逾期{-left}个工作日", "bad"
    if left == 0:
        return "今天到期", "bad"
    words = f"剩{left}个工作日，{date_sentence(day, today, weekday=left <= 5)}到期"
    return words, "wait" if left <= 3 else ""


def duration(seconds: float) -> str:
    """约剩40秒, 约剩3分钟, 约剩2小时: the roundness that a reader can use."""
    if seconds < 60:
        return f"{max(5, int(-(-seconds // 5) * 5))}秒"
    if seconds < 5400:
        return f"{max(1, round(seconds / 60))}分钟"
    return f"{round(seconds / 3600)}小时"


def mask_tail(text: str, head: int = 4, tail: int = 4) -> str:
    """3624**********1226: what stays readable of a number that must not be."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]


FIELD_ERRORS: Final[dict[str, str]] = {
    "required": "还没有填写",
    "invalid_choice": "没有这一项，从名单里重选",
    "invalid_list": "没有这一项，从名单里重选",
    "min_length": "现在是{show_value}个字，至少{limit_value}个",
    "max_length": "现在是{show_value}个字，最多{limit_value}个",
    "min_value": "不小于{limit_value}",
    "max_value": "不大于{limit_value}",
    "missing": "没有收到文件，重新选择",
    "empty": "文件是空的，重新选择",
    "null_characters_not_allowed": "有无法识别的字符，重新输入",
}
"""What the framework says about a field, in our words; what a form says itself stays as it is."""

INVALID: Final[dict[str, str]] = {
    "DateField": "写成2021-08-17这样的日期",
    "DateTimeField": "写成2021-08-17 15:20这样的时间",
    "IntegerField": "填整数，不带单位",
    "DecimalField": "填数字，不带单位和逗号",
    "FileField": "没有收到文件，重新选择",
    "ImageField": "不是能打开的图片，换一张JPG或PNG",
}
