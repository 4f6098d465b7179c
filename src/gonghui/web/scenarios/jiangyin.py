"""What Jiangyin did in its year of the reform: pilots on three tiers, cases, the selections of its workers' works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from gonghui.apps.honours import services as honours
from gonghui.apps.reform.choices import CaseState
from gonghui.apps.reform.models import ShowcaseCase
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from ..demo.contests import Entries
from ..demo.officers import Officers
from ..demo.reform import reform_for
from . import region
from .facts import wanted

AUTHOR = {"author_head": "否", "author_senior": "否", "author_phd": "否"}
WORKS = (
    ("innovation", {"title": "卷取机自动对中装置", "field": "device"}),
    ("suggestion", {"title": "余热接入更衣室供暖", "adopted": "是"}),
    ("method", {"title": "双工位对刀操作法", "months": "18", "safe": "是", **AUTHOR}),
    ("gold_team", {"title": "成品车间精整乙班", "size": "14", "accident_free": "是"}),
    ("studio", {"title": "电气自动化创新工作室", "leader_honour": "craftsman", "size": "9", "projects": "6",
                "place": "成品车间二楼", "funds": "80000"}),
)  # fmt: skip
"""The five selections, and one entry of each."""


def make(today: date, seed: int, progress: Callable[[str], None], firms: int = 8) -> None:
    region.make("jiangyin", today, seed, progress, firms=firms)


def play(today: date, seed: int, progress: Callable[[str], None]) -> None:
    """Everything by the services, on days that have passed."""
    with acting(SYSTEM):
        officers = Officers(Random(seed), today)
        city = region.federation("jiangyin")
        progress("产改")
        reform_for(wanted("jiangyin"), officers, city)
        progress("创新评选")
        Works(officers).run()
        progress("十佳案例")
        _cases(officers)


class Works(Entries):
    """Entries of five firms for the five selections."""

    def run(self) -> None:
        workers = self.officers.workers(region.federation("jiangyin"), len(WORKS))
        for worker, (name, typed) in zip(workers, WORKS, strict=True):
            days = {"innovation": {"applied_on": self.day(300)}, "suggestion": {"adopted_on": self.day(120)}}
            self.entered(name, worker, typed | days.get(name, {}))


def _cases(officers: Officers) -> None:
    """The cases that Wuxi chose, entered where their units are honoured."""
    publicity = officers.holder(region.federation("jiangyin"), "publicity")
    on = officers.back(5)
    for case in ShowcaseCase.objects.filter(state=CaseState.SELECTED).select_related("organisation").order_by("pk"):
        honours.register(
            publicity, kind_key="reform_case_city", year=on.year, organisation=case.organisation,
            name=case.organisation.name.removesuffix("工会委员会"), issuer_name="无锡市总工会", conferred_on=on,
        )  # fmt: skip
