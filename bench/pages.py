"""Server time of the main desk pages on the demonstration city, and how many queries they ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gonghui.kernel.models import Account, Organisation
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.web.demo import load
from gonghui.web.migrate import settle

from . import Context

NAME = "工作台页面（演示城市，约二十万会员）"
ROUNDS = 40


def _p95(act: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[int(ROUNDS * 0.95) - 1]


def run(context: Context) -> list[dict[str, Any]]:
    """Server time in process, p95 of 40 requests after a warm one; reference: the bare health page in the same run."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    context.database("bench_pages")
    load("city", progress=context.progress)
    settle()
    with acting(SYSTEM):
        union = Organisation.objects.get(name="江西安福泸水河食品有限公司工会委员会").pk
    client = Client()
    client.force_login(Account.objects.get(username="zhoumin"), backend="django.contrib.auth.backends.ModelBackend")
    reference = _p95(lambda: client.get("/healthz"))
    rows = []
    for name, address in (
        ("组织名单", "/desk/organisations/"),
        ("会员名单", "/desk/members/"),
        ("组织页", f"/desk/organisations/{union}/"),
        ("首页", "/desk/"),
        ("活力体检", "/desk/vitality/"),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked = len(queries)
        value = _p95(lambda address=address: client.get(address))
        context.progress(f"{name} {value:.0f} ms，{asked}次查询")
        rows.append(
            {
                "name": f"pages {name} p95",
                "value": value,
                "unit": "ms",
                "reference": "健康检查页，同一次运行",
                "reference_value": reference,
                "better": "lower",
                "goal": f"p95 ≤ 80 ms；{asked}次查询",
            }
        )
    return rows
