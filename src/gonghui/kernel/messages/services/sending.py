"""The worker brings what is due to the phones.

Each message is looked at, sent and marked in a transaction of its own that holds its row: two workers never send it
twice, and whoever is killed between sending and marking repeats at most the one message in hand. Nothing that
identifies a person goes to a log.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from ...access import senders
from ...access.services.codes import openid_of
from ...people.models import Person
from ...refusal import Refusal
from ...scope import acting
from ...sealing import unseal
from ...viewer import SYSTEM
from .. import rules
from ..choices import MessageState
from ..models import Message, Mute
from ..registry import kinds

log = logging.getLogger("gonghui.messages")
_BATCH, _LONGEST = 200, 50.0
UNREACHED = "发送服务连不上，或没有答复"
_OF_A_PERSON = 7_411
"""Class of the advisory locks: one worker at a time counts and sends what goes to one person."""


def send_due(now: datetime | None = None) -> dict[str, int]:
    """Everything that is due, urgent messages first, for at most as long as the job's own minute."""
    begun, done = time.monotonic(), Counter[str]()
    sender = senders.sender(openid_of)
    looked: set[int] = set()
    while time.monotonic() - begun < _LONGEST:
        at = now or timezone.now()
        with acting(SYSTEM):
            rows = Message.objects.filter(state=MessageState.WAITING, next_at__lte=at).exclude(pk__in=looked)
            batch = list(rows.order_by("-urgent", "next_at", "pk").values_list("pk", flat=True)[:_BATCH])
            if batch and not sender.tells:
                Message.objects.filter(pk__in=batch, state=MessageState.WAITING).update(
                    state=MessageState.DROPPED, reason=rules.NO_CHANNEL
                )
        if not batch:
            break
        looked = set(batch)  # what another worker has in hand is not looked at again at once
        for pk in batch if sender.tells else ():
            done[_one(pk, at, sender)] += 1
    return dict(done)


def _one(pk: int, now: datetime, sender: senders.Sender) -> str:
    with acting(SYSTEM):
        rows = Message.objects.select_for_update(of=("self",), skip_locked=True).select_related("person")
        row = rows.filter(pk=pk, state=MessageState.WAITING, next_at__lte=now).first()
        if row is None or not _alone_with(row.person_id):
            return "elsewhere"
        if why := _pointless(row, row.person):
            return _dropped(row, why)
        verdict = rules.judge(
            now, urgent=row.urgent, until=row.until, sent_today=_sent_today(row.person_id, now),
            muted=Mute.objects.filter(person_id=row.person_id, kind=row.kind).exists(),
        )  # fmt: skip
        if verdict.dropped:
            return _dropped(row, verdict.dropped)
        if verdict.later is not None:
            row.next_at = verdict.later
            row.save(update_fields=["next_at"])
            return "later"
        return _sent(row, now, sender)


def _alone_with(person_id: int) -> bool:
    """Until the end of the transaction nobody else counts or sends messages of this person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s::bigint::bit(32)::int)", [_OF_A_PERSON, person_id])
        return bool(cursor.fetchone()[0])


def _sent_today(person_id: int, now: datetime) -> int:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Message.objects.filter(person_id=person_id, urgent=False, sent_at__gte=midnight).count()


def _pointless(row: Message, person: Person) -> str:
    kind = kinds().get(row.kind)
    if kind is None:
        return rules.UNKNOWN
    if kind.still is not None and not kind.still(row.person_id, row.about):
        return rules.GONE
    return "" if person.phone_sealed else rules.NO_PHONE


def _dropped(row: Message, why: str) -> str:
    row.state, row.reason = MessageState.DROPPED, why
    row.save(update_fields=["state", "reason"])
    return "dropped"


def _sent(row: Message, now: datetime, sender: senders.Sender) -> str:
    row.tries += 1
    try:
        assert row.person.phone_sealed is not None
        sender.tell(unseal(bytes(row.person.phone_sealed), "person.phone"), _notice(row))
    except Refusal as refusal:
        if refusal.code == senders.NOT_BOUND:
            return _dropped(row, rules.UNBOUND)
        return _put_off(row, now, UNREACHED if refusal.code == senders.NOT_SENT.code else refusal.message)
    except Exception as error:  # one that cannot be sent must not stop the others, nor come back every minute
        log.error("message %s: %s", row.pk, type(error).__name__)
        return _put_off(row, now, f"发送时出错（{type(error).__name__}）")
    row.state, row.sent_at, row.channel, row.reason = MessageState.SENT, now, sender.name, ""
    row.save(update_fields=["state", "sent_at", "channel", "reason", "tries"])
    return "sent"


def _put_off(row: Message, now: datetime, why: str) -> str:
    again = rules.again_at(now, row.tries)
    row.state = MessageState.WAITING if again else MessageState.FAILED
    row.next_at, row.reason = again or row.next_at, why[:60]
    row.save(update_fields=["state", "next_at", "reason", "tries"])
    return "waits" if again else "failed"


def _notice(row: Message) -> senders.Notice:
    kind = kinds().get(row.kind)
    what, title = rules.headline(kind, row.title)
    url = f"{settings.CONFIG.public_url}{reverse('messages:open', args=[row.pk])}"
    return senders.Notice(what=what, title=title, words=rules.words(kind, row.title, row.until), url=url)
