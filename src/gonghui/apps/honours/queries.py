"""Reads of campaigns, nominations and the register of honours."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.procedures.choices import ApplicationState
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from .choices import To
from .kinds import Kind, kinds
from .models import Campaign, Conferral
from .rules import QUOTAS, Counter, Nominee, PlaceCount, Quota, counters, county_counts, traits

LIVE = (
    ApplicationState.RUNNING,
    ApplicationState.RETURNED,
    ApplicationState.NOTICED,
    ApplicationState.APPROVED,
)
"""Nominations that take up a place."""


def campaigns(viewer: Viewer) -> QuerySet[Campaign]:
    """Campaigns of the viewer's own range and of the bodies above it, the latest first."""
    above = Q(path__in=[*ancestors(viewer.lo), viewer.lo])
    rows = Campaign.objects.filter(above | Q(path__gte=viewer.lo, path__lt=viewer.hi))
    return rows.order_by("-year", "-opens_on", "kind")


def campaign(viewer: Viewer, pk: int) -> Campaign | None:
    return campaigns(viewer).filter(pk=pk).first()


def campaign_for(kind: str, path: str, on: date) -> Campaign | None:
    """The campaign that a nomination handed in at a place on a day belongs to: the nearest federation's."""
    rows = Campaign.objects.filter(kind=kind, path__in=[*ancestors(path), path], opens_on__lte=on, closes_on__gte=on)
    return max(rows, key=lambda one: len(one.path), default=None)


def campaign_of(application: Application) -> Campaign | None:
    """The campaign of a nomination that was handed in."""
    if application.submitted_at is None:
        return None
    day = timezone.localdate(application.submitted_at)
    return campaign_for(str(application.document.get("honour", "")), application.path, day)


def owner_name(row: Campaign) -> str:
    """Who selects: a name that stands outside the range of the units below."""
    return PublicOrganisation.objects.filter(pk=row.organisation_id).values_list("name", flat=True).first() or ""


def nominations(viewer: Viewer, row: Campaign) -> QuerySet[Application]:
    """What was nominated for a campaign in the viewer's range, in the order in which it came."""
    return (
        Application.objects.filter(
            key__startswith="honours.",
            document__honour=row.kind,
            path__gte=max(viewer.lo, row.path),
            path__lt=min(viewer.hi, row.path + "~"),
            submitted_at__date__gte=row.opens_on,
            submitted_at__date__lte=row.closes_on,
        )
        .exclude(state=ApplicationState.DRAFT)
        .order_by("submitted_at", "pk")
    )


def federations_below(organisation: Organisation) -> QuerySet[PublicOrganisation]:
    """Federations one level under another: whom places are allotted to."""
    return PublicOrganisation.objects.filter(parent_id=organisation.pk, kind="federation", state="active").order_by(
        "path"
    )


def counties(row: Campaign) -> dict[str, PublicOrganisation]:
    """Path → federation one level under the campaign's owner."""
    found = PublicOrganisation.objects.filter(
        path__gt=row.path, path__lt=row.path + "~", kind="federation", state="active", parent_id=row.organisation_id
    )
    return {one.path: one for one in found.order_by("path")}


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign as it stands: nominations that count, quotas, places of each county, and how many of which state."""

    nominees: list[Nominee]
    counters: list[Counter]
    places: list[PlaceCount]
    states: dict[str, int]
    conferred: int


def name_of(application: Application) -> str:
    """Who is nominated: a person, a team or a unit."""
    document = application.document
    return str(document.get("team") or document.get("firm") or document.get("name") or application.applicant_name)


def quotas(row: Campaign) -> list[Quota]:
    """The shares that hold for a campaign: the rules of its owner on the day it opened."""
    if kinds()[row.kind].to != To.PERSON:
        return []
    found = rules.values([rule for rule, *_ in QUOTAS], row.path, row.opens_on)
    return [Quota(rule, trait, words, sense, int(found[rule].value)) for rule, trait, words, sense in QUOTAS]


def standing(viewer: Viewer, row: Campaign) -> Standing:
    """The live counters, over what the viewer's range has nominated."""
    below = counties(row)
    rows = list(nominations(viewer, row).select_related("organisation"))
    nominees = [
        Nominee(
            one.pk,
            name_of(one),
            one.organisation.name,
            next((body.pk for path, body in below.items() if one.path.startswith(path)), None),
            traits(one.document),
        )
        for one in rows
        if one.state in LIVE
    ]
    given = {int(key): int(value) for key, value in row.county_places.items()}
    mine = {one.pk: one for one in below.values() if viewer.reaches(one.path)}
    places = {key: value for key, value in given.items() if key in mine}
    names = {one.pk: one.name for one in below.values()}
    return Standing(
        nominees,
        counters(quotas(row), row.places, nominees),
        county_counts(places, names, nominees) if given else [],
        dict(Tally(str(one.get_state_display()) for one in rows)),
        Conferral.objects.filter(campaign=row, revoked_on__isnull=True).count(),
    )


