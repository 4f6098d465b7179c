"""Reading which files are kept."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from ..refusal import Refusal
from ..viewer import Viewer
from .models import StoredFile


def stored_file(viewer: Viewer, file_id: uuid.UUID | str) -> StoredFile:
    """One file in the viewer's range.

    :raises Refusal: GH-FIL-002.
    """
    try:
        wanted = uuid.UUID(str(file_id))
    except ValueError:
        wanted = None
    found: StoredFile | None = StoredFile.objects.visible(viewer).filter(pk=wanted).first() if wanted else None
    if found is None:
        raise Refusal("GH-FIL-002", "没有这个文件，或它不在当前岗位的范围内", "file")
    return found


def files(viewer: Viewer, *, kind: str | None = None, path: str | None = None) -> QuerySet[StoredFile]:
    """Files in the range, the latest first."""
    rows = StoredFile.objects.visible(viewer)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if path is not None:
        rows = rows.filter(path=path)
    return rows.order_by("-created_at", "pk")
