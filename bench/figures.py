"""Figures over a province's records: making all values, a dashboard anywhere, and the seconds after one change."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from gonghui.apps.reports.paper import printing
from gonghui.apps.reports.paper.words import word
from gonghui.apps.reports.queries.filling import fill
from gonghui.apps.reports.rules.content import Content
from gonghui.apps.reports.rules.text import parse
from gonghui.kernel.figures import queries, services
from gonghui.kernel.figures.models import FigureMeasure
from gonghui.kernel.figures.queries import counting
from gonghui.kernel.figures.rules.definition import Measure
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.models import Membership
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from . import ADMIN, Context, tree
from ._duck import Compared, compare, hear

NAME = "数字：全部重算、看板、改一条记录以后、起草报告"
CHECK_INS = 2_000_000
APPLICATIONS = 200_000
ROUNDS = 60
NUMBERS, CHARTS = 150, 12
DASHBOARD = 30

_CLAIMS = """
INSERT INTO offer_claim (offer_id, session_id, counter_id, person_id, path, member_path, state, source, key, ended,
  ended_why, used, made_at, used_at)
SELECT 1, 1, 1, m.person_id, m.path, m.path, 'used', 'gate', gen_random_uuid(), 0, '', 1,
  timestamptz '2025-12-01' + (m.id %% 360) * interval '1 day',
  timestamptz '2025-12-02' + (m.id %% 360) * interval '1 day'
FROM membership m WHERE m.id <= %(count)s
"""
_CHECK_INS = """
INSERT INTO offer_check_in (claim_id, offer_id, session_id, person_id, path, at, by, part, key, undone_why)
SELECT c.id, 1, 1, c.person_id, c.path, c.used_at, 'qr', 1, gen_random_uuid(), '' FROM offer_claim c
"""
_APPLICATIONS = """
INSERT INTO application (number, procedure_id, key, path, organisation_id, applicant_name, state, confidential, seats,
  document, version, corrections, verdict, grade, submitted_at, ended_at)
SELECT 'PH' || lpad(m.id::text, 16, '0'), p.id, p.key, m.path, m.organisation_id, '', k.state, false, '{}', '{}', 1, 0,
  '', '', timestamptz '2025-12-01' + (m.id %% 360) * interval '1 day',
  CASE WHEN k.state <> 'running' THEN timestamptz '2025-12-04' + (m.id %% 360) * interval '1 day' END
FROM membership m
  JOIN (SELECT id, key, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM procedure) p
    ON p.n = m.id %% p.of
  JOIN (VALUES (0, 'running'), (1, 'approved'), (2, 'approved'), (3, 'refused')) k(n, state) ON k.n = m.id / 7 %% 4
WHERE m.id <= %(count)s
"""


def _fill(context: Context, name: str) -> None:
    """The tree of the tree bench, two million places that were used, two hundred thousand applications."""
    tree.fill(context, name)
    with psycopg.connect(context.cluster.url(ADMIN, name), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "INSERT INTO offer (id, number, organisation_id, path, kind, title, allocation, state, audience, weights,"
            " again_after_months, waits, answer_hours, cancel_until_hours, transferable, uses, procedure, version,"
            " opens_at, closes_at, published_at)"
            " SELECT 1, 'PH1', id, path, 'course', '课程', 'first_come', 'published', '{}', '[]', 0, 0, 24, 24, false,"
            " 1, '', 1, '2025-12-01', '2026-12-01', '2025-11-30' FROM organisation WHERE parent_id IS NULL"
        )
        admin.execute(
            'INSERT INTO offer_session (id, offer_id, path, title, "order", place, teacher, state)'
            " SELECT 1, 1, path, '第一讲', 0, '', '', 'planned' FROM offer"
        )
        context.progress("装入：两百万次签到")
        admin.execute(_CLAIMS, {"count": CHECK_INS})
        admin.execute(_CHECK_INS)
        admin.execute(_APPLICATIONS, {"count": APPLICATIONS})
        admin.execute("VACUUM ANALYZE")


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _row(name: str, value: float, unit: str, reference: str, reference_value: float, goal: str) -> dict[str, Any]:
    return {
        "name": f"figures: {name}", "value": round(value, 3), "unit": unit, "reference": reference,
        "reference_value": round(reference_value, 3), "goal": goal,
    }  # fmt: skip


def _plain() -> float:
    """One scan of all memberships by organisation: what any way of counting them costs at least."""

    def scan() -> None:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT path, count(*) FROM membership GROUP BY path")
            cursor.fetchall()

    return _seconds(scan)


def _months(places: list[PublicOrganisation], today: date) -> float:
    """Seconds for every measure at every place for twelve months, from the records."""
    with acting(SYSTEM):
        measures = [Measure(**row.body) for row in FigureMeasure.objects.all()]
        periods = [around(today, "month")]
        while len(periods) < 12:
            periods.append(periods[-1].before())

        def work() -> None:
            for period in periods:
                for one in places:
                    counting.count(measures, one.path, period, today)

        return _seconds(work)


def _against_duckdb(context: Context, name: str, places: list[PublicOrganisation], today: date) -> Compared:
    """Every measure at every place for this month: the statements themselves, and DuckDB with the same over Parquet."""
    with acting(SYSTEM), hear() as heard:
        measures = [Measure(**row.body) for row in FigureMeasure.objects.all()]
        for one in places:
            counting.count(measures, one.path, around(today, "month"), today)
    with tempfile.TemporaryDirectory() as folder, context.connect(name, ADMIN) as line:
        return compare(line, heard, Path(folder))


def _dashboards(today: date) -> list[float]:
    chance = random.Random(20261129)
    with acting(SYSTEM):
        everywhere = list(PublicOrganisation.objects.order_by("pk"))
        rows = list(queries.in_force("").values())[:DASHBOARD]
        some = [everywhere[0], *chance.sample(everywhere, ROUNDS)]
        period = around(today, "year")
        return [_seconds(lambda one=one: queries.values(SYSTEM, rows, one, period)) for one in some]


def _after_a_change() -> list[float]:
    """From the end of the change's transaction until every number above is right."""
    taken = []
    for number in (1, 5_000_000, 9_000_000):
        with acting(SYSTEM):
            Membership.objects.filter(pk=number).update(worker_kind="dispatched")
        taken.append(_seconds(services.drain))
    return taken


