"""What casework offers to be counted. Everybody who may count sees numbers, the case team alone sees the records.

All of it is sensitive: small numbers are not shown. Nothing sealed is ever counted by, listed or compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c

CLASSES = tuple(one for one in c.HardshipClass.choices if one[0] != c.HardshipClass.NONE)
PERSON = {"person": Distinct("职工", "人", "person_id")}


@cache
def _file_fields() -> Mapping[str, Field]:
    return {
        "hardship": Field("困难类别", "choice", column("hardship"), CLASSES),
        "state": Field("状态", "choice", column("state"), tuple(c.FileState.choices)),
    }


FILES = Source(
    key="hardship_files",
    title="困难职工档案",
    unit="户",
    model="casework.HardshipFile",
    permission="case.handle",
    fields=_file_fields,
    span=Span("filed_on", "ended_on"),
    moments={"filed": Moment("建档", "filed_on"), "ended": Moment("退出", "ended_on")},
    distincts=PERSON,
    dimensions={"hardship": Dimension("困难类别", "hardship", CLASSES)},
    shown=(
        Shown("person.name", "职工", personal=True),
        Shown("organisation", "所在工会", kind="organisation"),
        Shown("hardship", "困难类别"),
        Shown("filed_on", "建档日期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    sensitive=True,
    address=lambda row: reverse("casework:file", args=[row.pk]),
    related=("person", "organisation"),
    order=("-filed_on", "pk"),
)


@cache
def _aid_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("救助类别", "choice", column("kind"), tuple(c.AidKind.choices)),
        "state": Field("支付状态", "choice", column("state"), tuple(c.AidState.choices)),
    }


AIDS = Source(
    key="aids",
    title="帮扶救助",
    unit="笔",
    model="casework.Aid",
    permission="case.handle",
    fields=_aid_fields,
    always=~Q(state="cancelled"),
    moments={"ordered": Moment("决定", "ordered_on"), "paid": Moment("支付", "paid_on")},
    amounts={"amount": Amount("金额", "元", "amount", scale=100)},
    distincts=PERSON,
    dimensions={"kind": Dimension("救助类别", "kind", tuple(c.AidKind.choices))},
    shown=(
        Shown("person.name", "职工", personal=True),
        Shown("organisation", "所在工会", kind="organisation"),
        Shown("kind", "救助类别", cell=lambda row: row.get_kind_display()),
        Shown("amount", "金额", kind="money"),
        Shown("paid_on", "支付日期", kind="date"),
    ),
    sensitive=True,
    address=lambda row: reverse("casework:aid", args=[row.pk]),
    related=("person", "organisation"),
    order=("-ordered_on", "pk"),
)


@cache
def _case_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("类别", "choice", column("kind"), tuple(c.CaseKind.choices)),
        "state": Field("状态", "choice", column("state"), tuple(c.CaseState.choices)),
        "stage": Field("进展", "choice", column("stage"), tuple(c.Stage.choices)),
    }


CASES = Source(
    key="cases",
    title="维权个案",
    unit="件",
    model="casework.Case",
    permission="case.handle",
    fields=_case_fields,
    span=Span("opened_on", "closed_on"),
    moments={"opened": Moment("立案", "opened_on"), "closed": Moment("结案", "closed_on")},
    distincts=PERSON,
    dimensions={"kind": Dimension("类别", "kind", tuple(c.CaseKind.choices))},
    shown=(
        Shown("person.name", "职工", personal=True),
        Shown("organisation", "所在工会", kind="organisation"),
        Shown("kind", "类别", cell=lambda row: row.get_kind_display()),
        Shown("opened_on", "立案日期", kind="date"),
        Shown("closed_on", "结案日期", kind="date"),
    ),
    sensitive=True,
    address=lambda row: reverse("casework:case", args=[row.pk]),
    related=("person", "organisation"),
    order=("-opened_on", "pk"),
)

CLAIMANTS = Source(
    key="claimants",
    title="欠薪职工",
    unit="人",
    model="casework.Claimant",
    permission="case.handle",
    fields=dict,
    moments={"opened": Moment("立案", "case__opened_on"), "recovered": Moment("追回", "recovered_on")},
    amounts={
        "claimed": Amount("主张金额", "元", "claimed", scale=100),
        "recovered": Amount("追回金额", "元", "recovered", scale=100),
    },
    distincts={"case": Distinct("个案", "件", "case_id")},
    shown=(
        Shown("case.opened_on", "立案日期", kind="date"),
        Shown("claimed", "主张金额", kind="money"),
        Shown("recovered", "追回金额", kind="money"),
        Shown("recovered_on", "最近追回", kind="date"),
    ),
    sensitive=True,
    address=lambda row: reverse("casework:case", args=[row.case_id]),
    related=("case",),
)


@cache
def _letter_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("文种", "choice", column("kind"), tuple(c.LetterKind.choices)),
        "state": Field("状态", "choice", column("state"), tuple(c.LetterState.choices)),
    }


LETTERS = Source(
    key="letters",
    title="一函两书",
    unit="份",
    model="casework.Letter",
    permission="case.handle",
    fields=_letter_fields,
    always=~Q(state="draft"),
    moments={"sent": Moment("发出", "sent_on"), "answered": Moment("答复", "answered_on")},
    dimensions={"kind": Dimension("文种", "kind", tuple(c.LetterKind.choices))},
    shown=(
        Shown("number", "文号"),
        Shown("organisation", "发出单位", kind="organisation"),
        Shown("kind", "文种", cell=lambda row: row.get_kind_display()),
        Shown("sent_on", "发出日期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    sensitive=True,
    address=lambda row: reverse("casework:letter", args=[row.pk]),
    related=("organisation",),
    order=("-sent_on", "pk"),
)


@cache
def _ticket_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("类别", "choice", column("kind"), tuple(c.TicketKind.choices)),
        "channel": Field("渠道", "choice", column("channel"), tuple(c.Channel.choices)),
        "category": Field("分类", "choice", column("category"), tuple(c.Category.choices)),
        "difficulty": Field("难度", "choice", column("difficulty"), tuple(c.Difficulty.choices)),
        "state": Field("状态", "choice", column("state"), tuple(c.TicketState.choices)),
        "late": Field("超期", "yes_no", column("late")),
        "rated": Field("回访时评过", "yes_no", lambda operator, value, on: Q(satisfaction__isnull=not value)),
        "replied": Field("已答复", "yes_no", lambda operator, value, on: Q(replied_on__isnull=not value)),
    }


TICKETS = Source(
    key="tickets",
    title="职工诉求",
    unit="件",
    model="casework.Ticket",
    permission="case.handle",
    fields=_ticket_fields,
    span=Span("received_at", "closed_at", clock=True),
    moments={
        "received": Moment("登记", "received_at", clock=True),
        "replied": Moment("答复", "replied_on"),
        "closed": Moment("办结", "closed_at", clock=True),
    },
    amounts={"satisfaction": Amount("满意度", "分", "satisfaction", decimals=1)},
    dimensions={
        "kind": Dimension("类别", "kind", tuple(c.TicketKind.choices)),
        "channel": Dimension("渠道", "channel", tuple(c.Channel.choices)),
        "category": Dimension("分类", "category", tuple(c.Category.choices)),
    },
    shown=(
        Shown("number", "编号"),
        Shown("holder_name", "承办单位"),
        Shown("category", "分类", cell=lambda row: row.get_category_display()),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("received_at", "登记", kind="time"),
    ),
    sensitive=True,
    address=lambda row: reverse("casework:ticket", args=[row.pk]),
    order=("-received_at", "pk"),
)

SOURCES = (FILES, AIDS, CASES, CLAIMANTS, LETTERS, TICKETS)
