"""What the records know about a person and about who leads a union, for forms and conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from ...manifest import Fact
from ...org.models import Organisation
from ..choices import Politics, Sex, SkillLevel, WorkerKind
from ..models import Appointment, Membership, Person


def _of(field: str) -> Callable[[Any, Any, date], Any]:
    def read(organisation: Any, person: Person | None, on: date) -> Any:
        value = getattr(person, field, None) if person is not None else None
        return value.isoformat() if isinstance(value, date) else value or None

    return read


def _age(organisation: Any, person: Person | None, on: date) -> int | None:
    born = person.birth if person is not None else None
    return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _membership(field: str) -> Callable[[Any, Any, date], Any]:
    def read(organisation: Any, person: Person | None, on: date) -> Any:
        if person is None:
            return None
        row = Membership.objects.filter(person_id=person.pk, valid_to__isnull=True).first()
        value = getattr(row, field, None)
        return value.isoformat() if isinstance(value, date) else value or None

    return read


def _officers(office: str) -> Callable[[Any, Any, date], Any]:
    def read(organisation: Organisation, person: Any, on: date) -> int:
        return _holding(organisation, on).filter(office=office).count()

    return read


def _holding(organisation: Organisation, on: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(organisation_id=organisation.pk, valid_from__lte=on).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    )


def _chair(organisation: Organisation, person: Any, on: date) -> str | None:
    return _holding(organisation, on).filter(office="chair").values_list("person__name", flat=True).first()


FACTS = (
    Fact("person_name", "姓名", "text", _of("name")),
    Fact("person_sex", "性别（1男2女）", "text", _of("sex"), words=Sex.said),
    Fact("person_birth", "出生日期", "date", _of("birth")),
    Fact("person_age", "年龄", "number", _age),
    Fact("person_id_mask", "证件号码（隐去部分）", "text", _of("id_mask")),
    Fact("person_phone_mask", "手机号码（隐去部分）", "text", _of("phone_mask")),
    Fact("person_skill", "技能等级", "text", _of("skill_level"), words=SkillLevel.said),
    Fact("person_politics", "政治面貌", "text", _of("politics"), words=Politics.said),
    Fact("person_joined_on", "入会日期", "date", _membership("joined_on")),
    Fact("person_employer", "用人单位", "text", _membership("employer_name")),
    Fact("person_occupation", "职业工种", "text", _membership("occupation")),
    Fact("person_worker_kind", "用工类别", "text", _membership("worker_kind"), words=WorkerKind.said),
    Fact("org_chair", "工会主席", "text", _chair),
    Fact("org_chairs", "在任主席人数", "number", _officers("chair")),
    Fact("org_committee", "在任委员人数", "number", _officers("committee_member")),
    Fact("org_women_directors", "女职工委员会主任人数", "number", _officers("women_director")),
    Fact("org_audit_directors", "经审会主任人数", "number", _officers("audit_director")),
    Fact("org_auditors", "在任经审委员人数", "number", _officers("audit_member")),
)
"""Kinds: see `manifest.Fact`."""
