"""Reads for staff; everything lies in the viewer's range."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import permissions_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from ..choices import Outcome, PlaceState
from ..models import Consultation, Place, PlaceChange, Policy, Report, Round, Suspension, Ticket

MOST_PINS = 3000


def suspended(on: date) -> Exists:
    """Whether a place is suspended on a day."""
    return Exists(
        Suspension.objects.filter(place=OuterRef("pk"), starts_on__lte=on, lifted_on__isnull=True).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on)
        )
    )


def places(viewer: Viewer) -> QuerySet[Place]:
    """The register, with what runs there and when somebody last looked."""
    rows: QuerySet[Place] = (
        Place.objects.visible(viewer)
        .select_related("organisation")
        .annotate(
            paused=suspended(timezone.localdate()),
            waiting=Count("tickets", filter=~Q(tickets__state="closed"), distinct=True),
            looked=Subquery(
                Round.objects.filter(place=OuterRef("pk")).order_by().values("place").annotate(m=Max("on")).values("m")
            ),
        )
    )
    return rows


def place(viewer: Viewer, pk: int) -> Place | None:
    found: Place | None = places(viewer).select_related("organisation__parent", "post__account").filter(pk=pk).first()
    return found


def changes(row: Place) -> QuerySet[PlaceChange]:
    return row.changes.order_by("-on", "-pk")


def rounds(row: Place) -> QuerySet[Round]:
    return row.rounds.order_by("-on", "-pk")


def suspensions(row: Place, on: date) -> QuerySet[Suspension]:
    """Those that run or are announced."""
    return row.suspensions.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), lifted_on__isnull=True).order_by(
        "starts_on"
    )


def townships(viewer: Viewer) -> list[tuple[str, str]]:
    names = Place.objects.visible(viewer).exclude(township="").order_by("township").values_list("township", flat=True)
    return [(name, name) for name in names.distinct()[:400]]


def counties(viewer: Viewer) -> list[tuple[str, str]]:
    """Federations directly below, to look at one of them."""
    rows = Organisation.objects.visible(viewer).filter(
        parent_id=viewer.organisation_id, kind="federation", state="active"
    )
    return [(str(one.pk), one.name) for one in rows.order_by("path")]


def within(rows: Any, pk: str) -> Any:
    """The places of one body and all below it."""
    path = PublicOrganisation.objects.filter(pk=pk).values_list("path", flat=True).first()
    return rows.filter(path__gte=path, path__lt=path + "~") if path else rows.none()


def pins(rows: QuerySet[Place]) -> list[Place]:
    """Places with coordinates, for the drawing."""
    return list(rows.filter(lon__isnull=False).exclude(state=PlaceState.CLOSED).order_by("kind", "pk")[:MOST_PINS])


def posts(organisation: Organisation, on: date) -> list[Post]:
    """Posts of a body that may mend things: one of them may be made responsible."""
    rows = Post.objects.filter(organisation=organisation, valid_from__lte=on).exclude(valid_to__lte=on)
    return [one for one in rows.select_related("account") if "place.fix" in permissions_of(one.role)]


def bodies_named(viewer: Viewer, names: set[str]) -> dict[str, list[Organisation]]:
    """Living organisations of the range by their full name: what a file calls them."""
    found: dict[str, list[Organisation]] = {}
    for one in org_queries.organisations(viewer).filter(name__in=names):
        found.setdefault(one.name, []).append(one)
    return found


def unseen(viewer: Viewer, on: date) -> QuerySet[Place]:
    """Open places of the own body that nobody has looked at for longer than the rule says."""
    path = viewer.lo
    days = int(rules.value("places.round_days", path, on).value)
    edge = on - timedelta(days=days)
    return (
        places(viewer)
        .filter(organisation_id=viewer.organisation_id or 0, state=PlaceState.OPEN)
        .filter(Q(looked__isnull=True, opened_on__lt=edge) | Q(looked__lt=edge))
    )


def tickets(viewer: Viewer) -> QuerySet[Ticket]:
    """Of the range. Who answers is named on the row: once it went up, its holder stands outside the keeper's range."""
    rows: QuerySet[Ticket] = Ticket.objects.visible(viewer).select_related("place__organisation")
    return rows


def ticket(viewer: Viewer, pk: int) -> Ticket | None:
    return (
        tickets(viewer)
        .select_related("before", "round", "photo")
        .prefetch_related("lines", "again", Prefetch("words", queryset=Report.objects.order_by("at")))
        .filter(pk=pk)
        .first()
    )


def waiting(viewer: Viewer) -> QuerySet[Ticket]:
    """What the own body has to answer; a place with a responsible post leaves it to that post, as long as it lasts."""
    ended = Q(place__post__valid_to__lte=timezone.localdate())
    mine = Q(place__post__isnull=True) | Q(place__post_id=viewer.post_id) | ended
    mine |= ~Q(holder_id=F("place__organisation_id"))
    return (
        tickets(viewer).filter(holder_id=viewer.organisation_id or 0).exclude(state="closed").filter(mine)
        .order_by("due_at")
    )  # fmt: skip


def figures(viewer: Viewer, now: datetime) -> dict[str, int]:
    """The head of the list of tickets: what waits, what is late, and how the last thirty days went."""
    rows = Ticket.objects.visible(viewer)
    month = rows.filter(closed_at__gte=now - timedelta(days=30))
    counted = month.aggregate(
        answered=Count("pk"), fixed=Count("pk", filter=Q(outcome=Outcome.FIXED)), late=Count("pk", filter=Q(late=True))
    )
    open_ = rows.exclude(state="closed").aggregate(waiting=Count("pk"), overdue=Count("pk", filter=Q(late=True)))
    return {**counted, **open_}


def policies(viewer: Viewer, row: Place) -> QuerySet[Policy]:
    return Policy.objects.visible(viewer).filter(place=row).select_related("file").order_by("-published_on", "-pk")


def consultations(viewer: Viewer) -> QuerySet[Consultation]:
    rows: QuerySet[Consultation] = Consultation.objects.visible(viewer).select_related("place__organisation")
    return rows


def consultation(viewer: Viewer, pk: int) -> Consultation | None:
    return consultations(viewer).filter(pk=pk).first()


def all_rounds(viewer: Viewer) -> QuerySet[Round]:
    rows: QuerySet[Round] = Round.objects.visible(viewer).select_related("place")
    return rows


def report(viewer: Viewer, pk: int) -> Report | None:
    """Somebody's word with a picture."""
    found: Report | None = (
        Report.objects.visible(viewer).filter(pk=pk, photo__isnull=False).select_related("photo").first()
    )
    return found


def broken(viewer: Viewer) -> list[Place]:
    """Places about which there is a ticket, to filter by one."""
    return list(Place.objects.visible(viewer).filter(tickets__isnull=False).distinct().order_by("name", "pk")[:500])


def asked(viewer: Viewer) -> QuerySet[Consultation]:
    """Questions that the own body has not answered."""
    return (
        consultations(viewer)
        .filter(place__organisation_id=viewer.organisation_id or 0, answered_at__isnull=True)
        .order_by("due_on", "pk")
    )
