"""Reading what was handed in: whoever may see the application opens its files, and a look goes on the trail."""

from __future__ import annotations

from typing import IO

from ...files.services import open_file
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import SYSTEM, Viewer
from .. import authority
from ..models import Evidence
from ..queries.applications import application as visible_application


def open_evidence(viewer: Viewer, *, evidence_id: int, token: str = "") -> tuple[Evidence, IO[bytes]]:
    """A file of an application with its bytes, for its applicant, who has the tracking link, and who may see it.

    :raises Refusal: GH-PRO-046 no such file, or not for this viewer: the answer is the same.
    """
    with widened():
        row = (
            Evidence.objects.filter(pk=evidence_id, removed_at__isnull=True)
            .select_related("application", "file")
            .first()
        )
    refused = Refusal("GH-PRO-046", "没有这个附件，或它不由当前岗位查看", "evidence")
    if row is None:
        raise refused
    application = row.application
    digest = bytes(application.token_digest) if application.token_digest is not None else b""
    by_link = bool(token) and digest == authority.token_digest(token)
    mine = by_link or authority.is_applicant(viewer, application)
    if not mine and visible_application(viewer, application.pk) is None:
        raise refused
    with widened():
        opened = open_file(SYSTEM, row.file)
    if not mine:
        record(
            viewer,
            "application.file_opened",
            path="" if application.confidential else application.path,
            object_type="application",
            object_id=application.pk,
            subject_id=application.person_id,
            detail={"field": row.field},
        )
    return row, opened
