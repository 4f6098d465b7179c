"""What anybody reads without a log-in: places that are open, what is broken in them, the answer to one's own word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from gonghui.kernel import codes
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import stored_bytes
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.rules.calendar import DayKind, day_kind
from gonghui.kernel.scope import widened
from gonghui.kernel.sealing import lookup_hash

from .. import catalog
from ..choices import Outcome, TicketState
from ..models import Consultation, Place, PlacePhoto, Policy, Report, Suspension, Ticket
from ..rules import opening
from .desk import suspended

MOST = 400
_KIND = {DayKind.WORKING: "workday", DayKind.MAKE_UP: "workday", DayKind.WEEKEND: "weekend", DayKind.HOLIDAY: "holiday"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as its page and the list say it."""

    row: Place
    kind: str
    standing: opening.Standing
    services: list[str]
    coming: Suspension | None = None
    broken: int = 0

    @property
    def point(self) -> tuple[float, float] | None:
        return (
            (float(self.row.lon), float(self.row.lat))
            if self.row.lon is not None and self.row.lat is not None
            else None
        )


def kind_of(on: date) -> str:
    """workday, weekend or holiday, as the yearly notice has it."""
    return _KIND[day_kind(on)]


def standing(row: Place, now: datetime, pause: Suspension | None) -> opening.Standing:
    """Open or not at a moment; a suspension comes before the hours."""
    local = timezone.localtime(now).replace(tzinfo=None)
    if pause is not None and pause.starts_on <= local.date():
        until = f"，{pause.ends_on.month}月{pause.ends_on.day}日以后恢复" if pause.ends_on else ""
        return opening.Standing(False, f"暂停开放{until}：{pause.reason}", "暂停", "wait")
    return opening.standing(opening.Hours(row.workday, row.weekend, row.holiday), kind_of, local)


def shown(row: Place, now: datetime) -> Shown:
    """Needs `pauses` (suspensions that run or come) on the row."""
    pauses: list[Suspension] = row.pauses  # type: ignore[attr-defined]
    pause = pauses[0] if pauses else None
    offered = [catalog.title(catalog.services(), one) for one in row.offered]
    return Shown(
        row, catalog.title(catalog.kinds(), row.kind), standing(row, now, pause), offered, pause,
        getattr(row, "broken", 0),
    )  # fmt: skip


def open_places(on: date) -> QuerySet[Place]:
    """Places that are open, wherever they are; those whose door anybody may go through first."""
    pauses = Suspension.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), lifted_on__isnull=True)
    rows: QuerySet[Place] = (
        Place.objects.filter(state="open")
        .annotate(broken=Count("tickets", filter=~Q(tickets__state="closed")), paused=suspended(on))
        .prefetch_related(Prefetch("suspensions", queryset=pauses.order_by("starts_on"), to_attr="pauses"))
    )
    return rows


def nearby(
    on: date, *, kind: str = "", county: PublicOrganisation | None = None, township: str = "", service: str = ""
) -> QuerySet[Place]:
    """The list of the page “附近的驿站”: what anybody may walk into, unless a kind is asked for."""
    walk_in = [one.key for one in catalog.kinds().values() if one.walk_in]
    rows = open_places(on).filter(kind__in=[kind] if kind else walk_in)
    if county is not None:
        rows = rows.filter(path__gte=county.path, path__lt=county.path + "~")
    if township:
        rows = rows.filter(township=township)
    if service:
        rows = rows.filter(offered__contains=[service])
    return rows.order_by("township", "name", "pk")


def counties() -> list[PublicOrganisation]:
    """County federations with an open place in them."""
    paths = list(Place.objects.filter(state="open").values_list("path", flat=True).distinct()[:20_000])
    rows = PublicOrganisation.objects.filter(kind="federation", level="county", state="active").order_by("path")
    return [one for one in rows if any(path.startswith(one.path) for path in paths)]


def towns(county: PublicOrganisation) -> list[str]:
    rows = Place.objects.filter(state="open", path__gte=county.path, path__lt=county.path + "~").exclude(township="")
    return list(rows.order_by("township").values_list("township", flat=True).distinct()[:200])


def one(pk: int, on: date) -> Place | None:
    return open_places(on).filter(pk=pk).first()


def photos(row: Place) -> list[PlacePhoto]:
    return list(row.photos.order_by("pk"))


def keeper(row: Place) -> str:
    """Who looks after it, by name: names of unions are public."""
    return PublicOrganisation.objects.filter(pk=row.organisation_id).values_list("name", flat=True).first() or ""


def running(row: Place) -> list[Ticket]:
    """What is being mended."""
    return list(row.tickets.exclude(state=TicketState.CLOSED).order_by("opened_at"))


def mended(row: Place, limit: int = 5) -> list[Ticket]:
    """What was answered last."""
    return list(row.tickets.filter(state=TicketState.CLOSED).order_by("-closed_at")[:limit])


def thanks(row: Place) -> int:
    return sum(row.tickets.filter(outcome=Outcome.FIXED).values_list("thanks", flat=True))


def followed(row: Ticket) -> Ticket:
    """Where a matter stands now: what was put off goes on in the ticket that asks for it again."""
    while row.outcome == Outcome.LATER:
        later = Ticket.objects.filter(before_id=row.pk).select_related("place").order_by("-pk").first()
        if later is None:
            break
        row = later
    return row


def report(code: str) -> Report | None:
    """Who has the code made the report; its ticket as it stands now and its place are read with it."""
    digest = lookup_hash("place.code", codes.plain(code))
    with widened():
        row = Report.objects.filter(code_digest=digest).select_related("ticket__place").first()
        if row is not None:
            row.ticket = followed(row.ticket)
        return row


def policies(row: Place) -> list[Policy]:
    return list(row.policies.filter(withdrawn_on__isnull=True).order_by("-published_on", "-pk")[:50])


def consultation(code: str) -> Consultation | None:
    """Who has the code asked the question."""
    with widened():
        return (
            Consultation.objects.filter(code_digest=lookup_hash("place.code", codes.plain(code)))
            .select_related("place")
            .first()
        )


def picture(pk: int) -> PlacePhoto | None:
    """Of a place that is open, or in the viewer's range."""
    return PlacePhoto.objects.select_related("place").filter(pk=pk).first()


def ticket(pk: int) -> Ticket | None:
    return Ticket.objects.select_related("place").filter(pk=pk, photo__isnull=False).first()


def policy(pk: int) -> Policy | None:
    return Policy.objects.filter(pk=pk, file__isnull=False, withdrawn_on__isnull=True).first()


def opened(row: PlacePhoto | Ticket | Policy) -> tuple[StoredFile, IO[bytes]]:
    """The file of a row that the reader may read."""
    pk = row.photo_id if isinstance(row, Ticket) else row.file_id
    assert pk is not None, "read with its file"
    with widened():
        stored = StoredFile.objects.get(pk=pk)
    return stored, stored_bytes(stored)
