"""Quizzes while hundreds answer: one answer kept, against one bare UPDATE of the same row in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from gonghui.apps.learning import services
from gonghui.apps.learning.factories import make_quiz
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, make_member, make_tree
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from . import Context

NAME = "答题：记一个答案"
MEMBERS, QUESTIONS, AT_ONCE, RATE, SECONDS = 200, 10, 4, 500, 10
"""`RATE` answers a second for `SECONDS`, asked by a few threads: each answer has its own moment to begin."""


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)] * 1000


def _cast() -> list[tuple[Viewer, int]]:
    """Members with an open paper each."""
    with acting(SYSTEM):
        tree = make_tree()
        quiz = make_quiz(tree.county, size=40, per_paper=QUESTIONS, minutes=180)
        people = [make_member(tree.union, "测量").person for _ in range(MEMBERS)]
        viewers = [
            viewer_of_member(make_account(f"q{number}", "测量", "member", one)) for number, one in enumerate(people)
        ]
    papers = []
    for viewer in viewers:
        with acting(viewer):
            papers.append((viewer, services.begin(viewer, quiz_id=quiz.pk).pk))
    return papers


def _at_rate(ask: Callable[[int], None]) -> tuple[list[float], float]:
    """(server time of each call, calls a second that were reached) at the wanted rate."""
    began, count = time.perf_counter() + 0.2, RATE * SECONDS

    def one(thread: int) -> list[float]:
        times = []
        for number in range(thread, count, AT_ONCE):
            due = began + number / RATE
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            start = time.perf_counter()
            ask(number)
            times.append(time.perf_counter() - start)
        connection.close()
        return times

    with ThreadPoolExecutor(AT_ONCE) as pool:
        times = [one for part in pool.map(one, range(AT_ONCE)) for one in part]
    return times, count / (time.perf_counter() - began)


def run(context: Context) -> list[dict[str, Any]]:
    """The whole service with its transaction and scope; the bare UPDATE has the same transaction and scope."""
    context.database("bench_learning")
    papers = _cast()

    def answered(number: int) -> None:
        viewer, paper = papers[number % MEMBERS]
        with acting(viewer):
            services.answer(viewer, attempt_id=paper, position=number // MEMBERS % QUESTIONS, chosen=[number % 3])

    def bare(number: int) -> None:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute("UPDATE learning_attempt SET number = number WHERE id = %s", [papers[number % MEMBERS][1]])

    times, rate = _at_rate(answered)
    reference, _ = _at_rate(bare)
    context.progress(f"每秒{rate:.0f}个答案")
    return [
        {
            "name": f"learning 记一个答案 p95，每秒{RATE}个", "value": _p95(times), "unit": "ms",
            "reference": "更新同一行的一条 UPDATE，同样的事务和范围，同一次运行", "reference_value": _p95(reference),
            "better": "lower", "goal": "p95 ≤ 15 ms",
        },
        {
            "name": "learning 达到的每秒答案数", "value": rate, "unit": "个/s", "reference": "要求的速度",
            "reference_value": float(RATE), "better": "higher", "goal": "跟得上每秒500个",
        },
    ]  # fmt: skip
