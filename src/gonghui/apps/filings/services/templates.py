"""Forms: received as they are, mapped cell by cell, published for the own body and those below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists.xlsx import CONTENT_TYPE as XLSX

from ..books.receiving import received
from ..choices import TemplateState
from ..models import FormTemplate
from ..queries.received import book_of, remember
from ..rules.mapping import MOST, Mapped, checked, read_all
from ..rules.sheets import place


def receive(
    actor: Viewer, *, organisation: Organisation, data: bytes, filename: str, title: str, demanded_by: str, rhythm: str,
    fillers: str = "own",     due_days: int = 10, tolerance: int = 30, note: str = "",
) -> FormTemplate:  # fmt: skip
    """A form as it came, nothing of it mapped yet.

    :raises Refusal: GH-FLG-020 another body's, 021 no title; what `books.receiving.received` refuses.
    """
    require(actor, "form.manage")
    if organisation.pk != actor.organisation_id:
        raise Refusal("GH-FLG-020", "只能放入本单位的表样", "organisation")
    if not title.strip():
        raise Refusal("GH-FLG-021", "没有写名称", "title")
    book = received(data, filename)
    with transaction.atomic():
        kept = files.store(
            actor, path=organisation.path, name=filename, kind="form.template", content=data, content_type=XLSX
        )
        row = FormTemplate.objects.create(
            path=organisation.path, organisation=organisation, title=title.strip()[:80],
            demanded_by=demanded_by.strip()[:80], rhythm=rhythm, fillers=fillers, due_days=due_days,
            tolerance=tolerance, note=note.strip()[:300],
            file=kept.pk, file_name=kept.name, sha256=kept.sha256, edited_by=actor.account_id,
        )  # fmt: skip
        remember(kept.sha256, book)
        record(actor, "form.received", path=row.path, object_type="form_template", object_id=row.pk,
               object_name=row.title, detail={"sha256": kept.sha256})  # fmt: skip
    return row


def map_cells(actor: Viewer, *, template: FormTemplate, cells: Iterable[dict[str, Any]]) -> FormTemplate:
    """What cells mean, each instead of what it meant before; all or none.

    :raises Refusal: GH-FLG-020 another body's, 022 too many cells, what `rules.mapping.checked` refuses.
    """
    require(actor, "form.manage")
    book, known = book_of(template), set(figures.in_force(template.path))
    given = [checked(one, book, known) for one in cells]
    with transaction.atomic():
        row = _own(actor, template)
        mapping = {one.key: one for one in read_all(row.mapping)} | {one.key: one for one in given}
        if len(mapping) > MOST:
            raise Refusal("GH-FLG-022", f"一份表最多对照{MOST:,}格", "cell", "拆成几份表")
        order = {one.name: n for n, one in enumerate(book.sheets)}
        _keep(actor, row, sorted(mapping.values(), key=lambda one: (order[one.sheet], place(one.cell))))
        record(actor, "form.mapped", path=row.path, object_type="form_template", object_id=row.pk,
               object_name=row.title, detail={"cells": [f"{one.sheet}!{one.cell}" for one in given][:50]})  # fmt: skip
    return row


def unmap(actor: Viewer, *, template: FormTemplate, sheet: str, cell: str) -> FormTemplate:
    """A cell means nothing and stays as it was received."""
    require(actor, "form.manage")
    with transaction.atomic():
        row = _own(actor, template)
        _keep(actor, row, [one for one in read_all(row.mapping) if one.key != (sheet, cell)])
        record(actor, "form.mapped", path=row.path, object_type="form_template", object_id=row.pk,
               object_name=row.title, detail={"removed": f"{sheet}!{cell}"})  # fmt: skip
    return row


def put(actor: Viewer, *, template: FormTemplate, state: TemplateState) -> FormTemplate:
    """In use for the own body and those below, or no longer.

    :raises Refusal: GH-FLG-020 another body's, 023 nothing mapped, 024 a figure that is not in use.
    """
    require(actor, "form.manage")
    known = figures.in_force(template.path)
    with transaction.atomic():
        row = _own(actor, template)
        mapping = read_all(row.mapping)
        if state == TemplateState.PUBLISHED and not mapping:
            raise Refusal("GH-FLG-023", "还没有对照任何一格", "state", "先点表里的格子，说明填什么")
        gone = next((one for one in mapping if one.figure and one.figure not in known), None)
        if state == TemplateState.PUBLISHED and gone is not None:
            raise Refusal(
                "GH-FLG-024", f"{gone.sheet}的{gone.cell}：数字“{gone.figure}”已停用", "state", "改选别的数字"
            )
        if state == TemplateState.PUBLISHED and row.state != state:
            row.published_on = timezone.localdate()
        row.state = state
        row.save(update_fields=["state", "published_on"])
        record(actor, "form.put", path=row.path, object_type="form_template", object_id=row.pk, object_name=row.title,
               detail={"state": state.value})  # fmt: skip
    return row


def _own(actor: Viewer, template: FormTemplate) -> FormTemplate:
    row: FormTemplate | None = (
        FormTemplate.objects.visible(actor).select_for_update(of=("self",)).filter(pk=template.pk).first()
    )
    if row is None or row.organisation_id != actor.organisation_id:
        raise Refusal("GH-FLG-020", "只能修改本单位的表样", "organisation", "上级的表样请上级修改")
    return row


def _keep(actor: Viewer, row: FormTemplate, mapping: list[Mapped]) -> None:
    row.mapping = [one.model_dump(mode="json", exclude_defaults=True) for one in mapping]
    row.edited_by, row.edited_at = actor.account_id, timezone.now()
    row.save(update_fields=["mapping", "edited_by", "edited_at"])
