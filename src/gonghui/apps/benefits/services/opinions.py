"""What members say and show after they were there."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.kernel.access.rules import require
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.quotas.services import moment
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from .. import queries
from ..choices import PhotoState
from ..models import OfferPage, Photo, Rating
from .pages import MANAGE, picture

MOST_PHOTOS = 5


def _attended(actor: Viewer, offer_id: int) -> tuple[Offer, int]:
    offer = queries.member.offer(actor, offer_id)
    if offer is None or actor.person_id is None or not queries.member.was_there(actor, offer):
        raise Refusal("GH-BEN-030", "签到以后才能评价和上传照片", "offer")
    return offer, actor.person_id


def _noted(actor: Viewer, offer: Offer, verb: str, **detail: object) -> None:
    record(
        actor, f"benefits.{verb}", path=offer.path, object_type="offer", object_id=offer.pk, object_name=offer.title,
        subject_id=actor.person_id, detail=detail,
    )  # fmt: skip


def rate(actor: Viewer, *, offer_id: int, stars: int, words: str = "") -> Rating:
    """One to five stars and a sentence, once; everybody sees the average, nobody who gave what.

    :raises Refusal: GH-BEN-030 was not there; 031 no such number of stars; 032 rated already.
    """
    offer, person_id = _attended(actor, offer_id)
    if not 1 <= stars <= 5:
        raise Refusal("GH-BEN-031", "选1至5颗星", "stars")
    try:
        with transaction.atomic(), widened():
            row: Rating = Rating.objects.create(
                path=offer.path, offer=offer, person_id=person_id, stars=stars, words=words.strip()[:200]
            )
            OfferPage.objects.filter(offer=offer).update(ratings=F("ratings") + 1, stars=F("stars") + stars)
            _noted(actor, offer, "rated")
    except IntegrityError:
        raise Refusal("GH-BEN-032", "已经评价过，每人评一次", "stars") from None
    return row


def give_photo(actor: Viewer, *, offer_id: int, content: bytes, alt: str, consent: bool) -> Photo:
    """A picture for the wall; it shows once staff have looked at it.

    :raises Refusal: GH-BEN-033 without consent; 034 without words; 035 enough of them.
    """
    offer, person_id = _attended(actor, offer_id)
    if not consent:
        raise Refusal("GH-BEN-033", "要同意展示才能上传", "consent")
    if len(alt.strip()) < 2:
        raise Refusal("GH-BEN-034", "写一句照片里有什么", "alt", "看不见图片的人靠它")
    own = Photo.objects.filter(offer=offer, person_id=person_id).exclude(state=PhotoState.GONE)
    if own.count() >= MOST_PHOTOS:
        raise Refusal("GH-BEN-035", f"每人最多{MOST_PHOTOS}张", "photo")
    with transaction.atomic(), widened():
        stored = picture(SYSTEM, offer.path, content, "benefit_photo")
        row: Photo = Photo.objects.create(
            path=offer.path, offer=offer, person_id=person_id, file=stored, alt=alt.strip()[:120],
            consent_at=moment(),
        )  # fmt: skip
        _noted(actor, offer, "photo_given", photo=row.pk)
    return row


def answer_photo(actor: Viewer, *, photo_id: int, show: bool) -> Photo:
    """Staff let a photo that waits onto the wall, or not.

    :raises Refusal: GH-BEN-036 not there; 037 answered already, or its giver took it back.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = _held_photo(actor, photo_id)
        if row.state != PhotoState.ASKED:
            raise Refusal("GH-BEN-037", f"这张照片{PhotoState(row.state).label}", "photo", "刷新页面看最新状态")
        row.state, row.answered_by = PhotoState.SHOWN if show else PhotoState.REFUSED, actor.account_id
        row.save(update_fields=["state", "answered_by"])
        _on_photo(actor, row, "photo_answered", show=show)
    return row


def take_down_photo(actor: Viewer, *, photo_id: int, reason: str) -> Photo:
    """Staff take a photo off the wall at once; its giver reads why.

    :raises Refusal: GH-BEN-036 not there; 037 not on the wall; 038 without a reason.
    """
    require(actor, MANAGE)
    if len(reason.strip()) < 2:
        raise Refusal("GH-BEN-038", "撤下照片要写明原因", "reason", "上传的会员看得到")
    with transaction.atomic():
        row = _held_photo(actor, photo_id)
        if row.state != PhotoState.SHOWN:
            raise Refusal("GH-BEN-037", f"这张照片{PhotoState(row.state).label}", "photo", "刷新页面看最新状态")
        row.state, row.reason, row.answered_by = PhotoState.DOWN, reason.strip()[:200], actor.account_id
        row.save(update_fields=["state", "reason", "answered_by"])
        _on_photo(actor, row, "photo_taken_down", reason=row.reason)
    return row


def take_back_photo(actor: Viewer, *, photo_id: int) -> Photo:
    """Whoever gave a photo takes it back at once, whether it shows or waits; twice is once.

    :raises Refusal: GH-BEN-036 not theirs.
    """
    with transaction.atomic(), widened():
        rows = Photo.objects.select_for_update(of=("self",)).select_related("offer")
        row: Photo | None = rows.filter(pk=photo_id, person_id=actor.person_id or 0).first()
        if row is None:
            raise Refusal("GH-BEN-036", "没有这张照片，或它不是您上传的", "photo")
        if row.state != PhotoState.GONE:
            row.state = PhotoState.GONE
            row.save(update_fields=["state"])
            _on_photo(actor, row, "photo_taken_back")
    return row


def _on_photo(actor: Viewer, row: Photo, verb: str, *, reason: str = "", **detail: object) -> None:
    record(
        actor, f"benefits.{verb}", path=row.path, object_type="offer", object_id=row.offer_id,
        object_name=row.offer.title, subject_id=row.person_id, reason=reason, detail={"photo": row.pk, **detail},
    )  # fmt: skip


def _held_photo(actor: Viewer, photo_id: int) -> Photo:
    rows = Photo.objects.visible(actor).select_for_update(of=("self",)).select_related("offer")
    row: Photo | None = rows.filter(pk=photo_id).first()
    if row is None:
        raise Refusal("GH-BEN-036", "没有这张照片，或它不在当前岗位的范围内", "photo")
    return row
