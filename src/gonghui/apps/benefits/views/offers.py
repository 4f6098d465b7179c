"""One offer at the desk: its numbers, sessions, places, those who have them, and the draw's stages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people.rules import mask_name
from gonghui.kernel.quotas import audience
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.choices import DRAWN, ClaimState, OfferState, SessionState, Source
from gonghui.kernel.quotas.models import Claim, Offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import forms, queries
from ..choices import Kind
from ..rules.pages import in_yuan
from . import number_of
from .editing import found, shown_trip

LIVE = (OfferState.PUBLISHED, OfferState.ALLOCATED)
STATE_TAGS = {"held": "ok", "offered": "wait", "used": "info", "no_show": "bad"}


def masked(row: Any) -> str:
    """A name as lists show it: 刘*妹; somebody who left the range shows as such."""
    return mask_name(row.who.name) if row.who else "已转出本单位"


CLAIMS = ListPage(
    key="benefit-claims",
    title="名额",
    unit="个",
    columns=[
        Column("who", "会员", head=True, cell=masked, personal=True),
        Column("session", "场次", cell=lambda r: r.session.title),
        Column("share", "份额", cell=lambda r: r.counter.title or "不限", nowrap=True),
        Column("state", "状态", nowrap=True, cell=lambda r: tag(r.get_state_display(), STATE_TAGS.get(r.state, "")),
               export=lambda r: r.get_state_display()),
        Column("source", "来源", cell=lambda r: r.get_source_display(), nowrap=True),
        Column("made_at", "领取时间", kind="time", sort="pk", cell=lambda r: r.made_at),
        Column("used_at", "使用时间", kind="time", cell=lambda r: r.used_at),
    ],
    filters=[Filter("state", "状态", choices=ClaimState.choices), Filter("source", "来源", choices=Source.choices)],
    views=[View("all", "全部"), View("held", "已领到", {"state": "held"}), View("used", "已使用", {"state": "used"}),
           View("no_show", "未到", {"state": "no_show"})],
    empty=Empty("还没有人领取", "开始以后，谁在什么时候领到的都列在这里，姓名只显示姓氏。"),
    default_sort="-made_at",
    order=("-pk",),
    row_url=lambda r: reverse("benefits:claim", args=[r.pk]),
    export=write_xlsx,
)  # fmt: skip


def _numbers(request: HttpRequest, row: Offer) -> dict[str, Any]:
    """What changes by the second: read anew by the live part of the page."""
    sessions = [
        {
            "row": one, "capacity": one.capacity or 0, "taken": one.taken or 0,
            "counters": sorted(one.counters.all(), key=lambda c: (c.share != "", c.pk)),
            "cancelled": one.state == SessionState.CANCELLED,
        }
        for one in quotas.sessions(row)
    ]  # fmt: skip
    planned = [one for one in sessions if not one["cancelled"]]
    capacity, taken = sum(one["capacity"] for one in planned), sum(one["taken"] for one in planned)
    return {
        "sessions": sessions, "capacity": capacity, "taken": taken, "left": capacity - taken,
        "entries": queries.desk.entered(row), "now": timezone.now(),
        "may_edit": viewer_of(request).may("benefit.manage") and row.state in LIVE,
    }  # fmt: skip


def _draw(viewer: Viewer, row: Offer) -> dict[str, Any] | None:
    if row.allocation not in DRAWN or row.state == OfferState.DRAFT:
        return None
    draw = row.draw
    stages = ["collecting", "listed", "drawn"]
    at = stages.index(draw.state)
    parties = list(draw.parties.order_by("order"))
    return {
        "row": draw, "parties": parties, "at": at, "wait": queries.public.waits_for(draw),
        "closed": row.closes_at is not None and row.closes_at <= timezone.now(),
        "steps": [
            ("报名，见证方交承诺值", at > 0, at == 0), ("锁定名单，揭示", at > 1, at == 1), ("摇号", at == 2, False)
        ],
        "value": quota_services.shown_value(draw), "wrote": draw.outside_by == viewer.account_id,
    }  # fmt: skip


def _headline(row: Offer, numbers: dict[str, Any]) -> str:
    words, _ = queries.desk.phase_words(row, timezone.now())
    if row.allocation in DRAWN and row.state == OfferState.PUBLISHED:
        return f"{row.title}：{words}，{numbers['entries']['entered']}人报名，{numbers['capacity']:,}个名额"
    return f"{row.title}：{words}，{numbers['capacity']:,}个名额，已占{numbers['taken']:,}个"


@desk("benefit.view")
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, row = viewer_of(request), found(request, pk)
    if row.state == OfferState.DRAFT:
        return redirect("benefits:publish", pk=pk)
    numbers = _numbers(request, row)
    context = {
        "offer": row, "page": row.page, "kind": Kind.said(row.kind), "words": audience.in_words(row.audience),
        "phase": queries.desk.phase_words(row, timezone.now()), "headline": _headline(row, numbers),
        "price": in_yuan(row.page.price), "subsidy": in_yuan(row.page.subsidy) if row.page.subsidy else "",
        "funnel": _funnel(row), "draw": _draw(viewer, row), "clashes": queries.clashing.clashes_of(viewer, row),
        "trip": shown_trip(row), "series": queries.desk.pages_of_series(viewer, row),
        "ratings": queries.opinions.ratings(viewer, row),
        "may_publish": viewer.may("benefit.publish"), "may_check_in": viewer.may("benefit.checkin"),
        "public_url": reverse("benefits:draw", args=[row.number]) if row.allocation in DRAWN else "",
        "reason": forms.ReasonForm(auto_id="off_%s"), **numbers,
    }  # fmt: skip
    return render(request, "benefits/offer.html", context)


def _funnel(row: Offer) -> list[dict[str, Any]]:
    found_numbers = quotas.funnel(row)
    top = max(found_numbers["reach"], 1)
    steps = (("面向的会员", "reach"), ("来领或报名", "asked"), ("得到名额", "had"), ("到场使用", "used"))
    listed = [
        {"title": title, "count": found_numbers[key], "percent": min(100, round(100 * found_numbers[key] / top))}
        for title, key in steps
    ]
    return [
        *listed,
        {"title": "未到", "count": found_numbers["missed"]},
        {"title": "取消或过期", "count": found_numbers["gave_back"]},
    ]


@desk("benefit.view")
@require_GET
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that asks again every few seconds."""
    row = found(request, pk)
    return render(request, "benefits/_live.html", {"offer": row, **_numbers(request, row)})