# -- the register -------------------------------------------------------------------------------------------


def conferrals(viewer: Viewer) -> QuerySet[Conferral]:
    """Honours of people, teams and units in the viewer's range."""
    return Conferral.objects.visible(viewer).select_related("organisation").order_by("-conferred_on", "-pk")


def conferral(viewer: Viewer, pk: int) -> Conferral | None:
    return conferrals(viewer).select_related("person").filter(pk=pk).first()


def of_person(viewer: Viewer, person_id: int) -> QuerySet[Conferral]:
    """What one person has received, wherever they worked then, as far as the viewer reaches."""
    return conferrals(viewer).filter(person_id=person_id)


def of_organisation(viewer: Viewer, organisation: Organisation) -> QuerySet[Conferral]:
    """What an organisation, its people and teams have received."""
    return conferrals(viewer).filter(path__gte=organisation.path, path__lt=organisation.path + "~")


def own(viewer: Viewer) -> QuerySet[Conferral]:
    """A member's own honours; row-level security lets a person read what is about themself."""
    return Conferral.objects.filter(person_id=viewer.person_id or 0).order_by("-conferred_on", "-pk")


def wall() -> QuerySet[Conferral]:
    """What is public of honours that stand: open to anybody by its own policy."""
    return Conferral.objects.filter(on_wall=True, revoked_on__isnull=True).order_by("-year", "level", "kind", "pk")


def wall_years() -> list[int]:
    return list(wall().order_by("-year").values_list("year", flat=True).distinct())


def wall_counties() -> list[PublicOrganisation]:
    """County federations, for choosing whose honours to see."""
    return list(PublicOrganisation.objects.filter(kind="federation", level="county", state="active").order_by("path"))


def grouped(rows: Iterable[Conferral]) -> list[dict[str, Any]]:
    """Honours under their headings: year and kind, in the order given."""
    return [
        {"year": year, "honour": title, "rows": list(same)}
        for (year, title), same in groupby(rows, key=lambda one: (one.year, kind_title(one)))
    ]


def years(viewer: Viewer) -> list[int]:
    return list(Conferral.objects.visible(viewer).order_by("-year").values_list("year", flat=True).distinct())


def member_named(viewer: Viewer, organisation: Organisation, name: str) -> Person | None:
    """The one member of a union with this name; none where there are several."""
    rows = Membership.objects.visible(viewer).filter(organisation=organisation, person__name=name.strip())
    found = {row.person_id: row.person for row in rows.select_related("person")[:5]}
    return next(iter(found.values())) if len(found) == 1 else None


def by_token(token: str) -> Conferral | None:
    """The honour behind a certificate: whoever has its code has the certificate in hand."""
    with widened():
        return Conferral.objects.filter(token=token).first()


def earlier(kinds_wanted: tuple[str, ...], person_id: int | None, organisation_id: int, name: str) -> list[Conferral]:
    """Honours that stand of one person, or of a team or organisation by its name; the caller has widened."""
    rows = Conferral.objects.filter(kind__in=kinds_wanted, revoked_on__isnull=True)
    mine = Q(person_id=person_id) if person_id is not None else Q(organisation_id=organisation_id, name=name)
    return list(rows.filter(mine).order_by("-year"))


def kind_title(row: Conferral | Campaign) -> str:
    found: Kind | None = kinds().get(row.kind)
    return found.title if found else row.kind


# -- what forms may fill in and speak of -----------------------------------------------------------------------


def person_honours(organisation: Any, person: Any, on: date) -> int:
    """How many honours that stand a person has."""
    return Conferral.objects.filter(person=person, revoked_on__isnull=True).count() if person is not None else 0


def organisation_honours(organisation: Any, person: Any, on: date) -> int:
    """How many honours that stand an organisation and its teams have."""
    if organisation is None:
        return 0
    return Conferral.objects.filter(organisation=organisation, person__isnull=True, revoked_on__isnull=True).count()


def people_with_medals(on: date) -> list[int]:
    """Numbers of the model workers and holders of a May-day medal, of every level, on a day."""
    rows = Conferral.objects.filter(Q(kind__startswith="model_worker") | Q(kind__startswith="may_day_medal"))
    rows = rows.filter(person__isnull=False, conferred_on__lte=on).filter(Q(revoked_on=None) | Q(revoked_on__gt=on))
    return list(rows.values_list("person_id", flat=True).distinct())
