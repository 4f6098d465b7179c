"""Structured conditions over many rows: a closed list of fields and operators, compiled to SQL in this one module.

A condition is data that staff put together by choosing, never text that is parsed:

    {"all": [{"field": "sex", "is": "2"}, {"any": [{"field": "age", "at_least": 45}, …]}]}

An empty condition holds for everybody. Formulas for one record at a time are CEL (`kernel/rules/expressions.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q

from .refusal import Refusal

OPERATORS: Final[dict[str, str]] = {
    "is": "是", "is_not": "不是", "in": "是其中之一", "not_in": "不是其中任何一个",
    "at_least": "不少于", "at_most": "不超过", "under": "属于",
}  # fmt: skip
BY_KIND: Final[dict[str, tuple[str, ...]]] = {
    "choice": ("is", "is_not", "in", "not_in"),
    "number": ("at_least", "at_most", "is"),
    "yes_no": ("is",),
    "organisation": ("under",),
    "text": ("in",),
}
DEEPEST: Final = 3
MOST_PARTS: Final = 30
MOST_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be asked of a row.

    :param kind: choice, number, yes_no, organisation, or text of which one of some words is asked for.
    :param build: (operator, value, day) → the Q; it alone knows columns.
    :param choices: for `choice`: (value, label) pairs.
    :param unit: what a number counts, in Chinese.
    """

    title: str
    kind: str
    build: Callable[[str, Any, date], Q]
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""


Fields = Mapping[str, Field]


def check(condition: Any, fields: Fields, depth: int = 0) -> None:
    """:raises Refusal: GH-CND-001 an unknown word, with a sentence that says which."""
    if condition in ({}, None):
        return
    if not isinstance(condition, dict) or depth > DEEPEST:
        raise Refusal("GH-CND-001", "条件的写法不对，或嵌套太深", "condition", f"最多嵌套{DEEPEST}层")
    for word in ("all", "any"):
        if word in condition:
            parts = condition[word]
            if set(condition) != {word} or not isinstance(parts, list) or not 0 < len(parts) <= MOST_PARTS:
                raise Refusal("GH-CND-001", "一组条件里要有1至30条", "condition")
            for part in parts:
                check(part, fields, depth + 1)
            return
    field, operator, value = _split(condition, fields)
    _check_value(field, operator, value)


def _split(condition: dict[str, Any], fields: Fields) -> tuple[Field, str, Any]:
    field = fields.get(str(condition.get("field", "")))
    if field is None:
        raise Refusal("GH-CND-002", f"没有“{condition.get('field', '')}”这一项条件", "condition")
    words = [word for word in condition if word != "field"]
    if len(words) != 1 or words[0] not in BY_KIND[field.kind]:
        allowed = "、".join(OPERATORS[one] for one in BY_KIND[field.kind])
        raise Refusal("GH-CND-003", f"“{field.title}”只能用：{allowed}", "condition")
    return field, words[0], condition[words[0]]


def _check_value(field: Field, operator: str, value: Any) -> None:
    wrong = ""
    if field.kind == "number" and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**6):
        wrong = "要填整数"
    elif field.kind == "yes_no" and not isinstance(value, bool):
        wrong = "要选是或否"
    elif field.kind == "organisation" and not (
        isinstance(value, list) and value and all(isinstance(v, int) for v in value)
    ):
        wrong = "要选组织"
    elif field.kind == "choice":
        given = value if operator in ("in", "not_in") else [value]
        known = {key for key, _ in field.choices}
        if not isinstance(given, list) or not given or any(one not in known for one in given):
            wrong = "要从列出的选项里选"
    elif field.kind == "text" and not (
        isinstance(value, list) and 0 < len(value) <= MOST_WORDS
        and all(isinstance(one, str) and 0 < len(one) <= 40 for one in value)
    ):  # fmt: skip
        wrong = f"要写1至{MOST_WORDS}个词"
    if wrong:
        raise Refusal("GH-CND-004", f"“{field.title}”{wrong}", "condition")


def compile_condition(condition: Any, fields: Fields, on: date) -> Q:
    """The rows for which a condition holds on a day.

    :raises Refusal: as `check`.
    """
    if condition in ({}, None):
        return Q()
    if "all" in condition or "any" in condition:
        word = "all" if "all" in condition else "any"
        parts = [compile_condition(part, fields, on) for part in condition[word]]
        found = parts[0]
        for part in parts[1:]:
            found = found & part if word == "all" else found | part
        return found
    field, operator, value = _split(condition, fields)
    _check_value(field, operator, value)
    return field.build(operator, value, on)


def said(condition: Any, fields: Fields, name_of: Callable[[int], str] = str) -> str:
    """A condition in Chinese, as it stands on a published page."""
    if condition in ({}, None):
        return "不限"
    for word, glue in (("all", "；"), ("any", "，或者")):
        if word in condition:
            return glue.join(said(part, fields, name_of) for part in condition[word])
    field, operator, value = _split(condition, fields)
    labels = dict(field.choices)
    if field.kind == "organisation":
        return f"{field.title}：{'、'.join(name_of(one) for one in value)}"
    if field.kind == "yes_no":
        return field.title if value else f"不是{field.title}"
    if field.kind == "number":
        words = {"at_least": f"满{value}", "at_most": f"不超过{value}", "is": f"为{value}"}[operator]
        return f"{field.title}{words}{field.unit}"
    shown = "、".join(
        labels[one] if one in labels else str(one) for one in (value if isinstance(value, list) else [value])
    )
    return f"{field.title}：{shown}" if operator in ("is", "in") else f"{field.title}不是{shown}"


def column(lookup: str) -> Callable[[str, Any, date], Q]:
    """A field that is one column: equality, lists, and comparisons of numbers."""

    def build(operator: str, value: Any, on: date) -> Q:
        if operator in ("is_not", "not_in"):
            return ~Q(**{f"{lookup}__in": value if isinstance(value, list) else [value]})
        suffix = {"is": "", "in": "__in", "at_least": "__gte", "at_most": "__lte"}[operator]
        return Q(**{lookup + suffix: value})

    return build


def words(lookup: str) -> Callable[[str, Any, date], Q]:
    """A field of free text that holds one of some words."""

    def build(operator: str, value: Any, on: date) -> Q:
        found = Q(pk__in=[])
        for one in value:
            found |= Q(**{f"{lookup}__contains": one})
        return found

    return build


def years_before(on: date, years: int) -> date:
    """The same day some years ago; the 28th for a 29th of February that was not there."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def full_years(lookup: str) -> Callable[[str, Any, date], Q]:
    """A field that asks how many full years have passed since a day: an age, years of membership or standing."""

    def build(operator: str, value: Any, on: date) -> Q:
        if operator == "at_least":
            return Q(**{f"{lookup}__lte": years_before(on, value)})
        if operator == "at_most":
            return Q(**{f"{lookup}__gt": years_before(on, value + 1)})
        return build("at_least", value, on) & build("at_most", value, on)

    return build


def filled(lookup: str) -> Callable[[str, Any, date], Q]:
    """A field that asks whether a text is there."""

    def build(operator: str, value: Any, on: date) -> Q:
        return Q(**{f"{lookup}__gt": ""}) if value else Q(**{lookup: ""})

    return build
