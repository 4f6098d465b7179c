"""The register: places with what they offer, from the plan to the day they close."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import catalog
from ..choices import ChangeKind, Host, PlaceState
from ..models import Closure, Place, PlaceChange, PlacePhoto, Suspension
from ..rules import mapping, opening
from .holding import MANAGE, held, not_ahead, note, post_words, said
from .pictures import keep_picture

HOURS = ("workday", "weekend", "holiday")
FACTS = (
    "kind", "name", "host", "host_name", "township", "address", "lon", "lat", "area", "offered", *HOURS, "post",
    "office_phone", "intro", "due_on",
)  # fmt: skip
MOST_PHOTOS = 8


def _hours(name: str, text: str) -> str:
    """:raises Refusal: GH-PLC-012 it cannot be read."""
    if name == "holiday" and not text.strip():
        return ""
    try:
        return opening.tidy(text)
    except ValueError as error:
        raise Refusal("GH-PLC-012", str(error), name) from None


def _coordinates(lon: Any, lat: Any) -> tuple[Decimal | None, Decimal | None]:
    """:raises Refusal: GH-PLC-013 half of them, or not in China."""
    if lon in (None, "") and lat in (None, ""):
        return None, None
    if lon in (None, "") or lat in (None, ""):
        raise Refusal("GH-PLC-013", "经度和纬度要一起写", "lat" if lat in (None, "") else "lon")
    if not mapping.plausible(float(lon), float(lat)):
        raise Refusal("GH-PLC-013", "经纬度不在国内", "lon", "经度在前，例如114.6201、27.3930")
    return round(Decimal(str(lon)), 6), round(Decimal(str(lat)), 6)


def checked(organisation: Organisation, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as a place keeps them.

    :raises Refusal: GH-PLC-002, 010, 012, 013; 014 no such host; 015 a private phone; 016 a post of another body;
        017 no such service; 018 an area that cannot be.
    """
    if unknown := facts.keys() - set(FACTS):
        raise TypeError(f"no such facts of a place: {sorted(unknown)}")
    known: dict[str, Any] = {key: value.strip() if isinstance(value, str) else value for key, value in facts.items()}
    catalog.kind(known["kind"])
    known["name"] = said(known["name"], "name", "名称", 80, 2)
    known["address"] = said(known["address"], "address", "地址", 160)
    if known["host"] not in Host.values:
        raise Refusal("GH-PLC-014", "没有这一种所在", "host", "从名单里选")
    known["lon"], known["lat"] = _coordinates(known.get("lon"), known.get("lat"))
    for name in HOURS:
        known[name] = _hours(name, known.get(name) or "")
    phone = known.get("office_phone") or ""
    if phone.startswith("1") and len("".join(one for one in phone if one.isdigit())) == 11:
        raise Refusal("GH-PLC-015", "联系电话要写办公电话，不写个人手机", "office_phone", "没有就留空，由责任岗位接")
    post: Post | None = known.get("post")
    if post is not None and post.organisation_id != organisation.pk:
        raise Refusal("GH-PLC-016", "责任岗位要是管理单位自己的岗位", "post")
    strange = [one for one in known.get("offered") or [] if one not in catalog.services()]
    if strange:
        raise Refusal("GH-PLC-017", "没有这一项服务", "offered", "从名单里选")
    area = known.get("area")
    if area is not None and not 1 <= area <= 1_000_000:
        raise Refusal("GH-PLC-018", "面积应在1至1,000,000平方米之间", "area")
    limits = {"host_name": 80, "township": 40, "office_phone": 30, "intro": 500}
    return known | {key: (known.get(key) or "")[:limit] for key, limit in limits.items()}


def reached(actor: Viewer, organisation: Organisation) -> None:
    """:raises Refusal: GH-PLC-019 out of range, or ended."""
    if not actor.reaches(organisation.path):
        raise Refusal("GH-PLC-019", "这个组织不在当前岗位的范围内", "organisation", "写本级范围内的组织")
    if organisation.ended_on is not None:
        raise Refusal("GH-PLC-019", f"{organisation.name}已撤销或并转", "organisation", "写现有的组织")


