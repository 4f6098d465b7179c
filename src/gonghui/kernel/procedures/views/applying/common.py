"""What the pages of applicants share: at which door somebody stands, what they may point at, addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import desk, member, public
from ....org import queries as org_queries
from ....org.models import PublicOrganisation
from ....people import queries as people_queries
from ....viewer import Viewer
from ...form_page import Picks
from ...queries import applying as reads

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the three faces that an application has for its applicant: the phone, the desk, a tracking link."""

    kind: str  # member | desk | link
    base: str
    pk: int | None = None
    token: str = ""

    def url(self, name: str, *more: Any) -> str:
        """An address of this application at this face."""
        return reverse(
            f"procedures:{'applied' if self.is_desk else self.kind}-{name}", args=[self.token or self.pk, *more]
        )

    @property
    def is_desk(self) -> bool:
        return self.kind == "desk"

    @property
    def back(self) -> str:
        if self.kind == "link":
            return reverse("procedures:services")
        return reverse("procedures:applied" if self.is_desk else "procedures:applications")


MEMBER, DESK, LINK = "gonghui/phone_inner.html", "gonghui/desk.html", "gonghui/phone_inner.html"


def faces(view: View) -> dict[str, View]:
    """The same view behind three doors; what each may reach is asked inside, by the applicant's own right."""

    def by_member(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        return view(request, Side("member", MEMBER, pk), **more)

    def by_desk(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
        return view(request, Side("desk", DESK, pk), **more)

    def by_link(request: HttpRequest, token: str, **more: Any) -> HttpResponseBase:
        return private(view(request, Side("link", LINK, token=token), **more))

    return {"member": member(by_member), "desk": desk("application.make")(by_desk), "link": public(by_link)}


def private(response: HttpResponseBase) -> HttpResponseBase:
    """The address itself is the key: nobody keeps a copy, and it does not travel on in a referrer."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer" if response.status_code != 200 else "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def load(request: HttpRequest, side: Side) -> reads.Seen:
    """:raises Http404: there is no such application, or it is not this viewer's."""
    found = reads.seen(viewer_of(request), timezone.localdate(), pk=side.pk, token=side.token)
    if found is None:
        raise Http404
    return found


def page(request: HttpRequest, template: str, side: Side, context: dict[str, Any], status: int = 200) -> HttpResponse:
    organisation = context.get("organisation")
    path = [*org_queries.ancestors(organisation), organisation] if side.is_desk and organisation else []
    whole = {"side": side, "frame": side.base, "path": path, "on_phone": not side.is_desk, **context}
    return render(request, f"procedures/applying/{template}.html", whole, status=status)


def picks_of(viewer: Viewer) -> Picks:
    """Staff point at what lies in their range; others at listed unions and at themselves."""

    def search(kind: str, text: str) -> list[tuple[int, str, str]]:
        if kind == "organisation":
            if viewer.is_staff:
                return [(one.pk, one.name, "") for one in org_queries.search(viewer, text, 12)]
            return [(one.pk, one.name, "") for one in reads.find_unions(text, 12)]
        if viewer.is_staff and viewer.may("member.view"):
            hits = people_queries.search(viewer, text, 12)
            return [(h.person_id, h.name, "·".join(filter(None, (h.id_mask, h.organisation)))) for h in hits]
        return []

    def allowed(kind: str, number: int) -> bool:
        if kind == "organisation":
            if viewer.is_staff and org_queries.organisations(viewer).filter(pk=number).exists():
                return True
            return PublicOrganisation.objects.filter(pk=number, listed=True).exists()
        if viewer.person_id == number:
            return True
        return viewer.is_staff and viewer.may("member.view") and reads.place_of_member(viewer, number) is not None

    return Picks(search, allowed)


def address_or_none(name: str, *args: Any) -> str:
    """An address of another page, empty while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
