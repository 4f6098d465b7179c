"""A million voices: finding those that say the same, taking one more, grouping a year's of them at night."""

from __future__ import annotations

import csv
import io
import random
import statistics
import time
from datetime import timedelta
from importlib.resources import files
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from gonghui.apps.voice import services
from gonghui.apps.voice.choices import Nature, Visibility
from gonghui.apps.voice.queries.similar import near
from gonghui.apps.voice.rules import similarity
from gonghui.apps.voice.sealing import pieces
from gonghui.apps.voice.services import grouping, indexing
from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.procedures.factories import member_viewer
from gonghui.kernel.rules.rules import definition
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from . import ADMIN, Context

NAME = "职工意见：百万条里找相近的、提交、每晚归组"
COUNT = 1_000_000
WORDS = 30_000
"""Further words beside those of the labelled texts: names of places, machines and products."""
ASKED, SENT = 300, 200
VOICE = """
INSERT INTO voice (id, number, path, organisation_id, organisation_name, handler_id, handler_name, handler_path, seats,
  channel, visibility, may_hand_down, nature, kind, topic, place, said, sensitive, state, officer_name, received_on,
  late, breaches, outcome, told, backers)
SELECT s.id, 'YJ' || s.id, o.path, o.id, o.name, o.id, o.name, o.path, '{}', 'window', 'union', true, 'suggest', '',
  s.topic, '', '\\x00', '', 'received', '', s.day, false, 0, '', '', 0
FROM said s, organisation o WHERE o.id = %s
"""
PIECES = """
INSERT INTO voice_piece (path, voice_id, piece, "on", shown)
SELECT o.path, w.voice, w.piece, w.day, true FROM word w, organisation o WHERE o.id = %s
"""


def _texts() -> list[tuple[str, str]]:
    text = (files("gonghui.apps.voice.tests") / "data" / "similar.csv").read_text("utf-8")
    return [(row["topic"], row["text"]) for row in csv.DictReader(io.StringIO(text))]


def _fill(context: Context, name: str, union: int) -> None:
    """Each voice has the words of a labelled text, some left out, and some of the further words, rare and common."""
    same = similarity.groups_of(definition("voice.same_words").value)
    texts = [(topic, list(set(pieces(similarity.terms(text, same)).values()))) for topic, text in _texts()]
    chance, today = random.Random(7), timezone.localdate()
    extra = [chance.getrandbits(62) for _ in range(WORDS)]
    days = [(today - timedelta(days=one)).isoformat() for one in range(365)]
    with psycopg.connect(context.cluster.url(ADMIN, name), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("CREATE UNLOGGED TABLE said (id bigint, topic text, day date)")
        admin.execute("CREATE UNLOGGED TABLE word (voice bigint, piece bigint, day date)")
        context.progress("写入一百万条意见的词")
        said, words = io.StringIO(), io.StringIO()
        for number in range(1, COUNT + 1):
            topic, found = texts[chance.randrange(len(texts))]
            kept = found if len(found) < 3 else chance.sample(found, len(found) - chance.randrange(2))
            more = {extra[int(WORDS * chance.random() ** 3)] for _ in range(4)}
            day = days[chance.randrange(365)]
            said.write(f"{number}\t{topic}\t{day}\n")
            words.writelines(f"{number}\t{piece}\t{day}\n" for piece in {*kept, *more})
            if number % 100_000 == 0:
                _copy(admin, said, words)
                said, words = io.StringIO(), io.StringIO()
        admin.execute(VOICE, [union])
        admin.execute(PIECES, [union])
        admin.execute("DROP TABLE said; DROP TABLE word")
        admin.execute("VACUUM ANALYZE voice")
        admin.execute("VACUUM ANALYZE voice_piece")


def _copy(admin: psycopg.Connection[Any], said: io.StringIO, words: io.StringIO) -> None:
    for table, text in (("said", said), ("word", words)):
        with admin.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as target:
            target.write(text.getvalue())


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18] * 1000


def _row(name: str, value: float, unit: str, reference: float, goal: str) -> dict[str, Any]:
    return {
        "name": f"voices: {name}", "value": round(value, 2), "unit": unit,
        "reference": "one scan of all their words" if unit == "ms" else "reading all their words once",
        "reference_value": round(reference, 2), "goal": goal,
    }  # fmt: skip


def run(context: Context) -> list[dict[str, Any]]:
    name = context.database("bench_voices")
    with acting(SYSTEM):
        tree = make_tree()
        union, me = tree.union.pk, member_viewer(tree.insider.person)
        desk = viewer_at(tree.county, "organising", "bench.county")
    _fill(context, name, union)
    with acting(SYSTEM):
        started = time.perf_counter()
        indexing.count_terms()
        counted = time.perf_counter() - started
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), sum(piece % 7) FROM voice_piece")
            cursor.fetchone()
        scan = time.perf_counter() - started
    chance, texts = random.Random(11), _texts()
    near_desk, near_member, sent = [], [], []
    for number in range(ASKED):
        topic, text = texts[chance.randrange(len(texts))]
        for viewer, shown, taken in ((desk, False, near_desk), (me, True, near_member)):
            with acting(viewer):
                started = time.perf_counter()
                near(viewer, text, topic, path=tree.union.path, shown=shown)
                if number > 10:
                    taken.append(time.perf_counter() - started)
    with acting(SYSTEM), connection.cursor() as cursor:  # a bench is no person: the day's limit is lifted
        cursor.execute(
            "INSERT INTO rule (key, path, organisation_id, value, version, valid_from, source, made_at)"
            " SELECT 'voice.daily', path, id, '100000', 1, '2020-01-01', '', now() FROM organisation"
            " WHERE parent_id IS NULL"
        )
    for number in range(SENT):
        topic, text = texts[chance.randrange(len(texts))]
        with acting(me):
            started = time.perf_counter()
            services.raise_own(me, services.Said(text, topic, Nature.SUGGEST, Visibility.UNION))
        if number > 10:
            sent.append(time.perf_counter() - started)
    context.progress("每晚归组")
    started = time.perf_counter()
    together = grouping.group()
    grouped = time.perf_counter() - started
    context.progress(f"{together:,}条归入相近的一组")
    return [
        _row("similar ones among 1,000,000, at the desk, p95", _p95(near_desk), "ms", scan * 1000, "≤ 150 ms"),
        _row("similar public ones among 1,000,000, p95", _p95(near_member), "ms", scan * 1000, "≤ 150 ms"),
        _row("taking one more, p95", _p95(sent), "ms", scan * 1000, "≤ 80 ms"),
        _row("counting words and grouping a year's 1,000,000", counted + grouped, "s", scan, "≤ 600 s"),
    ]
