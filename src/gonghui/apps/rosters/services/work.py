"""What the worker does with an import: the next step it can take without a person, safe to be killed anywhere.

Each step is one transaction that ends with the new state. A killed step leaves the old state and nothing else; the job
is put back and begins it anew. The state decides what is done, never an exception: a commit that was cut off may have
happened.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from gonghui.kernel.access.models import Account
from gonghui.kernel.access.queries import viewer_for
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import RUNNING, WAITING, Kind, Mode, State
from ..models import RosterImport, RosterProgress, RosterRow
from . import members, officer_rows, organisations, staging, undoing
from .members import Drift
from .pulse import Pulse, Stopped

log = logging.getLogger(__name__)
_MOST_RECHECKS = 3
_ABANDONED_AFTER = timedelta(days=14)
_STAGED_KEPT = timedelta(days=2)
MERGES = {Kind.MEMBERS: members.merge, Kind.OFFICERS: officer_rows.merge, Kind.ORGANISATIONS: organisations.merge}


def run(roster_id: int, viewer: Viewer | None = None) -> State:
    """Take the import as far as it goes without a person; returns the state it is in then.

    :param viewer: who acts, when it is not the post that filed it (tests and commands).
    :raises Busy: another worker has it.
    """
    actor = viewer or _filer(roster_id)
    if actor is None:
        return _close(
            roster_id, SYSTEM, Refusal("GH-IMP-512", "经办这次导入的岗位已收回", None, "由现在的经办人重新上传")
        )
    with Pulse(roster_id, actor) as pulse:
        rechecks = 0
        while True:
            roster = _read(roster_id, actor)
            if not roster.step.is_running:
                return roster.step
            try:
                _step(roster, actor, pulse)
            except Drift:
                rechecks += 1
                _recheck(roster_id, actor, final=rechecks >= _MOST_RECHECKS)
            except Stopped:
                return _stopped(roster_id, actor)
            except Refusal as refusal:
                return _close(roster_id, actor, refusal)
            except DatabaseError:
                if not pulse.stopped:
                    raise
                return _stopped(roster_id, actor)


def _filer(roster_id: int) -> Viewer | None:
    """The post that filed the import, with the rights it has today."""
    with acting(SYSTEM):
        roster = RosterImport.objects.get(pk=roster_id)
        account = Account.objects.filter(pk=roster.actor_id or 0).first()
        viewer = viewer_for(account, roster.post_id, timezone.localdate())
    if viewer.post_id != roster.post_id or not viewer.may("roster.import") or not viewer.reaches(roster.path):
        return None
    return viewer


def _read(roster_id: int, actor: Viewer) -> RosterImport:
    with acting(actor):
        found: RosterImport = (
            RosterImport.objects.visible(actor).select_related("organisation", "source").get(pk=roster_id)
        )
        return found


def _step(roster: RosterImport, actor: Viewer, pulse: Pulse) -> None:
    if roster.step is State.UPLOADED:
        staging.outline(actor, roster, pulse)
    elif roster.step is State.CHECKING:
        staging.stage(actor, roster, pulse)
    elif roster.step is State.COMMITTING:
        _commit(roster, actor, pulse)
    else:
        undoing.take_back(actor, roster, pulse)


def _commit(roster: RosterImport, actor: Viewer, pulse: Pulse) -> None:
    """All staged rows into the records, with their trail and the import's own state, in one transaction."""
    pulse.phase("正在导入", roster.staged_rows)
    done = 0

    def advance(rows: int) -> None:
        nonlocal done
        done += rows
        pulse.advance(done)

    with acting(actor):
        held = RosterImport.objects.visible(actor).select_for_update(of=("self",)).get(pk=roster.pk)
        if held.step is not State.COMMITTING:
            return
        if RosterRow.objects.filter(roster=roster).count() != held.staged_rows:
            raise Drift  # the database crashed in between and emptied the unlogged table
        totals = MERGES[Kind(held.kind)](actor, held.pk, timezone.localdate(), advance)
        pulse.phase("正在收尾", roster.staged_rows)
        held.new_rows = totals.get("new", 0) + totals.get("rejoin", 0)
        held.changed_rows, held.ended_rows = totals.get("changed", 0), totals.get("ended", 0)
        held.state, held.committed_at, held.failure = State.DONE, timezone.now(), {}
        held.save()
        record(
            actor, "roster.committed", path=held.path, object_type="roster_import", object_id=held.pk,
            object_name=f"{held.source_name}（{held.get_kind_display()}）",
            detail={
                "new": held.new_rows, "changed": held.changed_rows, "unchanged": held.unchanged_rows,
                "rejected": held.rejected_rows, "ended": held.ended_rows, "mode": held.mode, "sha256": held.sha256,
            },
        )  # fmt: skip
    with acting(actor):
        RosterRow.objects.filter(roster=roster).delete()


