"""Procedures at the size of a city: inboxes over 100,000 open applications, handing in, a million running clocks."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access.models import Account, Post
from gonghui.kernel.factories import make_account, make_post
from gonghui.kernel.models import Organisation
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.models import Procedure
from gonghui.kernel.procedures.queries import applications as queries
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from . import OWNER, Context
from ._crowd import tree

NAME = "办事（一个市10万件在办，100万个计时）"
APPLICATIONS, CLOCKS, OFFICERS = 100_000, 1_000_000, 12
ROUNDS, SUBMITS = 30, 60

BODY: dict[str, Any] = {
    "key": "bench.review", "title": "测量用申请", "prefix": "CL", "who": "organisation", "once": "",
    "form": {"sections": [{"title": "情况", "fields": [
        {"key": "members", "title": "会员人数", "kind": "number", "fill": "org_members"},
        {"key": "reason", "title": "理由", "kind": "long_text", "notice": "show"},
        {"key": "amount", "title": "金额", "kind": "money"},
        {"key": "phone", "title": "电话", "kind": "phone"},
    ]}]},
    "rules": {"least": "founding.threshold"},
    "verdict": 'members >= least ? "单独建会" : "联合建会"',
    "steps": [
        {"key": "first", "title": "乡镇审核", "kind": "review", "tier": "township", "role": "organising",
         "deadline": {"days": 5, "warn": 2}},
        {"key": "second", "title": "县级审核", "kind": "review", "tier": "county", "role": "organising",
         "deadline": {"days": 5, "warn": 2}},
        {"key": "last", "title": "市级决定", "kind": "decide", "tier": "city", "role": "organising"},
    ],
}  # fmt: skip


def _p95(act: Callable[[], Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[int(rounds * 0.95) - 1]


def _organisations(cursor: psycopg.Cursor[Any]) -> None:
    cursor.executemany(
        "INSERT INTO organisation (id, parent_id, path, name, kind, level, short_name, name_key, state, code, uscc, "
        "union_kind, unit_kind, industry, region_code, address, office_phone, listed, intro, version) "
        "VALUES (%s, %s, %s, %s, %s, %s, '', '', 'active', '', '', '', '', '', '', '', '', true, '', 1)",
        list(tree(13, 20, 12)),
    )
    cursor.execute("SELECT setval(pg_get_serial_sequence('organisation', 'id'), (SELECT max(id) FROM organisation))")


APPLY = """
WITH home AS (
  SELECT row_number() OVER (ORDER BY u.id) - 1 AS n, u.id, u.path, t.id AS town, c.id AS county, r.id AS city
  FROM organisation u JOIN organisation t ON t.id = u.parent_id JOIN organisation c ON c.id = t.parent_id
  JOIN organisation r ON r.id = c.parent_id WHERE u.level = 'unit'
), sized AS (SELECT count(*) AS total FROM home),
made AS (
  INSERT INTO application (number, procedure_id, key, path, organisation_id, applicant_name, state, confidential, seats,
    document, version, corrections, verdict, grade, submitted_at)
  SELECT 'CL' || lpad(i::text, 16, '0'), %(procedure)s, 'bench.review', h.path, h.id, h.id || '号企业工会',
    'running', false,
    CASE i %% 10 WHEN 0 THEN ARRAY['organising@' || h.city] WHEN 1 THEN ARRAY['organising@' || h.county]
      WHEN 2 THEN ARRAY['organising@' || h.county] ELSE ARRAY['organising@' || h.town] END,
    jsonb_build_object('members', i %% 90, 'reason', '会员要求', 'amount', i * 100), 1, 0, '', '',
    now() - i %% 9 * interval '1 day'
  FROM generate_series(1, %(count)s) AS i JOIN sized ON true JOIN home h ON h.n = i %% sized.total
  RETURNING id, path, seats
)
INSERT INTO application_step (path, application_id, key, title, kind, "order", round, organisation_id, role,
  assignee_name, state, outcome, reviewers, done_by, due_on, due_tone, data, confidential)
SELECT path, id, 'first', '审核', 'review', 0, 1, split_part(seats[1], '@', 2)::bigint, 'organising', '', 'open', '', 1,
  '{}', current_date + (id %% 12)::int - 3, '', '{}', false
FROM made
"""
"""A tenth of all lies with the city, a fifth with its counties, the rest with their townships."""

TICK = """
INSERT INTO application_clock (path, application_id, step_id, kind, title, unit, days, started_on, due_on, warn_on,
  warned, on_breach, state, confidential)
SELECT s.path, s.application_id, s.id, 'step', '审核', 'working', 5, current_date - 5,
  current_date + (n * 37 + s.id %% 30)::int, current_date + (n * 37 + s.id %% 30)::int - 2,
  false, 'record', 'running', false
