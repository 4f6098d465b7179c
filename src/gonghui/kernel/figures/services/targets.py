"""Targets: set at a place, handed down to those below, accepted by them or answered with another number."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from ...access.rules import require
from ...org.models import Organisation
from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from ..choices import TargetState
from ..models import Target
from ..queries.definitions import definition_of, in_force, parts
from ..rules.periods import Period, read
from ..rules.progress import difference


def _record(actor: Viewer, verb: str, row: Target, **detail: object) -> None:
    record(
        actor, verb, path=row.path, object_type="target", object_id=row.pk, object_name=f"{row.key} {row.period}"[:80],
        detail={"amount": str(row.amount), **{name: str(value) for name, value in detail.items()}},
    )  # fmt: skip


def set_target(actor: Viewer, *, organisation: Organisation, key: str, period: Period, amount: Decimal) -> Target:
    """A place's own target, in force at once: whoever sets it answers for the place.

    :raises Refusal: GH-FIG-020 no such figure; 021 not above zero; 022 there is one already.
    """
    require(actor, "target.manage")
    if key not in in_force(organisation.path):
        raise Refusal("GH-FIG-020", "没有这个数字，从列出的里面选", "key")
    if amount <= 0:
        raise Refusal("GH-FIG-021", "目标要大于0", "amount")
    with transaction.atomic():
        if _existing(organisation, key, period) is not None:
            raise Refusal("GH-FIG-022", f"{organisation.name}{period.said}已有这个目标", "key", "在目标页修改，不另建")
        row = Target.objects.create(
            path=organisation.path, organisation=organisation, key=key, period=period.key, amount=amount,
            state=TargetState.ACCEPTED, set_by=actor.account_id,
        )  # fmt: skip
        _record(actor, "target.set", row)
    return row


def _existing(organisation: Organisation, key: str, period: Period) -> Target | None:
    return (
        Target.objects.filter(organisation=organisation, key=key, period=period.key)
        .exclude(state=TargetState.WITHDRAWN)
        .first()
    )


def hand_down(actor: Viewer, *, target: Target, shares: Mapping[Organisation, Decimal]) -> list[Target]:
    """Hand a target down to organisations directly below; sums are checked where the figure adds up.

    :raises Refusal: GH-FIG-023 not below; 024 the sum is less than the target; 021 not above zero.
    """
    require(actor, "target.manage")
    with transaction.atomic():
        row: Target = Target.objects.visible(actor).select_for_update().select_related("organisation").get(pk=target.pk)
        if any(body.parent_id != row.organisation_id for body in shares):
            raise Refusal("GH-FIG-023", "只能分解到直接下级", "shares")
        if any(amount <= 0 for amount in shares.values()):
            raise Refusal("GH-FIG-021", "目标要大于0", "shares", "不承担的单位留空")
        if adds_up(row):
            short = difference(row.amount, list(shares.values()))
            if short < 0:
                less = f"{(-short).normalize():f}"
                raise Refusal(
                    "GH-FIG-024", f"分解合计比目标少{less}", "shares", "把少的部分分到某个下级，或先调低本级目标"
                )
        found = []
        for body, amount in shares.items():
            held = _existing(body, row.key, read(row.period))
            if held is not None and held.parent_id not in (None, row.pk):
                raise Refusal("GH-FIG-022", f"{body.name}已有来自别处的同一目标", "shares")
            if held is None:
                held = Target(path=body.path, organisation=body, key=row.key, period=row.period, amount=amount)
            elif held.amount == amount and held.state == TargetState.ACCEPTED:
                found.append(held)
                continue
            held.parent, held.amount, held.counter = row, amount, None
            held.state, held.set_by, held.set_at = TargetState.PROPOSED, actor.account_id, timezone.now()
            held.version += 1
            held.save()
            _record(actor, "target.handed_down", held)
            found.append(held)
    return found


def adds_up(row: Target) -> bool:
    """Whether the whole is the sum of the places below: not for shares, averages and people counted once."""
    rows = in_force(row.path)
    if row.key not in rows:
        return False
    asked = parts(rows[row.key], rows)
    return asked.bottom is None and asked.top.adds_up and definition_of(rows[row.key]).kind in ("count", "sum")


def _held(actor: Viewer, target: Target, *states: TargetState) -> Target:
    row: Target | None = Target.objects.visible(actor).select_for_update().filter(pk=target.pk).first()
    if row is None or row.organisation_id != actor.organisation_id:
        raise Refusal("GH-FIG-025", "只有承担单位自己能答复", "target")
    if row.state not in states:
        raise Refusal("GH-FIG-026", f"这个目标{TargetState(row.state).label}，不用再答复", "target")
    return row


def accept(actor: Viewer, *, target: Target) -> Target:
    """The one who is to reach it accepts."""
    require(actor, "target.answer")
    with transaction.atomic():
        row = _held(actor, target, TargetState.PROPOSED)
        row.state, row.answered_by, row.answered_at = TargetState.ACCEPTED, actor.account_id, timezone.now()
        row.version += 1
        row.save()
        _record(actor, "target.accepted", row)
    return row


def ask_for_another(actor: Viewer, *, target: Target, counter: Decimal, reason: str) -> Target:
    """The one who is to reach it names another number, with the reason.

    :raises Refusal: GH-FIG-027 without a reason; 021 not above zero.
    """
    require(actor, "target.answer")
    if counter <= 0:
        raise Refusal("GH-FIG-021", "建议值要大于0", "counter")
    if not reason.strip():
        raise Refusal("GH-FIG-027", "写明调整的理由", "reason")
    with transaction.atomic():
        row = _held(actor, target, TargetState.PROPOSED)
        row.state, row.counter, row.reason = TargetState.ASKED, counter, reason.strip()[:300]
        row.answered_by, row.answered_at = actor.account_id, timezone.now()
        row.version += 1
        row.save()
        _record(actor, "target.asked", row, counter=counter)
    return row


def explain(actor: Viewer, *, target: Target, text: str) -> Target:
    """Why a target is behind and what is being done.

    :raises Refusal: GH-FIG-028 nothing said.
    """
    require(actor, "target.answer")
    if not text.strip():
        raise Refusal("GH-FIG-028", "写明落后的原因和措施", "text")
    with transaction.atomic():
        row = _held(actor, target, TargetState.ACCEPTED, TargetState.PROPOSED, TargetState.ASKED)
        row.behind, row.behind_at = text.strip()[:500], timezone.now()
        row.version += 1
        row.save()
        _record(actor, "target.explained", row)
    return row


def withdraw(actor: Viewer, *, target: Target, reason: str) -> Target:
    """Take a target back, with what was handed down of it."""
    require(actor, "target.manage")
    with transaction.atomic():
        row: Target = Target.objects.visible(actor).select_for_update().get(pk=target.pk)
        for one in [row, *Target.objects.filter(parent=row).exclude(state=TargetState.WITHDRAWN)]:
            one.state, one.reason = TargetState.WITHDRAWN, reason[:300]
            one.version += 1
            one.save()
            _record(actor, "target.withdrawn", one)
    return row
