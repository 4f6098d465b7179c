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
    viewer: Viewer, starts_at: datetime, ends_at: datetime, *, count: int, place: str, teacher: str
) -> list[Clash]:
    """What the lessons of a session to come, `count` of them, would meet in the viewer's range."""
    ours = lessons.times(starts_at, ends_at, count)
    return _met(ours, place.strip(), teacher.strip(), _others(viewer, {place}, {teacher}, ours))


def clashes_of(viewer: Viewer, row: Offer) -> list[tuple[Session, Clash]]:
    """Sessions of an offer with what they meet of other offers; of several lessons the first meeting."""
    own = {one: _times(one) for one in row.sessions.filter(state=SessionState.PLANNED, starts_at__isnull=False)}
    if not own:
        return []
    times = sorted(time for each in own.values() for time in each)
    others = _others(viewer, {one.place for one in own}, {one.teacher for one in own}, times, but=row.pk)
    found = []
    for one, ours in own.items():
        firsts = {clash.session.pk: clash for clash in reversed(_met(ours, one.place, one.teacher, others))}
        found += [(one, clash) for clash in firsts.values()]
    return sorted(found, key=lambda pair: (pair[1].when, pair[0].pk, pair[1].session.pk))


def _times(row: Session) -> list[tuple[datetime, datetime]]:
    assert row.starts_at is not None, "asked for"
    return lessons.times(row.starts_at, row.ends_at or row.starts_at + _HOUR, row.lessons)


def _others(
    viewer: Viewer, places: set[str], teachers: set[str], ours: list[tuple[datetime, datetime]], but: int | None = None
) -> list[Session]:
    """Sessions of the range in one of the places or with one of the teachers, about the time of our lessons."""
    same = Q(place__in={one.strip() for one in places} - {""}) | Q(teacher__in={one.strip() for one in teachers} - {""})
    rows = Session.objects.visible(viewer).filter(same, state=SessionState.PLANNED)
    rows = rows.filter(starts_at__lt=max(end for _, end in ours)).annotate(last=last_lesson(F("starts_at")))
    rows = rows.filter(last__gt=ours[0][0] - _LONGEST).exclude(offer__state=OfferState.CANCELLED)
    return list(rows.exclude(offer_id=but).select_related("offer").order_by("starts_at", "pk")[:_MOST])


def _met(ours: list[tuple[datetime, datetime]], place: str, teacher: str, others: list[Session]) -> list[Clash]:
    """Every meeting of one of our lessons with one of others, in order of time."""
    found = []
    for row in others:
        here, taught = bool(place) and row.place == place, bool(teacher) and row.teacher == teacher
        if here or taught:
            found += [Clash(when, row, other, here, taught) for when, other in lessons.meetings(ours, _times(row))]
    return sorted(found, key=lambda one: (one.when, one.title, one.session.pk))


__all__ = ["Clash", "clashes", "clashes_of"]
