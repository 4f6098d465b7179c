"""What would be held at the same time in the same place or with the same teacher: every lesson is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from gonghui.kernel.quotas.choices import OfferState, SessionState
from gonghui.kernel.quotas.models import Offer, Session, last_lesson
from gonghui.kernel.viewer import Viewer

from ..rules import lessons

_MOST = 500
_HOUR = timedelta(hours=1)
"""How long a session takes that has no end."""
_LONGEST = timedelta(days=31)
"""No session takes longer, so that what began earlier need not be looked at."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A lesson of ours that meets one of another session."""

    when: datetime
    session: Session
    other: datetime
    place: bool
    teacher: bool

    @property
    def title(self) -> str:
        return self.session.offer.title


def clashes(
    viewer: Viewer, starts_at: datetime, ends_at: datetime, *, count: int, place: str, teacher: str,
    but: int | None = None,
) -> list[Clash]:  # fmt: skip
    """What the lessons of a session, `count` of them, would meet in the viewer's range; `but`: the offer it is of."""
    place, teacher = place.strip(), teacher.strip()
    same = Q(pk__in=[])
    if place:
        same |= Q(place=place)
    if teacher:
        same |= Q(teacher=teacher)
    ours = lessons.times(starts_at, ends_at, count)
    rows = Session.objects.visible(viewer).filter(same, state=SessionState.PLANNED, starts_at__lt=ours[-1][1])
    rows = rows.annotate(last=last_lesson(F("starts_at"))).filter(last__gt=ours[0][0] - _LONGEST)
    rows = rows.exclude(offer__state=OfferState.CANCELLED).exclude(offer_id=but).select_related("offer")
    found = []
    for row in rows.order_by("starts_at", "pk")[:_MOST]:
        assert row.starts_at is not None, "asked for"
        theirs = lessons.times(row.starts_at, row.ends_at or row.starts_at + _HOUR, row.lessons)
        for begin, other in lessons.meetings(ours, theirs):
            found.append(Clash(begin, row, other, bool(place) and row.place == place,
                               bool(teacher) and row.teacher == teacher))  # fmt: skip
    return sorted(found, key=lambda one: (one.when, one.title, one.session.pk))


def clashes_of(viewer: Viewer, row: Offer) -> list[tuple[Session, Clash]]:
    """Sessions of an offer with what they meet; of several lessons the first meeting."""
    found = []
    for one in row.sessions.filter(state=SessionState.PLANNED, starts_at__isnull=False).order_by("starts_at", "pk"):
        assert one.starts_at is not None, "asked for"
        met = clashes(
            viewer, one.starts_at, one.ends_at or one.starts_at + _HOUR, count=one.lessons, place=one.place,
            teacher=one.teacher, but=row.pk,
        )  # fmt: skip
        firsts = {clash.session.pk: clash for clash in reversed(met)}
        found += [(one, clash) for clash in sorted(firsts.values(), key=lambda clash: clash.when)]
    return found


__all__ = ["Clash", "clashes", "clashes_of"]
