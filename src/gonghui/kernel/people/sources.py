"""What people offer to be counted: memberships, offices, transfers, signs of life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Case, Q, Value, When
from django.urls import reverse

from ..conditions import Field, column, filled, full_years, years_before
from ..org.choices import Industry, Level, OrganisationKind, UnitKind
from ..sources import Dimension, Distinct, Moment, Shown, Source, Span
from . import choices as c

AGES = (
    (0, 29, "29岁及以下"),
    (30, 39, "30至39岁"),
    (40, 49, "40至49岁"),
    (50, 59, "50至59岁"),
    (60, 200, "60岁及以上"),
)


def age_band(lookup: str) -> Any:
    """An expression that puts a date of birth into its band on a day."""

    def expression(on: date) -> Any:
        return Case(
            When(**{f"{lookup}__isnull": True}, then=Value("")),
            *[
                When(**{f"{lookup}__lte": years_before(on, first)}, then=Value(f"{first}"))
                for first, _, _ in reversed(AGES)
                if first
            ],
            default=Value("0"),
        )

    return expression


def _retained(operator: str, value: Any, on: date) -> Q:
    """Whether a membership was a retained one: once it has ended, only its reason of retention tells."""
    wanted = Q(retention_reason__gt="") if value == "retained" else Q(retention_reason="")
    return ~wanted if operator == "is_not" else wanted


def organisation_fields(prefix: str = "organisation__") -> dict[str, Field]:
    """What may be asked of the organisation that a record belongs to."""
    return {
        "union_kind": Field("工会类别", "choice", column(f"{prefix}kind"), tuple(OrganisationKind.choices)),
        "union_level": Field("工会层级", "choice", column(f"{prefix}level"), tuple(Level.choices)),
        "industry": Field("所属行业", "choice", column(f"{prefix}industry"), tuple(Industry.choices)),
        "unit_kind": Field("单位性质", "choice", column(f"{prefix}unit_kind"), tuple(UnitKind.choices)),
    }


@cache
def _membership_fields() -> Mapping[str, Field]:
    return {
        "standing": Field("会籍", "choice", _retained, (("active", "在籍"), ("retained", "保留会籍"))),
        "sex": Field("性别", "choice", column("person__sex"), tuple(c.Sex.choices)),
        "age": Field("年龄", "number", full_years("person__birth"), unit="周岁"),
        "education": Field("学历", "choice", column("person__education"), tuple(c.Education.choices)),
        "skill_level": Field("技能等级", "choice", column("person__skill_level"), tuple(c.SkillLevel.choices)),
        "worker_kind": Field("用工类别", "choice", column("worker_kind"), tuple(c.WorkerKind.choices)),
        "is_new_form": Field("新就业形态劳动者", "yes_no", filled("new_form")),
        "new_form": Field("新就业形态职业", "choice", column("new_form"), tuple(c.NewFormOccupation.choices)),
        "start_reason": Field("起始原因", "choice", column("start_reason"), tuple(c.MembershipStart.choices)),
        "end_reason": Field("终止原因", "choice", column("end_reason"), tuple(c.MembershipEnd.choices)),
        "retention_reason": Field("保留原因", "choice", column("retention_reason"), tuple(c.RetentionReason.choices)),
        **organisation_fields(),
    }


def _member(row: Any) -> str:
    return reverse("membership:person", args=[row.person_id])


MEMBERSHIPS = Source(
    key="memberships",
    title="会籍",
    unit="名",
    model="kernel.Membership",
    permission="member.view",
    fields=_membership_fields,
    span=Span("valid_from", "valid_to"),
    moments={"joined": Moment("会籍开始", "valid_from"), "ended": Moment("会籍终止", "valid_to")},
    distincts={"person": Distinct("会员", "名", "person_id")},
    dimensions={
        "sex": Dimension("性别", "person__sex", tuple(c.Sex.choices)),
        "age": Dimension("年龄段", age_band("person__birth"), tuple((str(a), said) for a, _, said in AGES)),
        "education": Dimension("学历", "person__education", tuple(c.Education.choices)),
        "skill_level": Dimension("技能等级", "person__skill_level", tuple(c.SkillLevel.choices)),
        "worker_kind": Dimension("用工类别", "worker_kind", tuple(c.WorkerKind.choices)),
        "new_form": Dimension("新就业形态职业", "new_form", tuple(c.NewFormOccupation.choices)),
        "industry": Dimension("所属行业", "organisation__industry", tuple(Industry.choices)),
        "union_kind": Dimension("工会类别", "organisation__kind", tuple(OrganisationKind.choices)),
    },
    shown=(
        Shown("person_name_shown", "姓名", personal=True, cell=lambda row: row.person_name or row.person.name),
        Shown("organisation", "工会", kind="organisation"),
        Shown("worker_kind", "用工类别", cell=lambda row: row.get_worker_kind_display()),
        Shown("valid_from", "会籍起始", kind="date"),
        Shown("valid_to", "会籍终止", kind="date"),
    ),
    address=_member,
    related=("person", "organisation"),
    order=("path", "pk"),
)


@cache
def _appointment_fields() -> Mapping[str, Field]:
    return {
        "office": Field("职务", "choice", column("office"), tuple(c.Office.choices)),
        "full_time": Field("专职", "yes_no", column("full_time")),
        "party_office": Field("兼任党内职务", "yes_no", filled("party_office")),
        "sex": Field("性别", "choice", column("person__sex"), tuple(c.Sex.choices)),
        **organisation_fields(),
    }


APPOINTMENTS = Source(
    key="appointments",
    title="任职",
    unit="人次",
    model="kernel.Appointment",
    permission="member.view",
    fields=_appointment_fields,
    span=Span("valid_from", "valid_to"),
    moments={"began": Moment("任职", "valid_from"), "ended": Moment("离任", "valid_to")},
    distincts={
        "person": Distinct("任职的人", "名", "person_id"),
        "organisation": Distinct("工会", "家", "organisation_id"),
    },
    dimensions={
        "office": Dimension("职务", "office", tuple(c.Office.choices)),
        "sex": Dimension("性别", "person__sex", tuple(c.Sex.choices)),
        "union_kind": Dimension("工会类别", "organisation__kind", tuple(OrganisationKind.choices)),
    },
    shown=(
        Shown("person.name", "姓名", personal=True),
        Shown("organisation", "工会", kind="organisation"),
        Shown("office", "职务", cell=lambda row: row.title or row.get_office_display()),
        Shown("valid_from", "任职日期", kind="date"),
        Shown("valid_to", "离任日期", kind="date"),
    ),
    address=_member,
    related=("person", "organisation"),
    order=("path", "pk"),
)


@cache
def _sign_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("痕迹", "choice", column("kind"), tuple(c.SignKind.choices)),
        "reached": Field("联系上", "yes_no", column("reached")),
        **organisation_fields(),
    }


SIGNS = Source(
    key="signs",
    title="活力痕迹",
    unit="次",
    model="kernel.SignOfLife",
    permission="vitality.view",
    fields=_sign_fields,
    moments={"on": Moment("发生", "on")},
    distincts={
        "person": Distinct("会员", "名", "person_id"),
        "organisation": Distinct("工会", "家", "organisation_id"),
    },
    dimensions={"kind": Dimension("痕迹", "kind", tuple(c.SignKind.choices))},
    shown=(
        Shown("organisation", "工会", kind="organisation"),
        Shown("kind", "痕迹", cell=lambda row: row.get_kind_display()),
        Shown("on", "日期", kind="date"),
    ),
    related=("organisation",),
    order=("-on", "pk"),
)


@cache
def _transfer_fields() -> Mapping[str, Field]:
    return {
        "state": Field("状态", "choice", column("state"), tuple(c.TransferState.choices)),
        "side": Field("发起方", "choice", column("side"), tuple(c.TransferSide.choices)),
    }


TRANSFERS = Source(
    key="transfers",
    title="转会",
    unit="件",
    model="kernel.TransferRequest",
    permission="member.view",
    fields=_transfer_fields,
    moments={
        "asked": Moment("提出", "asked_at", clock=True),
        "answered": Moment("答复", "answered_at", clock=True),
    },
    dimensions={"state": Dimension("状态", "state", tuple(c.TransferState.choices))},
    shown=(
        Shown("person_name", "姓名", personal=True),
        Shown("to_organisation", "转入工会", kind="organisation"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("asked_at", "提出", kind="time"),
    ),
    related=("to_organisation",),
    order=("-asked_at", "pk"),
)

SOURCES = (MEMBERSHIPS, APPOINTMENTS, SIGNS, TRANSFERS)
