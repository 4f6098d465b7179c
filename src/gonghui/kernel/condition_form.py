"""Form fields for a structured condition: one line for each thing that may be asked, and back to what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from .conditions import Field, Fields
from .flat_conditions import from_condition, to_condition

_ENDS = (("min", "满"), ("max", "不超过"))


def lines_of(key: str, field: Field, most: int) -> dict[str, forms.Field]:
    """The form fields of one thing that may be asked; organisations are named in a way of the form's own.

    :param most: the greatest number that can be meant.
    """
    if field.kind == "number":
        return {
            f"{key}_{end}": forms.IntegerField(
                label=f"{field.title}{words}（{field.unit}）", required=False, min_value=0, max_value=most
            )
            for end, words in _ENDS
        }
    if field.kind == "yes_no":
        choices = [("", "不限"), ("yes", "是"), ("no", "不是")]
        return {key: forms.ChoiceField(label=field.title, required=False, choices=choices)}
    if field.kind == "choice":
        boxes = forms.CheckboxSelectMultiple
        return {key: forms.MultipleChoiceField(label=field.title, required=False, choices=field.choices, widget=boxes)}
    return {}


def typed_from(condition: Any, fields: Fields, prefix: str = "") -> dict[str, Any] | None:
    """What the form shows of a condition, by the names of its fields; None when it cannot say it."""
    values = from_condition(condition, fields)
    if values is None:
        return None
    found: dict[str, Any] = {}
    for key, value in values.items():
        name, kind = prefix + key, fields[key].kind
        if kind == "number":
            found[f"{name}_min"], found[f"{name}_max"] = value
        elif kind == "yes_no":
            found[name] = "yes" if value else "no"
        else:
            found[name] = value
    return found


def condition_from(data: Mapping[str, Any], fields: Fields, prefix: str = "") -> Any:
    """The condition of cleaned data."""
    values: dict[str, Any] = {}
    for key, field in fields.items():
        name = prefix + key
        if field.kind == "number":
            values[key] = (data.get(f"{name}_min"), data.get(f"{name}_max"))
        elif field.kind == "yes_no":
            values[key] = {"yes": True, "no": False}.get(data.get(name, ""))
        else:
            values[key] = data.get(name)
    return to_condition(values, fields)


def crossed(data: Mapping[str, Any], fields: Fields, prefix: str = "") -> dict[str, str]:
    """Field name → sentence where the greatest is less than the least."""
    found = {}
    for key, field in fields.items():
        least, most = data.get(f"{prefix}{key}_min"), data.get(f"{prefix}{key}_max")
        if field.kind == "number" and least is not None and most is not None and least > most:
            found[f"{prefix}{key}_max"] = f"比“满{least}”还小"
    return found
