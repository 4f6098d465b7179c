"""Reads of what members said and showed, and of the pictures of an offer."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from django.db.models import QuerySet

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import open_file
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import PhotoState
from ..models import OfferPage, Photo, Picture, Rating


def wall(row: Offer) -> list[Photo]:
    """Photos that may be shown; row-level security lets members read those only, and their own."""
    return list(Photo.objects.filter(offer=row, state=PhotoState.SHOWN).order_by("-pk")[:30])


def ratings(viewer: Viewer, row: Offer) -> list[Rating]:
    """What was said, for the desk; no names are read."""
    return list(Rating.objects.visible(viewer).filter(offer=row).order_by("-pk")[:50])


def photos_waiting(viewer: Viewer) -> QuerySet[Photo]:
    return Photo.objects.visible(viewer).filter(state=PhotoState.ASKED).select_related("offer").order_by("pk")


def photos_shown(viewer: Viewer) -> QuerySet[Photo]:
    """Photos of the range that are on a wall, the latest first."""
    return Photo.objects.visible(viewer).filter(state=PhotoState.SHOWN).select_related("offer").order_by("-pk")


def own_photos(viewer: Viewer, row: Offer) -> list[Photo]:
    """What the viewer gave for a wall and has not taken back, with what became of it."""
    rows = Photo.objects.filter(offer=row, person_id=viewer.person_id or 0).exclude(state=PhotoState.GONE)
    return list(rows.order_by("-pk"))


def photo(viewer: Viewer, pk: int) -> Photo | None:
    """A photo that the viewer may see: shown, own, or of the range; what its giver took back is seen by nobody."""
    return Photo.objects.filter(pk=pk).exclude(state=PhotoState.GONE).first()


def _opened(file_id: UUID) -> tuple[StoredFile, IO[bytes]]:
    with widened():
        stored = StoredFile.objects.get(pk=file_id)
        return stored, open_file(SYSTEM, stored)


def open_photo(row: Photo) -> tuple[StoredFile, IO[bytes]]:
    """Its bytes; the row was read by the viewer's own right."""
    return _opened(row.file_id)


def pictures(row: Offer) -> list[Picture]:
    """More pictures of an offer, for whoever may see the offer."""
    return list(Picture.objects.filter(offer=row).order_by("pk"))


def open_picture(viewer: Viewer, pk: int) -> tuple[StoredFile, IO[bytes]] | None:
    row = Picture.objects.filter(pk=pk).first()
    return _opened(row.file_id) if row else None


def open_image(viewer: Viewer, offer_id: int) -> tuple[StoredFile, IO[bytes]] | None:
    """The picture of an offer, for whoever may see the offer."""
    page = OfferPage.objects.filter(offer_id=offer_id, image__isnull=False).first()
    return _opened(page.image_id) if page and page.image_id else None