def log(actor: Viewer, row: Place, kind: ChangeKind, on: date, text: str = "") -> None:
    PlaceChange.objects.create(
        path=row.path, place=row, kind=kind, on=on, text=text[:600], by=actor.account_id, by_post=post_words(actor)
    )


def register(
    actor: Viewer, *, organisation: Organisation, on: date | None = None, opened_on: date | None = None, **facts: Any
) -> Place:
    """Put a place on the register: planned, or open since a day.

    :raises Refusal: those of `checked` and `reached`; GH-PLC-003; 020 the body has one of this name; 021 open before
        it is known when workers may come.
    """
    require(actor, MANAGE)
    reached(actor, organisation)
    known = checked(organisation, facts)
    when = not_ahead(on, "on")
    if opened_on is not None:
        not_ahead(opened_on, "opened_on")
        _known_hours(known)
    try:
        with transaction.atomic():
            row = Place.objects.create(
                path=organisation.path, organisation=organisation, registered_on=min(when, opened_on or when),
                opened_on=opened_on, state=PlaceState.OPEN if opened_on else PlaceState.PLANNED, **known,
            )  # fmt: skip
            log(actor, row, ChangeKind.REGISTERED, when)
            if opened_on is not None:
                log(actor, row, ChangeKind.OPENED, opened_on)
            note(actor, "registered", row, row.name, kind=row.kind, state=row.state)
    except IntegrityError:
        raise Refusal("GH-PLC-020", "这家单位已有同名的阵地", "name", "换一个名称，或修改原来的") from None
    return row


def _known_hours(known: Mapping[str, Any]) -> None:
    if known["workday"] == opening.REST and known["weekend"] == opening.REST:
        raise Refusal("GH-PLC-021", "开放的阵地要写开放时间", "workday", "写成08:00-18:00，或24小时")


def _shown(name: str, value: Any) -> str:
    if name == "offered":
        return "、".join(catalog.title(catalog.services(), one) for one in value) or "无"
    if name == "kind":
        return catalog.title(catalog.kinds(), value)
    if name == "host":
        return Host(value).label
    return "无" if value in (None, "") else str(value)


