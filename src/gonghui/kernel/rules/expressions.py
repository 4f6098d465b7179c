"""The one expression language of the platform (CEL), total and typed: what cannot work is refused at publishing.

Money is in fen and every number is whole, so that a boundary such as 1.5 × L is exact: `net * 10 <= line * 15`.
Dates are texts like 2022-12-31, which compare as they read. Nothing loops, nothing reads the clock: `today` is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from ..refusal import Refusal

if TYPE_CHECKING:
    import cel

MOST_CHARS = 2000
MOST_ROWS = 500

KINDS = ("number", "money", "text", "date", "yes_no", "rows", "texts")
"""What a value may be; `rows` is a table of rows, `texts` several choices."""

_SAMPLES: dict[str, tuple[Any, ...]] = {
    "number": (0, 1, 999),
    "money": (0, 1, 12_345_678),
    "text": ("", "甲"),
    "date": ("2000-02-29", "2026-12-31"),
    "yes_no": (True, False),
    "rows": ([],),
    "texts": ([], ["甲", "乙"]),
}
_RESULTS: dict[str, type | tuple[type, ...]] = {
    "number": int,
    "money": int,
    "text": str,
    "date": str,
    "yes_no": bool,
    "texts": list,
}
_BOUND = re.compile(r"\.(?:map|filter|all|exists|exists_one)\(\s*([A-Za-z_]\w*)\s*,")
_MOST_SAMPLES = 400


def _day(text: str) -> date:
    return date.fromisoformat(text)


def years_between(first: str, last: str) -> int:
    """Full years from one day to another: 2017-03-02 to 2022-03-01 are four."""
    a, b = _day(first), _day(last)
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


def months_between(first: str, last: str) -> int:
    """Full months from one day to another."""
    a, b = _day(first), _day(last)
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)


def days_between(first: str, last: str) -> int:
    return (_day(last) - _day(first)).days


def total(values: list[Any]) -> int:
    """Sum of whole numbers; an empty list is nought."""
    return sum(value for value in values if value is not None)


def floor_div(a: int, b: int) -> int:
    """Whole part of a ÷ b towards minus infinity; nought where b is nought, so that a formula is total."""
    return a // b if b else 0


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "yuan": lambda amount: int(amount) * 100,
    "total": total,
    "per": floor_div,
    "smaller": min,
    "larger": max,
    "years_between": years_between,
    "months_between": months_between,
    "days_between": days_between,
}
"""Words beyond CEL's own, each total over the values it is meant for."""

BUILT_IN = frozenset({"size", "has", "contains", "startsWith", "endsWith", "string", "int", "map", "filter", "all",
                      "exists", "exists_one", "in"})  # fmt: skip


@lru_cache(maxsize=4096)
def _program(text: str) -> cel.Program:
    import cel  # it brings a whole command line with it: only who evaluates something waits for that

    return cel.compile(text)


@lru_cache(maxsize=512)
def speaks_of(text: str) -> frozenset[str]:
    """The names that an expression asks for; none of one that cannot be read."""
    try:
        return frozenset(_program(text).variables())
    except ValueError:
        return frozenset()


