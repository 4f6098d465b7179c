"""What the register knows of a union, so that no form asks for it: contracts in force, the congress of the year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from gonghui.kernel.manifest import Fact
from gonghui.kernel.rules.calendar import add_months

from .choices import SessionState
from .models import Contract, Session

Rows = Callable[[date], QuerySet[Any]]


def _in_force(on: date) -> QuerySet[Any]:
    begun = Contract.objects.filter(valid_on__lte=on, starts_on__lte=on, ends_on__gte=on)
    return begun.filter(Q(ended_on=None) | Q(ended_on__gt=on))


def _held(on: date) -> QuerySet[Any]:
    return Session.objects.filter(state=SessionState.CLOSED, on__gt=add_months(on, -12), on__lte=on)


def _counts(rows: Rows, field: str) -> Callable[[list[int], date], dict[int, Any]]:
    def many(ids: list[int], on: date) -> dict[int, Any]:
        found = rows(on).filter(**{f"{field}__in": ids}).order_by().values_list(field).annotate(n=Count("pk"))
        return dict.fromkeys(ids, 0) | dict(found)

    return many


def _fact(key: str, title: str, rows: Rows, field: str) -> Fact:
    many = _counts(rows, field)

    def one(organisation: Any, person: Any, on: date) -> int:
        return many([organisation.pk], on)[organisation.pk] if organisation is not None else 0

    return Fact(key, title, "number", one, many)


FACTS = (
    _fact("union_contracts", "有效的集体合同份数", _in_force, "organisation_id"),
    _fact("union_congress_year", "12个月内职代会召开次数", _held, "congress__organisation_id"),
)
