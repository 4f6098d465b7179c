"""What can be applied for, and the page before the form: what it is, who may, what happens then, consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.requests import viewer_of

from ....access.choices import Role
from ....access.doors import member, public
from ....org import queries as org_queries
from ....refusal import Refusal
from ....viewer import OUTSIDER, Viewer
from ... import services
from ...choices import OPEN_STATES, ApplicationState
from ...models import Procedure
from ...queries import applications as lists
from ...queries import applying as reads
from ...rules.definition import Definition
from .common import LINK, MEMBER, Side, address_of, private
from .detail import TONES, ahead_words

WHO_WORDS = {
    "person": "会员本人", "anyone": "任何人，不用登录", "organisation": "工会组织", "staff": "工会干部代为提出",
}  # fmt: skip
FOR_MEMBERS = frozenset({"person", "anyone"})
FOR_ANYBODY = frozenset({"anyone"})


@dataclass(frozen=True, slots=True)
class Service:
    """One line of a catalogue."""

    row: Procedure
    definition: Definition
    url: str

    @property
    def who(self) -> str:
        return self.definition.audience_words or WHO_WORDS[self.definition.who]


def grouped(services_: Iterable[Service]) -> list[tuple[str, list[Service]]]:
    """By category, in the order they came."""
    return [(name, list(rows)) for name, rows in groupby(services_, key=lambda one: one.row.category)]


def way_of(definition: Definition, place: Any) -> list[dict[str, str]]:
    """The steps that an application will take here, in words."""
    found = reads.way(definition, place, timezone.localdate())
    return [{"title": one.title, "office": one.office, "words": ahead_words(one)} for one in found]


def current_or_404(pk: int, path: str, who: frozenset[str]) -> tuple[Procedure, Definition]:
    """The version in force here of what an address names."""
    row = reads.current(pk, path, timezone.localdate())
    found = next(
        (pair for pair in reads.offered(path, timezone.localdate(), who) if row and pair[0].pk == row.pk), None
    )
    if found is None:
        raise Http404
    return found


@member
@require_GET
def services_of_member(request: HttpRequest) -> HttpResponse:
    """What this member may apply for at their union, with what they are doing already."""
    viewer = viewer_of(request)
    place, on = reads.own_place(viewer), timezone.localdate()
    found = reads.offered(place.organisation.path, on, FOR_MEMBERS) if place else []
    listed = [Service(row, one, reverse("procedures:member-start", args=[row.pk])) for row, one in found]
    running = lists.own_applications(viewer).filter(state__in=[*OPEN_STATES, ApplicationState.DRAFT])
    context = {"place": place, "groups": grouped(listed), "running": running.count()}
    return render(request, "procedures/applying/services.html", context)


@public
@require_GET
def services_find(request: HttpRequest) -> HttpResponse:
    """Which union? Everything else is done there."""
    typed = request.GET.get("q", "")[:40]
    return render(request, "procedures/applying/find.html", {"typed": typed, "found": reads.find_unions(typed)})


@public
@require_GET
def services_at(request: HttpRequest, organisation: int) -> HttpResponse:
    """What anybody may apply for at one union, without log-in; a poster leads here."""
    place = reads.public_place(organisation)
    if place is None:
        raise Http404
    body, on = place.organisation, timezone.localdate()
    listed = [
        Service(row, one, reverse("procedures:public-start", args=[organisation, row.pk]))
        for row, one in reads.offered(body.path, on, FOR_ANYBODY)
    ]
    public_body = org_queries.public(organisation)
    context = {"organisation": public_body, "groups": grouped(listed), "above": org_queries.ancestors(body)}
    return render(request, "procedures/applying/public.html", context)


def consent_missing(request: HttpRequest, definition: Definition) -> bool:
    """Consent is asked for in its own words before anything is typed."""
    return bool(definition.consent) and request.POST.get("consent") != "1"


def begin(
    request: HttpRequest, viewer: Viewer, what: tuple[Procedure, Definition], place: reads.Place, side: Side
) -> HttpResponse:
    """The page before the form, and the draft that its button starts."""
    (row, definition), error = what, ""
    if request.method == "POST":
        if consent_missing(request, definition):
            error = "看过以后勾选同意，才能开始填写"
        else:
            try:
                started = services.start(
                    viewer,
                    procedure=row,
                    organisation=place.organisation,
                    person=place.person,
                    consented=bool(definition.consent),
                    sender=address_of(request),
                )
                token = started.token if side.kind == "link" else ""
                return redirect(Side(side.kind, side.base, started.application.pk, token).url("form"))
            except Refusal as refusal:
                error = refusal.sentence
    context = {
        "frame": side.base,
        "side": side,
        "on_phone": True,
        "service": Service(row, definition, ""),
        "definition": definition,
        "place": place.organisation,
        "way": way_of(definition, place.organisation),
        "needs": [one for one in definition.form.walk() if one.kind == "files"],
        "error": error,
        "heading": definition.title,
        "back": reverse("procedures:services-at", args=[place.organisation.pk])
        if side.kind == "link" else reverse("procedures:member-services"),
    }  # fmt: skip
    return render(request, "procedures/applying/start.html", context, status=422 if error else 200)


@member
@require_http_methods(["GET", "POST"])
def start_as_member(request: HttpRequest, pk: int) -> HttpResponseBase:
    viewer = viewer_of(request)
    place = reads.own_place(viewer)
    if place is None:
        return redirect("procedures:member-services")
    row, definition = current_or_404(pk, place.organisation.path, FOR_MEMBERS)
    draft = lists.own_applications(viewer).filter(key=row.key, state=ApplicationState.DRAFT, procedure=row).first()
    if draft is not None:  # what was begun on another device goes on here
        return redirect("procedures:member-form", draft.pk)
    return begin(request, viewer, (row, definition), place, Side("member", MEMBER))


@public
@require_http_methods(["GET", "POST"])
def start_by_anybody(request: HttpRequest, organisation: int, pk: int) -> HttpResponseBase:
    place = reads.public_place(organisation)
    if place is None:
        raise Http404
    row, definition = current_or_404(pk, place.organisation.path, FOR_ANYBODY)
    viewer = viewer_of(request)
    if viewer.role == Role.MEMBER and viewer.person_id is not None:  # who is logged in keeps it under their own name
        place = reads.Place(place.organisation, reads.own_person(viewer))
        return begin(request, viewer, (row, definition), place, Side("member", MEMBER))
    return private(begin(request, OUTSIDER, (row, definition), place, Side("link", LINK)))


@member
@require_GET
def applications_of_member(request: HttpRequest) -> HttpResponse:
    """Everything this member has applied for, the latest first."""
    mine = lists.own_applications(viewer_of(request)).exclude(state="withdrawn", submitted_at__isnull=True)
    rows = [
        {
            "row": row,
            "title": row.procedure.title,
            "tone": TONES.get(row.state, ""),
            "url": reverse("procedures:member-application", args=[row.pk]),
        }
        for row in mine[:100]
    ]
    return render(request, "procedures/applying/applications.html", {"rows": rows})
