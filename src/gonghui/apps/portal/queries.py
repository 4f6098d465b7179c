"""Reads for members and for anybody; staff read the corrections of their area."""

from __future__ import annotations

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.people.models import TransferRequest
from gonghui.kernel.viewer import Viewer

from .models import Correction


def own_corrections(viewer: Viewer) -> QuerySet[Correction]:
    """The member's own requests, newest first."""
    if viewer.person_id is None:
        return Correction.objects.none()
    return Correction.objects.filter(person_id=viewer.person_id).order_by("-asked_at")


def own_transfers(viewer: Viewer) -> list[TransferRequest]:
    """The member's own transfers with the receiving union's name, newest first."""
    if viewer.person_id is None:
        return []
    name = PublicOrganisation.objects.filter(pk=OuterRef("to_organisation_id")).values("name")[:1]
    rows = TransferRequest.objects.filter(person_id=viewer.person_id).annotate(to_name=Subquery(name))
    return list(rows.order_by("-asked_at")[:20])


def corrections(viewer: Viewer) -> QuerySet[Correction]:
    return Correction.objects.visible(viewer).select_related("person", "membership__organisation").order_by("asked_at")


def site_federation() -> PublicOrganisation | None:
    """The federation whose site this is: the topmost living one that has two or more bodies below, else the root."""
    federations = PublicOrganisation.objects.filter(kind="federation", state="active").order_by("path")
    more = (
        federations.filter(parent_id=OuterRef("pk")).order_by().values("parent_id").annotate(n=Count("pk")).values("n")
    )
    tops = list(federations.annotate(below=Subquery(more))[:2])
    if len(tops) == 2 and tops[0].level == "province" and (tops[0].below or 0) < 2:
        return tops[1]
    return tops[0] if tops else None


def public_one(pk: int) -> PublicOrganisation | None:
    return PublicOrganisation.objects.filter(pk=pk, listed=True, state="active").first()


def public_below(organisation: PublicOrganisation) -> QuerySet[PublicOrganisation]:
    """Listed bodies directly under one, federations first."""
    return PublicOrganisation.objects.filter(parent_id=organisation.pk, listed=True, state="active").order_by("path")


def public_members(organisation: PublicOrganisation) -> int:
    """Members of the whole subtree, from maintained counts."""
    found = PublicOrganisation.objects.filter(path__gte=organisation.path, path__lt=organisation.path + "~")
    return found.aggregate(n=Sum("active"))["n"] or 0


def public_unions(organisation: PublicOrganisation) -> int:
    return PublicOrganisation.objects.filter(
        path__gte=organisation.path,
        path__lt=organisation.path + "~",
        kind__in=["grassroots_union", "joint_union", "industry_union"],
        state="active",
    ).count()


def public_find(organisation: PublicOrganisation, text: str, limit: int = 30) -> list[PublicOrganisation]:
    """Listed unions of a subtree by a piece of their name, for a visitor looking for theirs."""
    text = text.strip()
    if not text or "\x00" in text:
        return []
    found = PublicOrganisation.objects.filter(
        path__gte=organisation.path, path__lt=organisation.path + "~", listed=True, state="active", name__contains=text
    ).exclude(kind__in=["branch", "group"])
    return list(found.order_by("path")[:limit])
