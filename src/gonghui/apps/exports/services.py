"""Writes of scheduled exports: ordering, pausing, making the file, dropping."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import Error, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures import tables
from gonghui.kernel.figures.rules.periods import Period
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import store
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import subtree
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer
from gonghui.pages.lists import Column, fill_xlsx

from . import queries, rules
from .models import Export, ExportFile

log = logging.getLogger("gonghui.exports")
KIND = "figure_export"
MAKE = "exports.make"  # the job's name; jobs.py imports this module, so it is deferred by name


def _record(actor: Viewer, verb: str, row: Export, **detail: Any) -> None:
    record(
        actor, verb, path=row.path, object_type="export", object_id=row.pk, object_name=row.title, detail=detail
    )  # fmt: skip


def order(actor: Viewer, *, title: str, chosen: list[str], reach: str, span: str, form: str, rhythm: str) -> Export:
    """A file of figures again and again, of the actor's own organisation.

    :raises Refusal: GH-EXP-001 no post; 002 no figure, too many, or one that does not hold here.
    """
    require(actor, "figure.manage")
    home = Organisation.objects.visible(actor).filter(pk=actor.organisation_id).first()
    if home is None:
        raise Refusal("GH-EXP-001", "当前没有岗位，不能安排导出")
    known = figures.in_force(home.path)
    keys = [key for key in dict.fromkeys(chosen) if key in known]
    if not keys or len(keys) > rules.MOST_FIGURES:
        raise Refusal("GH-EXP-002", "还没有选数字" if not keys else f"一次最多{rules.MOST_FIGURES}个数字", "chosen")
    today = timezone.localdate()
    with transaction.atomic():
        row = Export.objects.create(
            path=home.path, organisation=home, title=title.strip(), figures=keys, reach=reach, span=span, form=form,
            rhythm=rhythm, next_on=rules.first(rhythm, today), made_by=actor.account_id,
        )  # fmt: skip
        _record(actor, "export.ordered", row, figures=keys, reach=reach, span=span, form=form, rhythm=rhythm)
    return row


def _held(actor: Viewer, pk: int) -> Export:
    row: Export | None = Export.objects.visible(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-EXP-003", "没有这项导出，或它不在当前岗位的范围内", "export")
    return row


def switch(actor: Viewer, *, pk: int, active: bool) -> Export:
    """Pause an order, or go on with it from its next day."""
    require(actor, "figure.manage")
    with transaction.atomic():
        row = _held(actor, pk)
        row.active, row.next_on = active, rules.first(row.rhythm, timezone.localdate())
        row.save(update_fields=["active", "next_on"])
        _record(actor, "export.resumed" if active else "export.paused", row)
    return row


def drop(actor: Viewer, *, pk: int) -> None:
    """No more files; those that were made are no longer listed, their bytes stay with kernel/files."""
    require(actor, "figure.manage")
    with transaction.atomic():
        row = _held(actor, pk)
        _record(actor, "export.dropped", row, files=row.files.count())
        row.delete()


def make_now(actor: Viewer, *, pk: int) -> None:
    """Have the file made by the worker at once, besides its own days."""
    from procrastinate.contrib.django import app

    require(actor, "figure.manage")
    with transaction.atomic():
        row = _held(actor, pk)
        _record(actor, "export.asked", row)
        app.configure_task(MAKE, queue="default", lock=f"{MAKE}.{pk}").defer(pk=pk)


def make_due(today: date) -> int:
    """Every order whose day has come; one that cannot be made says why and does not keep the others back."""
    with acting(SYSTEM):
        wanted = queries.due(SYSTEM, today)
    for pk in wanted:
        try:
            make(pk, today, scheduled=True)
        except Exception as error:  # whatever it is, it is this order's alone
            log.exception("export %s was not made", pk)
            _failed(pk, error, today)
    return len(wanted)


def _failed(pk: int, error: Exception, today: date) -> None:
    """Say on the order that its file was not made, and wait for its next day. What went wrong is in the log: it may
    hold more than whoever reads the order may see."""
    said = error.sentence if isinstance(error, Refusal) else f"平台出错（{type(error).__name__}），请管理员看日志"
    try:
        with acting(SYSTEM):
            row = Export.objects.filter(pk=pk).first()
            if row is not None:
                trouble = f"{today.month}月{today.day}日没有做成：{said}。到下一次再做，也可以立即做一份"[:200]
                following = rules.following(row.rhythm, today)
                Export.objects.filter(pk=pk).update(trouble=trouble, next_on=following)
    except Error:
        log.exception("export %s cannot be told that it failed", pk)


def make(pk: int, today: date | None = None, *, scheduled: bool = False) -> ExportFile | None:
    """The file of an order, made with the range of its organisation and no more; None when there is nothing to tell."""
    today = today or timezone.localdate()
    with acting(SYSTEM):
        row = Export.objects.filter(pk=pk).first()
    if row is None:
        return None
    lo, hi = subtree(row.path)
    keeper = Viewer(role="system", name="定时导出", organisation_id=row.organisation_id, lo=lo, hi=hi)
    with acting(keeper):
        held = Export.objects.visible(keeper).select_for_update().filter(pk=pk).first()
        if held is None or (scheduled and (not held.active or held.next_on > today)):
            return None
        period = rules.period_of(held.span, today)
        pairs = queries.table(keeper, held, period, today)
        made = _kept(keeper, held, period, pairs) if pairs else None
        held.trouble = "" if pairs else "选的数字都已停用"
        if scheduled:
            held.next_on = rules.following(held.rhythm, today)
        held.save(update_fields=["trouble", "next_on"])
    return made


def _kept(actor: Viewer, row: Export, period: Period, pairs: list[queries.Pair]) -> ExportFile:
    name = f"{row.title}-{period.key.replace('..', '至')}.{row.form}"
    lines = list(tables.rows_of(pairs))
    stored = _stored(actor, row, name, period, lines)
    made = ExportFile.objects.create(path=row.path, export=row, stored=stored, period=period.key, rows=len(lines))
    for old in queries.made(actor, row)[rules.FILES_KEPT :]:
        old.delete()
    _record(actor, "export.made", row, period=period.key, rows=len(lines), file=str(stored.pk))
    return made


def _stored(actor: Viewer, row: Export, name: str, period: Period, lines: list[tables.Row]) -> StoredFile:
    content_type = tables.CONTENT_TYPES[row.form]
    if row.form != tables.TableFormat.XLSX:
        return store(
            actor, path=row.path, name=name, kind=KIND, content=tables.written(lines, row.form),
            content_type=content_type,
        )  # fmt: skip
    columns = [Column(key, title, cell=_reads(n)) for n, (key, title, _) in enumerate(tables.COLUMNS)]
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        target = Path(folder) / "export.xlsx"
        fill_xlsx(
            str(target), title=row.title, columns=columns, rows=lines, total=len(lines),
            conditions=[f"期间：{period.said}", f"组织：{row.organisation.name}，{row.get_reach_display()}"],
        )  # fmt: skip
        return store(actor, path=row.path, name=name, kind=KIND, content=target, content_type=content_type)


def _reads(n: int) -> Callable[[tables.Row], object]:
    """A column of a sheet; whole numbers stand without decimals."""

    def cell(row: tables.Row) -> object:
        value = row[n]
        return int(value) if isinstance(value, Decimal) and value == int(value) else value

    return cell
