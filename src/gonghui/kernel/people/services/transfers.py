"""Transfers (会随人走): asked by one side, accepted by the other; the old row stays where it was."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from ...org.models import Organisation, PublicOrganisation
from ...refusal import Refusal
from ...scope import widened
from ...sealing import lookup_hash
from ...trail.services import record
from ...viewer import Viewer
from ..choices import (
    MembershipEnd,
    MembershipStart,
    MembershipStatus,
    TransferSide,
    TransferState,
)
from ..models import Membership, Person, TransferRequest
from ..rules import check_id, check_name
from ..rules.memberships import check_facts
from .appointments import end_offices
from .memberships import (
    close_row,
    lock_counts,
    lock_open,
    on_trail,
    open_house,
    successor,
)
from .persons import find_known

_EVERYWHERE = Viewer(role="system", lo="", hi="~")


def ask_transfer(
    actor: Viewer, *, membership: Membership, to_organisation: Organisation | PublicOrganisation, reason: str
) -> TransferRequest:
    """The union of a member, or the member, asks another union to take the membership over.

    :raises Refusal: GH-PER-601 not theirs to ask, 602 the same union, 603 asked already, 604 no reason.
    """
    mine = actor.person_id is not None and actor.person_id == membership.person_id
    if not mine and not actor.reaches(membership.path):
        raise Refusal("GH-PER-601", "只有会员本人和会员所在工会可以发起转会", "membership")
    side = TransferSide.SENDER if actor.reaches(membership.path) else TransferSide.MEMBER
    return _ask(actor, membership.pk, to_organisation.pk, side, reason)


def ask_transfer_in(
    actor: Viewer, *, organisation: Organisation, name: str, id_kind: str, id_number: str, reason: str
) -> TransferRequest:
    """The receiving union asks for somebody who is a member elsewhere; the union of the member answers.

    :raises Refusal: GH-PER-605 nobody with this paper and name is a member.
    """
    if not actor.reaches(organisation.path):
        raise Refusal("GH-PER-601", "只能为本岗位管辖的工会申请转入", "organisation")
    checked = check_id(id_kind, id_number, on=timezone.localdate())
    known = find_known([lookup_hash(f"id:{checked.kind}", checked.number)])
    with widened():
        named = known is not None and Person.objects.filter(pk=known.person_id, name=check_name(name).name).exists()
    if known is None or known.membership_id is None or not named:
        raise Refusal("GH-PER-605", "没有查到这个证件号码和姓名的在籍会员", "id_number", "还不是会员的，直接办理入会")
    return _ask(actor, known.membership_id, organisation.pk, TransferSide.RECEIVER, reason)


def _ask(actor: Viewer, membership_id: int, to_id: int, side: TransferSide, reason: str) -> TransferRequest:
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refusal("GH-PER-604", "没有填写转会原因", "reason", "例如：换了工作单位")
    with transaction.atomic(), widened():
        target = open_house(to_id)
        row = lock_open(_EVERYWHERE, membership_id)
        if row.organisation_id == target.pk:
            raise Refusal("GH-PER-602", f"会籍已在{target.name}", "to_organisation")
        try:
            with transaction.atomic():
                request = TransferRequest.objects.create(
                    membership=row,
                    person_id=row.person_id,
                    from_organisation_id=row.organisation_id,
                    to_organisation=target,
                    path=target.path,
                    from_path=row.path,
                    person_name=Person.objects.values_list("name", flat=True).get(pk=row.person_id),
                    reason=reason,
                    side=side,
                    asked_by=actor.account_id,
                )
        except IntegrityError:
            raise Refusal("GH-PER-603", "此人已有一份转会申请等待答复", None, "先撤回那一份，或等对方答复") from None
        _on_trail(actor, "transfer.ask", request, reason)
    return request


def answer_transfer(
    actor: Viewer,
    *,
    request: TransferRequest,
    accept: bool,
    answer: str = "",
    on: date | None = None,
    **facts: Any,
) -> TransferRequest:
    """The other side accepts or declines; accepting moves the membership on `on` (today unless said otherwise).

    :param facts: what the receiving union records about the member, such as department and staff number.
    :raises Refusal: GH-PER-606 answered already, 607 not theirs to answer, 608 declined without a word.
    """
    answer = " ".join(answer.split())[:200]
    if not accept and not answer:
        raise Refusal("GH-PER-608", "不接收须写明原因", "answer", "对方和会员本人都会看到")
    with transaction.atomic(), widened():
        row = _lock_asked(request.pk)
        place = row.from_path if row.side == TransferSide.RECEIVER else row.path
        if not actor.reaches(place):
            raise Refusal("GH-PER-607", "这份转会由对方工会答复", None, "等待对方答复，或撤回申请")
        if accept:
            move(
                actor,
                membership_id=row.membership_id,
                to_id=row.to_organisation_id,
                on=on or timezone.localdate(),
                reason=row.reason,
                request_id=row.pk,
                facts=facts,
            )
        _answer(actor, row, TransferState.ACCEPTED if accept else TransferState.REFUSED, answer)
    return row


def withdraw_transfer(actor: Viewer, *, request: TransferRequest, reason: str = "") -> TransferRequest:
    """Whoever asked takes it back.

    :raises Refusal: GH-PER-606 answered already, 609 not theirs to withdraw.
    """
    with transaction.atomic(), widened():
        row = _lock_asked(request.pk)
        own_place = row.path if row.side == TransferSide.RECEIVER else row.from_path
        mine = actor.person_id is not None and actor.person_id == row.person_id and row.side == TransferSide.MEMBER
        if not mine and not actor.reaches(own_place):
            raise Refusal("GH-PER-609", "只有发起的一方可以撤回", None)
        _answer(actor, row, TransferState.WITHDRAWN, " ".join(reason.split())[:200])
    return row


def transfer_within(
    actor: Viewer,
    *,
    membership: Membership,
    to_organisation: Organisation,
    on: date,
    reason: str,
    **facts: Any,
) -> Membership:
    """Both unions lie in the actor's range: one step.

    :raises Refusal: GH-ORG-001 the target is out of reach; GH-PER-509 the membership is; 602 the same union.
    """
    with transaction.atomic():
        # The policy is what refuses here: nothing is widened.
        return move(
            actor,
            membership_id=membership.pk,
            to_id=to_organisation.pk,
            on=on,
            reason=reason,
            request_id=None,
            facts=facts,
            within=actor,
        )


def move(
    actor: Viewer,
    *,
    membership_id: int,
    to_id: int,
    on: date,
    reason: str,
    request_id: int | None,
    facts: dict[str, Any],
    within: Viewer = _EVERYWHERE,
) -> Membership:
    """End the membership here and open the next one there; the offices held here end."""
    clean = {"department": "", "staff_no": "", "employer_name": ""} | check_facts(facts)
    target = open_house(to_id)
    row = lock_open(within, membership_id)
    if row.organisation_id == target.pk:
        raise Refusal("GH-PER-602", f"会籍已在{target.name}", "to_organisation")
    lock_counts([row.organisation_id, target.pk])
    retained, retention = row.status == MembershipStatus.RETAINED, row.retention_reason
    old_path = row.path
    if request_id is not None:  # else ending the row would withdraw the very request that is being accepted
        TransferRequest.objects.filter(pk=request_id).update(state=TransferState.ACCEPTED)
    close_row(row, on=on, reason=MembershipEnd.TRANSFER)
    end_offices(actor, person_id=row.person_id, below=old_path, on=on, reason=MembershipEnd.TRANSFER.label)
    opened = successor(
        row,
        target,
        on=on,
        status=MembershipStatus.RETAINED if retained else MembershipStatus.ACTIVE,
        retention_reason=retention,
        start_reason=MembershipStart.TRANSFER,
        **clean,
    )
    detail = {"on": on, "from": row.organisation_id, "to": target.pk, "request": request_id}
    on_trail(actor, "membership.transfer_out", row, reason, detail)
    on_trail(actor, "membership.transfer_in", opened, reason, detail)
    return opened


def _lock_asked(request_id: int) -> TransferRequest:
    found = TransferRequest.objects.select_for_update(no_key=True).filter(pk=request_id)
    row: TransferRequest | None = found.first()
    if row is None or row.state != TransferState.ASKED:
        label = TransferState(row.state).label if row else "不存在"
        raise Refusal("GH-PER-606", f"这份转会申请{label}，不能再答复", None, "刷新后查看结果")
    return row


def _answer(actor: Viewer, row: TransferRequest, state: TransferState, answer: str) -> None:
    TransferRequest.objects.filter(pk=row.pk).update(
        state=state, answer=answer, answered_by=actor.account_id, answered_at=Now()
    )
    row.refresh_from_db()
    verbs = {
        TransferState.ACCEPTED: "accept",
        TransferState.REFUSED: "refuse",
        TransferState.WITHDRAWN: "withdraw",
    }
    _on_trail(actor, f"transfer.{verbs[state]}", row, answer)


def _on_trail(actor: Viewer, verb: str, request: TransferRequest, reason: str) -> None:
    """On both unions' trails."""
    for path in dict.fromkeys((request.from_path, request.path)):
        record(
            actor,
            verb,
            path=path,
            object_type="transfer",
            object_id=request.pk,
            subject_id=request.person_id,
            reason=reason,
            detail={
                "from": request.from_organisation_id,
                "to": request.to_organisation_id,
                "side": request.side,
            },
        )
