"""An offer with its page: drafted, revised, published, copied. The offer itself is the kernel's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import store
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.quotas.models import Limit, Offer
from gonghui.kernel.quotas.services import SessionPlan
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..choices import Kind
from ..models import OfferPage, Picture, Provider
from .trips import copy_trip, settle_kind, write_trip

MANAGE = "benefit.manage"
PAGE = frozenset(
    {"kind", "series", "intro", "bring", "facts", "price", "subsidy", "provider_id", "provider_name", "contact",
     "image_alt"}
)  # fmt: skip
RETOUCHED = frozenset({"intro", "bring", "facts", "contact", "image_alt"})
"""Words of a page that may still change after it was published."""
MOST_IMAGE = 5 * 1024 * 1024
MOST_PICTURES = 8
_PICTURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


@dataclass(frozen=True, slots=True)
class NewLimit:
    """A limit made together with the offer."""

    title: str
    per: str
    most: int
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Draft:
    """What staff typed: facts of the offer, of its page, sessions, and perhaps a picture or a new limit."""

    offer: dict[str, Any]
    page: dict[str, Any]
    plans: Sequence[SessionPlan] = field(default_factory=list)
    limit: NewLimit | None = None
    image: bytes = b""
    trip: dict[str, Any] | None = None
    """Of a rest cure: base_id, days, day_price, companions, procurement, insurer."""


def picture(actor: Viewer, path: str, content: bytes, kind: str) -> StoredFile:
    """Keep a picture: JPEG or PNG by its own bytes, not by its name.

    :raises Refusal: GH-BEN-002 too large, or no picture.
    """
    form = next((words for mark, words in _PICTURES if content.startswith(mark)), "")
    if len(content) > MOST_IMAGE or not form:
        raise Refusal("GH-BEN-002", "图片要是5MB以内的JPG或PNG", "image", "用手机拍的照片可以先压缩")
    name = "图片.jpg" if form == "image/jpeg" else "图片.png"
    return store(actor, path=path, name=name, kind=kind, content=content, content_type=form)


def _note(actor: Viewer, offer: Offer, verb: str, detail: dict[str, Any] | None = None) -> None:
    record(
        actor, f"benefits.{verb}", path=offer.path, object_type="offer", object_id=offer.pk, object_name=offer.title,
        detail={"number": offer.number, **(detail or {})},
    )  # fmt: skip


def _limit(actor: Viewer, organisation: Organisation, new: NewLimit | None) -> Limit | None:
    if new is None:
        return None
    return quotas.make_limit(
        actor, organisation=organisation, title=new.title, per=new.per, most=new.most, valid_from=new.valid_from,
        valid_to=new.valid_to,
    )  # fmt: skip


def _take_page(actor: Viewer, page: OfferPage, facts: dict[str, Any], image: bytes) -> list[str]:
    """Write the facts into a page.

    :raises Refusal: GH-BEN-003 no such kind; 004 the merchant lies outside the range.
    """
    if unknown := facts.keys() - PAGE:
        raise TypeError(f"no such facts of a page: {sorted(unknown)}")
    if "kind" in facts and facts["kind"] not in Kind.values:
        raise Refusal("GH-BEN-003", "没有这个类别", "kind")
    provider_id = facts.get("provider_id")
    if provider_id is not None:
        provider = Provider.objects.visible(actor).filter(pk=provider_id, active=True).first()
        if provider is None:
            raise Refusal("GH-BEN-004", "没有这家商户，或它不在当前岗位的范围内", "provider")
        facts = {**facts, "provider_name": provider.name}
    changed = [name for name, value in facts.items() if getattr(page, name) != value]
    for name, value in facts.items():
        setattr(page, name, value.strip() if isinstance(value, str) else value)
    if image:
        page.image = picture(actor, page.path, image, "benefit_image")
        changed.append("image")
    return changed


def draft(actor: Viewer, *, organisation: Organisation, typed: Draft) -> Offer:
    """A new draft with its page and sessions."""
    require(actor, MANAGE)
    with transaction.atomic():
        limit = _limit(actor, organisation, typed.limit)
        facts = typed.offer | ({"limit": limit} if limit else {})
        settle_kind(actor, organisation.path, typed.page, facts, typed.trip)
        offer = quotas.create(actor, organisation=organisation, kind=typed.page["kind"], **facts)
        page = OfferPage(path=offer.path, offer=offer)
        _take_page(actor, page, typed.page, typed.image)
        page.save()
        write_trip(actor, page, typed.trip)
        quotas.set_sessions(actor, offer_id=offer.pk, plans=typed.plans)
        _note(actor, offer, "page_made")
    return offer


def revise(actor: Viewer, *, offer_id: int, version: int, typed: Draft) -> Offer:
    """A draft altered: everything may change until it is published."""
    require(actor, MANAGE)
    with transaction.atomic():
        page = _page(actor, offer_id)
        limit = _limit(actor, Organisation.objects.get(pk=page.offer.organisation_id), typed.limit)
        facts = typed.offer | ({"limit": limit} if limit else {})
        settle_kind(actor, page.path, typed.page, facts, typed.trip)
        facts["kind"] = typed.page["kind"]
        offer = quotas.change(actor, offer_id=offer_id, version=version, **facts)
        changed = _take_page(actor, page, typed.page, typed.image)
        page.save()
        write_trip(actor, page, typed.trip)
        quotas.set_sessions(actor, offer_id=offer_id, plans=typed.plans)
        _note(actor, offer, "page_changed", {"fields": sorted(changed)})
    return offer


def retouch(
    actor: Viewer, *, offer_id: int, version: int, offer: dict[str, Any], page: dict[str, Any], image: bytes = b""
) -> Offer:
    """A published offer: its words, a later closing, a longer waiting list; nothing that takes from anybody."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = _page(actor, offer_id)
        changed_offer = quotas.change(actor, offer_id=offer_id, version=version, **offer)
        allowed = {
            name: value for name, value in page.items() if name in {"intro", "bring", "facts", "contact", "image_alt"}
        }
        changed = _take_page(actor, row, allowed, image)
        row.save()
        _note(actor, changed_offer, "page_changed", {"fields": sorted(changed)})
    return changed_offer


