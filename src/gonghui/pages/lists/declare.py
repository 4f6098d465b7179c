"""What a list page says about itself: columns, filters, views, bulk actions, its empty state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from django import forms
from django.db.models import QuerySet
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from gonghui.kernel import wording

from .. import words
from ..tags import cn_date, org_name, tag

Row = Any
Source = Any  # a QuerySet, or a plain sequence of rows
Kind = Literal["text", "organisation", "tag", "date", "time", "number", "money"]
Choices = Sequence[tuple[str, str]]


def look_up(row: Row, path: str) -> Any:
    """`organisation.name` of an object or a mapping; None where the path ends early."""
    value: Any = row
    for part in path.replace("__", ".").split("."):
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        if value is None:
            return None
    return value() if callable(value) and not isinstance(value, type) else value


@dataclass(frozen=True)
class Column:
    """One column. `cell` gives what is shown (a value, or safe HTML), `export` what a file gets if that differs."""

    key: str
    title: str
    cell: Callable[[Row], object] | None = None
    template: str = ""
    kind: Kind = "text"
    unit: str = ""
    sort: str | None = None
    align: Literal["start", "end"] | None = None
    default: bool = True
    head: bool = False
    nowrap: bool = False
    personal: bool = False
    editable: bool = False
    export: Callable[[Row], object] | None = None

    @property
    def ends(self) -> bool:
        """Numbers stand at the end of their column, head included."""
        return (self.align or ("end" if self.kind in ("number", "money") else "start")) == "end"

    def value(self, row: Row) -> object:
        return self.cell(row) if self.cell else look_up(row, self.key)

    def plain(self, row: Row) -> object:
        """The value for files and row labels, free of markup."""
        if self.export:
            return self.export(row)
        value = self.value(row)
        return look_up(row, self.key) if isinstance(value, SafeString) else getattr(value, "label", value)

    def html(self, row: Row) -> SafeString:
        value = self.value(row)
        if isinstance(value, SafeString):
            return value
        if value is None or value == "":
            return format_html('<span class="quiet">{}</span>', wording.NOT_APPLICABLE)
        if self.kind == "organisation":
            return org_name(value)
        if self.kind == "tag":
            return tag(value)
        if isinstance(value, dt.datetime):
            return cn_date(value, "time")
        if isinstance(value, dt.date):
            return cn_date(value)
        if self.kind == "money":
            return conditional_escape(words.number(value, decimals=2))
        if isinstance(value, bool):
            return conditional_escape("是" if value else "否")
        if self.kind == "number":
            return conditional_escape(words.number(value))
        return conditional_escape(getattr(value, "label", value))

    @property
    def css(self) -> str:
        short = self.nowrap or self.kind in ("date", "time", "tag", "number", "money") or self.personal
        names = (
            "r" if self.ends else "",
            "nowrap" if short else "",
            "wide" if self.kind == "organisation" else "",
        )
        return " ".join(filter(None, names))


@dataclass(frozen=True)
class Filter:
    """One condition of a list, addressable in its URL under `key`.

    `lookup` is a field lookup (`state`, `name__icontains`) or a callable `(source, value) -> source`.
    `personal=True` marks a search for people: what is typed is kept in the session and the address carries a token,
    because addresses end in logs. `main=False` puts the filter behind 更多条件. `placeholder` is what stands in an
    empty box, and of a choice what is shown while none is made.
    """

    key: str
    title: str
    kind: Literal["search", "choice", "date", "organisation", "boolean"] = "choice"
    lookup: str | Callable[[Source, Any], Source] = ""
    choices: Choices | Callable[[Any], Choices] = ()
    placeholder: str = ""
    main: bool = True
    personal: bool = False
    suggest_url: str = ""
    label: Callable[[str], str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to") if self.kind == "date" else (self.key,)

    def options(self, viewer: Any) -> list[tuple[str, str]]:
        if self.kind == "boolean" and not self.choices:
            return [("1", "是"), ("0", "否")]
        given = self.choices(viewer) if callable(self.choices) else self.choices
        return [(str(value), str(text)) for value, text in given]

    def clean(self, name: str, raw: str, options: list[tuple[str, str]]) -> Any:
        """The typed value; ValueError with a Chinese sentence when it cannot be used."""
        if "\x00" in raw:
            raise ValueError(f"{self.title}里有无法识别的字符，重新输入")
        if self.kind == "date":
            try:
                return dt.date.fromisoformat(raw)
            except ValueError:
                raise ValueError(f"{self.title}写成2022-12-31这样的日期") from None
        if options and raw not in {value for value, _ in options}:
            raise ValueError(f"{self.title}没有这一项，从名单里重选")
        return raw == "1" if self.kind == "boolean" else raw

    def apply(self, source: Source, values: Mapping[str, Any]) -> Source:
        if callable(self.lookup):
            return self.lookup(
                source, tuple(values.get(n) for n in self.names) if self.kind == "date" else values[self.key]
            )
        path = self.lookup or self.key
        if self.kind == "date":
            pairs = zip(("gte", "lte"), self.names, strict=True)
            tests = {f"{path}__{op}": values[name] for op, name in pairs if values.get(name)}
        else:
            tests = {path: values[self.key]}
        return source.filter(**tests) if isinstance(source, QuerySet) else _filter_rows(source, tests)


def _filter_rows(rows: Sequence[Row], tests: Mapping[str, Any]) -> list[Row]:
    """The same lookups on plain rows, for lists that are not tables (the style page, results of a check)."""

    def passes(row: Row, path: str, wanted: Any) -> bool:
        base, _, op = path.rpartition("__")
        if op not in ("gte", "lte", "icontains", "in"):
            base, op = path, ""
        value = look_up(row, base)
        if op == "icontains":
            return wanted.lower() in str(value or "").lower()
        if value is None:
            return False
        if op == "gte":
            return bool(value >= wanted)
        if op == "lte":
            return bool(value <= wanted)
        return value in wanted if op == "in" else str(value) == str(wanted)

    return [row for row in rows if all(passes(row, path, wanted) for path, wanted in tests.items())]


@dataclass(frozen=True)
class View:
    """A built-in set of conditions shown as a tab; `count` may ask the database through a query."""

    key: str
    title: str
    params: Mapping[str, str] = field(default_factory=dict)
    count: int | Callable[[Any], int] | None = None

    def counted(self, viewer: Any) -> int | None:
        return self.count(viewer) if callable(self.count) else self.count


@dataclass(frozen=True)
class BulkAction:
    """Something done to the selected rows by POST to `url`.

    A destructive one is outlined in red and asks first: `question` and `effect` may use {count}; `undo` says how to
    take it back. More than one record: the count has to be typed. `form` adds fields (reason, date) to the question.
    """

    key: str
    title: str
    url: str
    icon: str = ""
    destructive: bool = False
    asks: bool = False
    question: str = ""
    effect: str = ""
    undo: str = ""
    form: type[forms.Form] | None = None
    permission: str = ""

    @property
    def confirms(self) -> bool:
        return self.destructive or self.asks or self.form is not None


@dataclass(frozen=True)
class Empty:
    """Why a list has no rows at all, the next step, and the button that takes it."""

    title: str
    text: str = ""
    action_text: str = ""
    action_url: str = ""
    icon: str = "inbox"


@dataclass
class BoundFilter:
    """A filter with what the reader chose."""

    filter: Filter
    raw: dict[str, str]
    choices: list[tuple[str, str]]
    values: dict[str, Any] = field(default_factory=dict)
    error: str = ""

    @classmethod
    def bind(cls, declared: Filter, params: Mapping[str, str], viewer: Any) -> BoundFilter:
        raw = {name: params[name] for name in declared.names if params.get(name)}
        bound = cls(declared, raw, declared.options(viewer))
        for name, text in raw.items():
            try:
                bound.values[name] = declared.clean(name, text, bound.choices)
            except ValueError as problem:
                bound.error = str(problem)
        return bound

    @property
    def active(self) -> bool:
        return bool(self.values) and not self.error

    @property
    def value(self) -> str:
        return self.raw.get(self.filter.key, "")

    @property
    def shown(self) -> str:
        """The value for the search box: a full personal number is not written back to the screen."""
        return words.hide_numbers(self.value) if self.filter.personal else self.value

    @property
    def first(self) -> str:
        return self.raw.get(self.filter.names[0], "")

    @property
    def last(self) -> str:
        return self.raw.get(self.filter.names[-1], "")

    @cached_property
    def words(self) -> str:
        """The condition in words, for chips, print and the sheet beside an export."""
        if self.filter.kind == "date":
            if self.first and self.last:
                return f"{self.filter.title}{self.first}至{self.last}"
            return f"{self.filter.title}{self.first}起" if self.first else f"{self.filter.title}不晚于{self.last}"
        if self.filter.kind == "search":
            return f"“{self.shown}”"
        shown = dict(self.choices).get(self.value) or (
            self.filter.label(self.value) if self.filter.label else self.value
        )
        return f"{self.filter.title}：{shown}"

    @property
    def options_html(self) -> SafeString:
        """The chosen option carries the title, so that a closed control explains itself."""
        rows = [("", "", f"{self.filter.title}：{self.filter.placeholder or '不限'}")]
        for value, text in self.choices:
            chosen = value == self.value
            rows.append((value, " selected" if chosen else "", f"{self.filter.title}：{text}" if chosen else text))
        return format_html_join("", '<option value="{}"{}>{}</option>', rows)
