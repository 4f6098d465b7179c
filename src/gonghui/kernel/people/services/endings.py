"""Leaving, death, expulsion, lapse, clearing of paper members: one set-based act for one or for thousands, and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from ...org.models import Organisation
from ...org.services import hold
from ...refusal import Refusal
from ...trail.services import record, record_many
from ...viewer import Viewer
from ..choices import MembershipEnd
from ..models import Membership, Person
from ..rules.memberships import ENDED_ONE_BY_ONE, check_end, check_not_future
from .appointments import BY_MEMBERSHIP, end_offices
from .memberships import drop_transfers

# One look per person, as in effects: joined, tables last analysed while empty made this quadratic.
_END = """
UPDATE membership m SET status = 'ended', valid_to = %(on)s, end_reason = %(reason)s,
  person_name = (SELECT p.name FROM person p WHERE p.id = m.person_id), version = m.version + 1, changed_at = now()
WHERE m.id = ANY(%(ids)s::bigint[]) AND m.valid_to IS NULL
RETURNING m.path, m.id, m.person_id
"""

# Offices in the union and below it end with the membership; with death they end everywhere.
_END_OFFICES = """
UPDATE appointment a SET valid_to = greatest(%(on)s, a.valid_from), end_reason = %(words)s, version = a.version + 1
FROM membership m WHERE m.id = ANY(%(ids)s::bigint[]) AND a.person_id = m.person_id AND a.valid_to IS NULL
  AND (%(everywhere)s OR (a.path >= m.path AND a.path < m.path || '~'))
RETURNING a.path, a.id, a.person_id
"""

_REOPEN = """
UPDATE membership m SET status = CASE WHEN m.retention_reason <> '' THEN 'retained' ELSE 'active' END, valid_to = NULL,
  end_reason = '', person_name = '', version = m.version + 1, changed_at = now()
WHERE m.id = ANY(%(ids)s::bigint[])
RETURNING m.path, m.id, m.person_id
"""

# A chair's seat that was filled meanwhile stays with the successor.
_REOPEN_OFFICES = """
UPDATE appointment a SET valid_to = NULL, end_reason = '', version = a.version + 1
FROM unnest(%(people)s::bigint[], %(ends)s::date[]) AS e (person_id, ended_on)
WHERE a.person_id = e.person_id AND a.end_reason LIKE %(words)s AND a.valid_to = greatest(e.ended_on, a.valid_from)
  AND NOT EXISTS (SELECT 1 FROM appointment o WHERE o.organisation_id = a.organisation_id AND o.valid_to IS NULL
    AND o.office = a.office AND (o.office = 'chair' OR o.person_id = a.person_id))