def _run(text: str, values: Mapping[str, Any]) -> Any:
    import cel

    context = cel.Context()
    for name, function in FUNCTIONS.items():
        context.add_function(name, function)
    for name, value in values.items():
        context.add_variable(name, value)
    return _program(text).execute(context)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why an expression cannot be published, in a sentence."""

    sentence: str


def mistakes(text: str, names: Mapping[str, str], result: str, optional: frozenset[str] = frozenset()) -> list[Mistake]:
    """Everything wrong with an expression, found without any record: syntax, unknown names, values it cannot bear.

    :param names: what it may speak of → its kind (`KINDS`).
    :param optional: names that may be missing (null) when it is evaluated.
    """
    if not text.strip():
        return [Mistake("公式是空的")]
    if len(text) > MOST_CHARS:
        return [Mistake(f"公式有{len(text)}个字符，最多{MOST_CHARS}个")]
    try:
        program = _program(text)
    except ValueError as error:
        place = re.search(r"<input>:(\d+):(\d+)", str(error))
        where = f"第{place[1]}行第{place[2]}个字符附近" if place else "公式里"
        return [Mistake(f"{where}写法不对，括号、引号要成对，比较用 <=、>=、==，并且用 &&，或者用 ||")]
    bound = set(_BOUND.findall(text))
    unknown = sorted(set(program.variables()) - set(names) - bound)
    if unknown:
        known = "、".join(sorted(names)[:12]) or "没有"
        return [Mistake(f"没有“{'”“'.join(unknown)}”这一项；可以用的有：{known}")]
    strange = sorted(
        name for name in program.functions() if not name.startswith("_") and not name.startswith("@")
        and name not in FUNCTIONS and name not in BUILT_IN and name.isidentifier()
    )  # fmt: skip
    if strange:
        return [Mistake(f"没有“{strange[0]}”这个算法；可以用的有：{'、'.join([*FUNCTIONS, 'size', 'contains'])}")]
    return _tried(text, {name: names[name] for name in program.variables() if name in names}, result, optional)


def _tried(text: str, names: Mapping[str, str], result: str, optional: frozenset[str]) -> list[Mistake]:
    """Evaluate over samples of the declared kinds: no combination may fail or answer something of another kind."""
    pools = [
        [*_SAMPLES[kind], None] if name in optional else list(_SAMPLES[kind])
        for name, kind in names.items()
    ]  # fmt: skip
    for count, values in enumerate(product(*pools)):
        if count >= _MOST_SAMPLES:
            break
        given = dict(zip(names, values, strict=True))
        try:
            answer = _run(text, given)
        except Exception as error:  # every failure of a formula is its author's to mend
            return [Mistake(f"算不出来：{_because(error, given)}")]
        if not isinstance(answer, _RESULTS[result]) or (result in ("number", "money") and isinstance(answer, bool)):
            return [Mistake(f"应得出{_WORDS[result]}，现在得出的是“{answer}”")]
    return []


_WORDS = {
    "number": "整数",
    "money": "金额（分）",
    "text": "文字",
    "date": "日期",
    "yes_no": "是或否",
    "texts": "几个选项",
    "rows": "表格",
}


def _because(error: Exception, given: Mapping[str, Any]) -> str:
    empty = [name for name, value in given.items() if value is None]
    if isinstance(error, ZeroDivisionError):
        return "除数可能是0，改用 per(被除数, 除数)"
    if empty:
        return f"“{empty[0]}”可能没有填，先判断 {empty[0]} != null"
    if isinstance(error, TypeError):
        return "把不同种类的值放在一起比较或计算了，文字加引号，数字不加"
    if isinstance(error, KeyError | IndexError):
        return "用到了可能不存在的行或列"
    return "有的情况下没有结果"


@dataclass(frozen=True, slots=True)
class Unanswered(Exception):
    """A published expression met a record it has no answer for; the decision must then be made by a person."""

    text: str
    because: str


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """The answer of an expression for one record.

    :raises Unanswered: it fails for these values.
    """
    for value in values.values():
        if isinstance(value, list) and len(value) > MOST_ROWS:
            raise Unanswered(text, f"表格超过{MOST_ROWS}行")
    try:
        return _run(text, values)
    except Exception as error:  # CEL raises what its Python functions raise
        raise Unanswered(text, _because(error, values)) from error


def check(text: str, names: Mapping[str, str], result: str, field: str = "formula") -> str:
    """The expression, or a refusal with the first mistake.

    :raises Refusal: GH-RUL-006.
    """
    found = mistakes(text, names, result)
    if found:
        raise Refusal("GH-RUL-006", found[0].sentence, field)
    return text.strip()
