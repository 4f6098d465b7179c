"""What anybody may know of a union body, read through the public view only."""

from __future__ import annotations

from django.db.models import QuerySet

from ..choices import OrganisationState
from ..models import PublicOrganisation
from ..rules import subtree

_LIVE = (OrganisationState.FOUNDING, OrganisationState.ACTIVE)


def public(organisation_id: int) -> PublicOrganisation | None:
    """Name and place of any union body, for breadcrumbs and a member's own card; nothing for a withdrawn founding.

    A page of the portal shows it only when it is `listed`.
    """
    return PublicOrganisation.objects.filter(pk=organisation_id).exclude(state=OrganisationState.WITHDRAWN).first()


def public_listed(organisation_id: int) -> PublicOrganisation | None:
    """A living union that has a page on the portal."""
    return PublicOrganisation.objects.filter(pk=organisation_id, listed=True, state__in=_LIVE).first()


def public_children(organisation_id: int) -> QuerySet[PublicOrganisation]:
    """Listed living unions directly below."""
    return PublicOrganisation.objects.filter(parent_id=organisation_id, listed=True, state__in=_LIVE).order_by("path")


def public_below(organisation: PublicOrganisation) -> QuerySet[PublicOrganisation]:
    """Listed living unions anywhere below."""
    lo, hi = subtree(organisation.path)
    rows = PublicOrganisation.objects.filter(path__gt=lo, path__lt=hi, listed=True, state__in=_LIVE)
    return rows.order_by("path")


def public_root() -> PublicOrganisation | None:
    """The federation at the top of this installation."""
    return PublicOrganisation.objects.filter(parent_id__isnull=True, state__in=_LIVE).order_by("path").first()
