"""What selections of innovation offer to be counted: entries that were handed in, and what was named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.procedures.choices import ApplicationState
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source

from . import choices as c


@cache
def _award_fields() -> Mapping[str, Field]:
    return {
        "selection": Field("评选", "choice", column("selection"), tuple(c.Selection.choices)),
        "rank": Field("名次", "number", column("rank"), unit="名"),
    }


AWARDS = Source(
    key="awards",
    title="创新成果",
    unit="项",
    model="contests.Award",
    permission="contest.manage",
    fields=_award_fields,
    moments={"awarded": Moment("命名", "awarded_on")},
    amounts={
        "benefit": Amount("年效益", "元", "benefit", scale=100),
        "prize": Amount("奖励", "元", "prize", scale=100),
    },
    distincts={
        "organisation": Distinct("所在工会", "家", "organisation_id"),
        "selection": Distinct("评选", "项", "selection"),
    },
    dimensions={"selection": Dimension("评选", "selection", tuple(c.Selection.choices))},
    shown=(
        Shown("title", "名称"),
        Shown("selection", "评选", cell=lambda row: row.get_selection_display()),
        Shown("people", "完成人", personal=True),
        Shown("unit_name", "单位"),
        Shown("rank", "名次", kind="number"),
        Shown("awarded_on", "命名日期", kind="date"),
    ),
    address=lambda row: reverse("contests:ranking", args=[row.selection]),
    order=("-awarded_on", "selection", "rank", "pk"),
)


def _selection(operator: str, value: Any, on: date) -> Q:
    """Entries of a selection: the applications of its procedure."""
    wanted = {value} if isinstance(value, str) else set(value)
    among = Q(key__in=sorted(key for key, selection in c.PROCEDURES.items() if selection in wanted))
    return ~among if operator in ("is_not", "not_in") else among


@cache
def _entry_fields() -> Mapping[str, Field]:
    return {
        "selection": Field("评选", "choice", _selection, tuple(c.Selection.choices)),
        "state": Field("状态", "choice", column("state"), tuple(ApplicationState.choices)),
    }


_SELECTIONS = tuple((key, c.Selection(selection).label) for key, selection in c.PROCEDURES.items())
ENTRIES = Source(
    key="contest_entries",
    title="评选申报",
    unit="件",
    model="kernel.Application",
    permission="application.view",
    fields=_entry_fields,
    always=Q(key__in=sorted(c.PROCEDURES), confidential=False) & ~Q(state="draft"),
    moments={"submitted": Moment("申报", "submitted_at", clock=True)},
    distincts={
        "person": Distinct("申报的职工", "名", "person_id"),
        "organisation": Distinct("申报的工会", "家", "organisation_id"),
        "selection": Distinct("评选", "项", "key"),
    },
    dimensions={"selection": Dimension("评选", "key", _SELECTIONS)},
    shown=(
        Shown("number", "编号"),
        Shown("key", "评选", cell=lambda row: dict(_SELECTIONS)[row.key]),
        Shown("applicant_name", "申报人", personal=True),
        Shown("organisation", "所在工会", kind="organisation"),
        Shown("submitted_at", "申报", kind="time"),
    ),
    address=lambda row: reverse("procedures:desk-application", args=[row.pk]),
    related=("organisation",),
    order=("-submitted_at", "pk"),
)

SOURCES = (AWARDS, ENTRIES)
