"""What a member does with their own messages."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from ...people.models import Person
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from .. import queries
from ..models import Message, Mute
from ..registry import kinds


def read(viewer: Viewer, rows: Iterable[Message]) -> None:
    """Mark messages of the viewer as read; once is enough."""
    person = viewer.person_id or 0
    wanted = [row.pk for row in rows if row.read_at is None and row.person_id == person]
    if not wanted:
        return
    with transaction.atomic(), widened():
        mine = Message.objects.filter(pk__in=wanted, person_id=person, read_at__isnull=True)
        mine.update(read_at=timezone.now())


def choose(viewer: Viewer, *, wanted: Iterable[str]) -> None:
    """Which ordinary kinds go to the phone; the others stay on the site. Urgent kinds go in any case.

    :raises Refusal: GH-MSG-001 somebody without a record of their own.
    """
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if person is None:
        raise Refusal("GH-MSG-001", "这个账号没有对应的会员，不能设置消息", hint="用会员的手机号登录")
    keep = set(wanted)
    muted = {one.key for one in queries.ordinary() if one.key not in keep}
    if muted == queries.muted(viewer) & kinds().keys():
        return
    with transaction.atomic(), widened():
        Mute.objects.filter(person=person).delete()
        Mute.objects.bulk_create([Mute(path=person.path, person=person, kind=one) for one in sorted(muted)])
        record(
            viewer, "messages.chosen", path=person.path, object_type="person", object_id=person.pk,
            subject_id=person.pk, detail={"muted": sorted(muted)},
        )  # fmt: skip
