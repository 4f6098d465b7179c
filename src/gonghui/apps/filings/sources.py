"""What filings offer to be counted: forms, cells filled without typing, questions and those that are late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.sources import Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c

RHYTHMS, STATES, KINDS = tuple(c.Rhythm.choices), tuple(c.FilingState.choices), tuple(c.Kind.choices)
BODY = {"organisation": Distinct("填报单位", "家", "organisation_id")}


@cache
def _filing_fields() -> Mapping[str, Field]:
    return {
        "rhythm": Field("频次", "choice", column("rhythm"), RHYTHMS),
        "state": Field("状态", "choice", column("state"), STATES),
    }


FILINGS = Source(
    key="filings",
    title="填报的报表",
    unit="份",
    model="filings.Filing",
    permission="form.view",
    fields=_filing_fields,
    always=Q(version=1),
    moments={
        "begun": Moment("开始填报", "made_at", clock=True),
        "signed": Moment("签发", "signed_at", clock=True),
        "sent": Moment("报出", "sent_at", clock=True),
    },
    distincts=BODY,
    dimensions={
        "rhythm": Dimension("频次", "rhythm", RHYTHMS),
        "demanded_by": Dimension("报送给", "demanded_by"),
    },
    shown=(
        Shown("title", "报表"),
        Shown("organisation", "填报单位", kind="organisation"),
        Shown("period", "报告期", cell=lambda row: read(row.period).said),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("filings:one", args=[row.pk]),
    related=("organisation",),
    order=("-made_at", "pk"),
)


@cache
def _cell_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("来源", "choice", column("kind"), KINDS),
        "reused": Field("用已有的答复", "yes_no", column("reused")),
    }


CELLS = Source(
    key="filled_cells",
    title="报表里填的格",
    unit="格",
    model="filings.FilledCell",
    permission="form.view",
    fields=_cell_fields,
    always=Q(first=True, frozen_at__isnull=False) & (Q(number__isnull=False) | ~Q(text="")),
    moments={"signed": Moment("签发", "frozen_at", clock=True)},
    distincts={"filing": Distinct("报表", "份", "filing_id")},
    dimensions={"kind": Dimension("来源", "kind", KINDS)},
    shown=(
        Shown("filing.title", "报表"),
        Shown("filing.organisation", "填报单位", kind="organisation"),
        Shown("sheet", "表"),
        Shown("cell", "单元格"),
        Shown("title", "内容"),
    ),
    address=lambda row: reverse("filings:one", args=[row.filing_id]),
    related=("filing__organisation",),
    order=("-frozen_at", "pk"),
)


def _overdue(operator: str, value: Any, on: date) -> Q:
    late = Q(due_on__lt=on)
    return late if value else ~late


@cache
def _question_fields() -> Mapping[str, Field]:
    return {"overdue": Field("过了截止日期", "yes_no", _overdue)}


QUESTIONS = Source(
    key="form_questions",
    title="报表里问的事项",
    unit="项",
    model="filings.Question",
    permission="form.view",
    fields=_question_fields,
    always=Q(rolls_up=False, closed_at__isnull=True),
    span=Span("asked_at", "answered_at", clock=True),
    moments={
        "asked": Moment("询问", "asked_at", clock=True),
        "answered": Moment("答复", "answered_at", clock=True),
        "due": Moment("到期", "due_on"),
    },
    distincts=BODY,
    shown=(  # without what is asked: that is between the two bodies
        Shown("organisation", "答复单位", kind="organisation"),
        Shown("period", "报告期", cell=lambda row: read(row.period).said),
        Shown("due_on", "截止", kind="date"),
        Shown("answered_at", "答复", kind="time"),
    ),
    address=lambda row: reverse("filings:question", args=[row.pk]),
    related=("organisation",),
    order=("due_on", "pk"),
)

SOURCES = (FILINGS, CELLS, QUESTIONS)
