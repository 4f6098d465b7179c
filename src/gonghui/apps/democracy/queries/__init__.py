"""Reading the workers' congress, its ballots and proposals, and the register of contracts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import IO, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from gonghui.kernel.box import services as box
from gonghui.kernel.files.services import open_file
from gonghui.kernel.rules import queries as ruling
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import SYSTEM, Viewer

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
    """Congresses of the range with their delegates and whether they met this year."""
    year = timezone.localdate().year
    met = Session.objects.filter(congress=OuterRef("pk"), state=SessionState.CLOSED, on__year=year)
    found: QuerySet[Congress] = Congress.objects.visible(viewer).select_related("organisation")
    return found.annotate(
        seats=Count("delegates", filter=Q(delegates__ended_on__isnull=True), distinct=True),
        met=Exists(met),
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


def proposals_to_voice(viewer: Viewer) -> QuerySet[Motion]:
    """Proposals that were taken up and wait for their answer: what the channel of voices may carry on."""
    return motions(viewer).filter(kind="proposal", state=MotionState.HANDLING)


def contracts(viewer: Viewer) -> QuerySet[Contract]:
    found: QuerySet[Contract] = Contract.objects.visible(viewer).select_related("organisation", "document")
    return found


def bargains(viewer: Viewer) -> QuerySet[Bargain]:
    found: QuerySet[Bargain] = Bargain.objects.visible(viewer).select_related(
        "organisation", "old", "contract", "draft"
    )
    return found


def expiring(viewer: Viewer, days: int) -> QuerySet[Contract]:
    """Contracts in force that run out soon and that nobody bargains to renew."""
    running = Bargain.objects.filter(old=OuterRef("pk"), state__in=OPEN_BARGAINS)
    until = timezone.localdate() + timedelta(days=days)
    return contracts(viewer).filter(~Exists(running), state=ContractState.VALID, ends_on__lte=until)


def days_of(viewer: Viewer, key: str) -> int:
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
# Their union's rows are theirs to read by the policies of 0002; a range they have none.


def own_congress(viewer: Viewer) -> Congress | None:
    found = Congress.objects.filter(state=CongressState.SITTING).order_by("-path")
    return found.first() if viewer.person_id else None


def own_seat(viewer: Viewer, congress_id: int) -> Delegate | None:
    return Delegate.objects.filter(
        congress_id=congress_id, person_id=viewer.person_id or 0, ended_on__isnull=True
    ).first()


def own_sessions(viewer: Viewer) -> QuerySet[Session]:
    found: QuerySet[Session] = Session.objects.exclude(state=SessionState.PLANNED).select_related("congress")
    return found.order_by("-on") if viewer.person_id else found.none()


def own_ballots(viewer: Viewer) -> QuerySet[Ballot]:
    found: QuerySet[Ballot] = Ballot.objects.select_related("item__session__congress").order_by("-opened_on", "-pk")
    return found if viewer.person_id else found.none()


def own_issued(viewer: Viewer, ballot: Ballot) -> Issued | None:
    return Issued.objects.filter(ballot=ballot, delegate__person_id=viewer.person_id or 0).first()


def own_attendance(viewer: Viewer, session: Session) -> bool:
    return Attendance.objects.filter(session=session, delegate__person_id=viewer.person_id or 0).exists()


def own_receipts(viewer: Viewer, session: Session) -> dict[int, Receipt]:
    rows = Receipt.objects.filter(paper__item__session=session, delegate__person_id=viewer.person_id or 0)
    return {one.paper_id: one for one in rows}


def own_motions(viewer: Viewer) -> QuerySet[Motion]:
    found: QuerySet[Motion] = Motion.objects.annotate(supporters=Count("seconds")).order_by("-number")
    return found if viewer.person_id else found.none()


def own_contracts(viewer: Viewer) -> QuerySet[Contract]:
    """Contracts that were made known to the workers."""
    found: QuerySet[Contract] = Contract.objects.filter(state=ContractState.VALID, published_on__isnull=False)
    return found.order_by("ends_on") if viewer.person_id else found.none()


def own_paper(viewer: Viewer, pk: int) -> Paper | None:
    if not viewer.person_id:
        return None
    return Paper.objects.filter(pk=pk, delivered_on__isnull=False).select_related("item__session").first()


def paper_content(paper: Paper) -> tuple[IO[bytes], Any]:
    """The bytes of a paper that the member was found to read."""
    with widened():
        paper = Paper.objects.select_related("file").get(pk=paper.pk)
        return open_file(SYSTEM, paper.file), paper.file


def waiting_motions(viewer: Viewer, today: date, soon: int) -> QuerySet[Motion]:
    return motions(viewer).filter(
        Q(state=MotionState.EXAMINING) | Q(state=MotionState.HANDLING, due_on__lte=today + timedelta(days=soon))
    )
