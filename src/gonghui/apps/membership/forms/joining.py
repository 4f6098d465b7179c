"""The compact form of joining, made of the questions of the definition that holds at the union."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.procedures.rules.definition import Definition, FormField

from ..suggesting import WORK

COMPACT = frozenset({"text", "long_text", "number", "date", "choice", "yes_no", "identity", "phone", "declaration"})
"""Kinds of questions that fit on the one page; a definition with others is filled in on the general form."""

_HINTS: dict[str, dict[str, str]] = {
    "name": {"autocomplete": "name"},
    "id_number": {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    "employer": {"autocomplete": "organization"},
}
_KINDS: dict[str, dict[str, str]] = {
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"},
    "number": {"inputmode": "numeric"},
    "date": {"type": "date"},
}


def is_compact(definition: Definition) -> bool:
    return all(one.kind in COMPACT and not one.when for one in definition.form.walk()) and not any(
        section.when for section in definition.form.sections
    )


def _field(one: FormField) -> forms.Field:
    """Nothing is judged here: the definition's own reading says what is wrong, in one place."""
    common: dict[str, Any] = {"label": one.title, "help_text": one.hint, "required": False}
    if one.kind in ("choice", "yes_no"):
        options = [(option.value, option.title) for option in one.options] or [("是", "是"), ("否", "否")]
        field: forms.Field = forms.ChoiceField(choices=[("", "选一项"), *options], **common)
    elif one.kind == "declaration":
        field = forms.BooleanField(**(common | {"help_text": one.text}))
    else:
        widget = forms.Textarea(attrs={"rows": 3}) if one.kind == "long_text" else forms.TextInput()
        field = forms.CharField(max_length=one.most or 200, widget=widget, **common)
    field.widget.attrs |= _KINDS.get(one.kind, {}) | _HINTS.get(one.key, {})
    field.asked = one.required  # type: ignore[attr-defined]
    return field


class JoinForm(forms.Form):
    """One page, as few questions as the definition asks."""

    def __init__(self, data: Any = None, *, definition: Definition, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.sections: list[tuple[str, list[str]]] = []
        for section in definition.form.sections:
            keys = []
            for one in section.fields:
                self.fields[one.key] = _field(one)
                keys.append(one.key)
            self.sections.append((section.title, keys))

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Sections with their bound fields; the questions that may stay open say so."""
        return [
            {"title": title, "fields": [(self[key], not getattr(self.fields[key], "asked", True)) for key in keys]}
            for title, keys in self.sections
        ]

    def say(self, wrong: dict[str, str]) -> None:
        """Sentences of the definition beside their fields."""
        for key, sentence in wrong.items():
            self.add_error(key if key in self.fields else None, sentence)


class WhereForm(forms.Form):
    """What somebody says to find their union; one answer is enough."""

    employer = forms.CharField(
        label="单位名称或统一社会信用代码",
        max_length=80,
        required=False,
        help_text="写几个字就行，例如“泸水河食品”；没有单位的不用填",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    trade = forms.ChoiceField(
        label="做什么工作", required=False, choices=[("", "选一项"), *((one.value, one.label) for one in WORK)]
    )
    county = forms.TypedChoiceField(label="在哪个县（市、区）", required=False, coerce=int, empty_value=None)
    place = forms.CharField(label="乡镇、街道或园区", max_length=40, required=False, help_text="例如“枫田镇”“工业园区”")

    def __init__(self, *args: Any, counties: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", "选一项"), *counties]  # type: ignore[attr-defined]
