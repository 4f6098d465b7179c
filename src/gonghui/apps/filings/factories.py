"""The example's form, received and mapped and in use, for tests and the demonstration."""

from __future__ import annotations

from django.utils import timezone

from gonghui.kernel.figures.queries import children_of, short
from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import SYSTEM, Viewer

from . import example, services
from .choices import TemplateState
from .models import Filing, FilledCell, FormTemplate, Question


def example_form(
    actor: Viewer, organisation: Organisation, demanded_by: str = "省总工会组织部", fillers: str = "own"
) -> FormTemplate:
    """In use at an organisation, with a row for each body directly below it."""
    places = [short(one.name) for one in children_of(organisation)]
    row = services.receive(
        actor, organisation=organisation, data=example.workbook(places), filename=f"{example.TITLE}.xlsx",
        title=example.TITLE, demanded_by=demanded_by, rhythm="quarter", fillers=fillers, due_days=10, tolerance=30,
    )  # fmt: skip
    services.map_cells(actor, template=row, cells=example.mapping(places))
    return services.put(actor, template=row, state=TemplateState.PUBLISHED)


def make_form(organisation: Organisation, title: str) -> tuple[FormTemplate, Filing, Question]:
    """A form, one signed filing of it with one cell, and one question: plain inserts, as the platform itself."""
    kept = files.store(
        SYSTEM, path=organisation.path, name="表.xlsx", kind="form.template", content=example.workbook(["安福县"])
    )
    mapping = [{"sheet": example.MEANS, "cell": "C7", "kind": "asked", "title": title, "unit": "个"}]
    facts = {"path": organisation.path, "organisation": organisation, "title": title, "demanded_by": "上级",
             "rhythm": "quarter", "file": kept.pk, "file_name": kept.name, "sha256": kept.sha256,
             "mapping": mapping}  # fmt: skip
    today = timezone.localdate()
    form = FormTemplate.objects.create(**facts)
    filing = Filing.objects.create(
        **facts, template=form, period="2026Q1", state="signed", due_on=today, signed_at=timezone.now()
    )
    question = Question.objects.create(
        path=organisation.path, organisation=organisation, title=title, unit="个", period="2026Q1", form_title=title,
        asked_by_name=organisation.name, due_on=today, number=3, answered_at=timezone.now(),
    )  # fmt: skip
    FilledCell.objects.create(
        path=organisation.path, filing=filing, sheet=example.MEANS, cell="C7", kind="asked", title=title, unit="个",
        number=3, question=question, frozen_at=timezone.now(),
    )  # fmt: skip
    return form, filing, question
