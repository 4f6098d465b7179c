"""What a member has: tickets with their turning code, giving back, the line's answer, the household, the calendar."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import member, public
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import rules as quota_rules
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.choices import ClaimState
from gonghui.kernel.quotas.models import Claim
from gonghui.kernel.refusal import Refusal

from .. import forms as sheets
from .. import queries, services
from ..forms.trip import CompanionForm, HandOnForm
from ..rules.calendars import Event, calendar
from ..rules.lessons import times
from ..rules.pages import in_yuan
from .editing import shown_trip
from .member import told

A_PAGE = 20
"""Lines of history on a page."""


@member
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "current": list(queries.member.current(viewer)),
        "entries": queries.member.waiting_entries(viewer),
        "page": Paginator(queries.member.past(viewer), A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "benefits/m_tickets.html", context)


def own(request: HttpRequest, pk: int) -> Claim:
    row = queries.member.claim(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _code_of(row: Claim, now: float) -> dict[str, object]:
    """What is shown of the current half minute: the QR, ink on white in every theme, and the text it holds."""
    text = quota_rules.code_text(quota_services.code_key(), row.pk, row.code, now)
    svg = segno.make(text, error="m").svg_inline(scale=5, border=2, dark="#111", light="#fff", omitsize=True)
    return {
        "code": mark_safe(svg.replace("<svg ", '<svg class="qr" role="img" aria-label="核销二维码" ', 1)), "text": text
    }  # fmt: skip


def _on_ticket(request: HttpRequest, row: Claim, **forms: Any) -> dict[str, Any]:
    """What a ticket's page shows of companions, the group and handing on."""
    viewer, found = viewer_of(request), {}
    if quota_services.why_not_hand_on(row) is None:
        found |= {"hand_on": forms.get("hand_on") or HandOnForm(), "may_hand_on": True}
    found["handovers"] = quotas.handovers(viewer, row)
    trip = shown_trip(row.offer)
    if trip is None or row.ended:
        return found
    group, companions = queries.groups.departure(row.session), queries.groups.companions(row)
    gone = group is not None and group.departed_at is not None
    left = trip["row"].companions - len(companions)
    return found | {
        "trip": trip, "group": group, "leader_phone": queries.groups.leader_phone(group), "companions": companions,
        "companions_pay": in_yuan(trip["row"].whole_price * len(companions)),
        "may_name": row.state == "held" and not gone, "companions_left": left,
        "companion": forms.get("companion") or (CompanionForm() if left > 0 else None),
    }  # fmt: skip


def _shows_code(row: Claim) -> bool:
    return row.state in (ClaimState.HELD, ClaimState.NO_SHOW)


@member
@require_GET
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """One ticket: its code while it is good, who comes along, whom it may be handed on to."""
    return shown_ticket(request, own(request, pk))


def shown_ticket(request: HttpRequest, row: Claim, status: int = 200, **forms: Any) -> HttpResponse:
    """A ticket's page, with a form of it as it was sent."""
    now = quota_services.moment()
    until = quota_rules.cancel_until(row.session.starts_at, row.offer.cancel_until_hours)
    context = {
        "claim": row, "offer": row.offer, "now": now, "until": until, "page": row.offer.page,
        **(_code_of(row, now.timestamp()) if _shows_code(row) else {}),
        "left": row.offer.uses - row.used, "may_give_back": row.state == ClaimState.HELD and not row.used
        and (until is None or now < until), "late": until is not None and now >= until,
    } | _on_ticket(request, row, **forms)  # fmt: skip
    answer = render(request, "benefits/m_ticket.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


@member
@require_GET
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code as it is now, for the page that stays open; once it was used, the page is told to read anew."""
    row, now = own(request, pk), quota_services.moment()
    if not _shows_code(row):
        return HttpResponse(status=205, headers={"Cache-Control": "no-store"})
    context = {**_code_of(row, now.timestamp()), "now": now}
    answer = render(request, "benefits/_code.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@member
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    row = own(request, pk)
    try:
        quota_services.give_back(viewer_of(request), claim_id=pk)
        messages.success(request, "已退回，名额按顺序给候补的人")
    except Refusal as refusal:
        told(request, refusal)
        return redirect("benefits:m-ticket", pk=pk)
    return redirect("benefits:m-offer", pk=row.offer_id)


@member
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes or no to a place from the line."""
    row = own(request, pk)
    accept = request.POST.get("accept") == "1"
    try:
        quota_services.answer(viewer_of(request), claim_id=pk, accept=accept)
        messages.success(request, "已确认，名额是您的" if accept else "已放弃，名额给下一位")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-ticket" if accept else "benefits:m-offer", pk=pk if accept else row.offer_id)


@member
@require_http_methods(["GET", "POST"])
def household(request: HttpRequest) -> HttpResponse:
    """Who lives together, for what is given to a household once."""
    viewer = viewer_of(request)
    act = request.POST.get("act", "")
    form = sheets.JoinForm(request.POST if act == "join" else None)
    try:
        if act == "start":
            quota_services.start_household(viewer)
            messages.success(request, "已登记，把邀请码给同住的家人")
            return redirect("benefits:m-household")
        if act == "leave":
            quota_services.leave_household(viewer)
            messages.success(request, "已退出")
            return redirect("benefits:m-household")
        if act == "join" and form.is_valid():
            quota_services.join_household(viewer, code=form.cleaned_data["code"])
            messages.success(request, "已加入")
            return redirect("benefits:m-household")
    except Refusal as refusal:
        if act == "join":
            form.add_error("code", refusal.sentence)
        else:
            told(request, refusal)
    context = {"home": queries.member.household(viewer), "form": form}
    return render(request, "benefits/m_household.html", context, status=422 if form.errors else 200)


def _calendar(rows: list[Claim]) -> HttpResponse:
    """Sessions as a calendar: titles, times and places, nobody's name."""
    now = timezone.now()
    events = [
        Event(f"claim-{row.pk}{f'-{n}' if n else ''}@gonghui", row.offer.title, begin, end, row.session.place)
        for row in rows
        for n, (begin, end) in enumerate(times(row.session.starts_at, row.session.ends_at, row.session.lessons))
        if begin > now
    ]
    answer = HttpResponse(calendar(events, now), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


@member
@require_GET
def ics(request: HttpRequest) -> HttpResponse:
    """Own sessions to come, for the phone's calendar."""
    answer = _calendar(queries.member.sessions_ahead(viewer_of(request), timezone.now()))
    answer["Content-Disposition"] = 'attachment; filename="gonghui.ics"'
    return answer


@public
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a calendar that asks again and again: the link is the key, and nobody logs in."""
    rows = queries.member.sessions_of_feed(quota_rules.link_digest(token), timezone.now())
    if rows is None:
        raise Http404
    answer = _calendar(rows)
    answer["X-Robots-Tag"] = "noindex"
    return answer


@member
@require_http_methods(["GET", "POST"])
def subscription(request: HttpRequest) -> HttpResponse:
    """A member lets the phone's calendar follow, or stops it; the link is shown once."""
    viewer, address = viewer_of(request), ""
    if request.method == "POST" and request.POST.get("act") == "close":
        services.close_feed(viewer)
        messages.success(request, "已停用，原来的链接打不开了")
        return redirect("benefits:m-subscription")
    if request.method == "POST":
        address = request.build_absolute_uri(reverse("benefits:feed", args=[services.open_feed(viewer)]))
    context = {
        "address": address, "follows": queries.member.has_feed(viewer),
        "follow": address.replace("https://", "webcal://", 1).replace("http://", "webcal://", 1),
    }  # fmt: skip
    answer = render(request, "benefits/m_subscription.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
