"""Rounds: an officer goes through a short list on the phone; what is not in order becomes a ticket at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import catalog
from ..choices import TicketAct, TicketSource
from ..models import Place, Round
from .holding import FIX, held, not_ahead, note, post_words
from .tickets import bring, line


def record_round(
    actor: Viewer, *, place_id: int, results: Mapping[str, bool], words: str = "", on: date | None = None
) -> Round:
    """What was found, check by check.

    :param results: check → true when it was in order; every check of the place has to be there.
    :raises Refusal: GH-PLC-001, 003, 040; 050 a check was left out.
    """
    require(actor, FIX)
    when, now = not_ahead(on, "on"), timezone.now()
    with transaction.atomic():
        place = held(actor, Place, place_id, "阵地")
        if place.state != "open":
            raise Refusal("GH-PLC-040", "这个阵地没有开放，不用巡查", None)
        checks = catalog.checks_at(place.offered)
        missing = [one.title for one in checks if one.key not in results]
        if missing:
            raise Refusal("GH-PLC-050", f"还没有看：{'、'.join(missing)}", "results")
        kept = {one.key: bool(results[one.key]) for one in checks}
        made = Round.objects.create(
            path=place.path, place=place, on=when, results=kept, note=words.strip()[:300], by=actor.account_id,
            by_post=post_words(actor),
        )  # fmt: skip
        for one in checks:
            if kept[one.key]:
                continue
            row, fresh = bring(place, one.fault, source=TicketSource.ROUND, now=now, round=made)
            row.reports += 1
            row.save(update_fields=["reports"])
            line(
                row,
                TicketAct.OPENED if fresh else TicketAct.JOINED,
                words=f"巡查发现：{one.said or one.title}",
                actor=actor,
            )
        note(actor, "round_recorded", made, place.name, wrong=[key for key, good in kept.items() if not good])
    return made
