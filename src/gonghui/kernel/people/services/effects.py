"""What a merger, split or dissolution does to memberships and offices: bulk acts and their exact reverse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from ...org.choices import ChangeKind
from ...org.models import Organisation, OrganisationChange
from ...viewer import Viewer
from ..choices import MembershipEnd, MembershipStart, RetentionReason
from ..models import Membership
from .memberships import lock_counts

_ENDS = {
    ChangeKind.MERGER: (MembershipEnd.MERGER, MembershipStart.MERGER),
    ChangeKind.SPLIT: (MembershipEnd.SPLIT, MembershipStart.SPLIT),
    ChangeKind.DISSOLUTION: (MembershipEnd.DISSOLUTION, MembershipStart.DISSOLUTION),
}

# A member who joined after the effective day keeps a row of that one day: the constraint asks valid_to >= valid_from.
# One look per person, so that no estimate of a join can make it quadratic: tables last analysed while empty did.
_CLOSE = """
UPDATE membership m SET status = 'ended', valid_to = greatest(%(on)s, m.valid_from), end_reason = %(end)s,
  end_change_id = %(change)s, person_name = (SELECT p.name FROM person p WHERE p.id = m.person_id),
  version = m.version + 1, changed_at = now()
WHERE m.organisation_id = %(source)s AND m.valid_to IS NULL
  AND (%(ids)s::bigint[] IS NULL OR m.id = ANY(%(ids)s::bigint[]))
"""

_OPEN = """
INSERT INTO membership (person_id, organisation_id, path, status, joined_on, valid_from, start_reason, end_reason,
  retention_reason, start_change_id, person_name, card_no, worker_kind, occupation, new_form, platforms, employer_name,
  department, staff_no, last_sign_on, version)
SELECT m.person_id, %(target)s, %(path)s,
  CASE WHEN %(hold)s OR m.retention_reason <> '' THEN 'retained' ELSE 'active' END,
  m.joined_on, m.valid_to, %(start)s, '',
  CASE WHEN %(hold)s AND m.retention_reason = '' THEN %(why)s ELSE m.retention_reason END,
  %(change)s, '', m.card_no, m.worker_kind, m.occupation, m.new_form, m.platforms, m.employer_name, m.department,
  m.staff_no, m.last_sign_on, 1
FROM membership m WHERE m.end_change_id = %(change)s AND m.organisation_id = %(source)s
RETURNING person_id
"""

# One look per person, so that no estimate of a join can make it quadratic.
_PLACE = """
UPDATE person p SET path = (SELECT m.path FROM membership m WHERE m.person_id = p.id AND m.valid_to IS NULL)
WHERE p.id = ANY(%(people)s::bigint[])
"""

_END_OFFICES = """
UPDATE appointment a SET valid_to = greatest(%(on)s, a.valid_from), end_reason = %(words)s, change_id = %(change)s,
  version = a.version + 1
WHERE a.organisation_id = %(source)s AND a.valid_to IS NULL
  AND (%(ids)s::bigint[] IS NULL
       OR a.person_id IN (SELECT person_id FROM membership WHERE id = ANY(%(ids)s::bigint[])))
"""

_DROP_TRANSFERS = """
UPDATE transfer_request t SET state = 'withdrawn', answered_at = now(), answer = %(words)s
FROM membership m WHERE m.end_change_id = %(change)s AND t.membership_id = m.id AND t.state = 'asked'
"""

# The order matters: the row that the change opened goes before the one it ended is open again. Its version goes back
# as well: a higher one would look like a correction to the undo of an earlier change.
_REMOVE = "DELETE FROM membership WHERE start_change_id = %(change)s"
_REOPEN = """
UPDATE membership m SET status = CASE WHEN m.retention_reason <> '' THEN 'retained' ELSE 'active' END, valid_to = NULL,
  end_reason = '', end_change_id = NULL, person_name = '', version = m.version - 1, changed_at = now()
