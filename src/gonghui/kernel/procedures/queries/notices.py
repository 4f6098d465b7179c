"""Public notices as anybody reads them, and objections as the office that answers them does."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from ...scope import widened
from ...viewer import Viewer
from ..choices import NoticeState
from ..models import Notice, Objection

MOST_NOTICES = 300


def open_notices(on: date, text: str = "") -> list[Notice]:
    """Notices whose days run, the one that ends first on top."""
    rows = Notice.objects.filter(
        state=NoticeState.OPEN, opens_on__lte=on, closes_on__gte=on, application__confidential=False
    ).select_related("issuer")
    if text.strip():
        rows = rows.filter(Q(title__icontains=text.strip()) | Q(issuer__name__icontains=text.strip()))
    with widened():
        return list(rows.order_by("closes_on", "-pk")[:MOST_NOTICES])


def notice(token: str) -> Notice | None:
    """One notice by its address; one that was taken down is gone."""
    with widened():
        return (
            Notice.objects.filter(token=token, application__confidential=False)
            .exclude(state=NoticeState.WITHDRAWN).select_related("issuer").first()
        )  # fmt: skip


def objection_by_code(code: str) -> Objection | None:
    """Who has the code made the objection, or was given it by who did."""
    with widened():
        return Objection.objects.filter(number=code.strip().upper()).select_related("notice__issuer").first()


def objections(viewer: Viewer) -> QuerySet[Objection]:
    """Objections that the viewer's post answers: those to notices that its office put up, for its role."""
    if not viewer.is_staff:
        return Objection.objects.none()
    rows = Objection.objects.filter(notice__issuer_id=viewer.organisation_id).annotate(
        answered_by_role=KeyTextTransform("role", "notice__shown")
    )
    found: QuerySet[Objection] = (
        rows.filter(Q(answered_by_role=viewer.role) | Q(answered_by_role=""))
        .select_related("notice__step", "application__procedure")
        .order_by("due_on", "pk")
    )
    return found
