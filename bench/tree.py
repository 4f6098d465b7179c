"""Counts of any node, and moving a county, in a tree of 75,000 organisations with 10,000,000 members."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
from django.db import connection, connections, transaction

from gonghui.kernel.models import Membership, Organisation
from gonghui.kernel.org import queries, services
from gonghui.kernel.org.rules import join, sort_key
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from . import ADMIN, Context

NAME = "组织树：数人数、整县转隶"
ORGANISATIONS = 75_000
MEMBERS = 10_000_000
IN_COUNTY = 500_000
CITIES, COUNTIES, TOWNSHIPS = 11, 10, 10
ROUNDS = 40

_ORGANISATION_COLUMNS = "id, parent_id, path, name, name_key, kind, level, founded_on"

# Loaded with triggers off, as a restored backup would be; counts and histories follow in one statement each.
_FILL = [
    """INSERT INTO organisation_placement (organisation_id, parent_id, path, valid_from)
       SELECT id, parent_id, path, founded_on FROM organisation""",
    """INSERT INTO organisation_name (organisation_id, name, path, valid_from)
       SELECT id, name, path, founded_on FROM organisation""",
    """INSERT INTO person (id, name, name_key, id_kind, id_hash, id_sealed, id_mask, sex, path)
       SELECT row_number() OVER (), '郭建平', 'guo1郭jian4建ping2平', 'identity_card',
         sha256(convert_to(o.id || '-' || n, 'UTF8')), '\\x00'::bytea, '3608**********0000', '1', o.path
       FROM organisation o, generate_series(1, %(inside)s) n
       WHERE o.path >= %(lo)s AND o.path < %(hi)s AND o.kind = 'grassroots_union'""",
    """INSERT INTO membership (id, person_id, organisation_id, path, status, joined_on, valid_from, start_reason,
         card_no, worker_kind, platforms)
       SELECT i, i, id, path, CASE WHEN i %% 20 = 0 THEN 'retained' ELSE 'active' END, '2021-03-06', '2021-03-06',
         'admission', 'GH' || lpad(i::text, 10, '0'), CASE WHEN i %% 5 = 0 THEN 'migrant' ELSE 'regular' END, '{}'
       FROM (SELECT row_number() OVER () AS i, o.id, o.path FROM organisation o, LATERAL generate_series(1,
           CASE WHEN o.path >= %(lo)s AND o.path < %(hi)s THEN %(inside)s ELSE %(outside)s END) n
         WHERE o.kind = 'grassroots_union'
         ORDER BY (o.path >= %(lo)s AND o.path < %(hi)s) DESC, o.path) rows""",
    """INSERT INTO sign_of_life (organisation_id, person_id, kind, "on", path)
       SELECT organisation_id, person_id, 'dues', '2024-01-15', path FROM membership
       WHERE path >= %(lo)s AND path < %(hi)s""",
    """INSERT INTO organisation_tally (organisation_id, path, kind, level, state, active, retained, ended, women,
         new_form, migrant)
       SELECT o.id, o.path, o.kind, o.level, o.state, count(*) FILTER (WHERE m.status = 'active'),
         count(*) FILTER (WHERE m.status = 'retained'), 0, 0, 0,
         count(*) FILTER (WHERE m.status = 'active' AND m.worker_kind = 'migrant')
       FROM organisation o LEFT JOIN membership m ON m.organisation_id = o.id GROUP BY o.id""",
]


def _organisations(total: int) -> list[tuple[Any, ...]]:
    """A province: cities, counties, townships, and unions spread evenly below the townships."""
    rows: list[tuple[Any, ...]] = []

    def add(parent: tuple[Any, ...] | None, name: str, kind: str, level: str) -> tuple[Any, ...]:
        number = len(rows) + 1
        path = join(parent[2] if parent else "", number)
        row = (
            number,
            parent[0] if parent else None,
            path,
            name,
            sort_key(name),
            kind,
            level,
            date(2010, 1, 1),
        )
        rows.append(row)
        return row

    root = add(None, "江西省总工会", "federation", "province")
    townships = []
    for c in range(1, CITIES + 1):
        city = add(root, f"第{c}市总工会", "federation", "city")
        for d in range(1, COUNTIES + 1):
            county = add(city, f"第{c}市第{d}县总工会", "federation", "county")
            townships += [
                add(county, f"第{c}市第{d}县第{t}镇总工会", "federation", "township") for t in range(1, TOWNSHIPS + 1)
            ]
    for n in range(total - len(rows)):
        add(townships[n % len(townships)], f"第{n}企业工会委员会", "grassroots_union", "unit")
    return rows


def fill(context: Context, name: str) -> tuple[int, int, int]:
    """Make the tree and its members; returns the ids of the large county, another city and a township in it."""
    rows = _organisations(ORGANISATIONS)
    county = next(row for row in rows if row[6] == "county")
    inside = sum(row[2].startswith(county[2]) and row[5] == "grassroots_union" for row in rows)
    outside = sum(row[5] == "grassroots_union" for row in rows) - inside
    given = {
        "lo": county[2],
        "hi": county[2] + "~",
        "inside": IN_COUNTY // inside,
        "outside": (MEMBERS - IN_COUNTY) // outside + 1,
    }
    with psycopg.connect(context.cluster.url(ADMIN, name), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET maintenance_work_mem = '512MB'")
        _give_defaults(admin)
        with admin.cursor().copy(f"COPY organisation ({_ORGANISATION_COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        indexes = _drop_indexes(admin)
        for statement in _FILL:
            context.progress("装入：" + statement.split("(")[0].strip().removeprefix("INSERT INTO "))
            admin.execute(statement, given)
        context.progress("建索引")
        for statement in indexes:
            admin.execute(statement)
        admin.execute("SELECT setval(pg_get_serial_sequence('organisation', 'id'), %s)", [len(rows)])
        admin.execute("VACUUM ANALYZE")
    city = next(row for row in reversed(rows) if row[6] == "city")
    return county[0], city[0], next(row[0] for row in rows if row[6] == "township" and row[1] == county[0])


def _give_defaults(admin: psycopg.Connection[Any]) -> None:
    """Columns that Django fills get a default here, so that the load names only what it means."""
    columns = admin.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND table_name = ANY(%s)",
        [["organisation", "person", "membership", "sign_of_life"]],
    ).fetchall()
    values = {"boolean": "true", "integer": "1", "bigint": "0", "smallint": "1", "ARRAY": "'{}'"}
    values["date"] = "'2021-03-06'"
    for table, column, kind in columns:
        value = "'active'" if column == "state" else values.get(kind, "''")
        admin.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" SET DEFAULT {value}')


def _drop_indexes(admin: psycopg.Connection[Any]) -> list[str]:
    """Plain indexes of the membership table go while it is filled; returns how to build them again."""
    found = admin.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = 'membership'::regclass AND NOT i.indisprimary"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
    ).fetchall()
    for index, _ in found:
        admin.execute(f"DROP INDEX {index}")
    return [definition for _, definition in found]


def _milliseconds(work: Callable[[], Any], rounds: int) -> list[float]:
    work()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _plain_count(path: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM membership WHERE path >= %s AND path < %s", [path, path + "~"])
        return int(cursor.fetchone()[0])


def _counting(county_id: int, township_id: int) -> list[dict[str, Any]]:
    rows = []
    with acting(SYSTEM):
        for title, organisation, goal in (
            (
                "全树（根）按类别和状态数人数，中位数",
                Organisation.objects.get(parent__isnull=True),
                "≤ 20 毫秒",
            ),
            ("县及以下按类别和状态数人数，中位数", Organisation.objects.get(pk=county_id), "≤ 2 毫秒"),
            ("乡镇及以下按类别和状态数人数，中位数", Organisation.objects.get(pk=township_id), "≤ 2 毫秒"),
        ):
            counted, plain = queries.counts(SYSTEM, organisation).members, _plain_count(organisation.path)
            if counted != plain:
                raise AssertionError(f"{title}: {counted} != {plain}")
            value = statistics.median(_milliseconds(lambda o=organisation: queries.counts(SYSTEM, o), ROUNDS))
            reference = statistics.median(_milliseconds(lambda o=organisation: _plain_count(o.path), 5))
            rows.append(_row(title, value, "毫秒", f"同一范围 count(*)，{plain:,} 行", reference, goal))
        page = queries.counts_by_child(SYSTEM, Organisation.objects.get(parent__isnull=True))
        value = statistics.median(
            _milliseconds(lambda: queries.counts_by_child(SYSTEM, Organisation.objects.get(parent__isnull=True)), 10)
        )
        reference = statistics.median(_milliseconds(lambda: _plain_count(""), 3))
        rows.append(_row(f"根下{len(page)}个市各自的人数，中位数", value, "毫秒", "全表 count(*)", reference, ""))
    return rows


def _row(name: str, value: float, unit: str, reference: str, reference_value: float, goal: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "reference": reference,
        "reference_value": round(reference_value, 3),
        "goal": goal,
    }


class _Reader:
    """Reads counts and a list page over and over on a connection of its own, until told to stop."""

    def __init__(self, county_id: int) -> None:
        self.county_id = county_id
        self.taken: list[float] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self.stop.is_set():
            started = time.perf_counter()
            with acting(SYSTEM):
                county = Organisation.objects.get(pk=self.county_id)
                queries.counts(SYSTEM, county)
                list(Membership.objects.visible(SYSTEM).filter(path__gte=county.path, path__lt=county.path + "~")[:50])
            self.taken.append((time.perf_counter() - started) * 1000)
            time.sleep(0.02)
        connections.close_all()

    def finish(self) -> list[float]:
        self.stop.set()
        self.thread.join()
        return self.taken


def _p95(taken: list[float]) -> float:
    return sorted(taken)[max(0, int(len(taken) * 0.95) - 1)]


def _moving(context: Context, county_id: int, city_id: int) -> list[dict[str, Any]]:
    county = city = None
    with acting(SYSTEM):
        county, city = Organisation.objects.get(pk=county_id), Organisation.objects.get(pk=city_id)
        stood = queries.counts(SYSTEM, county)
        members = stood.members
        context.progress("对照：只改会籍表的路径")
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE membership SET path = %s || substr(path, %s) WHERE path >= %s AND path < %s",
                [city.path + county.path[-5:], len(county.path) + 1, county.path, county.path + "~"],
            )
        plain = time.perf_counter() - started
        transaction.set_rollback(True)
    with psycopg.connect(context.cluster.url(ADMIN, connection.settings_dict["NAME"]), autocommit=True) as admin:
        admin.execute("VACUUM membership")
    quiet = _Reader(county_id)
    time.sleep(3)
    before = quiet.finish()
    context.progress(f"整县转隶：{members:,} 名会员")
    reader = _Reader(county_id)
    started = time.perf_counter()
    with acting(SYSTEM):
        services.move(SYSTEM, organisation=county, parent=city, on=date(2024, 3, 15), reason="区划调整")
    taken = time.perf_counter() - started
    during = reader.finish()
    with acting(SYSTEM):
        county.refresh_from_db()
        if queries.counts(SYSTEM, county) != stood or _plain_count(county.path) != members:
            raise AssertionError("转隶后人数或组织数不符")
    return [
        _row(f"整县转隶，{members:,}名会员", taken, "秒", "只改会籍表同样多行的路径", plain, "≤ 60 秒"),
        _row(
            "转隶时读县页（人数和50名会员），p95",
            _p95(during),
            "毫秒",
            "转隶前同样读，p95",
            _p95(before),
            "不被阻塞",
        ),
        _row("转隶时读县页，最慢", max(during), "毫秒", "转隶前同样读，最慢", max(before), "不被阻塞"),
    ]


def run(context: Context) -> list[dict[str, Any]]:
    name = context.database("bench_tree")
    county_id, city_id, township_id = fill(context, name)
    context.progress("数人数")
    return _counting(county_id, township_id) + _moving(context, county_id, city_id)
