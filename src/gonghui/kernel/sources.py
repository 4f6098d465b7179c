"""What an app offers to be counted: its records, how they lie in time, what may be asked of them and summed.

A source is declared once, in the app's manifest. Figures are composed of sources by choosing; nobody writes SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from .conditions import Field

Expression = Any
"""A lookup (`person__sex`) or a database expression."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day on which something happened to a record: what "during a period" means for it.

    :param clock: the column holds a time, not a day.
    """

    title: str
    lookup: str
    clock: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """From which day (inclusive) to which day (exclusive) a record holds: what "as of a day" means for it.

    :param open_start: a record without a first day holds from ever (a founding date that nobody knows).
    :param clock: the columns hold times.
    """

    start: str
    end: str = ""
    open_start: bool = False
    clock: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of each record that may be summed or averaged.

    :param scale: stored units in one shown unit: 100 for money kept in fen and shown in yuan.
    """

    title: str
    unit: str
    expression: Expression
    scale: int = 1
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Distinct:
    """Whom or what several records may be about: counted once, however many records."""

    title: str
    unit: str
    lookup: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to split a figure.

    :param expression: a lookup, or (day) → expression where it depends on the day (age).
    :param values: (value, label) in reading order; values that turn up besides are told as they are.
    """

    title: str
    expression: str | Callable[[date], Expression]
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the list of records behind a number.

    :param personal: a name or another trait of a person, masked unless the reader may see it.
    """

    key: str
    title: str
    cell: Callable[[Any], object] | None = None
    kind: Literal["text", "organisation", "tag", "date", "time", "number", "money"] = "text"
    personal: bool = False


@dataclass(frozen=True, eq=False)
class Source:
    """Records of one table that may be counted.

    :param model: `label.Model`; its rows carry the path of the organisation they count for. Every table that its
        fields read is watched by triggers (`figures.triggers`); a test derives which.
    :param permission: what a reader needs to open the records.
    :param always: what every counted row fulfils.
    :param spans: how rows lie in time for "as of"; without one only "during" is offered.
    :param sensitive: about hardship, health or disputes: cells of fewer than five people are not shown.
    :param address: row → address of the record, for those who may open it.
    :param related: `select_related` for the list.
    """

    key: str
    title: str
    unit: str
    model: str
    permission: str
    fields: Callable[[], Mapping[str, Field]]
    shown: tuple[Shown, ...]
    always: Q = field(default_factory=Q)
    span: Span | None = None
    moments: Mapping[str, Moment] = field(default_factory=dict)
    amounts: Mapping[str, Amount] = field(default_factory=dict)
    distincts: Mapping[str, Distinct] = field(default_factory=dict)
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    sensitive: bool = False
    address: Callable[[Any], str] | None = None
    related: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)

    def rows(self) -> QuerySet[Any]:
        model: type[Model] = apps.get_model(self.model)
        found: QuerySet[Any] = model._default_manager.filter(self.always)
        return found

    @property
    def table(self) -> str:
        return str(apps.get_model(self.model)._meta.db_table)

    @property
    def moves(self) -> bool:
        """Whether the rows go along when their organisation gets another parent."""
        return bool(getattr(apps.get_model(self.model), "follows_organisation", True))