@desk("benefit.view")
def claims(request: HttpRequest, pk: int) -> Any:
    row = found(request, pk)
    return CLAIMS.respond(request, queries.desk.claims(viewer_of(request), row), heading=f"{row.title}：名额")


def _claim(request: HttpRequest, pk: int) -> Claim:
    row = queries.desk.claim(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@desk("benefit.view")
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One place: how it came about and how it was used; taken back with a reason that its member reads."""
    viewer, row = viewer_of(request), _claim(request, pk)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            quota_services.take_back(viewer, claim_id=pk, reason=form.cleaned_data["reason"])
            messages.success(request, "已收回名额，会员会看到原因")
            return redirect("benefits:claim", pk=pk)
        except Refusal as refusal:
            form.add_error("reason" if refusal.field == "reason" else None, refusal.message)
    context = {
        "claim": row, "name": masked(row), "form": form, "check_ins": queries.desk.check_ins_of(viewer, row),
        "kind": STATE_TAGS.get(row.state, ""),
        "may_take_back": viewer.may("benefit.manage") and row.state in ("held", "offered", "no_show"),
    }  # fmt: skip
    return render(request, "benefits/claim.html", context, status=422 if form.errors else 200)


def _acted(request: HttpRequest, pk: int, form: Any, act: Callable[[dict[str, Any]], str]) -> HttpResponse:
    """One small form of the offer's page: done, or what is wrong as a message."""
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
    else:
        messages.error(request, "没有办成：" + "；".join(str(one[0]) for one in form.errors.values()))
    return redirect("benefits:offer", pk=pk)


@desk("benefit.manage")
@require_POST
def capacity(request: HttpRequest, pk: int) -> HttpResponse:
    """More places or fewer at one counter."""
    viewer = viewer_of(request)
    row = queries.desk.counter(viewer, pk)
    if row is None:
        raise Http404

    def act(data: dict[str, Any]) -> str:
        quota_services.set_capacity(viewer, counter_id=pk, capacity=data["capacity"])
        return f"“{row.session.title}”现在有{data['capacity']:,}个名额"

    return _acted(request, row.offer_id, forms.CapacityForm(request.POST), act)


@desk("benefit.publish")
@require_POST
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    found(request, pk)

    def act(data: dict[str, Any]) -> str:
        quota_services.call_off(viewer_of(request), offer_id=pk, reason=data["reason"])
        return "已取消项目，还没有用的名额作废，会员会看到原因，限领次数已退回"

    return _acted(request, pk, forms.ReasonForm(request.POST), act)


@desk("benefit.manage")
@require_POST
def session_off(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = queries.desk.session(viewer, pk)
    if row is None:
        raise Http404

    def act(data: dict[str, Any]) -> str:
        quota_services.call_off_session(viewer, session_id=pk, reason=data["reason"])
        return f"已取消“{row.title}”，领到的会员可以另选一场"

    return _acted(request, row.offer_id, forms.ReasonForm(request.POST), act)


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """A place on behalf of a member: find them, choose the session, say why."""
    viewer, row = viewer_of(request), found(request, pk)
    sessions = [one for one in quotas.sessions(row) if one.state == SessionState.PLANNED]
    hits, form = [], forms.GiveForm(sessions=sessions)
    finding = forms.FindMember(request.POST if "q" in request.POST else None)
    if "person" in request.POST:
        form = forms.GiveForm(request.POST, sessions=sessions)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = quota_services.grant(
                    viewer, session_id=int(data["session"]), person_id=data["person"], why=data["why"]
                )
                messages.success(request, "已代办一个名额")
                return redirect("benefits:claim", pk=made.pk)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
    elif finding.is_bound and finding.is_valid():
        hits = [one for one in people_queries.search(viewer, finding.cleaned_data["q"], 20) if one.membership_id]
        if not hits:
            finding.add_error("q", "本单位范围内没有找到，换一个写法再找")
    chosen = number_of(request.POST.get("person", ""))
    who = people_queries.person(viewer, chosen) if chosen else None
    context = {
        "offer": row, "finding": finding, "hits": hits, "form": form, "who": who, "sessions": sessions,
        "words": audience.in_words(row.audience),
    }  # fmt: skip
    return render(request, "benefits/give.html", context, status=422 if finding.errors or form.errors else 200)
