"""Reading the workers' congress, its ballots and proposals, and the register of contracts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from gonghui.kernel.box import services as box
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.rules.paths import ancestors
from gonghui.kernel.people.models import Membership
from gonghui.kernel.rules import queries as ruling
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN_BARGAINS, CongressState, ContractState, MotionState, SessionState
from ..models import (
    Attendance,
    Ballot,
    Bargain,
    Congress,
    Contract,
    Delegate,
    Issued,
    Motion,
    Paper,
    Receipt,
    Session,
    Vote,
)


def congresses(viewer: Viewer) -> QuerySet[Congress]:
    """Congresses of the range with their delegates and whether they met as often as they have to this year."""
    year, yearly = timezone.localdate().year, number_of(viewer, "yearly")
    closed = Session.objects.filter(congress=OuterRef("pk"), state=SessionState.CLOSED, on__year=year)
    held = closed.order_by().values("congress").annotate(count=Count("pk")).values("count")
    found: QuerySet[Congress] = Congress.objects.visible(viewer).select_related("organisation")
    return found.annotate(
        seats=Count("delegates", filter=Q(delegates__ended_on__isnull=True), distinct=True),
        met=ExpressionWrapper(Q(GreaterThanOrEqual(Coalesce(Subquery(held), 0), yearly)), BooleanField()),
        term_end=Coalesce("late_until", "ends_on"),
    )


def congress(viewer: Viewer, pk: int) -> Congress | None:
    return congresses(viewer).filter(pk=pk).first()


def sessions(viewer: Viewer) -> QuerySet[Session]:
    found: QuerySet[Session] = Session.objects.visible(viewer).select_related("congress", "organisation")
    return found


def ballots(viewer: Viewer) -> QuerySet[Ballot]:
    found: QuerySet[Ballot] = Ballot.objects.visible(viewer).select_related("item__session__congress")
    return found


def motions(viewer: Viewer) -> QuerySet[Motion]:
    found: QuerySet[Motion] = Motion.objects.visible(viewer).select_related("organisation", "congress")
    return found.annotate(supporters=Count("seconds"))


def contracts(viewer: Viewer) -> QuerySet[Contract]:
    found: QuerySet[Contract] = Contract.objects.visible(viewer).select_related("organisation", "document")
    return found


def bargains(viewer: Viewer) -> QuerySet[Bargain]:
    found: QuerySet[Bargain] = Bargain.objects.visible(viewer).select_related(
        "organisation", "old", "contract", "draft"
    )
    return found


def expiring(viewer: Viewer, days: int) -> QuerySet[Contract]:
    """Contracts in force that run out soon, and that are neither bargained on nor renewed."""
    running = Bargain.objects.filter(old=OuterRef("pk"), state__in=OPEN_BARGAINS)
    renewed = Contract.objects.filter(replaces=OuterRef("pk")).exclude(state=ContractState.ENDED)
    until = timezone.localdate() + timedelta(days=days)
    return contracts(viewer).filter(~Exists(running), ~Exists(renewed), state=ContractState.VALID, ends_on__lte=until)


def number_of(viewer: Viewer, key: str) -> int:
    return int(ruling.value(f"democracy.{key}", viewer.lo, timezone.localdate()).value)


# -- a ballot --------------------------------------------------------------------------------------------------------


def dropped(ballot: Ballot) -> int:
    """How many votes lie in the box; the desk and the public see it rounded down while it is open."""
    return box.count(f"ballot:{ballot.pk}")


def turnout(ballot: Ballot, step: int) -> str:
    count = dropped(ballot) // step * step
    return f"{count}张以上" if count else f"不到{step}张"


def by_token(token: UUID) -> tuple[Ballot, list[Vote], str] | None:
    """A ballot by its public number, with its votes once it is counted and its turnout, rounded, until then."""
    with widened():
        row = Ballot.objects.filter(token=token).select_related("item__session__organisation").first()
        if row is None:
            return None
        step = int(ruling.value("democracy.turnout_step", row.path, timezone.localdate()).value)
        return row, list(row.votes.order_by("token")), turnout(row, step) if row.state == "open" else ""


# -- members ---------------------------------------------------------------------------------------------------------
# The policies of 0002 let members read their union. Staff who are members come with the range of their post as well:
# what is a member's own is asked for by where they belong, not by what they may see.


def _own(viewer: Viewer) -> list[str]:
    """Paths of the bodies the reader belongs to, from the federation down to the own union."""
    if not viewer.person_id:
        return []
    places = Membership.objects.filter(person_id=viewer.person_id, valid_to__isnull=True).values_list("path", flat=True)
    return [one for place in places for one in (*ancestors(place), place)]


def own_congress(viewer: Viewer) -> Congress | None:
    """The congress where the reader has a seat, otherwise that of the nearest body."""
    seats = Delegate.objects.filter(congress=OuterRef("pk"), person_id=viewer.person_id or 0, ended_on__isnull=True)
    found = Congress.objects.filter(state=CongressState.SITTING, path__in=_own(viewer)).annotate(seated=Exists(seats))
    nearest: Congress | None = found.order_by("-seated", "-path").first()
    return nearest


def own_seat(viewer: Viewer, congress_id: int) -> Delegate | None:
    return Delegate.objects.filter(
        congress_id=congress_id, person_id=viewer.person_id or 0, ended_on__isnull=True
    ).first()


def own_sessions(viewer: Viewer) -> QuerySet[Session]:
    found: QuerySet[Session] = Session.objects.filter(path__in=_own(viewer)).select_related("congress")
    return found.exclude(state=SessionState.PLANNED).order_by("-on")


def own_ballots(viewer: Viewer) -> QuerySet[Ballot]:
    found: QuerySet[Ballot] = Ballot.objects.filter(path__in=_own(viewer)).select_related("item__session__congress")
    return found.order_by("-opened_on", "-pk")


def own_issued(viewer: Viewer, ballot: Ballot) -> Issued | None:
    return Issued.objects.filter(ballot=ballot, delegate__person_id=viewer.person_id or 0).first()


def own_attendance(viewer: Viewer, session: Session) -> bool:
    return Attendance.objects.filter(session=session, delegate__person_id=viewer.person_id or 0).exists()


def own_receipts(viewer: Viewer, session: Session) -> dict[int, Receipt]:
    rows = Receipt.objects.filter(paper__item__session=session, delegate__person_id=viewer.person_id or 0)
    return {one.paper_id: one for one in rows}


def own_motions(viewer: Viewer) -> QuerySet[Motion]:
    """Proposals of the present term, and the reader's own of any."""
    found: QuerySet[Motion] = Motion.objects.filter(
        Q(congress__state=CongressState.SITTING) | Q(delegate__person_id=viewer.person_id), path__in=_own(viewer)
    )
    return found.annotate(supporters=Count("seconds")).order_by("-written_on", "-number")


def own_contracts(viewer: Viewer) -> QuerySet[Contract]:
    """Contracts that were made known to the workers."""
    found: QuerySet[Contract] = Contract.objects.filter(
        path__in=_own(viewer), state=ContractState.VALID, published_on__isnull=False
    )
    return found.order_by("ends_on")


def own_paper(viewer: Viewer, pk: int) -> Paper | None:
    rows = Paper.objects.filter(pk=pk, delivered_on__isnull=False, path__in=_own(viewer))
    return rows.select_related("item__session").first()


def paper_file(paper: Paper) -> StoredFile:
    """The file of a paper that the member was found to read; files are kept from members otherwise."""
    with widened():
        kept: StoredFile = Paper.objects.select_related("file").get(pk=paper.pk).file
        return kept


def waiting_motions(viewer: Viewer, today: date, soon: int) -> QuerySet[Motion]:
    return motions(viewer).filter(
        Q(state=MotionState.EXAMINING) | Q(state=MotionState.HANDLING, due_on__lte=today + timedelta(days=soon))
    )