def change(actor: Viewer, *, place_id: int, version: int | None = None, **facts: Any) -> Place:
    """Correct what is known of a place; what it said before stands in its history.

    :raises Refusal: those of `checked`; GH-PLC-001, 020, 021; 022 somebody was faster; 023 it is closed.
    """
    require(actor, MANAGE)
    try:
        with transaction.atomic():
            row = held(actor, Place, place_id, "阵地")
            if row.state == PlaceState.CLOSED:
                raise Refusal("GH-PLC-023", "这个阵地已经关闭，资料不再修改", None)
            if version is not None and version != row.version:
                raise Refusal("GH-PLC-022", "别人刚修改过这个阵地", None, "刷新页面，在最新的资料上修改")
            known = checked(row.organisation, facts)
            if row.state == PlaceState.OPEN:
                _known_hours(known)
            lines = []
            for name in FACTS:
                old, new = getattr(row, name), known.get(name, getattr(row, name))
                if old != new:
                    label = str(Place._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                    words = "已调整" if name == "post" else f"{_shown(name, old)} → {_shown(name, new)}"
                    lines.append(f"{label}：{words}")
                    setattr(row, name, new)
            if not lines:
                return row
            row.version += 1
            row.save()
            log(actor, row, ChangeKind.CHANGED, timezone.localdate(), "；".join(lines))
            note(actor, "changed", row, row.name, fields=len(lines))
    except IntegrityError:
        raise Refusal("GH-PLC-020", "这家单位已有同名的阵地", "name", "换一个名称") from None
    return row


_FROM = {
    ChangeKind.BUILDING: (PlaceState.PLANNED,),
    ChangeKind.TOPPED: (PlaceState.BUILDING,),
    ChangeKind.OPENED: (PlaceState.PLANNED, PlaceState.BUILDING),
    ChangeKind.CLOSED: (PlaceState.PLANNED, PlaceState.BUILDING, PlaceState.OPEN),
    ChangeKind.REOPENED: (PlaceState.CLOSED,),
}
_DAY = {
    ChangeKind.BUILDING: "begun_on", ChangeKind.TOPPED: "topped_on", ChangeKind.OPENED: "opened_on",
    ChangeKind.CLOSED: "closed_on",
}  # fmt: skip


def move(actor: Viewer, *, place_id: int, kind: ChangeKind, on: date | None = None, reason: str = "") -> Place:
    """Begun, built, opened, closed, opened again.

    :raises Refusal: GH-PLC-001, 003, 021; 020 its name was given to another one meanwhile; 024 not from where it
        stands; 025 earlier than what went before; 026 a closing without its reason, or with a problem that nobody
        has answered.
    """
    require(actor, MANAGE)
    when = not_ahead(on, "on")
    try:
        return _moved(actor, place_id, kind, when, reason)
    except IntegrityError:
        raise Refusal("GH-PLC-020", "这家单位已有同名的开放阵地", None, "先修改另一处的名称，再重新开放") from None


def _moved(actor: Viewer, place_id: int, kind: ChangeKind, when: date, reason: str) -> Place:
    with transaction.atomic():
        row = held(actor, Place, place_id, "阵地")
        if row.state not in _FROM.get(kind, ()) or (kind == ChangeKind.TOPPED and row.topped_on):
            raise Refusal("GH-PLC-024", f"这个阵地{row.get_state_display()}，不能这样办理", None, "刷新页面看最新状态")
        before = max(filter(None, (row.begun_on, row.topped_on, row.opened_on, row.closed_on)), default=None)
        if before is not None and when < before:
            raise Refusal("GH-PLC-025", f"日期早于上一步的{before:%Y-%m-%d}", "on")
        if kind == ChangeKind.CLOSED:
            reason = said(reason, "reason", "关闭的原因")
            if row.tickets.exclude(state="closed").exists():
                raise Refusal("GH-PLC-026", "还有没答复的问题，先答复再关闭", None, "到“待处理的问题”里逐件答复")
        if kind in (ChangeKind.OPENED, ChangeKind.REOPENED):
            _known_hours({"workday": row.workday, "weekend": row.weekend})
        if kind == ChangeKind.REOPENED:
            assert row.closed_on is not None, "closed"
            Closure.objects.create(path=row.path, place=row, closed_on=row.closed_on, reopened_on=when)
            row.closed_on = None
            row.opened_on = row.opened_on or when
        else:
            setattr(row, _DAY[kind], when)
        row.state = {
            ChangeKind.BUILDING: PlaceState.BUILDING, ChangeKind.TOPPED: PlaceState.BUILDING,
            ChangeKind.CLOSED: PlaceState.CLOSED,
        }.get(kind, PlaceState.OPEN)  # fmt: skip
        row.version += 1
        row.save()
        log(actor, row, kind, when, reason.strip())
        note(actor, "moved", row, row.name, to=str(kind), on=when, reason=reason.strip())
    return row


def star(actor: Viewer, *, place_id: int, stars: int, on: date | None = None, basis: str = "") -> Place:
    """The grade of an open place, as it was given; earlier ones stand in its history.

    :raises Refusal: GH-PLC-001, 003; 027 no such grade; 028 not open.
    """
    require(actor, MANAGE)
    when = not_ahead(on, "on")
    if not 1 <= stars <= 5:
        raise Refusal("GH-PLC-027", "星级是一至五星", "stars")
    with transaction.atomic():
        row = held(actor, Place, place_id, "阵地")
        if row.state != PlaceState.OPEN:
            raise Refusal("GH-PLC-028", "开放的阵地才评星级", None)
        row.star, row.star_on = stars, when
        row.save(update_fields=["star", "star_on"])
        log(
            actor,
            row,
            ChangeKind.STARRED,
            when,
            f"{'一二三四五'[stars - 1]}星{f'，{basis.strip()}' if basis.strip() else ''}",
        )
        note(actor, "starred", row, row.name, stars=stars)
    return row


def suspend(
    actor: Viewer, *, place_id: int, starts_on: date, ends_on: date | None = None, reason: str = ""
) -> Suspension:
    """Days on which an open place will not be: they are shown beforehand.

    :raises Refusal: GH-PLC-001, 002, 028; 029 in the past, or the wrong way round; 030 some of the days are announced.
    """
    require(actor, MANAGE)
    words = said(reason, "reason", "暂停开放的原因", 200, 2)
    today = timezone.localdate()
    if starts_on < today or (ends_on is not None and ends_on < starts_on):
        raise Refusal("GH-PLC-029", "暂停的日期不对", "starts_on", "从今天或以后的日子开始，结束不早于开始")
    with transaction.atomic():
        row = held(actor, Place, place_id, "阵地")
        if row.state != PlaceState.OPEN:
            raise Refusal("GH-PLC-028", "开放的阵地才能暂停", None)
        for other in row.suspensions.filter(lifted_on__isnull=True):
            if (other.ends_on is None or other.ends_on >= starts_on) and (
                ends_on is None or other.starts_on <= ends_on
            ):
                raise Refusal("GH-PLC-030", "这些天里已经公布过暂停", "starts_on", "先恢复原来的，再重新公布")
        made = Suspension.objects.create(
            path=row.path, place=row, starts_on=starts_on, ends_on=ends_on, reason=words, by=actor.account_id
        )
        until = f"至{ends_on:%Y-%m-%d}" if ends_on else "起，恢复时间另行公布"
        log(actor, row, ChangeKind.SUSPENDED, today, f"{starts_on:%Y-%m-%d}{until}：{words}")
        note(actor, "suspended", row, row.name, starts_on=starts_on, ends_on=ends_on)
    return made


def lift(actor: Viewer, *, suspension_id: int) -> Suspension:
    """Open again before the day, or for good where none was known.

    :raises Refusal: GH-PLC-001; 031 lifted already.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        made = held(actor, Suspension, suspension_id, "暂停公告")
        if made.lifted_on is not None:
            raise Refusal("GH-PLC-031", "已经恢复开放", None)
        made.lifted_on = timezone.localdate()
        made.save(update_fields=["lifted_on"])
        log(actor, made.place, ChangeKind.LIFTED, made.lifted_on)
        note(actor, "lifted", made, made.place.name)
    return made


def add_photo(actor: Viewer, *, place_id: int, content: bytes, alt: str) -> PlacePhoto:
    """A picture with its words.

    :raises Refusal: GH-PLC-001, 002, 005; 032 enough of them.
    """
    require(actor, MANAGE)
    words = said(alt, "alt", "照片里有什么", 120)
    with transaction.atomic():
        row = held(actor, Place, place_id, "阵地")
        if row.photos.count() >= MOST_PHOTOS:
            raise Refusal("GH-PLC-032", f"每个阵地最多{MOST_PHOTOS}张照片", "picture", "先删去旧的")
        kept = keep_picture(actor, path=row.path, content=content, kind="place_photo")
        made = PlacePhoto.objects.create(path=row.path, place=row, file=kept, alt=words)
        note(actor, "photo_added", row, row.name)
    return made


def drop_photo(actor: Viewer, *, photo_id: int) -> Place:
    """Off the page; the file stays with the records.

    :raises Refusal: GH-PLC-001.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        made = held(actor, PlacePhoto, photo_id, "照片")
        place = made.place
        note(actor, "photo_dropped", place, place.name)
        made.delete()
    return place