WHERE m.end_change_id = %(change)s
RETURNING m.person_id
"""
_REOPEN_OFFICES = """
UPDATE appointment SET valid_to = NULL, end_reason = '', change_id = NULL, version = version + 1
WHERE change_id = %(change)s AND valid_to IS NOT NULL
"""

_SINCE = """
SELECT count(*) FILTER (WHERE valid_to IS NOT NULL), count(*) FILTER (WHERE valid_to IS NULL AND version > 1),
  count(*) FILTER (WHERE EXISTS (SELECT 1 FROM transfer_request t WHERE t.membership_id = m.id)),
  array_agg(DISTINCT end_reason) FILTER (WHERE valid_to IS NOT NULL)
FROM membership m WHERE start_change_id = %(change)s
"""
_CHAIR_SINCE = """
SELECT count(*) FROM appointment a JOIN appointment o ON o.organisation_id = a.organisation_id AND o.valid_to IS NULL
  AND o.office = a.office AND (o.office = 'chair' OR o.person_id = a.person_id)
WHERE a.change_id = %(change)s AND a.valid_to IS NOT NULL
"""


class Effects:
    """The answers of people to org; see `gonghui.kernel.org.effects.MembershipEffects`."""

    def transfer_all(
        self, actor: Viewer, change: OrganisationChange, source: Organisation, target: Organisation, on: date
    ) -> int:
        return _carry(change, source, target, on, hold=False, ids=None)

    def hold_all(
        self, actor: Viewer, change: OrganisationChange, source: Organisation, holder: Organisation, on: date
    ) -> int:
        return _carry(change, source, holder, on, hold=True, ids=None)

    def split_off(
        self,
        actor: Viewer,
        change: OrganisationChange,
        source: Organisation,
        target: Organisation,
        membership_ids: Iterable[int],
        on: date,
    ) -> int:
        return _carry(change, source, target, on, hold=False, ids=sorted(set(membership_ids)))

    def revert(self, actor: Viewer, change: OrganisationChange) -> int:
        """Delete the rows that the change opened and open those that it ended.

        Nothing of them is history yet (`depends_on` was asked before); the change itself and its trail stay.
        """
        given: dict[str, Any] = {"change": change.pk}
        touched = Membership.objects.filter(start_change=change) | Membership.objects.filter(end_change=change)
        lock_counts(touched.values_list("organisation_id", flat=True).distinct())
        with connection.cursor() as cursor:
            cursor.execute(_REMOVE, given)
            cursor.execute(_REOPEN, given)
            people = [row[0] for row in cursor.fetchall()]
            cursor.execute(_PLACE, {"people": people})
            cursor.execute(_REOPEN_OFFICES, given)
        return len(people)

    def depends_on(self, change: OrganisationChange) -> str | None:
        with connection.cursor() as cursor:
            cursor.execute(_SINCE, {"change": change.pk})
            ended, corrected, asked, reasons = cursor.fetchone()
            cursor.execute(_CHAIR_SINCE, {"change": change.pk})
            seats = cursor.fetchone()[0]
        if ended:
            words = "、".join(MembershipEnd(reason).label for reason in reasons)
            return f"此后已有{ended}名会员的会籍变动（{words}），先撤回这些变动"
        if asked:
            return f"此后已有{asked}名会员发起转会，先撤回这些转会"
        if corrected:
            return f"此后已更正{corrected}名会员的会籍资料，撤回会丢失这些更正"
        if seats:
            return f"此后已有{seats}个职务另有人任职，先登记他们离任"
        return None


def _carry(
    change: OrganisationChange,
    source: Organisation,
    target: Organisation,
    on: date,
    *,
    hold: bool,
    ids: list[int] | None,
) -> int:
    end, start = _ENDS[ChangeKind(change.kind)]
    given = {
        "change": change.pk,
        "source": source.pk,
        "target": target.pk,
        "path": target.path,
        "on": on,
        "end": str(end),
        "start": str(start),
        "hold": hold,
        "why": str(RetentionReason.EMPLOYER_CLOSED),
        "words": f"会籍终止：{end.label}"[:120],
        "ids": ids,
    }
    lock_counts([source.pk, target.pk])
    with connection.cursor() as cursor:
        cursor.execute(_END_OFFICES, given)
        cursor.execute(_CLOSE, given)
        cursor.execute(_OPEN, given)
        people = [row[0] for row in cursor.fetchall()]
        cursor.execute(_PLACE, {"people": people})
        cursor.execute(_DROP_TRANSFERS, given)
    return len(people)
