"""Members weigh candidates: once each, into the sealed box; it is opened and counted when the last day is over."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.box.services import drop, take
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from .. import recount
from ..choices import SelectionState
from ..models import Selection, Weigher, Weighing
from ..rules.weighing import as_rows, check_choice
from .days import today
from .project_ground import MANAGE, note
from .selecting import options_of, own_selection, terms_of


def _not_open() -> Refusal:
    return Refusal("GH-PRJ-023", "这次评选现在不能参加", None, "评选期间，本级工会的在籍会员可以参加")


def box_of(selection_id: int) -> str:
    return f"weighing:{selection_id}"


def _still_open(selection_id: int) -> bool:
    """Holds the selection against closing, and against nobody else who chooses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM voice_selection WHERE id = %s AND state = 'weighing' AND %s BETWEEN opens_on AND closes_on"
            " FOR KEY SHARE",
            [selection_id, today()],
        )
        return cursor.fetchone() is not None


def weigh(actor: Viewer, *, selection_id: int, choice: Sequence[int]) -> None:
    """A member's choice, by the numbers of the candidates. Nobody can read it, and it cannot be changed.

    :raises Refusal: GH-PRJ-020 the choice breaks the terms; 023 not for this member, or not now; 024 has chosen.
    """
    membership = own_membership(actor)
    row = Selection.objects.filter(pk=selection_id, state=SelectionState.WEIGHING).first()
    if membership is None or row is None or not membership.path.startswith(row.path):
        raise _not_open()
    kept = check_choice(terms_of(row), options_of(row), choice)
    try:
        with transaction.atomic(), widened():
            if not _still_open(row.pk):
                raise _not_open()
            Weigher.objects.create(path=row.path, selection=row, person_id=membership.person_id, on=today())
            drop(box_of(row.pk), {"choice": kept})
            record(
                actor, "voice.weighed", path=row.path, object_type="voice_selection", object_id=row.pk,
                object_name=row.title, subject_id=membership.person_id,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("GH-PRJ-024", "您已经参加过这次评选", None, "结果公布后可以在这里看到") from None


def close_weighing(actor: Viewer, *, selection_id: int) -> Selection:
    """Open the box after the last day, write down each choice in an order of chance, count them by the published way.

    :raises Refusal: GH-PRJ-001, 002, 003; 025 its last day is not over.
    """
    if actor.role != SYSTEM.role:
        require(actor, MANAGE)
    with transaction.atomic():
        row = own_selection(actor, selection_id, SelectionState.WEIGHING)
        if row.closes_on is not None and row.closes_on >= today():
            raise Refusal("GH-PRJ-025", f"评选到{row.closes_on:%Y-%m-%d}截止，还没有结束", None, "截止以后自动计票")
        choices = [list(slip["choice"]) for slip in take(box_of(row.pk))]
        Weighing.objects.bulk_create(
            [Weighing(path=row.path, selection=row, choice=one) for one in choices], batch_size=1000
        )
        placed = recount.count(terms_of(row), options_of(row), choices)
        row.voters, row.state = len(choices), SelectionState.DECIDING
        row.tally = {"rows": as_rows(placed), "people": len(choices), "sha256": _digest(row)}
        row.save()
        note(actor, "weighing_closed", row, row.title, voters=row.voters, sha256=row.tally["sha256"])
    return row


def sheet(row: Selection) -> str:
    """Terms, candidates and every choice, in the order of their random keys: what anybody counts again."""
    out = io.StringIO()
    options = [(recount.Option(c.number, c.cost, c.voices), c.title) for c in row.candidates.order_by("number")]
    choices = Weighing.objects.filter(selection=row).order_by("pk").values_list("choice", flat=True)
    recount.write(out, terms_of(row), options, choices)
    return out.getvalue()


def _digest(row: Selection) -> str:
    return hashlib.sha256(sheet(row).encode()).hexdigest()


def close_due() -> int:
    """Count every selection whose last day is over; how many were counted."""
    with acting(SYSTEM):
        due = list(
            Selection.objects.filter(state=SelectionState.WEIGHING, closes_on__lt=today()).values_list("pk", flat=True)
        )
    for pk in due:
        with acting(SYSTEM):
            close_weighing(SYSTEM, selection_id=pk)
    return len(due)
