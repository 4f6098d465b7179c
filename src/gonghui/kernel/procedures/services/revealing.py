"""Looks at what is sealed: encrypted answers for a reason, files of confidential matters; each on the trail."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ...refusal import Refusal
from ...rules import queries as rule_queries
from ...scope import widened
from ...trail.models import TrailRecord
from ...trail.services import record
from ...viewer import Viewer
from .. import authority
from ..models import Application, Step
from ..queries.environment import opened
from .running import missing

REASON_LEAST = 6
"""Characters of a reason, as for people's numbers."""

CAP = "reveal.daily_cap"
_VERBS = ("person.reveal", "application.revealed")


def may_reveal(viewer: Viewer, application: Application) -> bool:
    """Officers one of whose steps this application went through, or is in: not everybody who looks on."""
    today = timezone.localdate()
    return viewer.may("application.handle") and any(
        authority.has_step(viewer, row, today) for row in Step.objects.filter(application=application)
    )


def reveal_answers(actor: Viewer, *, application_id: int, reason: str) -> dict[str, Any]:
    """The encrypted answers in clear, for a reason that goes on the trail; at most the day's cap of an account.

    :raises Refusal: GH-PRO-010 not this post's; 080 no reason; 081 the day's number is used up; 082 nothing encrypted.
    """
    row = Application.objects.filter(pk=application_id).first()
    if row is None or not may_reveal(actor, row):
        raise missing()
    reason = " ".join(reason.split())
    if len(reason) < REASON_LEAST:
        raise Refusal("GH-PRO-080", f"查看理由至少写{REASON_LEAST}个字", "reason", "写明用在哪件工作上")
    if not row.sealed:
        raise Refusal("GH-PRO-082", "这份申请没有加密内容")
    cap = int(rule_queries.value(CAP, row.path, timezone.localdate()).value)
    used = _looks_today(actor) >= cap
    with transaction.atomic():
        _record(actor, row, "application.revealed", reason, refused=used)
    if used:
        raise Refusal("GH-PRO-081", f"今天已查看{cap}次，达到每日上限", None, "明天再查，或由同部门其他人员办理")
    return opened(row.sealed)


def _record(actor: Viewer, row: Application, verb: str, reason: str, refused: bool = False, **detail: Any) -> None:
    record(
        actor,
        verb,
        path="" if row.confidential else row.path,
        object_type="application",
        object_id=row.pk,
        subject_id=row.person_id,
        reason=reason,
        detail={"number": row.number, **detail},
        refused=refused,
    )


def _looks_today(actor: Viewer) -> int:
    """Of the account, with the numbers of people it unmasked; locked so that two tabs cannot pass the cap together."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('person.reveal', %s))", [actor.account_id or 0])
    with widened():
        return TrailRecord.objects.filter(
            actor_id=actor.account_id, verb__in=_VERBS, at__gte=start, refused=False
        ).count()