RETURNING a.path, a.id, a.person_id
"""


def end(actor: Viewer, *, membership: Membership, on: date, reason: str, note: str = "") -> Membership:
    """End one membership for one of the reasons that open no other."""
    end_many(actor, memberships=[membership.pk], on=on, reason=reason, note=note)
    return Membership.objects.get(pk=membership.pk)


def leave(actor: Viewer, *, membership: Membership, on: date, note: str = "") -> Membership:
    """The member leaves at their own written wish."""
    return end(actor, membership=membership, on=on, reason=MembershipEnd.LEFT, note=note)


def expel(actor: Viewer, *, membership: Membership, on: date, note: str) -> Membership:
    """The members' assembly or committee has expelled the member; `note` names the decision.

    :raises Refusal: GH-PER-533 no decision named.
    """
    if not note.strip():
        raise Refusal("GH-PER-533", "开除会籍须写明作出决定的会议和日期", "note")
    return end(actor, membership=membership, on=on, reason=MembershipEnd.EXPELLED, note=note)


def record_death(actor: Viewer, *, person: Person, on: date, note: str = "") -> Person:
    """A death ends the membership and every office.

    :raises Refusal: GH-PER-534 registered already.
    """
    with transaction.atomic():
        found = Person.objects.visible(actor).select_for_update(no_key=True).filter(pk=person.pk)
        row: Person | None = found.first()
        if row is None:
            raise Refusal("GH-PER-409", "此人不在本岗位的管辖范围", None, "重新查找此人")
        if row.died_on is not None:
            raise Refusal("GH-PER-534", f"已登记在{row.died_on:%Y-%m-%d}去世")
        check_not_future(on, timezone.localdate())
        membership = Membership.objects.filter(person=row, valid_to__isnull=True).first()
        if membership is not None:
            end(actor, membership=membership, on=on, reason=MembershipEnd.DEATH, note=note)
        else:
            Person.objects.filter(pk=row.pk).update(died_on=on, version=F("version") + 1, changed_at=Now())
            end_offices(actor, person_id=row.pk, below=None, on=on, reason=MembershipEnd.DEATH.label)
            record(
                actor,
                "person.death",
                path=row.path,
                object_type="person",
                object_id=row.pk,
                subject_id=row.pk,
                reason=note,
                detail={"on": on},
            )
        row.refresh_from_db()
    return row


def end_many(actor: Viewer, *, memberships: Iterable[int], on: date, reason: str, note: str = "") -> list[int]:
    """End many memberships at once, all or none; returns their ids for `undo_end`.

    :raises Refusal: GH-PER-531 not a reason by itself, 532 some ended meanwhile or lie out of reach; 505 some began
        later than `on`.
    """
    why = MembershipEnd(reason)
    if why not in ENDED_ONE_BY_ONE:
        raise Refusal("GH-PER-531", f"“{why.label}”由转会、保留会籍或组织变动产生，不能单独登记", "reason")
    ids = sorted(set(memberships))
    if not ids:
        return []
    with transaction.atomic():
        rows = list(
            Membership.objects.visible(actor)
            .select_for_update(no_key=True)
            .filter(pk__in=ids, valid_to__isnull=True)
            .order_by("pk")
            .values_list("pk", "valid_from")
        )
        if len(rows) < len(ids):
            raise _missing(len(ids), len(ids) - len(rows))
        check_end(on=on, valid_from=max(began for _, began in rows), today=timezone.localdate())
        _run_end(actor, ids, on, why, note)
    return ids


def _run_end(actor: Viewer, ids: list[int], on: date, why: MembershipEnd, note: str) -> None:
    death = why == MembershipEnd.DEATH
    given: dict[str, Any] = {
        "on": on,
        "reason": str(why),
        "ids": ids,
        "words": BY_MEMBERSHIP + why.label,
        "everywhere": death,
    }
    with connection.cursor() as cursor:
        cursor.execute(_END, given)
        ended = cursor.fetchall()
        cursor.execute(_END_OFFICES, given)
        offices = cursor.fetchall()
    if death:
        people = [person_id for _, _, person_id in ended]
        Person.objects.filter(pk__in=people).update(died_on=on, version=F("version") + 1, changed_at=Now())
    drop_transfers(ids, why.label)
    detail = {"on": on, "end_reason": str(why)}
    record_many(actor, "membership.end", object_type="membership", rows=ended, reason=note, detail=detail)
    record_many(actor, "appointment.end", object_type="appointment", rows=offices, reason=why.label, detail=detail)


def undo_end(actor: Viewer, *, memberships: Iterable[int], reason: str) -> list[int]:
    """Take back what `end` or `end_many` did, all or none: the same rows are open again.

    :raises Refusal: GH-PER-535 not ended that way or out of reach, 536 the person has joined a union since,
        GH-PER-508 the union itself is no more.
    """
    ids = sorted(set(memberships))
    if not ids:
        return []
    with transaction.atomic():
        for organisation_id in sorted(
            set(Membership.objects.filter(pk__in=ids).values_list("organisation_id", flat=True))
        ):
            _refuse_ended_house(hold(organisation_id))
        rows = list(
            Membership.objects.visible(actor)
            .select_for_update(no_key=True)
            .filter(pk__in=ids, valid_to__isnull=False, end_reason__in=[str(r) for r in ENDED_ONE_BY_ONE])
            .order_by("pk")
        )
        if len(rows) < len(ids):
            count = len(ids) - len(rows)
            raise Refusal("GH-PER-535", f"其中{count}人的会籍没有终止，或不能单独撤回", None, "刷新名单后再办理")
        _refuse_later(rows)
        _run_reopen(actor, rows, reason)
    return ids


def _refuse_ended_house(organisation: Organisation) -> None:
    if organisation.ended_on is not None:
        raise Refusal("GH-PER-508", f"{organisation.name}已终止，会籍不能在原处恢复", None, "由接收工会重新办理入会")


def _refuse_later(rows: list[Membership]) -> None:
    """The person must be where they were: registered or admitted elsewhere since means that the end stands."""
    people = [row.person_id for row in rows]
    in_place = Person.objects.filter(pk__in=people, merged_into__isnull=True).values_list("pk", "path")
    paths = dict(in_place)
    moved = sum(1 for row in rows if paths.get(row.person_id) != row.path)
    since = {row.person_id: row.pk for row in rows}
    later = Membership.objects.filter(person_id__in=people, pk__gt=min(row.pk for row in rows)).exclude(
        pk__in=[row.pk for row in rows]
    )
    moved += sum(1 for pk, person_id in later.values_list("pk", "person_id") if pk > since[person_id])
    if moved:
        raise Refusal(
            "GH-PER-536",
            f"其中{moved}人此后已另有会籍或已并入别的记录，不能撤回",
            None,
            "从名单中去掉这些人再撤回",
        )


def _run_reopen(actor: Viewer, rows: list[Membership], reason: str) -> None:
    dead = [row.person_id for row in rows if row.end_reason == MembershipEnd.DEATH]
    given: dict[str, Any] = {
        "ids": [row.pk for row in rows],
        "people": [row.person_id for row in rows],
        "ends": [row.valid_to for row in rows],
        "words": BY_MEMBERSHIP + "%",
    }
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN, given)
        opened = cursor.fetchall()
        cursor.execute(_REOPEN_OFFICES, given)
        offices = cursor.fetchall()
    Person.objects.filter(pk__in=dead).update(died_on=None, version=F("version") + 1, changed_at=Now())
    record_many(actor, "membership.end_undone", object_type="membership", rows=opened, reason=reason)
    record_many(actor, "appointment.end_undone", object_type="appointment", rows=offices, reason=reason)


def _missing(asked: int, missing: int) -> Refusal:
    if asked == 1:
        return Refusal("GH-PER-509", "这段会籍已终止、已转出，或不在本岗位的管辖范围", None, "刷新后查看此人现在的会籍")
    return Refusal(
        "GH-PER-532",
        f"其中{missing}人的会籍已终止，或不在本岗位的管辖范围，没有办理任何一人",
        None,
        "刷新名单后再办理",
    )
