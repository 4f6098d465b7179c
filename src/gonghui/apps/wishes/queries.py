"""Reads of wishes: of the range, of the member, and of anybody."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gonghui.kernel.viewer import Viewer

from .choices import LIVE, PUBLIC, ClaimState, WishState
from .models import Claim, Wish


def wishes(viewer: Viewer) -> QuerySet[Wish]:
    """Of the range."""
    rows: QuerySet[Wish] = Wish.objects.visible(viewer).select_related("organisation")
    return rows


def wall() -> QuerySet[Wish]:
    """What everybody may read; row-level security says the same."""
    return Wish.objects.filter(sensitive=False, state__in=PUBLIC)


def free() -> QuerySet[Wish]:
    return wall().filter(state=WishState.SHOWN).order_by("shown_on", "pk")


def counts() -> dict[str, int]:
    """The head of the wall."""
    found: dict[str, int] = wall().aggregate(
        free=Count("pk", filter=Q(state=WishState.SHOWN)),
        running=Count("pk", filter=Q(state__in=(WishState.CLAIMED, WishState.DELIVERED))),
        done=Count("pk", filter=Q(state=WishState.DONE)),
    )
    return found


def of_range(viewer: Viewer) -> dict[str, int]:
    found: dict[str, int] = Wish.objects.visible(viewer).aggregate(
        asked=Count("pk", filter=Q(state=WishState.ASKED)),
        free=Count("pk", filter=Q(state=WishState.SHOWN)),
        delivered=Count("pk", filter=Q(state=WishState.DELIVERED)),
        done=Count("pk", filter=Q(state=WishState.DONE)),
    )
    return found


def one(viewer: Viewer, pk: int) -> Wish | None:
    """For the desk: of the range, or shown to everybody, to claim it; or taken down while the own union had it."""
    in_range = Q(path__gte=viewer.lo, path__lt=viewer.hi) | _ended(organisation_id=viewer.organisation_id or 0)
    return Wish.objects.filter(in_range | Q(sensitive=False, state__in=PUBLIC)).filter(pk=pk).first()


def _ended(**claimant: int) -> Q:
    """Taken off the wall while this claimant had it."""
    mine = Claim.objects.filter(wish=OuterRef("pk"), state=ClaimState.ENDED, **claimant)
    return Q(Exists(mine), state=WishState.DOWN)


def own(viewer: Viewer) -> QuerySet[Wish]:
    return Wish.objects.filter(owner__person_id=viewer.person_id or 0).order_by("-pk")


def for_member(viewer: Viewer, pk: int) -> Wish | None:
    """The member's own, or one that is shown; or taken down while the member had it."""
    mine = Q(owner__person_id=viewer.person_id or 0) | _ended(person_id=viewer.person_id or 0)
    return Wish.objects.filter(mine | Q(sensitive=False, state__in=PUBLIC)).filter(pk=pk).distinct().first()


def is_own(viewer: Viewer, row: Wish) -> bool:
    return own(viewer).filter(pk=row.pk).exists()


def claims(viewer: Viewer) -> QuerySet[Claim]:
    """What the member or the own union has claimed."""
    mine: Any = Q(person_id=viewer.person_id) if viewer.person_id and not viewer.is_staff else Q(pk__isnull=True)
    if viewer.is_staff:
        mine = Q(organisation_id=viewer.organisation_id or 0)
    rows: QuerySet[Claim] = Claim.objects.filter(mine).select_related("wish").order_by("-pk")
    return rows


def live_claim(row: Wish) -> Claim | None:
    """The claim that runs on a wish, for who may read it."""
    return Claim.objects.filter(wish=row, state__in=LIVE).first()


def claim_in_range(viewer: Viewer, pk: int) -> Claim | None:
    found: Claim | None = Claim.objects.visible(viewer).select_related("proof").filter(pk=pk).first()
    return found


def history(row: Wish) -> list[Claim]:
    return list(Claim.objects.filter(wish=row).order_by("pk"))


def waiting(viewer: Viewer) -> dict[str, int]:
    """For the desk: wishes of the own body to check or to confirm, own claims that run."""
    mine = Wish.objects.visible(viewer).filter(organisation_id=viewer.organisation_id or 0)
    return {
        "asked": mine.filter(state=WishState.ASKED).count(),
        "returned": mine.filter(state=WishState.RETURNED, by_staff=True).count(),
        "delivered": mine.filter(state=WishState.DELIVERED, by_staff=True).count(),
        "claims": claims(viewer).filter(state=ClaimState.RUNNING).count(),
    }
