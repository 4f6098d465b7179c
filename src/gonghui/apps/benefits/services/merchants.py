"""Merchants: who they are, who redeems for them, and what they redeem."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.quotas.models import CheckIn
from gonghui.kernel.quotas.services import Scan
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..models import Clerk, Provider
from .pages import MANAGE


def _note(actor: Viewer, row: Provider, verb: str, detail: dict[str, object] | None = None) -> None:
    record(
        actor, f"benefits.{verb}", path=row.path, object_type="benefit_provider", object_id=row.pk,
        object_name=row.name, detail=detail or {},
    )  # fmt: skip


def add_provider(actor: Viewer, *, organisation: Organisation, name: str, contact: str = "") -> Provider:
    """A merchant that a union works with.

    :raises Refusal: GH-BEN-010 without a name, or there already; 011 outside the range.
    """
    require(actor, MANAGE)
    if len(name.strip()) < 2:
        raise Refusal("GH-BEN-010", "还没有写商户名称", "name")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-BEN-011", "签约单位不在当前岗位的范围内", "organisation")
    try:
        with transaction.atomic():
            row: Provider = Provider.objects.create(
                path=organisation.path, organisation=organisation, name=name.strip()[:120], contact=contact.strip()[:80]
            )
            _note(actor, row, "provider_added")
    except IntegrityError:
        raise Refusal("GH-BEN-010", "这家商户已经登记过", "name") from None
    return row


def _provider(actor: Viewer, pk: int) -> Provider:
    row: Provider | None = Provider.objects.visible(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-BEN-012", "没有这家商户，或它不在当前岗位的范围内", "provider")
    return row


def add_clerk(actor: Viewer, *, provider_id: int, username: str) -> Clerk:
    """Let an account redeem for a merchant: one that holds a merchant's post in the actor's range.

    :raises Refusal: GH-BEN-013 no such account; 014 it redeems for a merchant already.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = _provider(actor, provider_id)
        post = Post.objects.visible(actor).filter(
            account__username=username.strip().lower(), role=Role.PROVIDER, valid_to__isnull=True
        ).first()  # fmt: skip
        if post is None:
            raise Refusal(
                "GH-BEN-013", "没有这个账号，或它没有“合作商户”岗位", "username", "请账号管理员先建账号、提出授权"
            )
        try:
            with transaction.atomic():
                line: Clerk = Clerk.objects.create(path=row.path, provider=row, account_id=post.account_id)
        except IntegrityError:
            raise Refusal("GH-BEN-014", "这个账号已经在为一家商户核销", "username", "先从那家移除") from None
        _note(actor, row, "clerk_added", {"account": post.account_id})
    return line


def drop_clerk(actor: Viewer, *, clerk_id: int) -> None:
    """The account redeems no longer; what it redeemed stays on record.

    :raises Refusal: GH-BEN-015 not there.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        line = Clerk.objects.visible(actor).select_related("provider").filter(pk=clerk_id).first()
        if line is None:
            raise Refusal("GH-BEN-015", "没有这个核销账号", "clerk")
        _note(actor, line.provider, "clerk_removed", {"account": line.account_id})
        line.delete()


def _own(actor: Viewer) -> tuple[Provider, frozenset[int]]:
    """The actor's merchant and the offers that name it.

    :raises Refusal: GH-BEN-016 the account stands for no merchant.
    """
    require(actor, "benefit.redeem")
    row = queries.merchants.own(actor)
    if row is None:
        raise Refusal("GH-BEN-016", "这个账号还没有对应的商户", "provider", "联系签约的工会，把账号加到商户里")
    return row, frozenset(one.pk for one in queries.merchants.offers_of(row))


def redeem(actor: Viewer, *, key: UUID, text: str, part: int = 1) -> CheckIn:
    """A merchant takes a ticket of its own offers, wholly or in part.

    :raises Refusal: as `quotas.check_in`.
    """
    provider, offers = _own(actor)
    return quotas.check_in(actor, key=key, text=text, part=part, provider_id=provider.pk, offers=offers)


def undo_redemption(actor: Viewer, *, check_in_id: int, reason: str) -> CheckIn:
    """A merchant takes back what it has just redeemed by mistake.

    :raises Refusal: as `quotas.undo_check_in`.
    """
    provider, _ = _own(actor)
    return quotas.undo_check_in(actor, check_in_id=check_in_id, reason=reason, provider_id=provider.pk)


def hand_in(actor: Viewer, *, scans: Sequence[Scan]) -> list[tuple[Scan, CheckIn | Refusal]]:
    """What a merchant scanned without a network."""
    provider, _ = _own(actor)
    offers = [one.pk for one in queries.merchants.offers_of(provider, over=True)]
    return quotas.merge_offline(actor, session_id=None, scans=scans, provider_id=provider.pk, offers=offers)
