"""Standards, sheets, grades and orders for money, made at every site of the matrix."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.apps.assessment.models import GradeRecord, ItemSheet, SheetEvidence, Standard
from gonghui.apps.assessment.queries.standards import facts_of
from gonghui.apps.assessment.rules import must_read
from gonghui.apps.funds.models import GrantOrder
from gonghui.kernel.models import Organisation, StoredFile
from gonghui.kernel.procedures.models import Application, Decision, Procedure, Step, Submission
from gonghui.kernel.procedures.services.decisions import digest_of

DAY = date(2025, 3, 6)


def _application(body: Organisation, word: str, key: str, account_id: int, state: str) -> Application:
    procedure = Procedure.objects.filter(key=key, path="").latest("version")
    return Application.objects.create(
        path=body.path, procedure=procedure, key=key, organisation=body, applicant_name=f"{word}工会", state=state,
        account_id=account_id, document={"statement": f"{word}自评"},
    )  # fmt: skip


def _sheet(body: Organisation, application: Application, standard: Standard) -> ItemSheet:
    known = facts_of([body.pk], DAY, [must_read(standard.body)])[body.pk]
    return ItemSheet.objects.create(
        path=body.path, application=application, organisation=body, standard=standard, on=DAY, facts=known,
        digest=digest_of([standard.digest, known]), score=0, grade="待提升",
    )  # fmt: skip


def objects(body: Organisation, word: str, account_id: int, paper: StoredFile) -> dict[str, Any]:
    """Everything of these two apps at one body."""
    shipped = Standard.objects.get(key="six_norms", path="")
    own = Standard.objects.create(
        key="six_norms", family="six", version=1, organisation=body, path=body.path, title=f"{word}标准"[:40],
        body=shipped.body, digest=shipped.digest, state="draft",
    )  # fmt: skip
    filled = _application(body, word, "assessment.six", account_id, "draft")
    _sheet(body, filled, shipped)
    checked = _application(body, word, "assessment.six", account_id, "running")
    sheet = _sheet(body, checked, shipped)
    step = Step.objects.create(
        path=body.path,
        application=checked,
        key="county",
        title="县级审核",
        kind="review",
        organisation=body,
        role="organising",
    )
    evidence = SheetEvidence.objects.create(path=body.path, sheet=sheet, item="place", file=paper)
    grade = GradeRecord.objects.create(
        path=body.path, organisation=body, family="six", standard=shipped, kind="graded", score=95, grade="示范", rank=1,
        graded_on=DAY, valid_until=DAY, note=f"{word}评定",
    )  # fmt: skip
    granted = _application(body, word, "funds.performance_grant", account_id, "approved")
    submission = Submission.objects.create(path=body.path, application=granted, number=1, document={}, digest="0")
    decision = Decision.objects.create(
        path=body.path, application=granted, outcome="approved", on=DAY, submission=submission, digest="0"
    )
    order = GrantOrder.objects.create(
        path=body.path, number=f"BZ{granted.pk:016d}", organisation=body, kind="home", thing=f"{word}职工之家",
        thing_key=f"home:{body.path}", period="2025", amount=100, application=granted, decision=decision, ordered_on=DAY,
    )  # fmt: skip
    return {
        "standard": own.pk, "assessment_application": filled.pk, "assessment_step": step.pk, "sheet": sheet.pk,
        "sheet_evidence": evidence.pk, "grade": grade.pk, "grant_order": order.pk,
    }  # fmt: skip


NAMED_BY: tuple[tuple[str, str], ...] = (
    (r"standards/pk$", "standard"),
    (r"assessment/fill/pk$", "assessment_application"),
    (r"assessment/check/pk$", "assessment_step"),
    (r"assessment/sheets/pk$", "sheet"),
    (r"assessment/evidence/pk$", "sheet_evidence"),
    (r"assessment/grades/pk$", "grade"),
    (r"desk/funds/pk$", "grant_order"),
)