def _report(place: PublicOrganisation, today: date) -> tuple[float, float]:
    """Seconds for a report of twenty pages with 150 numbers and twelve charts: counted, and as Word and PDF."""
    titles = [row.title for row in queries.in_force(place.path).values()]
    line = "今年以来，全市各级工会坚持以职工为中心，各项工作有序推进，基层基础进一步夯实，服务能力进一步提高。" * 3
    parts = ["# {{单位}}工作报告"]
    for n in range(NUMBERS):
        parts.append(f"{line}{titles[n % len(titles)]}{{{{{titles[n % len(titles)]}}}}}。")
        if n % (NUMBERS // CHARTS) == 0 and n // (NUMBERS // CHARTS) < CHARTS:
            parts.append(f"{{{{图|{titles[n % 20]}|各下级}}}}")
    text = parse("\n".join(parts))
    found: list[Content] = []
    with acting(SYSTEM):
        counted = _seconds(lambda: found.append(fill(SYSTEM, text, place, around(today, "year"), today)))
    printed = _seconds(lambda: (word(found[0], "", None, printing.picture), printing.pdf(found[0], place.name, "", "")))
    return counted, printed


def run(context: Context) -> list[dict[str, Any]]:
    name = context.database("bench_figures")
    _fill(context, name)
    today = timezone.localdate()
    plain = _plain()
    context.progress("全部重算")
    whole = _seconds(services.rebuild_all)
    with acting(SYSTEM):
        city = PublicOrganisation.objects.filter(level="city").order_by("path").first()
        assert city is not None
        places = [city, *PublicOrganisation.objects.filter(parent_id=city.pk).order_by("path")]
        figures = len(queries.in_force(""))
    context.progress("十二个月")
    months = _months(places, today)
    context.progress("DuckDB")
    duck = _against_duckdb(context, name, places, today)
    context.progress("看板")
    dashboards = sorted(_dashboards(today))
    context.progress("改一条记录")
    changes = _after_a_change()
    context.progress("工作报告")
    counted, printed = _report(city, today)
    return [
        _row("20页、150个数字、12张图的报告：起草并出Word和PDF", counted + printed, "秒", "其中统计", counted,
             "20秒以内"),
        _row(f"{figures}个数字的存值全部重算", whole, "秒", "按组织数一遍会籍", plain, "10分钟以内"),
        _row(f"{figures}个数字×{len(places)}个组织×12个月，从记录数", months, "秒", "按组织数一遍会籍", plain,
             "10分钟以内"),
        _row(f"{len(places)}个组织当月的统计语句，{duck.said}", duck.ours, "秒", "DuckDB在Parquet上跑同样的语句",
             duck.duck, ""),
        _row(f"{DASHBOARD}个数字的看板，p95", dashboards[int(len(dashboards) * 0.95) - 1] * 1000, "毫秒", "中位数",
             statistics.median(dashboards) * 1000, "150毫秒以内"),
        _row("改一条记录以后，最慢", max(changes), "秒", "按组织数一遍会籍", plain, "5秒以内"),
    ]  # fmt: skip
