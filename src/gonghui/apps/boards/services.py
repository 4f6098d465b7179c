"""Writes of boards: an organisation makes its own, changes it, goes back to the one above."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import SCREEN, slots
from .models import Board
from .rules import Design, check, check_screen


def _home(actor: Viewer, slot: str) -> Organisation:
    if actor.organisation_id is None:
        raise Refusal("GH-BRD-010", "当前没有岗位，不能编排看板")
    if slot not in dict(slots()):
        raise Refusal("GH-BRD-011", "没有这样的看板", "slot", "从看板页上选一个")
    home: Organisation = Organisation.objects.visible(actor).get(pk=actor.organisation_id)
    return home


def _record(actor: Viewer, verb: str, row: Board) -> None:
    detail = {"slot": row.slot, "period": row.period, "version": row.version, "tiles": row.tiles}
    record(
        actor, verb, path=row.path, object_type="board", object_id=row.pk, object_name=row.title, detail=detail
    )  # fmt: skip


def save_board(actor: Viewer, *, slot: str, design: Design, version: int | None = None) -> Board:
    """The own organisation's board for a slot, for itself and all below it.

    :param version: of the row that was looked at, None when there was none.
    :raises Refusal: GH-BRD-010 no post; 011 no such slot; 012 somebody else saved meanwhile; 002 to 006 as
        `check` and `check_screen`.
    """
    require(actor, "figure.manage")
    home = _home(actor, slot)
    check(design, queries.known(home.path, timezone.localdate()))
    if slot == SCREEN:
        check_screen(design)
    with transaction.atomic():
        row: Board | None = (
            Board.objects.visible(actor).select_for_update().filter(organisation=home, slot=slot).first()
        )
        if (row.version if row else None) != version:
            raise Refusal("GH-BRD-012", "别人刚保存过这块看板", "version", "重新打开后把您的改动再做一遍")
        row = row or Board(organisation=home, path=home.path, slot=slot, version=0)
        row.title, row.period = design.title, design.period
        row.tiles = [tile.model_dump(mode="json") for tile in design.tiles]
        row.version += 1
        row.edited_by, row.edited_at = actor.account_id, timezone.now()
        row.save()
        _record(actor, "board.saved", row)
    return row


def drop_board(actor: Viewer, *, slot: str) -> None:
    """Go back to the board of the organisation above, or the one that ships.

    :raises Refusal: GH-BRD-013 there is none of one's own.
    """
    require(actor, "figure.manage")
    home = _home(actor, slot)
    with transaction.atomic():
        row = Board.objects.visible(actor).select_for_update().filter(organisation=home, slot=slot).first()
        if row is None:
            raise Refusal("GH-BRD-013", "本单位没有自己编排过这块看板", "slot")
        _record(actor, "board.dropped", row)
        row.delete()
