"""Orders for money: made by a decision, approved by one person, paid by another, or returned."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.procedures.models import Evidence
from gonghui.kernel.procedures.services import Made, today
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .choices import OrderKind, OrderState
from .models import GrantOrder
from .rules import in_yuan, period_of, thing_key


def order(actor: Viewer, made: Made) -> dict[str, Any]:
    """The decision on an application orders its sum: once for a thing in a period.

    :raises Refusal: GH-FND-001 no sum; 002 no such kind; 003 ordered for the same thing in the period before.
    """
    amount = made.given.get("amount") or made.application.amount
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise Refusal("GH-FND-001", "没有算出补助金额，不能开单", "amount", "核对补助标准")
    kind, thing = str(made.given.get("kind", "")), str(made.given.get("thing", "")).strip()
    if kind not in OrderKind.values or not thing:
        raise Refusal("GH-FND-002", "没有写明补助的类别和对象", "kind")
    organisation = made.application.organisation
    key, period = thing_key(organisation.path, kind, thing), period_of(made.on)
    papers = Evidence.objects.filter(application=made.application, removed_at__isnull=True).select_related("file")
    try:
        with transaction.atomic():
            row = GrantOrder.objects.create(
                path=organisation.path, number=f"BZ{made.on:%Y%m%d}{made.application.pk:07d}",
                organisation=organisation, kind=kind, thing=thing[:120], thing_key=key, period=period, amount=amount,
                application=made.application, decision=made.decision, ordered_on=made.on, rules=made.decision.rules,
                evidence=[{"name": one.file.name, "sha256": one.file.sha256, "field": one.field} for one in papers],
            )  # fmt: skip
    except IntegrityError as error:
        raise Refusal(
            "GH-FND-003", f"“{thing}”{period}年度已经开过补助单，不能重复补助", "thing", "同一设施同一年度只补一次"
        ) from error
    _note(actor, row, "ordered", detail={"amount": amount, "period": period})
    return {"order": row.pk, "number": row.number, "amount": amount}


def _note(actor: Viewer, row: GrantOrder, verb: str, reason: str = "", detail: dict[str, Any] | None = None) -> None:
    record(
        actor, f"funds.{verb}", path=row.path, object_type="grant_order", object_id=row.pk, object_name=row.thing,
        reason=reason, detail={"number": row.number, **(detail or {})},
    )  # fmt: skip


def _held(actor: Viewer, pk: int, *states: OrderState) -> GrantOrder:
    row: GrantOrder | None = GrantOrder.objects.visible(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-FND-010", "没有这张补助单，或它不在当前岗位的范围内", "order")
    if actor.organisation_id == row.organisation_id:
        raise Refusal("GH-FND-011", "补助单由上级工会审批和支付，不由受补单位", "order")
    if row.state not in states:
        raise Refusal("GH-FND-012", f"这张补助单{OrderState(row.state).label}", "order", "刷新页面看最新状态")
    return row


def approve(actor: Viewer, *, order_id: int, note: str = "") -> GrantOrder:
    """The first of two persons."""
    require(actor, "fund.approve")
    with transaction.atomic():
        row = _held(actor, order_id, OrderState.ASKED)
        row.state, row.approved_on, row.note = OrderState.APPROVED, today(), note.strip()[:300]
        row.approved_by, row.approved_name = actor.account_id, actor.name[:60]
        row.version += 1
        row.save()
        _note(actor, row, "approved", note)
    return row


def pay(actor: Viewer, *, order_id: int, payment_ref: str) -> GrantOrder:
    """The second person pays what the first approved.

    :raises Refusal: GH-FND-013 the same person; 014 without the voucher's number.
    """
    require(actor, "fund.pay")
    if len(payment_ref.strip()) < 3:
        raise Refusal("GH-FND-014", "还没有写支付凭证号", "payment_ref")
    with transaction.atomic():
        row = _held(actor, order_id, OrderState.APPROVED)
        if row.approved_by == actor.account_id:
            raise Refusal("GH-FND-013", "审批人不能自己支付", "order", "由财务的另一个人支付")
        row.state, row.paid_on, row.payment_ref = OrderState.PAID, today(), payment_ref.strip()[:60]
        row.paid_by, row.paid_name = actor.account_id, actor.name[:60]
        row.version += 1
        row.save()
        _note(actor, row, "paid", detail={"amount": row.amount, "ref": row.payment_ref, "yuan": in_yuan(row.amount)})
    return row


def send_back(actor: Viewer, *, order_id: int, reason: str) -> GrantOrder:
    """Not paid: the thing may be applied for again.

    :raises Refusal: GH-FND-015 without a reason.
    """
    if not actor.may("fund.approve"):
        require(actor, "fund.pay")
    if len(reason.strip()) < 2:
        raise Refusal("GH-FND-015", "退回要写明原因", "reason", "受补单位会看到")
    with transaction.atomic():
        row = _held(actor, order_id, OrderState.ASKED, OrderState.APPROVED)
        row.state, row.returned_reason = OrderState.RETURNED, reason.strip()[:300]
        row.version += 1
        row.save()
        _note(actor, row, "returned", reason)
    return row
