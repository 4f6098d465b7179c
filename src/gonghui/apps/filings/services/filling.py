"""A filing is begun, counted anew while it is open, and what is unusual in it is explained."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures.rules.periods import Period, read
from gonghui.kernel.org import queries as org
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, Act, FilingState, Rhythm, TemplateState
from ..models import Filing, FilingAct, FilledCell, FormTemplate, Question
from ..queries.checking import spoken_of
from ..queries.filling import fill
from ..queries.received import book_of
from ..rules.checks import name
from ..rules.mapping import read_all


def begin(
    actor: Viewer, *, organisation: Organisation, template: FormTemplate, period: Period, due_on: date | None = None
) -> Filing:
    """A filing of the actor's own body, filled with what the records say now.

    :param due_on: the form's own days after the end of the period when not given.
    :raises Refusal: GH-FLG-030 another body's, 031 the form is not in use, 032 begun before, 033 a period that does
        not go with the form.
    """
    require(actor, "form.fill")
    if organisation.pk != actor.organisation_id:
        raise Refusal("GH-FLG-030", "只能填报本单位的报表", "organisation")
    if template.state != TemplateState.PUBLISHED:
        raise Refusal("GH-FLG-031", "这份表样还没有启用，或者已停用", "template")
    if template.rhythm not in (Rhythm.ONCE, period.kind):
        raise Refusal("GH-FLG-033", f"这份表{template.get_rhythm_display()}报一次，报告期不能是{period.said}", "period")
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = _begun(actor, organisation, template, period, due_on)
        except IntegrityError as error:
            raise Refusal("GH-FLG-032", f"{period.said}的这份表已经在填", "period", "从列表里打开它") from error
        count(actor, row)
        act(actor, row, Act.BEGUN)
    return row


def _begun(
    actor: Viewer, organisation: Organisation, template: FormTemplate, period: Period, due_on: date | None
) -> Filing:
    return Filing.objects.create(
        path=organisation.path, organisation=organisation, template=template, title=template.title,
        demanded_by=template.demanded_by, rhythm=template.rhythm, period=period.key, tolerance=template.tolerance,
        file=template.file, file_name=template.file_name, sha256=template.sha256, mapping=template.mapping,
        made_by=actor.account_id, made_by_name=actor.name,
        due_on=due_on or period.last + timedelta(days=template.due_days),
    )  # fmt: skip


def place_of(row: Filing) -> PublicOrganisation:
    """:raises Refusal: GH-FLG-034 the body is no more."""
    found = org.public(row.organisation_id)
    if found is None:
        raise Refusal("GH-FLG-034", "这个单位已撤销，不能再统计")
    return found


def count(actor: Viewer, row: Filing) -> None:
    """Every mapped cell with what the records and the answers say now, instead of what was kept."""
    period = read(row.period)
    found = fill(actor, read_all(row.mapping), book_of(row), place_of(row), period)
    asked = set(Question.objects.visible(actor).filter(filing=row).values_list("pk", flat=True))
    FilledCell.objects.filter(filing=row).delete()
    FilledCell.objects.bulk_create(
        FilledCell(
            path=row.path, filing=row, sheet=one.seen.mapped.sheet, cell=one.seen.mapped.cell,
            kind=one.seen.mapped.kind, title=one.title[:120], figure=one.figure,
            version=one.figure.version if one.figure else None, place_id=one.place, period=one.period,
            number=one.seen.number, text=one.seen.text[:500], unit=one.unit[:12], top=one.top, bottom=one.bottom,
            few=one.seen.few, why=one.seen.why[:120], question_id=one.question, first=row.version == 1,
            reused=one.question is not None and one.question not in asked,
        )
        for one in found
    )  # fmt: skip
    row.counted_at = timezone.now()
    row.save(update_fields=["counted_at"])


def recount(actor: Viewer, *, filing: Filing) -> Filing:
    """:raises Refusal: GH-FLG-030 another body's, 035 no longer open."""
    require(actor, "form.fill")
    with transaction.atomic():
        row = taken(actor, filing, *OPEN)
        count(actor, row)
        act(actor, row, Act.RECOUNTED)
    return row


def remark(actor: Viewer, *, filing: Filing, sheet: str, cell: str, words: str) -> Filing:
    """Why a cell is blank or has leapt; an empty remark takes it back. It says nothing of other numbers than those that
    stand there now.

    :raises Refusal: GH-FLG-030, 035; 036 not a cell of the form.
    """
    require(actor, "form.fill")
    with transaction.atomic():
        row = taken(actor, filing, *OPEN)
        of = spoken_of(actor, row, (sheet, cell))
        if of is None:
            raise Refusal("GH-FLG-036", "表里没有对照这一格", "cell")
        kept = {key: one for key, one in row.remarks.items() if key != name(sheet, cell)}
        row.remarks = kept | ({name(sheet, cell): {"words": words.strip()[:200], "of": of}} if words.strip() else {})
        row.save(update_fields=["remarks"])
        record(actor, "form.remarked", path=row.path, object_type="filing", object_id=row.pk, object_name=row.title,
               detail={"cell": name(sheet, cell)})  # fmt: skip
    return row


def locked(actor: Viewer, filing: Filing) -> Filing | None:
    """A filing of the range as it is now; whoever else acts on it waits."""
    row: Filing | None = Filing.objects.visible(actor).select_for_update(of=("self",)).filter(pk=filing.pk).first()
    return row


def taken(actor: Viewer, filing: Filing, *states: FilingState) -> Filing:
    """The own body's filing, locked, in one of the states."""
    row = locked(actor, filing)
    if row is None or row.organisation_id != actor.organisation_id:
        raise Refusal("GH-FLG-030", "只能办理本单位的报表", "organisation")
    return in_state(row, *states)


def in_state(row: Filing, *states: FilingState) -> Filing:
    if row.state not in states:
        raise Refusal("GH-FLG-035", f"这份报表{row.get_state_display()}，不能这样办理", hint="刷新页面看现在的状态")
    return row


def act(actor: Viewer, row: Filing, what: Act, note: str = "", state: FilingState | None = None) -> Filing:
    """Keeps a filing with what was done to it."""
    row.changed_at = timezone.now()
    row.state = state or row.state
    row.save()
    note = note.strip()[:300]
    FilingAct.objects.create(
        path=row.path, filing=row, act=what, note=note, by=actor.account_id, by_name=actor.name
    )  # fmt: skip
    record(
        actor, f"form.{what.value}", path=row.path, object_type="filing", object_id=row.pk, object_name=row.title,
        reason=note, detail={"period": row.period},
    )  # fmt: skip
    return row
