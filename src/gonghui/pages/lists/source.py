"""Sorting and slicing: page numbers by offset, the next page by the last row seen, so that depth is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Q, QuerySet

from .declare import Row, Source, look_up


@dataclass(frozen=True)
class Order:
    """One sort key; rows without a value come last in both directions."""

    path: str
    descending: bool = False
    nullable: bool = True

    @property
    def expression(self) -> Any:
        nulls_last = True if self.nullable else None
        return F(self.path).desc(nulls_last=nulls_last) if self.descending else F(self.path).asc(nulls_last=nulls_last)

    def beyond(self, value: Any, forward: bool) -> Q | None:
        """Rows strictly past `value` in reading order (or before it); None where there are none."""
        if value is None:
            return None if forward else Q(**{f"{self.path}__isnull": False})
        greater = self.descending != forward
        past = Q(**{f"{self.path}__{'gt' if greater else 'lt'}": value})
        return past | Q(**{f"{self.path}__isnull": True}) if forward and self.nullable else past


def _nullable(source: QuerySet[Any], path: str) -> bool:
    model: Any = source.model
    null = False
    for part in path.split("__"):
        if part == "pk":
            return null
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return True  # an annotation
        null = null or bool(getattr(found, "null", True))
        if not isinstance(found, Field) or found.related_model is None:
            return null
        model = found.related_model
    return null


def orders_of(source: Source, sort: Sequence[str]) -> list[Order]:
    """The sort keys of a list, always ended by the primary key so that pages neither repeat nor lose a row."""
    paths = [path for path in sort if path.lstrip("-") not in ("pk", "id")] + ["pk"]
    if not isinstance(source, QuerySet):
        return [Order(path.lstrip("-"), path.startswith("-")) for path in paths if path != "pk"]
    return [Order(p.lstrip("-"), p.startswith("-"), _nullable(source, p.lstrip("-"))) for p in paths]


def _sorted_rows(rows: Sequence[Row], orders: Sequence[Order]) -> list[Row]:
    out = list(rows)
    for order in reversed(orders):
        known = [row for row in out if look_up(row, order.path) is not None]
        unknown = [row for row in out if look_up(row, order.path) is None]
        out = sorted(known, key=lambda row, path=order.path: look_up(row, path), reverse=order.descending) + unknown
    return out


def _neighbours(source: QuerySet[Any], orders: Sequence[Order], anchor: str, forward: bool) -> QuerySet[Any] | None:
    """Rows past the anchor row in the given direction; None when the anchor is gone."""
    try:
        values = source.order_by().filter(pk=anchor).values_list(*(order.path for order in orders)).first()
    except (ValueError, TypeError, ValidationError):
        return None
    if values is None:
        return None
    whole, same = Q(pk__in=[]), Q()
    for order, value in zip(orders, values, strict=True):
        past = order.beyond(value, forward)
        if past is not None:
            whole |= same & past
        same &= Q(**{f"{order.path}__isnull": True}) if value is None else Q(**{order.path: value})
    return source.filter(whole)


def cut(
    source: Source,
    sort: Sequence[str],
    *,
    page: int,
    size: int,
    total: int,
    after: str = "",
    before: str = "",
) -> list[Row]:
    """The rows of one page."""
    orders = orders_of(source, sort)
    offset = (page - 1) * size
    if not isinstance(source, QuerySet):
        return _sorted_rows(source, orders)[offset : offset + size]
    expressions = [order.expression for order in orders]
    if after and (past := _neighbours(source, orders, after, True)) is not None:
        return list(past.order_by(*expressions)[:size])
    if before and (past := _neighbours(source, orders, before, False)) is not None:
        back = [expression.copy() for expression in expressions]
        for expression in back:
            expression.reverse_ordering()
        return list(past.order_by(*back)[:size])[::-1]
    if offset * 2 > total and offset < total:
        # the far half is read from its end: the last page of a million rows costs as much as the first
        tail = total - offset
        back = [expression.copy() for expression in expressions]
        for expression in back:
            expression.reverse_ordering()
        start = max(0, tail - size)
        return list(source.order_by(*back)[start:tail])[::-1]
    return list(source.order_by(*expressions)[offset : offset + size])
