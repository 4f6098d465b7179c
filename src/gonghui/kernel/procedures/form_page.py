"""A definition as a form on a page: what was typed becomes values, and values become questions to draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from .rules.definition import Definition, FormField
from .rules.forms import MOST_TABLE_ROWS, fill_in, in_words, masked
from .services.drafts import retyped

EMPTY_ROWS = 3
ACCEPT = {
    "image": "image/jpeg,image/png,image/webp",
    "pdf": "application/pdf",
    "word": ".doc,.docx",
    "excel": ".xls,.xlsx",
    "any": "",
}
ACCEPT_WORDS = {"image": "图片", "pdf": "PDF", "word": "Word", "excel": "Excel"}
YES_NO = (("true", "是"), ("false", "否"))
Names = Mapping[tuple[str, int], str]


def name_of(key: str) -> str:
    """The name of a question's control."""
    return f"f.{key}"


@dataclass(frozen=True, slots=True)
class Picks:
    """Who may be pointed at: `search` finds by what was typed, `allowed` says whether a number may be taken."""

    search: Callable[[str, str], list[tuple[int, str, str]]]
    allowed: Callable[[str, int], bool]


@dataclass(slots=True)
class Choice:
    value: str
    title: str
    chosen: bool
    note: str = ""


@dataclass(slots=True)
class Question:
    """One question as it is drawn. `mode`: ask, known (the records say it), locked (sealed before), computed."""

    slot: FormField
    name: str
    id: str
    mode: str = "ask"
    value: str = ""
    words: str = ""
    error: str = ""
    asked: str = ""
    """What the office asked to be put right here (补正)."""
    choices: list[Choice] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    typed: str = ""
    searched: bool = False
    accept: str = ""
    limits: str = ""

    @property
    def grouped(self) -> bool:
        """Several controls under one legend."""
        return self.slot.kind in ("choice", "choices", "yes_no", "table", "person", "organisation") or (
            self.mode == "ask" and self.slot.kind == "files"
        )

    @property
    def described(self) -> str:
        ids = [f"{self.id}-{name}" for name, there in (("hint", self.slot.hint), ("error", self.error)) if there]
        return " ".join(ids)


@dataclass(slots=True)
class Line:
    """One row of a table; a locked one was sealed before and is shown masked."""

    number: int
    cells: list[Question]
    was: int | None = None


@dataclass(slots=True)
class Part:
    title: str
    note: str
    questions: list[Question]

    @property
    def known(self) -> list[Question]:
        """What the records say: shown together, not asked."""
        return [one for one in self.questions if one.mode == "known"]

    @property
    def open(self) -> list[Question]:
        return [one for one in self.questions if one.mode != "known"]


@dataclass(frozen=True, slots=True)
class Filling:
    """Everything that a page knows while somebody fills in a form."""

    definition: Definition
    typed: Mapping[str, Any]
    known: Mapping[str, Any]
    stored: Mapping[str, Any]
    """Answers kept before, in clear."""
    wrong: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    evidence: Iterable[Any] = ()
    names: Names = field(default_factory=dict)
    again: frozenset[str] = frozenset()
    """Sealed answers that are typed afresh."""
    searches: Mapping[str, str] = field(default_factory=dict)
    more: str = ""
    """The table that gets more empty rows."""


# -- from the page --------------------------------------------------------------------------------------------