FROM application_step s, generate_series(0, %(each)s) AS n
"""
"""Each step carries the same number of clocks; the first of them are due within a month, the others later."""


def _fill(context: Context, name: str) -> Procedure:
    with context.connect(name, OWNER) as filling:
        cursor = filling.cursor()
        _organisations(cursor)
        filling.commit()
    root = Organisation.objects.using("owner").get(level="city")
    procedure = Procedure.objects.using("owner").create(
        key=BODY["key"], version=1, organisation_id=root.pk, path=root.path, title=BODY["title"], body=BODY, digest="b",
        state="published", valid_from="2020-01-01",
    )  # fmt: skip
    context.progress(f"写入{APPLICATIONS:,}件申请、{CLOCKS:,}个计时")
    with context.connect(name, OWNER) as filling:
        cursor = filling.cursor()
        cursor.execute(APPLY, {"procedure": procedure.pk, "count": APPLICATIONS})
        cursor.execute(TICK, {"each": CLOCKS // APPLICATIONS - 1})
        filling.commit()
        filling.autocommit = True
        for table in ("organisation", "application", "application_step", "application_clock", "procedure"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return procedure


def _officers() -> list[Account]:
    """Every office has somebody, as a city's do; of them one of the city, of several counties and townships."""
    with acting(SYSTEM):
        made = {
            level: [
                make_post(body, "organising", f"bench{body.pk}").account
                for body in Organisation.objects.filter(level=level).order_by("pk")
            ]
            for level in ("city", "county", "township")
        }
    return [*made["city"], *made["county"][:5], *made["township"][: OFFICERS - 6]]


def _row(name: str, value: float, unit: str, reference: str, reference_value: float, goal: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "reference": reference, "reference_value": reference_value,
            "better": "lower", "goal": goal}  # fmt: skip


def _inboxes(context: Context) -> list[dict[str, Any]]:
    worst, words = 0.0, []
    for account in _officers():
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get("/desk/inbox/")
        assert answer.status_code == 200, answer.status_code
        value = _p95(lambda client=client: client.get("/desk/inbox/"), ROUNDS)
        words.append(f"{value:.0f}")
        worst = max(worst, value)
    context.progress(f"各岗位待办件 p95：{'、'.join(words)} ms")
    with acting(SYSTEM), connection.cursor() as cursor:
        count = _p95(lambda: cursor.execute("SELECT count(*) FROM application_step WHERE state = 'open'"), ROUNDS)
    goal = f"任何岗位 p95 ≤ 60 ms（{OFFICERS}个岗位中最慢的）"
    return [_row("procedures 待办件 p95", worst, "ms", "同一张表的 count(*)，同一次运行", count, goal)]


def _chair() -> tuple[Viewer, Organisation]:
    from gonghui.kernel.access.queries import viewer_of_post

    with acting(SYSTEM):
        union = Organisation.objects.filter(level="unit").order_by("pk").first()
        assert union is not None
        post: Post = make_post(union, "grassroots_chair", "benchchair")
        make_account("benchmember", "测量", "member")
        return viewer_of_post(post.account, post), union


def _submits(context: Context, procedure: Procedure) -> list[dict[str, Any]]:
    chair, union = _chair()
    typed = {"reason": "会员要求", "amount": "1200", "phone": "19900000001"}
    with acting(chair):
        procedure = Procedure.objects.get(pk=procedure.pk)  # as the application's own role reads it
        drafts = [
            services.start(chair, procedure=procedure, organisation=union, typed=typed).application.pk
            for _ in range(SUBMITS)
        ]
    left = iter(drafts)

    def hand_in() -> None:
        with acting(chair):
            services.submit(chair, application_id=next(left), typed=typed)

    hand_in()
    value = _p95(hand_in, SUBMITS - 1)
    with acting(SYSTEM), connection.cursor() as cursor:
        reference = _p95(
            lambda: cursor.execute("UPDATE application SET version = version + 1 WHERE id = %s", [drafts[0]]), SUBMITS
        )
    context.progress(f"提交 p95 {value:.0f} ms")
    return [_row("procedures 提交 p95", value, "ms", "更新同一张表的一行，同一次运行", reference, "p95 ≤ 50 ms")]


def _ticking(context: Context) -> list[dict[str, Any]]:
    day = timezone.localdate() + timedelta(days=4)
    with transaction.atomic(), acting(SYSTEM), connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(
            "UPDATE application_clock SET warned = true WHERE state = 'running' AND warn_on <= %s AND NOT warned", [day]
        )
        touched = cursor.rowcount
        reference = time.perf_counter() - began
        transaction.set_rollback(True)
    began = time.perf_counter()
    done = services.tick(day)
    value = time.perf_counter() - began
    began = time.perf_counter()
    services.tick(day)
    again = time.perf_counter() - began
    context.progress(f"到期任务 {done}，{value:.1f} s；再跑一次 {again:.2f} s")
    reference_words = f"一条 UPDATE 标记同样的{touched:,}行，同一次运行"
    return [_row("procedures 到期任务，100万个计时", value, "s", reference_words, reference, "≤ 30 s")]


def run(context: Context) -> list[dict[str, Any]]:
    """Inbox pages, handing in, and the deadline job, over the same 100,000 applications."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    name = context.database("bench_procedures")
    procedure = _fill(context, name)
    with acting(SYSTEM):
        assert queries.Step.objects.count() == APPLICATIONS
    return [*_inboxes(context), *_submits(context, procedure), *_ticking(context)]
