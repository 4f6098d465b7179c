"""Every column that holds something about a person says so beside its field, and sealed columns are really sealed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gonghui"

WORDS = {
    "name": "a name, or pieces and spellings of one",
    "birth": "a date of birth",
    "trait": "sex, ethnicity, schooling, politics, death",
    "number": "a number that a union gave to the person",
    "sealed": "ciphertext; opened only by gonghui.kernel.sealing",
    "lookup": "a keyed hash, to find the person by a number that is not kept",
    "masked": "what a screen shows of a sealed value",
    "trace": "where somebody logged in from",
}

ENDINGS = {"_sealed": "sealed", "_hash": "lookup", "_mask": "masked"}
NAMES = {
    "person_name": "name", "actor_name": "name", "answered_name": "name", "username": "name", "birth": "birth", "ethnicity": "trait",
    "politics": "trait", "education": "trait", "sex": "trait", "died_on": "trait", "card_no": "number", "staff_no": "number",
    "phone_tail": "masked", "device": "trace",
}  # fmt: skip
ABOUT_PEOPLE = {"Person", "PersonGram", "Account", "RosterRow", "Notice"}
IN_THEM = {"name": "name", "name_key": "name", "gram": "name", "grams": "name", "shown": "masked"}
FORBIDDEN = re.compile(r"^(id_number|id_no|mobile|phone|bank_account|diagnosis|income|hardship_reason|openid|wanted)$")
"""Columns of these names would hold in clear what the platform only keeps sealed."""

_MARK = re.compile(r"# personal: (\w+)")


def _fields() -> Iterator[tuple[str, str, str | None]]:
    """(model, field, its mark) of every model file, read from the source."""
    for path in sorted([*SOURCE.rglob("models.py"), *SOURCE.rglob("models/*.py")]):
        text = path.read_text("utf-8")
        lines = text.splitlines()
        for model in ast.parse(text).body:
            if not isinstance(model, ast.ClassDef):
                continue
            for node in model.body:
                if (
                    isinstance(node, ast.Assign)
                    and isinstance(node.value, ast.Call)
                    and isinstance(node.targets[0], ast.Name)
                ):
                    found = _MARK.search("\n".join(lines[node.lineno - 1 : node.end_lineno]))
                    yield model.name, node.targets[0].id, found[1] if found else None


def _due(model: str, name: str) -> str | None:
    for ending, word in ENDINGS.items():
        if name.endswith(ending):
            return word
    return NAMES.get(name) or (IN_THEM.get(name) if model in ABOUT_PEOPLE else None)


def test_what_is_about_a_person_is_marked() -> None:
    rows = list(_fields())
    assert len(rows) > 250
    missing = [f"{m}.{f}: add “# personal: {_due(m, f)}”" for m, f, mark in rows if _due(m, f) and mark != _due(m, f)]
    assert missing == []


def test_marks_are_words_of_the_list() -> None:
    marks = {mark for _, _, mark in _fields() if mark}
    assert marks == set(WORDS)


def test_nothing_is_kept_in_clear_that_must_be_sealed() -> None:
    assert [f"{m}.{f}" for m, f, _ in _fields() if FORBIDDEN.match(f)] == []


def test_sealed_and_lookup_columns_hold_bytes() -> None:
    ours = [m for m in apps.get_models() if m.__module__.startswith("gonghui")]
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in ours
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
        and field.name.endswith(("_sealed", "_hash"))
        and not isinstance(field, models.BinaryField)
    ]
    sealed = [f.name for m in ours for f in m._meta.get_fields() if f.name.endswith("_sealed")]
    assert len(sealed) >= 6
    assert wrong == []
