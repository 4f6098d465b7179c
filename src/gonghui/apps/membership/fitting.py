"""Reads for somebody who looks for their union: what is public of unions, and which union serves an employer."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from gonghui.kernel.models import Employer, Organisation
from gonghui.kernel.org.choices import Level, OrganisationKind
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors, subtree
from gonghui.kernel.procedures.models import Procedure
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import widened

from .suggesting import Asked, Body, Found, is_trade, order_trades, short_place, suggest, trade_words
from .suggesting import Suggestion as Suggestion

JOIN = "membership.join"
_JOINED = (OrganisationKind.GRASSROOTS_UNION, OrganisationKind.JOINT_UNION, OrganisationKind.INDUSTRY_UNION)
_FEW = 8


def body_of(row: PublicOrganisation) -> Body:
    return Body(row.pk, row.name, row.kind, row.level, row.path, row.region_code)


def _listed() -> QuerySet[PublicOrganisation]:
    return PublicOrganisation.objects.filter(listed=True, state="active")


def counties() -> list[PublicOrganisation]:
    """County federations to choose from, in the order of the tree."""
    return list(_listed().filter(kind=OrganisationKind.FEDERATION, level=Level.COUNTY).order_by("path")[:300])


def one(pk: int) -> PublicOrganisation | None:
    """A living union that is listed: one can join it."""
    return _listed().filter(pk=pk).first()


def definition_at(organisation: PublicOrganisation, on: date) -> Procedure | None:
    """The version of the joining procedure that holds at a union."""
    return in_force(JOIN, organisation.path, on)


def house(pk: int) -> Organisation:
    """The record of a listed union that somebody applies at: they have no range of their own."""
    with widened():
        return Organisation.objects.get(pk=pk)


def asked_of(employer: str, trade: str, county_id: int | None, place: str) -> Asked:
    """What somebody said, with the federations that their place names."""
    county = next((row for row in counties() if row.pk == county_id), None)
    town = _town(county, place) if county is not None else None
    return Asked(
        employer=" ".join(employer.split())[:80],
        trade=trade,
        county=body_of(county) if county is not None else None,
        town=body_of(town) if town is not None else None,
        place=" ".join(place.split())[:40],
    )


def _town(county: PublicOrganisation, place: str) -> PublicOrganisation | None:
    """The township federation of a county whose name contains what was typed: 枫田 or 枫田镇."""
    text = "".join(place.split())
    if len(text) < 2:
        return None
    lo, hi = subtree(county.path)
    rows = _listed().filter(path__gt=lo, path__lt=hi, kind=OrganisationKind.FEDERATION, level=Level.TOWNSHIP)
    return rows.filter(name__contains=text).order_by("path").first()


def fitting(asked: Asked, on: date) -> list[Suggestion]:
    """The unions that fit, the best one first."""
    if not asked.anything:
        return []
    fallback, why = _fallback(asked, on)
    return suggest(
        asked,
        Found(
            employers=tuple(_employers(asked)),
            trades=tuple(_trades(asked, on)),
            joints=tuple(_joints(asked)),
            fallback=fallback,
            fallback_why=why,
        ),
    )


def _employers(asked: Asked) -> list[tuple[Body, str]]:
    """Unions that serve the employer: by credit code, else by its name or the union's own."""
    text = asked.employer
    if len(text) < 2:
        return []
    with widened():  # which union serves an employer is public; the rows lie in the unions' ranges
        rows = Employer.objects.filter(deregistered_on__isnull=True)
        rows = rows.filter(uscc=text.upper()) if asked.by_code else rows.filter(name__contains=text)
        if asked.county is not None and not asked.by_code:
            rows = rows.filter(path__gte=asked.county.path, path__lt=asked.county.path + "~")
        served = dict(rows.order_by("path").values_list("organisation_id", "name")[:_FEW])
    named = _listed().filter(kind__in=_JOINED, name__contains=text)
    if asked.county is not None:
        named = named.filter(path__gte=asked.county.path, path__lt=asked.county.path + "~")
    found = {row.pk: row for row in _listed().filter(Q(pk__in=served) | Q(pk__in=named.values("pk")[:_FEW]))}
    ordered = sorted(found.values(), key=lambda row: (served.get(row.pk) != text, row.pk not in served, len(row.name)))
    return [(body_of(row), served.get(row.pk) or text) for row in ordered[:_FEW]]


def _place_path(asked: Asked) -> str:
    return asked.county.path if asked.county is not None else ""


def _trades(asked: Asked, on: date) -> list[Body]:
    """Industry unions whose name says the trade, and the county branches of the city's."""
    if not is_trade(asked.trade):
        return []
    text = str(rules.value("membership.trade_unions", _place_path(asked), on).value)
    words = trade_words(text).get(asked.trade, ())
    spoken = Q(pk__in=[])
    for word in words:
        spoken |= Q(name__contains=word)
    kinds = [OrganisationKind.INDUSTRY_UNION]
    rows = _listed().filter(spoken, kind__in=kinds)
    if asked.county is not None:
        above = ancestors(asked.county.path)
        here = Q(path__gte=asked.county.path, path__lt=asked.county.path + "~")
        city = Q(level=Level.CITY, path__startswith=above[-1]) if above else Q(level=Level.CITY)
        rows = rows.filter(here | city)
    unions = list(rows.order_by("path")[:40])
    if asked.county is None:
        # the trade alone does not say which county: only bodies of a whole city
        return order_trades([body_of(row) for row in unions if row.level != Level.COUNTY], asked)
    branches = _listed().filter(
        kind=OrganisationKind.BRANCH,
        parent_id__in=[row.pk for row in unions if row.level == Level.CITY],
        name__contains=short_place(asked.county.name),
    )
    by_word = sorted(
        (body_of(row) for row in [*unions, *branches[:_FEW]]),
        key=lambda body: next((n for n, word in enumerate(words) if word in body.name), len(words)),
    )
    return order_trades(by_word, asked)


def _joints(asked: Asked) -> list[Body]:
    """Joint unions of the township or park."""
    if asked.county is None:
        return []
    rows = _listed().filter(
        kind=OrganisationKind.JOINT_UNION, path__gte=asked.county.path, path__lt=asked.county.path + "~"
    )
    if asked.town is not None:
        rows = rows.filter(path__startswith=asked.town.path)
    elif len(asked.place) >= 2:
        rows = rows.filter(name__contains=asked.place)
    else:
        return []
    return [body_of(row) for row in rows.order_by("path")[:3]]


def _fallback(asked: Asked, on: date) -> tuple[Body | None, str]:
    """Where those go for whom nothing else fits, as the place's rule says (兜底)."""
    said = str(rules.value("membership.fallback", _place_path(asked), on).value).strip()
    if said not in ("township", "county"):
        named = _listed().filter(name=said).first()
        if named is not None:
            return body_of(named), "当地规定没有合适工会的劳动者都加入这家工会"
    body = asked.town if said == "township" and asked.town is not None else asked.county
    if body is None:
        return None, ""
    return body, f"没有更合适的工会时，由{body.name}吸收入会，以后单位建了会再转过去"
