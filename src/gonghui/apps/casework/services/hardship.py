"""Hardship files and grants: effects of decisions, and what is done with a payment order afterwards."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.procedures.services import Made, end_follow_up, follow_up
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.calendar import add_months
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import reasons
from ..choices import AidKind, AidState, FileState, HardshipClass
from ..models import Aid, HardshipFile
from ..sealing import AID, FILE, close, opened

REVIEW = "困难职工档案复核"
_KEPT = (
    "household",
    "other_income",
    "medical_cost",
    "disability_cost",
    "school_cost",
    "work_cost",
    "income_year",
    "rigid_year",
    "before",
    "net",
    "cause",
    "other_causes",
    "story",
    "housing",
    "homes",
    "work_state",
    "bank",
    "bank_name",
)


def note(actor: Viewer, verb: str, object_type: str, row: Any, **detail: Any) -> None:
    """The trail of casework stands at no place, like that of confidential applications."""
    record(actor, verb, path="", object_type=object_type, object_id=row.pk, detail=detail)


def open_file(actor: Viewer, *, made: Made) -> HardshipFile:
    """Open the file of a household, or renew it after its review; the former one stays as it was.

    :raises Refusal: GH-CAS-001 the class by the local rule is none.
    """
    application, values = made.application, made.values
    if application.verdict in ("", HardshipClass.NONE) or application.person is None:
        raise Refusal("GH-CAS-001", "按本地规则不符合困难职工的条件，不能通过", "act", "写明理由后不通过，或退回补正")
    months = rule_queries.value("casework.review_months", application.path, made.on).value
    lines = reasons.why_class(application, values, made.on)
    facts = {key: values.get(key) for key in _KEPT} | {"reason": [asdict(one) for one in lines]}
    with transaction.atomic():
        former = _leave_former(application.person_id or 0, made.on)
        file = HardshipFile.objects.create(
            path=application.path,
            application=application,
            person=application.person,
            organisation=application.organisation,
            hardship=application.verdict[:30],
            facts=close(facts, FILE),
            consented_on=timezone.localdate(application.submitted_at) if application.submitted_at else made.on,
            filed_on=made.on,
            review_on=add_months(made.on, months),
        )
        if former is not None:
            with widened():
                HardshipFile.objects.filter(pk=former).update(replaced_by=file)
        follow_up(application, title=REVIEW, started_on=made.on, due_on=file.review_on, warn=30)
        note(actor, "casework.filed", "hardship_file", file)
    return file


def _leave_former(person_id: int, on: date) -> int | None:
    """The person's former file, wherever it was made: it is renewed by the one that comes."""
    with widened():
        former = HardshipFile.objects.filter(person_id=person_id, state=FileState.ACTIVE).select_related("application")
        row = former.first()
        if row is None:
            return None
        HardshipFile.objects.filter(pk=row.pk).update(state=FileState.RENEWED, ended_on=on)
        end_follow_up(row.application, REVIEW)
        return int(row.pk)


def exit_file(actor: Viewer, *, made: Made) -> HardshipFile:
    """脱困: the household needs no more help.

    :raises Refusal: GH-CAS-002 no file; 003 the five points or the income are not met.
    """
    if made.application.verdict != "可以脱困":
        raise Refusal("GH-CAS-003", "医、业、学、房、保五项没有全部落实，或收入没有高于标准，不能办理脱困", "act")
    with transaction.atomic():
        file: HardshipFile | None = (
            HardshipFile.objects.select_for_update(of=("self",))
            .filter(person_id=made.application.person_id, state=FileState.ACTIVE)
            .select_related("application")
            .first()
        )
        if file is None:
            raise Refusal("GH-CAS-002", "没有在册的困难职工档案", "act")
        file.state, file.ended_on = FileState.EXITED, made.on
        file.save(update_fields=["state", "ended_on"])
        end_follow_up(file.application, REVIEW)
        note(actor, "casework.exited", "hardship_file", file)
    return file


def grant(actor: Viewer, *, made: Made, kind: AidKind) -> Aid:
    """Order a payment of what the rule gives, once for one application.

    :raises Refusal: GH-CAS-004 the rule gives nothing; 005 no account to pay to.
    """
    application = made.application
    assert application.person is not None
    computed = reasons.compute(application, made.values, kind, made.on)
    if computed.wrong:
        raise Refusal("GH-CAS-004", computed.wrong, "act", "写明理由后不通过")
    bank = made.values.get("bank") or _bank_of(computed.file_id)
    if not bank:
        raise Refusal("GH-CAS-005", "没有收款账号", "act", "退回补正银行账号")
    facts = {"reason": [asdict(one) for one in computed.lines], "rules": computed.rules, "bank": bank}
    with transaction.atomic():
        aid = Aid.objects.create(
            path=application.path,
            application=application,
            file_id=computed.file_id,
            person=application.person,
            organisation=application.organisation,
            kind=kind,
            year=made.on.year,
            amount=computed.amount,
            facts=close(facts, AID),
            ordered_on=made.on,
            ordered_by=actor.account_id,
        )
        note(actor, "casework.ordered", "aid", aid)
    return aid


def _bank_of(file_id: int | None) -> str:
    if file_id is None:
        return ""
    with widened():
        file = HardshipFile.objects.filter(pk=file_id).first()
    return str((opened(file.facts, FILE) or {}).get("bank") or "") if file is not None else ""


def _ordered(actor: Viewer, aid_id: int) -> Aid:
    require(actor, "case.handle")
    aid: Aid | None = Aid.objects.select_for_update().filter(pk=aid_id).first()
    if aid is None or not actor.reaches(aid.path):
        raise Refusal("GH-CAS-010", "没有这一件，或它不由当前岗位办理")
    if aid.state != AidState.ORDERED:
        raise Refusal("GH-CAS-006", f"这笔帮扶{aid.get_state_display()}，不能再办理", "state", "刷新页面看最新状态")
    return aid


def pay(actor: Viewer, *, aid_id: int, voucher: str, on: date) -> Aid:
    """The money has gone to the worker's own account: note its voucher.

    :raises Refusal: GH-CAS-006 paid or cancelled before; 007 no voucher, or a day that cannot be.
    """
    if not voucher.strip():
        raise Refusal("GH-CAS-007", "还没有填写凭证号", "voucher", "填写银行回单或记账凭证的编号")
    with transaction.atomic():
        aid = _ordered(actor, aid_id)
        if not aid.ordered_on <= on <= timezone.localdate():
            raise Refusal("GH-CAS-007", "支付日期应在决定日期以后、今天以前", "on")
        aid.state, aid.paid_on, aid.voucher = AidState.PAID, on, voucher.strip()[:60]
        aid.save(update_fields=["state", "paid_on", "voucher"])
        note(actor, "casework.paid", "aid", aid)
    return aid


def cancel_aid(actor: Viewer, *, aid_id: int, reason: str) -> Aid:
    """An order that will not be paid; it no longer counts towards the year.

    :raises Refusal: GH-CAS-008 without a reason.
    """
    if len(reason.strip()) < 2:
        raise Refusal("GH-CAS-008", "还没有写取消的原因", "reason")
    with transaction.atomic():
        aid = _ordered(actor, aid_id)
        facts = opened(aid.facts, AID) | {"cancelled": reason.strip()[:300]}
        aid.state, aid.facts = AidState.CANCELLED, close(facts, AID)
        aid.save(update_fields=["state", "facts"])
        note(actor, "casework.cancelled", "aid", aid)
    return aid
