"""What the records know of unions, for items that score themselves: thousands of unions in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import connection

from gonghui.kernel.manifest import Fact
from gonghui.kernel.org.rules import is_uscc
from gonghui.kernel.procedures.registry import facts as all_facts

from .models import GradeRecord

KINDS: dict[str, tuple[str, str]] = {
    "org_level": ("组织层级", "text"),
    "org_kind": ("组织类别", "text"),
    "org_unit_kind": ("单位性质", "text"),
    "org_industry": ("所属行业", "text"),
    "org_years": ("建会满多少年", "number"),
    "org_in_term": ("在任期内", "yes_no"),
    "org_term_to": ("本届止", "date"),
    "org_headcount": ("职工人数", "number"),
    "org_members": ("在册会员人数", "number"),
    "org_committee_size": ("委员人数", "number"),
    "org_branches": ("分会和小组数", "number"),
    "org_chairs": ("在任主席人数", "number"),
    "org_committee": ("在任委员人数", "number"),
    "org_women_directors": ("女职工委员会主任人数", "number"),
    "org_audit_directors": ("经审会主任人数", "number"),
    "org_auditors": ("在任经审委员人数", "number"),
    "union_members_all": ("会员人数（含分会小组）", "number"),
    "union_member_percent": ("入会率（百分数）", "number"),
    "union_women": ("女会员人数", "number"),
    "union_new_form": ("新就业形态会员人数", "number"),
    "union_migrant": ("农民工会员人数", "number"),
    "union_officers": ("在任干部人数", "number"),
    "union_uscc_valid": ("统一社会信用代码有效", "yes_no"),
    "union_employers": ("登记的用人单位数", "number"),
    "union_accounts": ("本会岗位账号数", "number"),
    "union_twins": ("党工共建对应数", "number"),
    "union_dues_year": ("12个月内缴费次数", "number"),
    "union_activities_year": ("12个月内活动次数", "number"),
    "union_contacts_year": ("12个月内联系上的次数", "number"),
    "union_lively_members": ("12个月内有活动记录的会员人数", "number"),
    "union_lively_percent": ("会员活跃率（百分数）", "number"),
    "union_address_known": ("登记了地址", "yes_no"),
    "union_term_days_left": ("任期剩余天数", "number"),
}
"""Facts of the bulk reader → (title, kind); those named org_ are the registry's own, read for many at once."""

_UNKNOWN = frozenset({"org_years", "org_term_to", "org_headcount", "org_committee_size", "union_member_percent",
                      "union_lively_percent", "union_term_days_left"})  # fmt: skip
"""Facts of the bulk reader that may be null."""

_TAKEN = frozenset(key for key in KINDS if key.startswith("org_"))

# One row a union; every count stands on an index of its own table.
_SQL = """
SELECT o.id, o.level, o.kind, o.unit_kind, o.industry, o.founded_on, o.term_to, o.headcount, o.committee_size, o.uscc,
  o.address, coalesce(t.active, 0), s.active, s.women, s.new_form, s.migrant, b.n, a.chairs, a.committee, a.women,
  a.audit, a.auditors, a.officers, e.n, p.n, w.n, l.dues, l.activities, l.contacts, m.lively
FROM organisation o
LEFT JOIN organisation_tally t ON t.organisation_id = o.id
LEFT JOIN LATERAL (SELECT coalesce(sum(x.active), 0) AS active, coalesce(sum(x.women), 0) AS women,
    coalesce(sum(x.new_form), 0) AS new_form, coalesce(sum(x.migrant), 0) AS migrant
  FROM organisation_tally x WHERE x.path >= o.path AND x.path < o.path || '~') s ON true
LEFT JOIN LATERAL (SELECT count(*) AS n FROM organisation x WHERE x.parent_id = o.id AND x.ended_on IS NULL
    AND x.kind IN ('branch', 'group')) b ON true
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE x.office = 'chair') AS chairs,
    count(*) FILTER (WHERE x.office = 'committee_member') AS committee,
    count(*) FILTER (WHERE x.office = 'women_director') AS women,
    count(*) FILTER (WHERE x.office = 'audit_director') AS audit,
    count(*) FILTER (WHERE x.office = 'audit_member') AS auditors, count(DISTINCT x.person_id) AS officers
  FROM appointment x WHERE x.organisation_id = o.id AND x.valid_from <= %(on)s
    AND (x.valid_to IS NULL OR x.valid_to > %(on)s)) a ON true
LEFT JOIN LATERAL (SELECT count(*) AS n FROM employer x WHERE x.organisation_id = o.id
    AND x.deregistered_on IS NULL) e ON true
LEFT JOIN LATERAL (SELECT count(*) AS n FROM post x WHERE x.organisation_id = o.id AND x.granted_by IS NOT NULL
    AND x.valid_from <= %(on)s AND (x.valid_to IS NULL OR x.valid_to > %(on)s)) p ON true
LEFT JOIN LATERAL (SELECT count(*) AS n FROM organisation_twin x WHERE x.organisation_id = o.id
    AND x.valid_to IS NULL) w ON true
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE x.kind = 'dues') AS dues,
    count(*) FILTER (WHERE x.kind = 'activity') AS activities,
    count(*) FILTER (WHERE x.kind = 'contact' AND x.reached) AS contacts
  FROM sign_of_life x WHERE x.organisation_id = o.id AND x.person_id IS NULL
    AND x."on" > %(since)s AND x."on" <= %(on)s) l ON true
LEFT JOIN LATERAL (SELECT count(*) AS lively FROM membership x WHERE x.path >= o.path AND x.path < o.path || '~'
    AND x.status = 'active' AND x.last_sign_on > %(since)s) m ON true
WHERE o.id = ANY(%(ids)s)
"""


