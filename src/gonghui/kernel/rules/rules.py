"""Which parameters exist, what they may be, and what they are where nobody has set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from .. import yamls
from ..refusal import Refusal
from . import expressions

LOCAL_TEMPLATE = "本地模板"
MOST_LINES, LONGEST_LINE = 300, 400


@dataclass(frozen=True, slots=True)
class Definition:
    """One parameter of the catalogue."""

    key: str
    title: str
    kind: str
    value: Any
    unit: str = ""
    min: int | None = None
    max: int | None = None
    source: str = ""
    note: str = ""
    fixed: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Of a formula: what it may speak of → kind (`expressions.KINDS`)."""
    optional: tuple[str, ...] = ()
    """Inputs that may be unknown (null)."""
    result: str = "text"
    tests: tuple[Mapping[str, Any], ...] = ()
    """Of a formula: {given, expect} pairs that every local version has to satisfy too, unless it brings its own."""

    @property
    def basis(self) -> str:
        """What a page cites: the official text, or that there is none."""
        return "；".join(part for part in (self.source, self.note) if part)


@cache
def definitions() -> dict[str, Definition]:
    """All parameters in the order of the catalogue.

    :raises ValueError: the catalogue contradicts itself.
    """
    home = files("gonghui.catalogue")
    texts = [home / "rules.yaml", *sorted((home / "rules").iterdir(), key=lambda one: one.name)]
    found = {
        key: Definition(key=key, **facts)
        for text in texts if text.name.endswith(".yaml")
        for key, facts in (yamls.shipped(text.read_text(encoding="utf-8")) or {}).items()
    }  # fmt: skip
    for one in found.values():
        try:
            _check(one, _default_value(one))
        except Refusal as refusal:
            raise ValueError(f"catalogue/rules.yaml: {one.key}: {refusal.message}") from refusal
    return found


def definition(key: str) -> Definition:
    """:raises Refusal: GH-RUL-001."""
    found = definitions().get(key)
    if found is None:
        raise Refusal("GH-RUL-001", "没有这条规则", "key", "在规则页选择")
    return found


def check_value(key: str, value: Any) -> Any:
    """A value that may be set locally; None goes back to what holds above.

    :raises Refusal: GH-RUL-002 national law, 003 not of this kind, 004 out of bounds.
    """
    one = definition(key)
    if one.fixed:
        raise Refusal("GH-RUL-002", f"{one.title}是全国统一规定，不能在本地修改", "value", f"依据：{one.source}")
    return None if value is None else _check(one, value)


def _default_value(one: Definition) -> Any:
    return {"formula": one.value, "tests": list(one.tests)} if one.kind == "formula" else one.value


def _check(one: Definition, value: Any) -> Any:
    if one.kind in ("integer", "money"):
        return _integer(one, value)
    if one.kind == "yes_no" and isinstance(value, bool):
        return value
    if one.kind == "text" and isinstance(value, str) and 0 < len(value.strip()) <= 500:
        return value.strip()
    if one.kind == "formula":
        return _formula(one, value)
    if one.kind == "integers" and isinstance(value, list) and value:
        return sorted({_integer(one, item) for item in value})
    if one.kind == "lines" and isinstance(value, list):
        return _lines(one, value)
    if one.kind == "bands" and isinstance(value, list) and value and all(_is_band(item) for item in value):
        return value
    raise Refusal("GH-RUL-003", f"{one.title}的取值不对", "value", "按规则页的说明填写")


def _lines(one: Definition, value: list[Any]) -> list[str]:
    """A list that a place writes line by line: what stands in a line is for the rule's owner to say (`unit`)."""
    found = [" ".join(str(line).split()) for line in value]
    found = list(dict.fromkeys(line for line in found if line))
    if not 1 <= len(found) <= MOST_LINES or max(map(len, found)) > LONGEST_LINE:
        raise Refusal(
            "GH-RUL-003", f"{one.title}应为1至{MOST_LINES}行，每行不超过{LONGEST_LINE}字", "value", "一行写一项"
        )
    return found


def _integer(one: Definition, value: Any) -> int:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("GH-RUL-003", f"{one.title}应为整数", "value", "只填数字")
    if (one.min is not None and value < one.min) or (one.max is not None and value > one.max):
        raise Refusal("GH-RUL-004", f"{one.title}应在{one.min}至{one.max}{one.unit}之间", "value")
    return value


def _formula(one: Definition, value: Any) -> dict[str, Any]:
    """A formula with the tests beside it: each has to come out as expected before the formula may hold anywhere."""
    if isinstance(value, str):
        value = {"formula": value, "tests": list(one.tests)}
    if not isinstance(value, dict) or set(value) - {"formula", "tests"}:
        raise Refusal("GH-RUL-003", f"{one.title}应为公式", "value", "写公式，并附上试算的例子")
    text, tests = str(value.get("formula", "")).strip(), value.get("tests") or list(one.tests)
    wrong = expressions.mistakes(text, one.inputs, one.result, frozenset(one.optional))
    if wrong:
        raise Refusal("GH-RUL-006", f"{one.title}：{wrong[0].sentence}", "value")
    for number, test in enumerate(tests, 1):
        given = {name: None for name in one.inputs} | dict(test.get("given", {}))
        try:
            answer = expressions.evaluate(text, given)
        except expressions.Unanswered as error:
            raise Refusal("GH-RUL-007", f"第{number}个例子算不出来：{error.because}", "value") from error
        if answer != test.get("expect"):
            raise Refusal("GH-RUL-007", f"第{number}个例子应得出“{test.get('expect')}”，公式得出“{answer}”", "value")
    return {"formula": text, "tests": [dict(test) for test in tests]}


def _is_band(item: Any) -> bool:
    return isinstance(item, dict) and item.keys() == {"members", "least", "most"}
