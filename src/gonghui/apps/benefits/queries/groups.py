"""Reads of a rest cure's groups: who travels, who is insured, what a member needs to know on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from gonghui.kernel.people.models import Person
from gonghui.kernel.people.rules import mask_name
from gonghui.kernel.quotas.models import Claim, Session
from gonghui.kernel.sealing import unseal
from gonghui.kernel.viewer import Viewer

from ..choices import Relation
from ..models import Departure, Traveller

LEADER_PHONE, COMPANION = "benefits.leader", "benefits.companion"
"""What the sealed values are bound to."""
TRAVELS = ("held", "used", "no_show")


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a group as a list shows them: masked."""

    pk: str
    claim: int
    name: str
    kind: str
    paper: str
    insured: bool
    arrived: bool
    member_id: int | None = None
    traveller_id: int | None = None
    number: str = ""
    """In full only in a file that was asked for with a reason."""


def departure(session: Session) -> Departure | None:
    """The group of a session, by the viewer's own right: of the range, or as one who travels."""
    return Departure.objects.filter(session_id=session.pk).first()


def leader_phone(row: Departure | None) -> str:
    """In full, for those who travel along."""
    return unseal(bytes(row.leader_phone_sealed), LEADER_PHONE) if row and row.leader_phone_sealed else ""


def claims(session: Session) -> list[Claim]:
    """Who travels, in the order in which they came; `travellers` with each."""
    rows = Claim.objects.filter(session=session, state__in=TRAVELS).prefetch_related(
        Prefetch("travellers", Traveller.objects.order_by("companion", "pk"))
    )
    return list(rows.order_by("pk"))


def lines(viewer: Viewer, session: Session) -> list[Line]:
    """The group's list: each member, then their companions."""
    people = Prefetch("person", Person.objects.visible(viewer), to_attr="who")
    rows = (
        Claim.objects.visible(viewer)
        .filter(session=session, state__in=TRAVELS)
        .prefetch_related(people, Prefetch("travellers", Traveller.objects.visible(viewer).order_by("companion", "pk")))
    )
    return [line for row in rows.order_by("pk") for line in _of(row)]


def _of(row: Claim) -> Iterable[Line]:
    who = row.who  # type: ignore[attr-defined]
    own = [one for one in row.travellers.all() if not one.companion]
    name = mask_name(who.name) if who else "已转出本单位"
    yield Line(
        f"c{row.pk}", row.pk, name, "会员", who.id_mask if who else "", bool(own and own[0].insured_at), row.used > 0,
        member_id=row.person_id,
    )  # fmt: skip
    for one in row.travellers.all():
        if one.companion:
            yield Line(
                f"t{one.pk}", row.pk, mask_name(one.companion_name), f"{name}的{Relation.said(one.relation)}",
                one.id_mask, one.insured_at is not None, row.used > 0, traveller_id=one.pk,
            )  # fmt: skip


def not_insured(rows: Iterable[Line]) -> list[Line]:
    return [one for one in rows if not one.insured]


def companions(claim: Claim) -> list[Traveller]:
    """Whom a member named for one place."""
    return list(Traveller.objects.filter(claim_id=claim.pk, companion=True).order_by("pk"))