def _year_before(on: date) -> date:
    return on.replace(year=on.year - 1) if (on.month, on.day) != (2, 29) else date(on.year - 1, 2, 28)


def _percent(part: int, whole: int | None) -> int | None:
    return part * 100 // whole if whole else None


def _row(row: tuple[Any, ...], on: date) -> dict[str, Any]:
    (level, kind, unit_kind, industry, founded, term_to, headcount, committee_size, uscc, address, members, all_members,
     women, new_form, migrant, branches, chairs, committee, women_directors, audit_directors, auditors, officers,
     employers, accounts, twins, dues, activities, contacts, lively) = row  # fmt: skip
    years = None if founded is None else on.year - founded.year - ((on.month, on.day) < (founded.month, founded.day))
    return {
        "org_level": level, "org_kind": kind, "org_unit_kind": unit_kind, "org_industry": industry, "org_years": years,
        "org_in_term": term_to is not None and term_to > on, "org_term_to": term_to.isoformat() if term_to else None,
        "org_headcount": headcount, "org_members": members, "org_committee_size": committee_size,
        "org_branches": branches, "org_chairs": chairs, "org_committee": committee,
        "org_women_directors": women_directors, "org_audit_directors": audit_directors, "org_auditors": auditors,
        "union_members_all": int(all_members), "union_member_percent": _percent(int(all_members), headcount),
        "union_women": int(women), "union_new_form": int(new_form), "union_migrant": int(migrant),
        "union_officers": officers, "union_uscc_valid": is_uscc(uscc), "union_employers": employers,
        "union_accounts": accounts, "union_twins": twins, "union_dues_year": dues, "union_activities_year": activities,
        "union_contacts_year": contacts, "union_lively_members": lively,
        "union_lively_percent": _percent(lively, int(all_members)), "union_address_known": bool(address),
        "union_term_days_left": (term_to - on).days if term_to else None,
    }  # fmt: skip


def read_many(ids: Iterable[int], on: date, wanted: Iterable[str] = ()) -> dict[int, dict[str, Any]]:
    """Facts of many organisations by id: the records of this app in one statement, `wanted` ones of other parts too."""
    wanted_ids = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"ids": wanted_ids, "on": on, "since": _year_before(on)})
        found = {row[0]: _row(row[1:], on) for row in cursor.fetchall()}
    for key in set(wanted) - set(KINDS):
        fact = all_facts().get(key)
        if fact is not None and fact.many is not None:
            values = fact.many(wanted_ids, on)
            for pk, row in found.items():
                row[key] = values.get(pk)
    return found


def names() -> dict[str, str]:
    """What formulas of standards may speak of → kind: everything that can be read for many at once."""
    kinds = {key: kind for key, (_, kind) in KINDS.items()}
    return kinds | {key: one.kind for key, one in all_facts().items() if one.many is not None and key not in kinds}


def optional() -> frozenset[str]:
    """Facts that may be null: what the records do not know yet, and everything that other parts answer."""
    return _UNKNOWN | (names().keys() - KINDS.keys())


def titles() -> dict[str, str]:
    found = {key: title for key, (title, _) in KINDS.items()}
    return found | {key: one.title for key, one in all_facts().items() if one.many is not None and key not in found}


# -- facts of this app --------------------------------------------------------------------------------------


def _one(key: str) -> Callable[[Any, Any, date], Any]:
    def read(organisation: Any, person: Any, on: date) -> Any:
        return read_many([organisation.pk], on).get(organisation.pk, {}).get(key)

    return read


def _grades(field: str, family: str) -> Callable[[list[int], date], dict[int, Any]]:
    def many(ids: list[int], on: date) -> dict[int, Any]:
        rows = GradeRecord.objects.filter(organisation__in=ids, family=family, ended_on__isnull=True)
        return dict(rows.values_list("organisation_id", field))

    return many


def _grade(field: str, family: str) -> Callable[[Any, Any, date], Any]:
    many = _grades(field, family)
    return lambda organisation, person, on: many([organisation.pk], on).get(organisation.pk)


FACTS = (
    *(Fact(key, title, kind, _one(key)) for key, (title, kind) in KINDS.items() if key not in _TAKEN),
    Fact("six_grade", "六有六规范等级", "text", _grade("grade", "six"), _grades("grade", "six")),
    Fact("six_rank", "六有六规范等次（1最高）", "number", _grade("rank", "six"), _grades("rank", "six")),
    Fact("six_score", "六有六规范得分", "number", _grade("score", "six"), _grades("score", "six")),
    Fact("six_point", "示范点层级", "text", _grade("point", "six"), _grades("point", "six")),
)
