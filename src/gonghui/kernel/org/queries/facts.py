"""What the records know about an organisation, for forms and conditions: nobody is asked for it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ...manifest import Fact
from ..choices import Industry, Level, OrganisationKind, UnitKind
from ..models import Employer, Organisation, Tally
from ..regions import full_name


def _of(field: str) -> Callable[[Any, Any, date], Any]:
    def read(organisation: Organisation, person: Any, on: date) -> Any:
        value = getattr(organisation, field, None)
        return value.isoformat() if isinstance(value, date) else value

    return read


def _members(organisation: Organisation, person: Any, on: date) -> int:
    return Tally.objects.filter(pk=organisation.pk).values_list("active", flat=True).first() or 0


def _years(organisation: Organisation, person: Any, on: date) -> int | None:
    """Full years since the founding: 六有 below five, 六规范 from five on (A2.01, A2.02)."""
    begun = organisation.founded_on
    return None if begun is None else on.year - begun.year - ((on.month, on.day) < (begun.month, begun.day))


def _in_term(organisation: Organisation, person: Any, on: date) -> bool:
    return organisation.term_to is not None and organisation.term_to > on


def _employer(organisation: Organisation, person: Any, on: date) -> str:
    return (
        Employer.objects.filter(organisation_id=organisation.pk).order_by("pk").values_list("name", flat=True).first()
        or ""
    )


def _branches(organisation: Organisation, person: Any, on: date) -> int:
    return Organisation.objects.filter(
        parent_id=organisation.pk, ended_on__isnull=True, kind__in=[OrganisationKind.BRANCH, OrganisationKind.GROUP]
    ).count()


FACTS = (
    Fact("org_name", "组织名称", "text", _of("name")),
    Fact("org_kind", "组织类别", "text", _of("kind"), words=OrganisationKind.said),
    Fact("org_level", "组织层级", "text", _of("level"), words=Level.said),
    Fact("org_code", "组织编码", "text", _of("code")),
    Fact("org_uscc", "统一社会信用代码", "text", _of("uscc")),
    Fact("org_unit_kind", "单位性质", "text", _of("unit_kind"), words=UnitKind.said),
    Fact("org_industry", "所属行业", "text", _of("industry"), words=Industry.said),
    Fact("org_region", "行政区划", "text", _of("region_code"), words=full_name),
    Fact("org_address", "地址", "text", _of("address")),
    Fact("org_headcount", "职工人数", "number", _of("headcount")),
    Fact("org_members", "在册会员人数", "number", _members),
    Fact("org_founded_on", "成立日期", "date", _of("founded_on")),
    Fact("org_years", "建会满多少年", "number", _years),
    Fact("org_term_from", "本届起", "date", _of("term_from")),
    Fact("org_term_to", "本届止", "date", _of("term_to")),
    Fact("org_in_term", "在任期内", "yes_no", _in_term),
    Fact("org_committee_size", "委员人数", "number", _of("committee_size")),
    Fact("org_employer", "用人单位", "text", _employer),
    Fact("org_branches", "分会和小组数", "number", _branches),
)
"""Kinds: see `manifest.Fact`. Level ranks and kinds are the codes of `org.choices`."""
