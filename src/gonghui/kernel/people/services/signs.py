"""Signs of life: dues, activities, benefits, contacts, confirmations; person and membership keep the newest day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from ...org.models import Organisation
from ...org.services import hold
from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from ..choices import SignKind
from ..models import Person, SignOfLife
from ..rules.memberships import check_not_future

_NEWEST_PERSON = """
UPDATE person p SET last_sign_on = s.on FROM (
  SELECT person_id, max("on") AS on FROM unnest(%s::bigint[], %s::date[]) AS one (person_id, "on") GROUP BY 1) s
WHERE p.id = s.person_id AND (p.last_sign_on IS NULL OR p.last_sign_on < s.on)
"""
_NEWEST_MEMBERSHIP = """
UPDATE membership m SET last_sign_on = s.on FROM (
  SELECT person_id, max("on") AS on FROM unnest(%s::bigint[], %s::date[]) AS one (person_id, "on") GROUP BY 1) s
WHERE m.person_id = s.person_id AND m.valid_to IS NULL AND (m.last_sign_on IS NULL OR m.last_sign_on < s.on)
"""


@dataclass(frozen=True, slots=True)
class Sign:
    """One trace as a list of payers or participants gives it; `reached` is False for a call nobody answered."""

    kind: str
    on: date
    person_id: int | None = None
    reached: bool = True
    note: str = ""


def record_sign(
    actor: Viewer,
    *,
    organisation: Organisation,
    kind: str,
    on: date,
    person: Person | None = None,
    reached: bool = True,
    note: str = "",
) -> SignOfLife:
    """Record one trace of a union, or of one of its members."""
    sign = Sign(kind=kind, on=on, person_id=person.pk if person else None, reached=reached, note=note)
    return record_signs(actor, organisation=organisation, signs=[sign])[0]


def record_signs(actor: Viewer, *, organisation: Organisation, signs: Iterable[Sign]) -> list[SignOfLife]:
    """Record many traces of one union at once.

    :raises Refusal: GH-PER-541 no such kind, 501 a day in the future, 542 a person out of reach.
    """
    today = timezone.localdate()
    given = list(signs)
    for sign in given:
        check_not_future(sign.on, today)
        if sign.kind not in SignKind.values:
            raise Refusal("GH-PER-541", "没有这种活动痕迹", "kind", "从列表中选择")
    with transaction.atomic():
        held = hold(organisation.pk)
        people = {sign.person_id for sign in given if sign.person_id is not None}
        if people and Person.objects.visible(actor).filter(pk__in=people).count() < len(people):
            raise Refusal("GH-PER-542", "其中有人不在本岗位的管辖范围", "person", "刷新名单后再登记")
        rows = SignOfLife.objects.bulk_create(
            [
                SignOfLife(
                    organisation=held,
                    path=held.path,
                    person_id=sign.person_id,
                    kind=sign.kind,
                    on=sign.on,
                    reached=sign.reached,
                    note=" ".join(sign.note.split())[:200],
                    actor_id=actor.account_id,
                )
                for sign in given
            ],
            batch_size=2000,
        )
        _keep_newest([(s.person_id, s.on) for s in given if s.reached and s.person_id is not None])
        record(
            actor,
            "sign.record",
            path=held.path,
            object_type="organisation",
            object_id=held.pk,
            object_name=held.name,
            subject_id=given[0].person_id if len(given) == 1 else None,
            detail={"signs": len(given), "kinds": sorted({sign.kind for sign in given})},
        )
    return rows


def _keep_newest(pairs: list[tuple[int, date]]) -> None:
    if not pairs:
        return
    people, days = [person_id for person_id, _ in pairs], [on for _, on in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_PERSON, [people, days])
        cursor.execute(_NEWEST_MEMBERSHIP, [people, days])
