"""One scenario from nothing: the union, its year, its report as Word and PDF, its facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from django.utils import timezone

from gonghui.apps.reports import queries as report_queries
from gonghui.apps.reports import services as reports
from gonghui.kernel.figures.services import rebuild_all
from gonghui.kernel.files import services as stored
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM

from ..demo.officers import Officers
from ..migrate import settle
from . import jian, jiangyin, yangzhou
from .facts import Fact, facts, reported
from .region import federation

Act = Callable[[date, int, Callable[[str], None]], None]
SCENARIOS: dict[str, tuple[Act, Act]] = {
    "jian": (jian.make, jian.play),
    "yangzhou": (yangzhou.make, yangzhou.play),
    "jiangyin": (jiangyin.make, jiangyin.play),
}
"""What is there, made from nothing; and what its year brought."""
SEED = 2022
PLAYED = "scenario.played"
"""The record that says the whole of a scenario was done."""


@dataclass(frozen=True, slots=True)
class Produced:
    """:param files: the report's Word and PDF; `facts` every fact of the scenario, counted."""

    files: list[Path]
    facts: list[Fact]


def produce(name: str, out: Path | None, progress: Callable[[str], None]) -> Produced:
    """Makes the scenario where nothing is yet, writes and issues its report, counts its facts.

    :param out: the folder that files go to; none are written without one.
    :raises Refusal: GH-DEMO-002 an earlier run was broken off.
    """
    today = timezone.localdate()
    with acting(SYSTEM):
        there, played = Organisation.objects.exists(), TrailRecord.objects.filter(verb=PLAYED).exists()
    if there and not played:
        raise Refusal("GH-DEMO-002", "上次没有生成完", hint="加 --fresh 重新生成")
    if not there:
        make, play = SCENARIOS[name]
        make(today, SEED, progress)
        settle()
        play(today, SEED, progress)
        with acting(SYSTEM):
            record(SYSTEM, PLAYED, path="", object_type="demo", object_name=name)
        progress("数字")
        rebuild_all(today)
    with acting(SYSTEM):
        counted = facts(name, today)
    return Produced(_report(name, out, progress) if out else [], counted)


def _report(name: str, out: Path, progress: Callable[[str], None]) -> list[Path]:
    """Begun by the organising department, signed and issued by the leader, as in any office."""
    progress("工作报告")
    today = timezone.localdate()
    with acting(SYSTEM):
        officers = Officers(Random(SEED), today)
        place = federation(name)
        writer, leader = officers.holder(place, "organising"), officers.holder(place, "leader")
    with acting(writer):
        template = report_queries.begun_with(writer, name)
        assert template is not None, f"a template for {name} is shipped"
        row = reports.begin(writer, organisation=place, template=template, period=reported(name, today))
        row = reports.hand_in(writer, report=row, lock=row.lock)
    with acting(leader):
        row = reports.sign(leader, report=row, lock=row.lock)
        row = reports.issue(leader, report=row, lock=row.lock)
        found = []
        out.mkdir(parents=True, exist_ok=True)
        for pk in (row.word, row.pdf):
            kept = StoredFile.objects.filter(pk=pk).first() if pk else None
            if kept is None:
                continue
            with stored.open_file(leader, kept) as stream:
                place_ = out / kept.name
                place_.write_bytes(stream.read())
            found.append(place_)
    return found
