"""The words of pages that are not numbers or dates: which status looks how, and what is wrong with a field."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from gonghui.kernel import wording

TAG_KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("已通过", "核实在岗", "已评", "正常", "已开放", "已完成", "已办结", "已核销", "未使用", "有效"), "ok"
    ),
    **dict.fromkeys(("已提交", "已确认", "已发布", "在册", "已恢复", "在会", "已启用"), "ok"),
    **dict.fromkeys(("办理中", "公示中", "实施中", "审核中", "待受理", "待答复", "待审批", "待会签", "评分中"), "info"),
    **dict.fromkeys(("市级复核", "县级初审", "资金复核", "正在导入", "检查中", "筹建中", "转会中"), "info"),
    **dict.fromkeys(("待核查", "待补材料", "未评", "在建", "待确认", "有提醒", "即将到期", "保留会籍", "暂停"), "wait"),
    **dict.fromkeys(
        ("已逾期", "未通过", "已退回", "已拒绝", "已锁定", "有错误", "失败", "疑似纸上工会", "疑似纸上会员"),
        "bad",
    ),
}
"""Words whose status is the same wherever they appear; anything else is neutral unless a page says otherwise."""


_RUN: Final = re.compile(r"[0-9A-Za-z](?:[ -]?[0-9A-Za-z]){7,}", re.ASCII)
_PUBLIC: Final = re.compile(r"GH\d{6,12}|(?=.{8,16}[A-Z])[0-9A-Z]{2}\d{6}[0-9A-Z]{10}", re.ASCII | re.IGNORECASE)
"""Numbers of member cards, and social credit codes with a letter where identity numbers have none."""


def tag_kind(words: str) -> str:
    return TAG_KINDS.get(words, "")


def hide_numbers(text: str) -> str:
    """What somebody typed into a search, fit to be shown again: identity, passport and phone numbers masked.

    Mistyped ones too: any run of eight or more digits counts, spaced or not.
    """
    return _RUN.sub(_hidden, unicodedata.normalize("NFKC", text))


def _hidden(run: re.Match[str]) -> str:
    compact = run[0].replace(" ", "").replace("-", "")
    digits = sum(char.isdigit() for char in compact)
    if digits < 8 or _PUBLIC.fullmatch(compact):
        return run[0]
    first, last = (4, 4) if len(compact) >= 15 else (3, 4) if len(compact) == 11 else (2, 2)
    return compact[:first] + "*" * (len(compact) - first - last) + compact[-last:]


def number(value: object, *, decimals: int | None = None, sign: bool = False) -> str:
    """A number as screens show it; text stays, an unknown value is 未报, a signed change carries its sign."""
    if value is None or value == "":
        return wording.UNREPORTED
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    if decimals is None:
        decimals = 0 if value == int(value) else max(0, -Decimal(str(value)).normalize().as_tuple().exponent)  # type: ignore[operator]
    words = wording.thousands(value, decimals)
    return "+" + words if sign and value > 0 else words


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
