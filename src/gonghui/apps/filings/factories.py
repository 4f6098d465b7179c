"""The example's form, received and mapped and in use, for tests and the demonstration."""

from __future__ import annotations

from gonghui.kernel.figures.queries import children_of, short
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from . import example, services
from .choices import TemplateState
from .models import FormTemplate


def example_form(actor: Viewer, organisation: Organisation, demanded_by: str = "省总工会组织部") -> FormTemplate:
    """In use at an organisation, with a row for each body directly below it."""
    places = [short(one.name) for one in children_of(organisation)]
    row = services.receive(
        actor, organisation=organisation, data=example.workbook(places), filename=f"{example.TITLE}.xlsx",
        title=example.TITLE, demanded_by=demanded_by, rhythm="quarter", due_days=10, tolerance=30,
    )  # fmt: skip
    services.map_cells(actor, template=row, cells=example.mapping(places))
    return services.put(actor, template=row, state=TemplateState.PUBLISHED)
