"""What happens by the clock: places nobody answered for, lists to lock, draws to run, no-shows, the day's books."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from ...org.models import Organisation
from ...people.choices import SignKind
from ...people.models import Membership
from ...people.services import Sign, record_signs
from ...refusal import Refusal
from ...rules import queries as rule_queries
from ...scope import acting
from ...trail.services import record_many
from ...viewer import SYSTEM, Viewer
from ..choices import DRAWN, ClaimState, DrawState, OfferState, SessionState
from ..models import CheckIn, Claim, Draw, Offer, Session, last_lesson
from .clock import moment
from .draws import lock_list, run_draw
from .entering import expire
from .handing_on import run_out
from .offers import note
from .witnesses import ready, unsourced

log = logging.getLogger("gonghui.quotas")
_BATCH = 2_000
_MAY: frozenset[str] = frozenset({"benefit.manage", "benefit.publish"})
PLATFORM = Viewer(role=SYSTEM.role, name=SYSTEM.name, lo=SYSTEM.lo, hi=SYSTEM.hi, permissions=_MAY)
"""The platform by its clock: what it does here was ordered by whoever published the offer."""


def tick(now: datetime | None = None) -> dict[str, int]:
    """Everything that is due; each part in transactions of its own, so that one that fails holds up no other."""
    with acting(SYSTEM):
        now = now or moment()
    at: datetime = now
    done = {"expired": 0, "handovers": 0, "listed": 0, "drawn": 0, "no_shows": 0, "ended": 0, "settled": 0}
    done["expired"] = _part("expired", lambda: _as_platform(lambda: expire(at)))
    done["handovers"] = _part("handovers", lambda: _as_platform(lambda: run_out(at)))
    done["listed"] = _part("listed", lambda: sum(_tried(lock_list, pk) for pk in _to_list(at)))
    done["drawn"] = _part("drawn", lambda: sum(_tried(run_draw, pk) for pk in _to_draw(at)))
    done["no_shows"] = _part("no_shows", lambda: _no_shows(at))
    done["ended"] = _part("ended", lambda: _ended(at))
    while count := _part("settled", _settle):
        done["settled"] += count
    return done


def _part(name: str, act: Callable[[], int]) -> int:
    """One part of the minute: what goes wrong in it is logged and tried again the next minute."""
    try:
        return act()
    except Exception:
        log.exception("tick: %s", name)
        return 0


def _as_platform(act: Callable[[], int]) -> int:
    with acting(SYSTEM):
        return act()


def _to_list(now: datetime) -> list[int]:
    """Draws that closed and have the sources that were promised; the others wait, and their pages say for whom."""
    with acting(SYSTEM):
        rows = Draw.objects.filter(state=DrawState.COLLECTING, offer__state=OfferState.PUBLISHED)
        rows = rows.filter(offer__allocation__in=DRAWN, offer__closes_at__lte=now).prefetch_related("parties")
        return [row.offer_id for row in rows if not unsourced(row)]


def _to_draw(now: datetime) -> list[int]:
    with acting(SYSTEM):
        rows = Draw.objects.filter(state=DrawState.LISTED, offer__state=OfferState.PUBLISHED)
        return [row.offer_id for row in rows if not ready(row, now)]


def _tried(act: Callable[..., object], offer_id: int) -> bool:
    try:
        with acting(PLATFORM):
            act(PLATFORM, offer_id=offer_id)
    except Refusal as refusal:
        log.warning("offer %s: %s", offer_id, refusal.code)
        return False
    except Exception:  # one draw that cannot go on holds up no other
        log.exception("offer %s", offer_id)
        return False
    return True


def _no_shows(now: datetime) -> int:
    """Sessions whose last lesson is over: who had a place and never came did not come, who came at all has used it."""
    count = 0
    with acting(SYSTEM):
        over = Session.objects.annotate(last=last_lesson(F("ends_at")))
        over = over.filter(ends_at__lt=now, last__lt=now, settled_at__isnull=True, state="planned")
        for session in over.select_related("offer").order_by("last")[:200]:
            try:
                with transaction.atomic():
                    count += _missed(session, now)
            except Exception:
                log.exception("session %s", session.pk)
    return count


def _missed(session: Session, now: datetime) -> int:
    grace = rule_queries.value("quotas.no_show_grace_hours", session.path, timezone.localdate()).value
    if session.over_at is None or session.over_at + timedelta(hours=grace) > now:
        return 0
    held = Claim.objects.select_for_update().filter(session=session, state=ClaimState.HELD)
    held.filter(used__gt=0).update(state=ClaimState.USED)
    rows = held.filter(used=0)
    missed = list(rows.values_list("path", "pk", "person_id"))
    rows.update(state=ClaimState.NO_SHOW)
    record_many(SYSTEM, "quotas.no_show", object_type="offer_claim", rows=missed)
    session.settled_at = now
    session.save(update_fields=["settled_at"])
    return len(missed)


def _ended(now: datetime) -> int:
    """Offers whose every session was held and its absences put down; what has no time does not end by the clock."""
    with acting(SYSTEM), transaction.atomic():
        planned = Session.objects.filter(offer=OuterRef("pk"), state=SessionState.PLANNED)
        given = Q(state=OfferState.ALLOCATED) | Q(state=OfferState.PUBLISHED) & ~Q(allocation__in=DRAWN)
        over = Offer.objects.filter(given, Exists(planned), closes_at__lte=now)
        over = over.exclude(Exists(planned.filter(settled_at__isnull=True)))
        rows = list(over.select_for_update(skip_locked=True).order_by("pk")[:200])
        for row in rows:
            row.state, row.version = OfferState.ENDED, row.version + 1
            row.save(update_fields=["state", "version"])
            note(SYSTEM, row, "ended")
    return len(rows)


def _settle() -> int:
    """Claims that came through the gate, at speed, get their record of the trail here; once, a batch at a time."""
    with acting(SYSTEM):
        rows = list(
            Claim.objects.select_for_update(skip_locked=True).filter(settled_at__isnull=True).order_by("pk")[:_BATCH]
        )  # fmt: skip
        by_source: dict[str, list[tuple[str, int, int | None]]] = defaultdict(list)
        for row in rows:
            by_source[row.source].append((row.path, row.pk, row.person_id))
        for source, found in by_source.items():
            record_many(SYSTEM, "quotas.claimed", object_type="offer_claim", rows=found, detail={"source": source})
        Claim.objects.filter(pk__in=[row.pk for row in rows]).update(settled_at=moment())
    return len(rows)


def signs_of(day: datetime) -> int:
    """Check-ins of a day leave a sign of life at the member's union, one a member, however often this runs."""
    count = 0
    with acting(SYSTEM):
        begin = timezone.localtime(day).replace(hour=0, minute=0, second=0, microsecond=0)
        people = iter(
            CheckIn.objects.filter(at__gte=begin, at__lt=begin + timedelta(days=1), undone_at__isnull=True)
            .exclude(person__signs__on=begin.date(), person__signs__kind=SignKind.BENEFIT)
            .values_list("person_id", flat=True).distinct()
        )  # fmt: skip
        while batch := list(islice(people, _BATCH)):
            by_union: dict[int, list[int]] = defaultdict(list)
            for person, union in Membership.objects.filter(person_id__in=batch, valid_to__isnull=True).values_list(
                "person_id", "organisation_id"
            ):
                by_union[union].append(person)
            unions = Organisation.objects.in_bulk(by_union)
            for union, persons in by_union.items():
                signs = [Sign(kind=SignKind.BENEFIT, on=begin.date(), person_id=one) for one in persons]
                count += len(record_signs(SYSTEM, organisation=unions[union], signs=signs))
    return count
