"""Who stands in for whom on leave, and what officers declare so that they step back in time."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from ...access.models import Post
from ...org.models import Organisation
from ...people.models import Person
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from ..choices import OPEN_STATES
from ..models import Application, Delegation, Interest
from .running import add_seats


def delegate(actor: Viewer, *, to_account: int, valid_from: date, valid_to: date, reason: str) -> Delegation:
    """Hand the work of one's active post to a colleague of the same body for some days.

    :raises Refusal: GH-PRO-060 no post of one's own; 061 not a colleague; 062 days that make no sense.
    """
    mine = actor.account_id
    if actor.post_id is None or actor.organisation_id is None or mine is None:
        raise Refusal("GH-PRO-060", "当前没有岗位，不能委托")
    if valid_to < valid_from or (valid_to - valid_from).days > 180:
        raise Refusal("GH-PRO-062", "止期应不早于起期，最长180天", "valid_to")
    if not reason.strip():
        raise Refusal("GH-PRO-062", "还没有写委托原因", "reason", "例如“休假”")
    post = (
        Post.objects.filter(account_id=to_account, organisation_id=actor.organisation_id, granted_by__isnull=False)
        .exclude(account_id=actor.account_id).select_related("account", "organisation").first()
    )  # fmt: skip
    if post is None or not post.account.is_active or (post.valid_to and post.valid_to <= valid_from):
        raise Refusal("GH-PRO-061", "只能委托本单位在岗的其他人", "to_account", "从名单里选择")
    with transaction.atomic():
        made = Delegation.objects.create(
            path=post.path,
            account_id=mine,
            account_name=actor.name[:60],
            post_id=actor.post_id,
            role=actor.role,
            organisation_id=actor.organisation_id,
            to_account_id=post.account_id,
            to_name=post.account.name[:60],
            valid_from=valid_from,
            valid_to=valid_to,
            reason=reason.strip()[:200],
        )
        with widened():  # the work of the post itself: what it takes part in, its stand-in does for these days
            for row in Application.objects.filter(
                seats__contains=[f"{actor.role}@{actor.organisation_id}"], state__in=OPEN_STATES, confidential=True
            ):
                add_seats(row, f"#{post.account_id}")
        record(actor, "delegation.made", path=post.path, object_type="delegation", object_id=made.pk, reason=reason,
               detail={"to": post.account_id, "from": valid_from, "until": valid_to})  # fmt: skip
    return made


def end_delegation(actor: Viewer, *, delegation_id: int) -> Delegation:
    """Back earlier: end it now."""
    row: Delegation | None = Delegation.objects.filter(
        pk=delegation_id, account_id=actor.account_id or 0, ended_at__isnull=True
    ).first()
    if row is None:
        raise Refusal("GH-PRO-063", "没有这项委托，或已经结束", "delegation")
    with transaction.atomic():
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        record(actor, "delegation.ended", path=row.path, object_type="delegation", object_id=row.pk)
    return row


def declare_interest(
    actor: Viewer, *, kind: str, person: Person | None = None, organisation: Organisation | None = None, note: str = ""
) -> Interest:
    """Declare a relative or a unit whose matters one will step back from.

    :raises Refusal: GH-PRO-064 neither person nor unit.
    """
    mine = actor.account_id
    if (person is None) == (organisation is None) or actor.organisation_id is None or mine is None:
        raise Refusal("GH-PRO-064", "写明是哪个人或哪家单位", "person")
    home = Organisation.objects.get(pk=actor.organisation_id)
    with transaction.atomic():
        made = Interest.objects.create(
            path=home.path,
            account_id=mine,
            kind=kind[:12],
            person=person,
            organisation=organisation,
            note=note[:200],
        )
        record(actor, "interest.declared", path=home.path, object_type="interest", object_id=made.pk)
    return made


def end_interest(actor: Viewer, *, interest_id: int) -> Interest:
    row: Interest | None = Interest.objects.filter(
        pk=interest_id, account_id=actor.account_id or 0, ended_at__isnull=True
    ).first()
    if row is None:
        raise Refusal("GH-PRO-065", "没有这项申报，或已经终止", "interest")
    with transaction.atomic():
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        record(actor, "interest.ended", path=row.path, object_type="interest", object_id=row.pk)
    return row