def typed_before(definition: Definition, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Kept answers as somebody would type them."""
    slots = {one.key: one for one in definition.form.walk()}
    return {key: retyped(slots[key], value) for key, value in stored.items() if key in slots}


def typed_of(
    definition: Definition,
    sent: QueryDict,
    stored: Mapping[str, Any],
    picks: Picks,
    drop: tuple[str, int] | None = None,
) -> dict[str, Any]:
    """What a posted form says; a sealed answer that the page showed masked stays what it was."""
    before = typed_before(definition, stored)
    found: dict[str, Any] = {}
    for one in definition.form.walk():
        name = name_of(one.key)
        if one.kind == "table":
            skip = drop[1] if drop is not None and drop[0] == one.key else None
            found[one.key] = _rows(one, sent, before.get(one.key) or [], picks, skip)
        elif one.kind == "choices":
            found[one.key] = sent.getlist(name)
        elif name in sent:
            found[one.key] = _taken(one, str(sent[name]), before.get(one.key), picks)
        elif one.is_sealed:
            found[one.key] = before.get(one.key)
        elif f"{name}.q" in sent:
            found[one.key] = None
    return found


def _taken(one: FormField, value: str, before: Any, picks: Picks) -> Any:
    """A number of a person or organisation is taken only where it could have been picked."""
    if one.kind not in ("person", "organisation") or not value:
        return value
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else 0
    return value if number and (str(before) == value or picks.allowed(one.kind, number)) else ""


def _rows(one: FormField, sent: QueryDict, before: list[Any], picks: Picks, skip: int | None) -> list[dict[str, Any]]:
    start = name_of(one.key) + "."
    found: dict[int, dict[str, list[str]]] = {}
    for name in sent:
        place, _, column = name.removeprefix(start).partition(".")
        if name.startswith(start) and place.isascii() and place.isdecimal() and len(place) < 4:
            found.setdefault(int(place), {})[column] = [str(value) for value in sent.getlist(name)]
    columns = {column.key: column for column in one.columns}
    rows: list[dict[str, Any]] = []
    for number in sorted(found)[: MOST_TABLE_ROWS * 2]:
        was = found[number].get("was", [""])[0]
        if number == skip:
            continue
        kept = was.isascii() and was.isdecimal() and len(was) < 4 and int(was) < len(before)
        rows.append((dict(before[int(was)]) | {"_was": int(was)} if kept else {}) | {
            key: values if columns[key].kind == "choices" else _taken(columns[key], values[0], None, picks)
            for key, values in found[number].items() if key in columns
        })  # fmt: skip
    return rows


def blank(row: Mapping[str, Any]) -> bool:
    return not any(str(value or "").strip() for key, value in row.items() if key != "_was")


# -- to the page ----------------------------------------------------------------------------------------------


def parts_of(filling: Filling, picks: Picks) -> list[Part]:
    """The sections to draw: those whose conditions hold, with the questions whose conditions hold."""
    so_far = fill_in(filling.definition, _with_evidence(filling), filling.known, complete=False)
    shown, values, parts = set(so_far.shown), so_far.values, []
    for section in filling.definition.form.sections:
        questions = [_question(one, filling, values, picks) for one in section.fields if one.key in shown]
        if questions:
            parts.append(Part(section.title, section.note, questions))
    return parts


def shown_keys(filling: Filling) -> list[str]:
    """The questions on the page, for a script to notice when they change."""
    return list(fill_in(filling.definition, _with_evidence(filling), filling.known, complete=False).shown)


def computed_words(filling: Filling) -> dict[str, str]:
    """Computed values by the id of the place that shows them."""
    values = fill_in(filling.definition, _with_evidence(filling), filling.known, complete=False).values
    slots = [one for one in filling.definition.form.walk() if one.kind == "computed"]
    return {f"f-{one.key}": in_words(one, values.get(one.key)) or "填完上面的再算" for one in slots}


def _with_evidence(filling: Filling) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for row in filling.evidence:
        found.setdefault(row.field, []).append(str(row.file_id))
    slots = filling.definition.form.walk()
    return {**filling.typed, **{one.key: found.get(one.key, []) for one in slots if one.kind == "files"}}


def _question(one: FormField, filling: Filling, values: Mapping[str, Any], picks: Picks) -> Question:
    made = Question(one, name_of(one.key), f"f-{one.key}")
    made.error, made.asked = filling.wrong.get(one.key, ""), filling.asked.get(one.key, "")
    known = filling.known.get(one.fill) if one.fill else None
    if one.kind == "computed":
        made.mode, made.words = "computed", in_words(one, values.get(one.key)) or "填完上面的再算"
    elif known not in (None, ""):
        made.mode, made.words = "known", in_words(one, known)
    elif one.kind == "files":
        _files(made, filling)
    elif one.kind == "table":
        _table(made, filling)
    elif one.is_sealed and filling.stored.get(one.key) not in (None, "", []):
        if one.key in filling.again:
            _control(made, None, filling.names)
        else:
            made.mode, made.words = "locked", masked(one, filling.stored[one.key])
    else:  # a sealed value that could not be kept comes back to be mended
        _control(made, filling.typed.get(one.key), filling.names)
        if one.kind in ("person", "organisation"):
            _search(made, filling, picks)
    return made


def _control(made: Question, value: Any, names: Names) -> None:
    """The value of a control, or which of its choices are ticked."""
    one = made.slot
    if one.kind in ("choice", "choices"):
        chosen = {str(item) for item in (value if isinstance(value, list) else [value])}
        made.choices = [Choice(o.value, o.title, o.value in chosen or o.title in chosen) for o in one.options]
    elif one.kind in ("yes_no", "declaration"):
        text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        made.value = text
        made.choices = [Choice(word, title, text == word) for word, title in YES_NO]
    elif one.kind in ("person", "organisation"):
        number = int(value) if str(value or "").isdecimal() else 0
        made.value = str(number or "")
        if number:
            made.choices = [Choice(str(number), names.get((one.kind, number), "已选"), True)]
    else:
        made.value = "" if value is None else str(value)


def _search(made: Question, filling: Filling, picks: Picks) -> None:
    made.typed = filling.searches.get(made.slot.key, "")
    if not made.typed:
        return
    made.searched = True
    have = {choice.value for choice in made.choices}
    for pk, name, note in picks.search(made.slot.kind, made.typed):
        if str(pk) not in have:
            made.choices.append(Choice(str(pk), name, False, note))


def _files(made: Question, filling: Filling) -> None:
    one = made.slot
    made.files = [row for row in filling.evidence if row.field == one.key]
    made.accept = "" if "any" in one.accept else ",".join(ACCEPT[name] for name in one.accept)
    kinds = "" if "any" in one.accept else "、".join(ACCEPT_WORDS[name] for name in one.accept) + "，"
    made.limits = f"{kinds}每个最大{one.megabytes}MB，最多{one.files}个"


def _table(made: Question, filling: Filling) -> None:
    """Rows typed so far, and empty ones to go on with. Sealed rows that were kept come first and are shown masked."""
    one, names = made.slot, filling.names
    rows, stored = list(filling.typed.get(one.key) or []), list(filling.stored.get(one.key) or [])
    for number, row in enumerate(rows):
        kept = one.is_sealed and number < len(stored) and ("_was" in row or not made.error)
        if kept:
            cells = [_kept(made, number, column, stored[number].get(column.key), row, names) for column in one.columns]
        else:
            cells = [_cell(made, number, column, row.get(column.key), names) for column in one.columns]
        made.lines.append(Line(number, cells, number if kept else None))
    most = one.most or MOST_TABLE_ROWS
    empty = EMPTY_ROWS if not rows else 1 if filling.more == one.key else 0
    for number in range(len(rows), min(len(rows) + empty, most)):
        made.lines.append(Line(number, [_cell(made, number, column, None, names) for column in one.columns]))


def _cell(made: Question, number: int, column: FormField, value: Any, names: Names) -> Question:
    cell = Question(column, f"{made.name}.{number}.{column.key}", f"{made.id}-{number}-{column.key}")
    _control(cell, value, names)
    return cell


def _kept(
    made: Question, number: int, column: FormField, stored: Any, row: Mapping[str, Any], names: Names
) -> Question:
    """A cell of a sealed row that was kept: masked, or still to be filled in."""
    if stored is None and column.required:
        return _cell(made, number, column, row.get(column.key), names)
    return _locked(column, made.slot, stored, names)


def _locked(column: FormField, table: FormField, value: Any, names: Names) -> Question:
    cell = Question(column, "", "", mode="locked")
    cell.words = masked(column, value) if column.is_sealed or table.sealed else shown_words(column, value, names)
    return cell


# -- to read --------------------------------------------------------------------------------------------------


def shown_words(one: FormField, value: Any, names: Names) -> str:
    """A stored value as its applicant reads it: sealed ones masked, persons and organisations by name."""
    if one.kind in ("person", "organisation") and isinstance(value, int):
        return names.get((one.kind, value), "已选")
    return in_words(one, value)


def answers(definition: Definition, values: Mapping[str, Any], evidence: Iterable[Any], names: Names) -> list[Part]:
    """A form that was handed in, to read: only what was answered."""
    files: dict[str, list[Any]] = {}
    for row in evidence:
        files.setdefault(row.field, []).append(row)
    parts = []
    for section in definition.form.sections:
        questions = []
        for one in section.fields:
            value = values.get(one.key)
            if value in (None, "", []) and not files.get(one.key):
                continue
            made = Question(one, "", f"a-{one.key}", mode="known", files=files.get(one.key, []))
            if one.kind == "table" and one.sealed:
                made.words = f"{len(value or [])}行，已加密保存"
            elif one.kind == "table":
                made.lines = [
                    Line(number, [_locked(column, one, row.get(column.key), names) for column in one.columns])
                    for number, row in enumerate(value or [])
                ]
            elif one.kind != "files":
                made.words = masked(one, value) if one.is_sealed else shown_words(one, value, names)
            questions.append(made)
        if questions:
            parts.append(Part(section.title, section.note, questions))
    return parts


def summary(definition: Definition, wrong: Mapping[str, str]) -> list[dict[str, str]]:
    """有 n 处要改: each sentence with a link to its question, in the order of the form."""
    rows = []
    for one in definition.form.walk():
        if one.key in wrong:
            href = f"f-{one.key}"
            rows.append({"href": href, "label": one.title, "message": wrong[one.key]})
    known = {one.key for one in definition.form.walk()}
    return rows + [{"href": "", "label": "", "message": words} for key, words in wrong.items() if key not in known]


__all__ = [
    "Choice", "Filling", "Line", "Part", "Picks", "Question", "answers", "computed_words", "name_of", "parts_of",
    "shown_keys", "shown_words", "summary", "typed_before", "typed_of",
]  # fmt: skip
