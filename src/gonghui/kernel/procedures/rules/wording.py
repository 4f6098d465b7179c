"""Formulas in words: what a rule says, for people who do not read code."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r"[=!]= (?:true|false|null)\b|\"[^\"]*\"|'[^']*'|[A-Za-z_][\w.]*|\d[\d_]*|&&|\|\||[<>=!]=|[-+*/%<>!?:(),\[\]]|\s+|."
)
_WORDS = {
    "&&": "，并且", "||": "，或者", "==": "是", "!=": "不是", ">=": "不小于", "<=": "不大于", ">": "大于", "<": "小于",
    "!": "不是", "*": "×", "/": "÷", "+": "＋", "-": "－", "?": " 时为", ":": "；否则，", "true": "是", "false": "否",
    "null": "没有填写", "in": "属于", ",": "、", "[": "", "]": "", "(": "（", ")": "）", "%": "除以后的余数，除数为",
}  # fmt: skip
_PAIRS = {
    "== true": "为“是”", "== false": "为“否”", "!= true": "不为“是”", "!= false": "不为“否”", "== null": "没有填写",
    "!= null": "已经填写",
}  # fmt: skip
_CALLS = {
    "size": "行数", "years_between": "满几年", "months_between": "满几个月", "days_between": "相隔天数", "sum": "合计",
    "min": "较小的", "max": "较大的", "today": "当天", "verdict": "认定", "score": "得分", "grade": "等级",
}  # fmt: skip


def in_chinese(formula: str, titles: Mapping[str, str], options: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """`net * 10 <= line * 15 ? "甲" : "乙"` with the titles of its names: 净收入×10不大于…时为“甲”；否则，“乙”.

    `options`: name → value → title, for the values that a name is compared with.
    """
    words, name = [], ""
    for token in _TOKEN.findall(formula):
        if token.isspace():
            continue
        if token in _PAIRS:
            words.append(_PAIRS[token])
        elif token[0] in "\"'":
            words.append(f"“{(options or {}).get(name, {}).get(token[1:-1], token[1:-1])}”")
        elif token in _WORDS:
            words.append(_WORDS[token])
        elif token[0].isdigit():
            words.append(token.replace("_", ""))
        else:
            name = token
            words.append(titles.get(token) or _CALLS.get(token) or token)
    return "".join(words).replace(" 时为", "时为").strip()
