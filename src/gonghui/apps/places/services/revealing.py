"""The telephone that somebody left with a report or a question: unmasked with a reason, so many a day."""

from __future__ import annotations

from datetime import datetime, time

from django.db import connection, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import widened
from gonghui.kernel.sealing import unseal
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..models import Consultation, Report
from .holding import CONTACT, FIX, held, said

CAP = "reveal.daily_cap"
_VERBS = ("person.reveal", "application.revealed", "places.contact_revealed", "places.asker_revealed")


def reveal_contact(actor: Viewer, *, report_id: int, reason: str) -> str:
    """Of a report; the look stands on the trail.

    :raises Refusal: GH-PLC-001, 002; 045 nothing was left; 052 the day's number is used up.
    """
    require(actor, FIX)
    words = said(reason, "reason", "查看的原因")
    with transaction.atomic():
        row = held(actor, Report, report_id, "反映")
        return _number(actor, row, row.ticket.number, "contact_revealed", words)


def reveal_asker(actor: Viewer, *, consultation_id: int, reason: str) -> str:
    """Of a question to a guide station; the look stands on the trail.

    :raises Refusal: GH-PLC-001, 002; 045 nothing was left; 052 the day's number is used up.
    """
    require(actor, FIX)
    words = said(reason, "reason", "查看的原因")
    with transaction.atomic():
        row = held(actor, Consultation, consultation_id, "咨询")
        return _number(actor, row, row.number, "asker_revealed", words)


def _number(actor: Viewer, row: Report | Consultation, name: str, verb: str, reason: str) -> str:
    if row.contact_sealed is None:
        raise Refusal("GH-PLC-045", "没有留联系方式，或已经删除", None)
    cap = int(rules.value(CAP, row.path, timezone.localdate()).value)
    if _looks_today(actor) >= cap:
        raise Refusal("GH-PLC-052", f"今天已查看{cap}次，达到每日上限", None, "明天再查，或由其他岗位办理")
    record(
        actor, f"places.{verb}", path=row.path, object_type=row._meta.db_table, object_id=row.pk, object_name=name,
        reason=reason,
    )  # fmt: skip
    return unseal(bytes(row.contact_sealed), CONTACT)


def _looks_today(actor: Viewer) -> int:
    """Of the account, with what it unmasked elsewhere; locked so that two tabs cannot pass the cap together."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('person.reveal', %s))", [actor.account_id or 0])
    with widened():
        return TrailRecord.objects.filter(
            actor_id=actor.account_id, verb__in=_VERBS, at__gte=start, refused=False
        ).count()
