"""Bases of rest cures, and what an offer's trip is: written with the draft, in the same transaction."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org import regions
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..choices import RECUPERATION, BaseKind, Kind
from ..models import Base, OfferPage, Trip
from ..rules.recuperation import is_across

MANAGE = "benefit.manage"
FACTS = frozenset({"base_id", "days", "day_price", "companions", "procurement", "insurer"})


def _note(actor: Viewer, row: Base, verb: str, reason: str = "") -> None:
    record(
        actor, f"benefits.{verb}", path=row.path, object_type="benefit_base", object_id=row.pk, object_name=row.name,
        reason=reason,
    )  # fmt: skip


def _fill(row: Base, facts: dict[str, Any]) -> None:
    """:raises Refusal: GH-BEN-072 values that cannot be."""
    for name, value in facts.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    wrong: tuple[str, str] | None = None
    if len(row.name) < 2 or len(row.named_by) < 2:
        wrong = "name", "写基地名称和命名单位"
    elif row.kind not in BaseKind.values:
        wrong = "kind", "没有这个类别"
    elif regions.region(row.region_code) is None or row.region_code.endswith("0000"):
        wrong = "region_code", "写到市或县的行政区划代码，例如360800"
    elif row.named_on > timezone.localdate():
        wrong = "named_on", "命名日期不能晚于今天"
    if wrong:
        raise Refusal("GH-BEN-072", wrong[1], wrong[0])


def add_base(actor: Viewer, *, organisation: Organisation, **facts: Any) -> Base:
    """Put a base on the own list.

    :raises Refusal: GH-BEN-071 outside the range, 072 wrong values, 073 there already.
    """
    require(actor, MANAGE)
    if not actor.reaches(organisation.path):
        raise Refusal("GH-BEN-071", "登记单位不在当前岗位的范围内", "organisation")
    row = Base(path=organisation.path, organisation=organisation)
    _fill(row, facts)
    _save(row)
    _note(actor, row, "base_added")
    return row


def _save(row: Base) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refusal("GH-BEN-073", "名单里已经有这个基地", "name", "找到它再修改") from None


def _own(actor: Viewer, pk: int) -> Base:
    row: Base | None = Base.objects.visible(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-BEN-071", "没有这个基地，或它不由本单位登记", "base")
    return row


def change_base(actor: Viewer, *, base_id: int, **facts: Any) -> Base:
    """Correct a line of the list.

    :raises Refusal: as `add_base`.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = _own(actor, base_id)
        _fill(row, facts)
        _save(row)
        _note(actor, row, "base_changed")
    return row


def retire_base(actor: Viewer, *, base_id: int, reason: str) -> Base:
    """Take a base off the list; what was held there stays, new trips go elsewhere.

    :raises Refusal: GH-BEN-074 without a reason.
    """
    require(actor, MANAGE)
    if len(reason.strip()) < 4:
        raise Refusal("GH-BEN-074", "撤销要写明原因", "reason")
    with transaction.atomic():
        row = _own(actor, base_id)
        row.active, row.retired_why = False, reason.strip()[:200]
        row.save(update_fields=["active", "retired_why"])
        _note(actor, row, "base_retired", reason)
    return row


# -- the facts of an offer ----------------------------------------------------------------------------------------


def settle_kind(
    actor: Viewer, path: str, page: dict[str, Any], offer: dict[str, Any], trip: dict[str, Any] | None
) -> None:
    """Inside or across the province follows from the base; across, the interval is at least the rule's.

    :raises Refusal: GH-BEN-075 a base that is not on the list.
    """
    if page.get("kind") not in RECUPERATION:
        return
    page["kind"] = Kind.RECUPERATION.value
    chosen = queries.trips.base(actor, trip["base_id"]) if trip and trip.get("base_id") else None
    if trip and trip.get("base_id") and chosen is None:
        raise Refusal("GH-BEN-075", "名单里没有这个基地", "trip-base")
    if chosen is not None and is_across(queries.trips.region_of(path), chosen.region_code):
        page["kind"] = Kind.RECUPERATION_ACROSS.value
        key = "recuperation.across_months"
        months = queries.trips.rules_at([key], path, timezone.localdate())[key].value
        offer["again_after_months"] = max(offer.get("again_after_months", 0), months)


def write_trip(actor: Viewer, page: OfferPage, facts: dict[str, Any] | None) -> None:
    """The facts of a rest cure beside its page; an offer that is no longer one has none."""
    if page.kind not in RECUPERATION:
        Trip.objects.filter(offer_id=page.offer_id).delete()
        return
    if facts is None:
        return
    if unknown := facts.keys() - FACTS:
        raise TypeError(f"no such facts of a trip: {sorted(unknown)}")
    Trip.objects.update_or_create(
        offer_id=page.offer_id,
        defaults={"path": page.path, "across": page.kind == Kind.RECUPERATION_ACROSS, **facts},
    )


def copy_trip(source: Offer, made: Offer) -> None:
    """Last year's trip for this year's draft; what was procured and insured then is written anew."""
    found = queries.trips.trip(source)
    if found is not None:
        Trip.objects.create(
            path=made.path, offer=made, base=found.base, across=found.across, days=found.days,
            day_price=found.day_price, companions=found.companions,
        )  # fmt: skip
