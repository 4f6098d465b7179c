"""Reading memberships and transfers: today, on any past day, and a person's way through the unions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    Case,
    CharField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from ...org.models import Organisation, PublicOrganisation
from ...org.rules import subtree
from ...viewer import Viewer
from ..choices import MembershipEnd, MembershipStart, MembershipStatus, RetentionReason
from ..models import Membership, Person, TransferRequest


@dataclass(frozen=True, slots=True)
class Stay:
    """One stretch of a membership, told in words."""

    membership_id: int
    organisation_id: int
    organisation: str
    status: str
    valid_from: date
    valid_to: date | None
    started: str
    ended: str
    retention: str


def members(
    viewer: Viewer, organisation: Organisation | None = None, on: date | None = None, *, below: bool = True
) -> QuerySet[Membership]:
    """Open memberships in range, with person and organisation; or those that were valid on a past day.

    On a past day some persons are members elsewhere by now and out of sight: `shown_name` is what the union
    called them, and the person must not be followed.
    """
    rows = _under(Membership.objects.visible(viewer), organisation, below)
    if on is None:
        return (
            rows.filter(valid_to__isnull=True)
            .select_related("person", "organisation")
            .annotate(shown_name=F("person__name"))
        )
    valid = rows.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    return _with_shown_name(valid).select_related("organisation")


def former_members(
    viewer: Viewer, organisation: Organisation | None = None, *, below: bool = True
) -> QuerySet[Membership]:
    """Ended memberships in range, latest first; `shown_name` as above."""
    rows = _under(Membership.objects.visible(viewer), organisation, below).filter(valid_to__isnull=False)
    return _with_shown_name(rows).select_related("organisation").order_by("-valid_to", "-pk")


def membership(viewer: Viewer, membership_id: int) -> Membership | None:
    """One membership in range, or the viewer's own."""
    found = Membership.objects.visible(viewer).filter(pk=membership_id).first()
    if found is None and viewer.person_id is not None:
        found = Membership.objects.filter(pk=membership_id, person_id=viewer.person_id).first()
    return found


def own_membership(viewer: Viewer) -> Membership | None:
    """The member's own open membership, by their own right: they have no range."""
    if viewer.person_id is None:
        return None
    return Membership.objects.filter(person_id=viewer.person_id, valid_to__isnull=True).first()


def membership_history(viewer: Viewer, person: Person) -> list[Stay]:
    """The stretches of a person's membership that the viewer may see, oldest first."""
    rows = Membership.objects.filter(person_id=person.pk).order_by("valid_from", "pk")
    return stays(rows if viewer.person_id == person.pk else rows.filter(path__gte=viewer.lo, path__lt=viewer.hi))


def stays(rows: Iterable[Membership]) -> list[Stay]:
    """Memberships told in words; names of unions are public wherever they are."""
    rows = list(rows)
    names = dict(
        PublicOrganisation.objects.filter(pk__in={row.organisation_id for row in rows}).values_list("pk", "name")
    )
    return [
        Stay(
            membership_id=row.pk,
            organisation_id=row.organisation_id,
            organisation=names.get(row.organisation_id, ""),
            status=MembershipStatus(row.status).label,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            started=MembershipStart(row.start_reason).label,
            ended=MembershipEnd(row.end_reason).label if row.end_reason else "",
            retention=RetentionReason(row.retention_reason).label if row.retention_reason else "",
        )
        for row in rows
    ]


def transfers(viewer: Viewer, state: str | None = None) -> QuerySet[TransferRequest]:
    """Transfers into and out of the viewer's range, newest first.

    `incoming` is true when the receiving union lies in range; `mine_to_answer` when this side has to answer.
    """
    into = Q(path__gte=viewer.lo, path__lt=viewer.hi)
    out = Q(from_path__gte=viewer.lo, from_path__lt=viewer.hi)
    rows: QuerySet[TransferRequest] = TransferRequest.objects.filter(into | out)
    if state:
        rows = rows.filter(state=state)
    name = PublicOrganisation.objects.filter(pk=OuterRef("to_organisation_id")).values("name")[:1]
    from_name = PublicOrganisation.objects.filter(pk=OuterRef("from_organisation_id")).values("name")[:1]
    asked = Q(state="asked")
    return rows.annotate(
        to_name=Subquery(name),
        from_name=Subquery(from_name),
        incoming=Case(When(into, then=Value(True)), default=Value(False)),
        mine_to_answer=Case(
            When(asked & into & ~Q(side="receiver"), then=Value(True)),
            When(asked & out & Q(side="receiver"), then=Value(True)),
            default=Value(False),
        ),
    ).order_by("-asked_at", "-pk")


def _under(rows: QuerySet[Membership], organisation: Organisation | None, below: bool) -> QuerySet[Membership]:
    if organisation is None:
        return rows
    if not below:
        return rows.filter(organisation_id=organisation.pk)
    lo, hi = subtree(organisation.path)
    return rows.filter(path__gte=lo, path__lt=hi)


def _with_shown_name(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    now = Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]
    return rows.annotate(
        shown_name=Case(
            When(~Q(person_name=""), then=F("person_name")), default=Subquery(now), output_field=CharField()
        )
    )
