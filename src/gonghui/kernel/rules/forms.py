"""Setting one parameter for the post's own organisation and all below it; a formula with the tests beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from .rules import Definition

MORE_TESTS = 2
MOST_TESTS = 40
_MONEY = re.compile(r"\d{1,10}(\.\d{1,2})?", re.ASCII)


def as_typed(kind: str, value: Any) -> str:
    """A value as somebody would type it: money in yuan, lists with commas."""
    if value is None:
        return ""
    if kind == "money":
        return f"{value / 100:.2f}"
    if kind == "yes_no":
        return "是" if value else "否"
    if kind in ("texts", "integers"):
        return "，".join(map(str, value))
    if kind == "lines":
        return "\n".join(map(str, value))
    if kind == "rows":
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def read_typed(kind: str, raw: str) -> Any:
    """What was typed, as a value of its kind; None when nothing was.

    :raises ValueError: a sentence that says how to mend it.
    """
    text = raw.strip()
    if not text:
        return None
    if kind == "money":
        plain = text.replace(",", "").replace("，", "").replace("元", "").strip()
        if not _MONEY.fullmatch(plain):
            raise ValueError(f"现在是“{text[:20]}”，应为金额，例如 1236.50")
        yuan, _, rest = plain.partition(".")
        return int(yuan) * 100 + int((rest + "00")[:2])
    if kind in ("integer", "number"):
        if not re.fullmatch(r"-?\d{1,11}", text, re.ASCII):
            raise ValueError(f"现在是“{text[:20]}”，应为整数")
        return int(text)
    if kind == "integers":
        return [read_typed("integer", part) for part in text.replace("，", ",").split(",")]
    if kind == "yes_no":
        if text not in ("是", "否"):
            raise ValueError("写“是”或“否”")
        return text == "是"
    if kind == "texts":
        return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    if kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "rows":
        return _rows(text)
    return text


def _rows(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise ValueError('表格写成JSON，例如 [{"age": 8}]') from None
    if not isinstance(found, list) or len(found) > 60:
        raise ValueError('表格写成一列行，例如 [{"age": 8}]')
    return found


class ValueForm(forms.Form):
    """The value by the kind of the parameter. Of a formula also its tests: what is given, and what has to come out."""

    value = forms.CharField(label="取值", max_length=2000, required=False)

    def __init__(self, definition: Definition, now: Any = None, data: Any = None) -> None:
        super().__init__(data)
        self.definition, self.now = definition, now
        field = self.fields["value"]
        field.label = f"取值（{self._unit()}）" if self._unit() else "取值"
        field.help_text = self._bounds()
        if definition.kind == "yes_no":
            self.fields["value"] = forms.ChoiceField(
                label="取值", choices=[("是", "是"), ("否", "否")], required=False, widget=forms.RadioSelect
            )
        if definition.kind == "lines":
            self.fields["value"] = forms.CharField(
                label="取值（一行一项）", max_length=40_000, required=False, widget=forms.Textarea(attrs={"rows": 14})
            )
        if definition.kind in ("formula", "text"):
            field.widget = forms.Textarea(attrs={"rows": 4})
        if definition.kind == "formula":
            field.label = "公式"
            field.help_text = "可以用的有：" + "、".join(definition.inputs)
        self.fields["value"].initial = self._typed_now()

    def _unit(self) -> str:
        return "元" if self.definition.kind == "money" else self.definition.unit

    def _typed_now(self) -> str:
        if self.definition.kind == "formula":
            return str(self.now["formula"]) if isinstance(self.now, dict) else ""
        return as_typed(self.definition.kind, self.now)

    def _bounds(self) -> str:
        one, scale = self.definition, 100 if self.definition.kind == "money" else 1
        bounds = [
            f"最小{one.min / scale:g}" if one.min is not None else "",
            f"最大{one.max / scale:g}" if one.max is not None else "",
        ]
        return "，".join(filter(None, bounds)) or ("用逗号隔开" if one.kind == "integers" else "")

    def clean_value(self) -> Any:
        """The value in its kind; the service checks bounds and tests."""
        if self.definition.kind == "formula":
            return self.cleaned_data["value"].strip() or None
        try:
            return read_typed(self.definition.kind, self.cleaned_data["value"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.definition.kind == "formula" and data.get("value"):
            tests = self._read_tests()
            if tests is not None:
                data["value"] = {"formula": data["value"], "tests": tests}
        return data

    # -- tests beside a formula --------------------------------------------------------------------------

    @property
    def input_names(self) -> list[str]:
        return list(self.definition.inputs)

    def _stored_tests(self) -> list[Mapping[str, Any]]:
        found = self.now.get("tests") if isinstance(self.now, dict) else None
        return list(found or self.definition.tests)

    def test_rows(self) -> list[dict[str, Any]]:
        """The rows as the page shows them: what was typed, else the stored tests, and two empty ones."""
        stored, one = self._stored_tests(), self.definition
        count = min(max(len(stored) + MORE_TESTS, self._typed_count()), MOST_TESTS)
        rows = []
        for number in range(count):
            test = stored[number] if number < len(stored) else {}
            cells = [
                {
                    "name": f"t{number}_{name}",
                    "title": name,
                    "value": self._cell(f"t{number}_{name}", as_typed(kind, test.get("given", {}).get(name))),
                }
                for name, kind in one.inputs.items()
            ]
            expected = self._cell(f"t{number}_expect", as_typed(one.result, test.get("expect")))
            rows.append({"number": number + 1, "cells": cells, "name": f"t{number}_expect", "expect": expected})
        return rows

    def _typed_count(self) -> int:
        numbers = [int(name[1:-7]) for name in self.data if re.fullmatch(r"t\d{1,2}_expect", str(name))]
        return max(numbers, default=-1) + 1

    def _cell(self, name: str, stored: str) -> str:
        return str(self.data.get(name, "")) if self.is_bound and name in self.data else stored

    def _read_tests(self) -> list[dict[str, Any]] | None:
        """The typed tests; None once one of them cannot be read. Without any on the page the stored ones stay."""
        one = self.definition
        if not any(str(name).startswith("t0_") for name in self.data):
            return [dict(test) for test in self._stored_tests()]
        found = []
        for row in self.test_rows():
            typed = [*(cell["value"] for cell in row["cells"]), row["expect"]]
            if not any(str(text).strip() for text in typed):
                continue
            try:
                given = {
                    name: read_typed(kind, cell["value"])
                    for (name, kind), cell in zip(one.inputs.items(), row["cells"], strict=True)
                }
                expect = read_typed(one.result, row["expect"])
                if expect is None:
                    raise ValueError("还没有写应得出什么")
            except ValueError as error:
                self.add_error(None, f"第{row['number']}个例子：{error}")
                return None
            found.append(
                {"given": {name: value for name, value in given.items() if value is not None}, "expect": expect}
            )
        return found


class RuleForm(ValueForm):
    """The value with the day it begins to hold and what it rests on."""

    valid_from = forms.DateField(label="生效日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    source = forms.CharField(label="依据", max_length=200, help_text="文件名和文号，或会议决定")
    inherit = forms.BooleanField(label="取消本级规定，按上级执行", required=False)

    def __init__(self, definition: Definition, now: Any = None, data: Any = None) -> None:
        super().__init__(definition, now, data)
        self.fields["valid_from"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("inherit") and data.get("value") is None and "value" not in self.errors:
            self.add_error("value", "还没填取值；要按上级执行，勾选“取消本级规定”")
        return data


__all__ = ["RuleForm", "ValueForm", "as_typed", "read_typed"]
