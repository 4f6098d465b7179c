"""Pages of figures at the desk: what they come to, the records behind them, composing, targets."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from gonghui.kernel.access.requests import viewer_of

from ...org import queries as org_queries
from ...org.models import PublicOrganisation
from ..rules.periods import Period, around, read


def place_of(request: HttpRequest) -> PublicOrganisation:
    """The organisation asked for in the address, the post's own otherwise; never one outside the range."""
    viewer = viewer_of(request)
    asked = request.GET.get("at", "")
    number = int(asked) if asked.isdigit() and len(asked) < 19 else viewer.organisation_id
    found = org_queries.public(number) if number else None
    if found is None or not viewer.reaches(found.path):
        raise Http404
    return found


def period_of(request: HttpRequest) -> Period:
    """The period asked for, this year otherwise."""
    asked = request.GET.get("period", "")
    return read(asked) if asked else around(timezone.localdate(), "year")


def frame(request: HttpRequest, place: PublicOrganisation, period: Period) -> dict[str, Any]:
    """What every page of figures says of where and when, with the links to other periods and places."""
    today = timezone.localdate()
    viewer = viewer_of(request)
    kinds = [around(min(period.last, today), kind) for kind in ("year", "half", "quarter", "month")]
    path = [one for one in [*org_queries.ancestors(place), place]]
    return {
        "place": place,
        "period": period,
        "periods": kinds,
        "earlier": period.before(),
        "later": None if period.last >= today else _after(period),
        "path": path,
        "above": next((one for one in reversed(path[:-1]) if viewer.reaches(one.path)), None),
        "as_of": period.as_seen(today),
        "query": f"at={place.pk}&period={period.key}",
    }


def _after(period: Period) -> Period:
    following = period.last.fromordinal(period.last.toordinal() + 1)
    if period.kind == "days":
        return around(following, "month")
    return around(following, period.kind)