def _page(actor: Viewer, offer_id: int) -> OfferPage:
    page: OfferPage | None = (
        OfferPage.objects.visible(actor)
        .select_for_update(of=("self",))
        .select_related("offer")
        .filter(offer_id=offer_id)
        .first()
    )
    if page is None:
        raise Refusal("GH-BEN-005", "没有这个项目，或它不在当前岗位的范围内", "offer")
    return page


def add_picture(actor: Viewer, *, offer_id: int, content: bytes, alt: str) -> Picture:
    """One more picture, with the words that say what is on it.

    :raises Refusal: GH-BEN-006 as many as there may be; 007 without words.
    """
    require(actor, MANAGE)
    if len(alt.strip()) < 2:
        raise Refusal("GH-BEN-007", "写一句图上有什么", "alt", "看不见图片的人靠它")
    with transaction.atomic():
        page = _page(actor, offer_id)
        if page.offer.pictures.count() >= MOST_PICTURES:
            raise Refusal("GH-BEN-006", f"一个项目最多{MOST_PICTURES}张图片，先删去不用的", "picture")
        stored = picture(actor, page.path, content, "benefit_image")
        row: Picture = Picture.objects.create(path=page.path, offer=page.offer, file=stored, alt=alt.strip()[:120])
        _note(actor, page.offer, "page_changed", {"fields": ["pictures"]})
    return row


def drop_picture(actor: Viewer, *, picture_id: int) -> int:
    """Take a picture off; returns its offer.

    :raises Refusal: GH-BEN-008 not there.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        rows = Picture.objects.visible(actor).select_for_update(of=("self",)).select_related("offer")
        row: Picture | None = rows.filter(pk=picture_id).first()
        if row is None:
            raise Refusal("GH-BEN-008", "没有这张图片，或它不在当前岗位的范围内", "picture")
        row.delete()
        _note(actor, row.offer, "page_changed", {"fields": ["pictures"]})
    return int(row.offer_id)


def publish(
    actor: Viewer, *, offer_id: int, parties: Sequence[tuple[str, int | None]] = (), outside: str = ""
) -> Offer:
    """Let members see it.

    :raises Refusal: GH-BEN-001 with everything that is missing, of the page and of the places.
    """
    require(actor, "benefit.publish")
    with transaction.atomic():
        offer = queries.desk.offer(actor, offer_id)
        if offer is None:
            raise Refusal("GH-BEN-005", "没有这个项目，或它不在当前岗位的范围内", "offer")
        missing = queries.desk.checklist(actor, offer, len(parties), outside)
        if missing:
            raise Refusal("GH-BEN-001", "；".join(words for _, words in missing), missing[0][0])
        return quotas.publish(actor, offer_id=offer_id, parties=parties, outside=outside)


def copy(actor: Viewer, *, offer_id: int, days: int = 365) -> Offer:
    """Last year's offer as this year's draft, with its page and picture."""
    require(actor, MANAGE)
    with transaction.atomic():
        source = _page(actor, offer_id)
        offer = quotas.copy(actor, offer_id=offer_id, days=days)
        facts = {name: getattr(source, name) for name in PAGE}
        page = OfferPage.objects.create(path=offer.path, offer=offer, image=source.image, **facts)
        for one in source.offer.pictures.order_by("pk"):
            Picture.objects.create(path=offer.path, offer=offer, file=one.file, alt=one.alt)
        copy_trip(source.offer, offer)
        _note(actor, offer, "page_made", {"copied_from": page.offer.copied_from_id})
    return offer
