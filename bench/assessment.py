"""Scoring a standard of 60 items, 20 of them by the records, for 2,000 unions."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from gonghui.apps.assessment import rules
from gonghui.apps.assessment.queries import simulation
from gonghui.apps.assessment.queries.standards import facts_of
from gonghui.kernel.models import Organisation
from gonghui.kernel.org.rules import join, sort_key
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from . import Context

NAME = "规范创建：60项标准给2000家工会评分"
UNIONS, MEMBERS_EACH = 2_000, 30
DAY = date(2026, 3, 2)

COMPUTED: tuple[str, ...] = (
    "org_chairs >= 1", "org_in_term", "org_women_directors >= 1", "org_audit_directors >= 1", "org_auditors >= 1",
    "org_committee >= 3", "org_branches >= 1", "org_members >= 25", "union_members_all >= 25", "union_women >= 1",
    "union_new_form >= 1", "union_migrant >= 1", "union_officers >= 3", "union_uscc_valid", "union_employers >= 1",
    "union_accounts >= 1", "union_twins >= 1", "union_dues_year >= 1", "union_activities_year >= 1",
    "union_member_percent != null && union_member_percent >= 80",
)  # fmt: skip


def standard() -> rules.Standard:
    """Six groups of ten items; every third one scores itself."""
    items: list[dict[str, Any]] = [
        {"key": f"computed_{n}", "title": f"台账指标{n}", "points": 2, "kind": "computed", "formula": formula}
        for n, formula in enumerate(COMPUTED, 1)
    ]
    items += [
        {
            "key": f"paper_{n}",
            "title": f"佐证指标{n}",
            "points": 1 + n % 2,
            "kind": "evidence",
            "evidence": ["document"],
        }
        for n in range(1, 41)
    ]
    groups = [
        {"key": f"group_{n}", "title": f"第{n + 1}类", "items": items[n::6]} for n in range(6)
    ]  # fmt: skip
    body = {
        "key": "bench", "family": "bench", "title": "60项标准", "total": sum(one["points"] for one in items),
        "groups": groups,
        "grades": [{"title": "示范", "least": 90}, {"title": "合格", "least": 60}, {"title": "待提升", "least": 0}],
    }  # fmt: skip
    return rules.must_read(body)


_FILL = [
    """INSERT INTO person (id, name, name_key, id_kind, id_hash, id_sealed, id_mask, sex, path,
         phone_mask, ethnicity, education, politics, skill_level, version)
       SELECT o.id * 100 + n, '郭建平', 'guo1', 'identity_card', sha256(convert_to(o.id || '-' || n, 'UTF8')),
         '\\x00'::bytea, '3608**********0000', '1', o.path,
         '', '', '', '', '', 1
       FROM organisation o, generate_series(1, %(each)s) n WHERE o.level = 'unit'""",
    """INSERT INTO membership (person_id, organisation_id, path, status, joined_on, valid_from, start_reason, card_no,
         worker_kind, platforms, last_sign_on, occupation, new_form, employer_name, department, staff_no, end_reason,
         retention_reason, person_name, version)
       SELECT o.id * 100 + n, o.id, o.path, 'active', '2021-03-06', '2021-03-06', 'admission',
         'GH' || lpad((o.id * 100 + n)::text, 10, '0'), 'regular', '{}', '2026-01-15', '', '', '', '', '', '',
         '', '', 1
       FROM organisation o, generate_series(1, %(each)s) n WHERE o.level = 'unit'""",
    """INSERT INTO appointment (person_id, organisation_id, path, office, full_time, valid_from, title, party_office,
         start_reason, end_reason, version)
       SELECT o.id * 100 + n, o.id, o.path, (ARRAY['chair', 'audit_director', 'women_director'])[n], false,
         '2022-01-01', '', '', '', '', 1
       FROM organisation o, generate_series(1, 3) n WHERE o.level = 'unit'""",
    """INSERT INTO sign_of_life (organisation_id, kind, "on", path, reached, note)
       SELECT o.id, k, '2026-01-15', o.path, true, '' FROM organisation o, unnest(ARRAY['dues', 'activity']) k
       WHERE o.level = 'unit'""",
    """INSERT INTO employer (organisation_id, path, name, uscc, unit_kind, industry, region_code, address,
         deregistered_source, version)
       SELECT id, path, name, '', '', '', '', '', '', 1 FROM organisation WHERE level = 'unit'""",
]


def _fill() -> None:
    """2,000 unions under twenty townships, with members, officers, signs of life and employers."""
    rows: list[Organisation] = []

    def add(parent: Organisation | None, name: str, kind: str, level: str) -> Organisation:
        number = len(rows) + 1
        path = join(parent.path if parent else "", number)
        row = Organisation(
            id=number, parent=parent, path=path, name=name, name_key=sort_key(name), kind=kind, level=level,
            founded_on=date(2015, 5, 1), term_to=date(2028, 5, 1), headcount=MEMBERS_EACH + 5,
            changed_at=timezone.now(),
        )  # fmt: skip
        rows.append(row)
        return row

    county = add(None, "安福县总工会", "federation", "county")
    for t in range(20):
        town = add(county, f"第{t + 1}镇总工会", "federation", "township")
        for n in range(UNIONS // 20):
            add(town, f"第{t + 1}镇第{n + 1}公司工会委员会", "grassroots_union", "unit")
    with acting(SYSTEM), connection.cursor() as cursor:
        Organisation.objects.bulk_create(rows, batch_size=500)
        for statement in _FILL:
            cursor.execute(statement, {"each": MEMBERS_EACH})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE organisation, membership, appointment, sign_of_life, employer")


def run(context: Context) -> list[dict[str, Any]]:
    """The whole trial of a county: facts, 60 items, grades. The reference reads the facts union by union."""
    context.database("bench_assessment")
    context.progress(f"{UNIONS:,}家工会，每家{MEMBERS_EACH}名会员")
    _fill()
    body = standard()
    assert len(list(body.items())) == 60 and sum(item.automatic for item in body.items()) == 20
    with acting(SYSTEM):
        bodies = simulation.unions(SYSTEM, body)
        assert len(bodies) == UNIONS
        started = time.perf_counter()
        found = simulation.simulate(SYSTEM, body, DAY, 80)
        taken = time.perf_counter() - started
        assert len(found.trials) == UNIONS
        context.progress(f"{taken:.2f} 秒，平均{found.mean}分")
        part = bodies[: UNIONS // 20]
        assumed = simulation.assumed_answers(body, 80)
        started = time.perf_counter()
        singly = [rules.score(body, facts_of([one.pk], DAY, [body])[one.pk], assumed).total for one in part]
        reference = (time.perf_counter() - started) * UNIONS / len(part)
        together = {one.organisation.pk: one.score.total for one in found.trials}
        assert singly == [together[one.pk] for one in part]
    return [
        {
            "name": "60项标准给2000家工会评分", "value": taken, "unit": "s",
            "reference": "同一标准，台账逐家读取（量100家推算）", "reference_value": reference, "goal": "≤ 20 s",
        }
    ]  # fmt: skip