def _recheck(roster_id: int, actor: Viewer, *, final: bool) -> None:
    """The records moved between check and commit: check again, and go on by itself only where that is what was"
    " chosen."""
    with acting(actor):
        held = RosterImport.objects.visible(actor).select_for_update(of=("self",)).get(pk=roster_id)
        if held.step is not State.COMMITTING:
            return
        held.state = State.CHECKING
        moved = "检查之后有记录被改动，已按最新的记录重新检查，核对后再导入"
        held.notices = list(dict.fromkeys([moved, *held.notices]))
        held.save(update_fields=["state", "notices"])
    if final:
        log.warning("roster %s: the records keep moving, left for a person", roster_id)


def _stopped(roster_id: int, actor: Viewer) -> State:
    """Rolled back because somebody pressed 停止; an import that was done before the button counts as done."""
    _forget_lost_connection()
    with acting(actor):
        held = RosterImport.objects.visible(actor).select_for_update(of=("self",)).get(pk=roster_id)
        if not held.step.is_running:
            return State(held.state)
        held.state = State.DONE if held.step is State.UNDOING else State.CANCELLED
        held.save(update_fields=["state"])
        RosterRow.objects.filter(roster=held).delete()
        RosterProgress.objects.filter(roster=held).update(cancel_requested=False)
        record(
            actor, "roster.stopped", path=held.path, object_type="roster_import", object_id=held.pk,
            object_name=f"{held.source_name}（{held.get_kind_display()}）",
        )  # fmt: skip
        return State(held.state)


def _close(roster_id: int, actor: Viewer, refusal: Refusal) -> State:
    """The step was refused; the reason stays on the import's page."""
    with acting(actor):
        held = RosterImport.objects.visible(actor).select_for_update(of=("self",)).get(pk=roster_id)
        if not held.step.is_running:
            return State(held.state)
        held.failure = refusal.as_dict()
        held.state = State.DONE if held.step is State.UNDOING else State.FAILED
        held.save(update_fields=["state", "failure"])
        record(
            actor, "roster.failed", path=held.path, object_type="roster_import", object_id=held.pk,
            object_name=f"{held.source_name}（{held.get_kind_display()}）", detail={"code": refusal.code},
        )  # fmt: skip
        return State(held.state)


def _forget_lost_connection() -> None:
    if connection.connection is not None and connection.connection.closed:
        connection.close()


def tidy() -> int:
    """Close imports nobody came back to; forget staged rows of finished ones. Returns the imports touched."""
    now = timezone.now()
    with acting(SYSTEM):
        left = RosterImport.objects.filter(state__in=WAITING, created_at__lt=now - _ABANDONED_AFTER)
        closed = left.update(state=State.CANCELLED)
        over = RosterImport.objects.exclude(state__in=[*RUNNING, *WAITING]).filter(created_at__lt=now - _STAGED_KEPT)
        RosterRow.objects.filter(roster__in=over).delete()
        return int(closed)


__all__ = ["MERGES", "Mode", "run", "tidy"]
