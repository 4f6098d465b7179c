"""A structured condition as a form of one line for each field, and back. Pure: the fields are handed in.

All lines that are filled in must hold; inside a line any of the ticked values will do. Other conditions (from packs
or copies) are kept as they are and shown in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .conditions import Fields


def to_condition(values: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """{field: what was chosen} → condition; numbers come as (least, most)."""
    parts: list[dict[str, Any]] = []
    for key, field in fields.items():
        value = values.get(key)
        if field.kind == "number":
            least, most = value or (None, None)
            parts += [{"field": key, "at_least": least}] if least is not None else []
            parts += [{"field": key, "at_most": most}] if most is not None else []
        elif field.kind == "yes_no":
            parts += [{"field": key, "is": value}] if value is not None else []
        elif field.kind == "organisation":
            parts += [{"field": key, "under": list(value)}] if value else []
        elif value:
            parts.append({"field": key, "in": list(value)})
    if not parts:
        return {}
    return parts[0] if len(parts) == 1 else {"all": parts}


def from_condition(condition: Any, fields: Fields) -> dict[str, Any] | None:
    """The form's values of a condition; None when the form cannot say it."""
    if not condition:
        return {}
    parts = condition.get("all", [condition])
    values: dict[str, Any] = {}
    for part in parts:
        key = part.get("field")
        words = [word for word in part if word != "field"]
        if key not in fields or len(words) != 1:
            return None
        word, value, kind = words[0], part[words[0]], fields[key].kind
        if kind == "number" and word in ("at_least", "at_most"):
            least, most = values.get(key, (None, None))
            values[key] = (value, most) if word == "at_least" else (least, value)
        elif kind == "choice" and word in ("is", "in") and key not in values:
            values[key] = [value] if word == "is" else list(value)
        elif kind in ("yes_no", "organisation") and key not in values:
            values[key] = value
        else:
            return None
    return values


def pair_condition(pair: str, unions: list[int]) -> dict[str, Any]:
    """Whom a reserved share is kept for: one value of one field ("sex=2"), and below some unions."""
    parts: list[dict[str, Any]] = []
    if pair:
        key, _, value = pair.partition("=")
        parts.append({"field": key, "is": True if value == "yes" else value})
    if unions:
        parts.append({"field": "union", "under": unions})
    return {} if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def pair_of(condition: Any, fields: Fields) -> tuple[str, list[int]] | None:
    """(pair, unions) that make a condition; None for one that a pair cannot say."""
    values = from_condition(condition, fields)
    if values is None:
        return None
    unions = values.pop("union", [])
    if len(values) > 1:
        return None
    for key, value in values.items():
        if value is True:
            return f"{key}=yes", unions
        if isinstance(value, list) and len(value) == 1:
            return f"{key}={value[0]}", unions
        return None
    return "", unions


def pairs(fields: Fields) -> list[tuple[str, str]]:
    """Every single value that a share may be kept for."""
    found = [("", "不限")]
    for key, field in fields.items():
        if field.kind == "choice":
            found += [(f"{key}={value}", f"{field.title}：{label}") for value, label in field.choices]
        elif field.kind == "yes_no":
            found.append((f"{key}=yes", field.title))
    return found
