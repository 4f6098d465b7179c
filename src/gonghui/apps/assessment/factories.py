"""Assessments for tests, the demonstration and benchmarks: every item answered, every point with a paper."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.procedures.services import today
from gonghui.kernel.viewer import Viewer

from . import rules, services
from .models import ItemSheet
from .queries.simulation import assumed_answers

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TYPED = {"statement": "组织健全，制度落实，会员参与活动多，服务有记录", "declared": "1"}


def paper(name: str = "佐证材料.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PAPER, "application/pdf")


def start_sheet(chair: Viewer, union: Organisation, key: str = "assessment.six") -> ItemSheet:
    procedure = in_force(key, union.path, today())
    assert procedure is not None, f"{key} is shipped"
    return services.start(chair, procedure=procedure, organisation=union)


def answer_all(chair: Viewer, sheet: ItemSheet, percent: int = 100, papers: bool = True) -> dict[str, Any]:
    """Claims for every item that the records do not fill; a satisfaction rate and the like at their best band."""
    standard = rules.must_read(sheet.standard.body)
    given = {key: {"value": str(one.value)} for key, one in assumed_answers(standard, percent).items()}
    services.keep_claims(chair, application_id=sheet.application_id, given=given)
    if papers:
        services.attach(chair, application_id=sheet.application_id, items=list(given), upload=paper())
    return given


def hand_in(chair: Viewer, union: Organisation, percent: int = 100) -> Application:
    """A whole self-assessment, handed in."""
    sheet = start_sheet(chair, union)
    answer_all(chair, sheet, percent)
    return services.submit(chair, application_id=sheet.application_id, typed=TYPED)
