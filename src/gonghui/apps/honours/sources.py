"""What honours offer to be counted: what was conferred and not revoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c
from .kinds import kinds


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple((one.key, one.title) for one in kinds().values())


@cache
def _families() -> tuple[tuple[str, str], ...]:
    return tuple((one, one) for one in dict.fromkeys(kind.family for kind in kinds().values()))


def _family(operator: str, value: Any, on: date) -> Q:
    """Honours of a family: the kinds that the catalogue puts into it."""
    wanted = {value} if isinstance(value, str) else set(value)
    among = Q(kind__in=sorted(one.key for one in kinds().values() if one.family in wanted))
    return ~among if operator in ("is_not", "not_in") else among


@cache
def _fields() -> Mapping[str, Field]:
    return {
        "kind": Field("荣誉", "choice", column("kind"), _kinds()),
        "family": Field("荣誉类别", "choice", _family, _families()),
        "level": Field("级别", "choice", column("level"), tuple(c.Level.choices)),
        "to": Field("对象", "choice", column("to"), tuple(c.To.choices)),
        "origin": Field("来源", "choice", column("origin"), tuple(c.Origin.choices)),
        "on_wall": Field("在荣誉墙公开", "yes_no", column("on_wall")),
    }


CONFERRALS = Source(
    key="conferrals",
    title="荣誉",
    unit="个",
    model="honours.Conferral",
    permission="honour.view",
    fields=_fields,
    always=Q(revoked_on__isnull=True),
    span=Span("conferred_on"),
    moments={"conferred": Moment("命名", "conferred_on")},
    distincts={
        "person": Distinct("人员", "名", "person_id"),
        "organisation": Distinct("所在工会", "家", "organisation_id"),
    },
    dimensions={
        "kind": Dimension("荣誉", "kind", _kinds()),
        "level": Dimension("级别", "level", tuple(c.Level.choices)),
        "to": Dimension("对象", "to", tuple(c.To.choices)),
    },
    shown=(
        Shown("name", "授予", personal=True),
        Shown("kind", "荣誉", cell=lambda row: dict(_kinds()).get(row.kind, row.kind)),
        Shown("unit_name", "单位"),
        Shown("issuer_name", "命名单位"),
        Shown("conferred_on", "命名日期", kind="date"),
    ),
    address=lambda row: reverse("honours:one", args=[row.pk]),
    order=("-conferred_on", "pk"),
)

SOURCES = (CONFERRALS,)
