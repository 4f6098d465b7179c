"""Members on the phone: their congress, its papers and decisions; delegates check in, vote and propose."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org.queries import public
from gonghui.kernel.refusal import Refusal

from .. import choices as c
from .. import forms, queries, services
from .acting import found
from .files import sent
from .motions import state
from .session import results


@member
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    congress = queries.own_congress(viewer)
    context = {
        "congress": congress,
        "union": public(congress.organisation_id) if congress else None,
        "seat": queries.own_seat(viewer, congress.pk) if congress else None,
        "sessions": queries.own_sessions(viewer)[:6],
        "ballots": queries.own_ballots(viewer).filter(state="open")[:6],
        "contracts": queries.own_contracts(viewer)[:6],
    }
    return render(request, "democracy/m_home.html", context)


@member
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Papers and decisions of a session; a delegate checks in here on the day."""
    viewer = viewer_of(request)
    row = found(queries.own_sessions(viewer).filter(pk=pk).first())
    seat, there = queries.own_seat(viewer, row.congress_id), queries.own_attendance(viewer, row)
    form = forms.CheckInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.check_in(viewer, session_id=pk, code=form.cleaned_data["code"])
            messages.success(request, "已签到")
            return redirect("democracy:m-session", pk)
        except Refusal as refusal:
            form.add_error("code" if refusal.field == "code" else None, refusal.sentence)
    receipts = queries.own_receipts(viewer, row)
    items = [
        {"row": item, "ballots": list(item.ballots.exclude(state="void")),
         "papers": [(one, receipts.get(one.pk)) for one in item.papers.filter(delivered_on__isnull=False)]}
        for item in row.items.order_by("number")
    ]  # fmt: skip
    context = {
        "row": row, "items": items, "seat": seat, "there": there, "form": form,
        "check_in": seat is not None and not there and row.state in ("notified", "open")
        and row.on == timezone.localdate(),
    }  # fmt: skip
    return render(request, "democracy/m_session.html", context, status=422 if form.errors else 200)


@member
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A paper; a delegate's first look is the receipt."""
    viewer = viewer_of(request)
    row = found(queries.own_paper(viewer, pk))
    services.opened(viewer, paper=row)
    return sent(queries.paper_file(row))


@member
@never_cache
@require_GET
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a delegate gets a ballot and casts it; later its result."""
    viewer = viewer_of(request)
    row = found(queries.own_ballots(viewer).exclude(state="void").filter(pk=pk).first())
    issued, seat = queries.own_issued(viewer, row), queries.own_seat(viewer, row.item.session.congress_id)
    context = {
        "row": row,
        "seat": seat,
        "there": queries.own_attendance(viewer, row.item.session),
        "paper": issued is not None and issued.way == "paper",
        "results": results(row),
        "told": {
            "ballot": str(row.token), "seat": seat.pk if seat else 0, "modulus": row.modulus,
            "kind": row.kind, "seats": row.seats,
            "issue": reverse("democracy:m-issue", args=[row.pk]),
            "cast": reverse("democracy:cast", args=[row.token]),
        },
    }  # fmt: skip
    return render(request, "democracy/m_ballot.html", context)


@member
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a blinded token."""
    found(queries.own_ballots(viewer_of(request)).filter(pk=pk).first())
    try:
        signed = services.issue(viewer_of(request), ballot_id=pk, blinded=request.POST.get("blinded", "")[:1024])
    except Refusal as refusal:
        return JsonResponse({"words": refusal.sentence, "code": refusal.code}, status=409)
    return JsonResponse({"signed": signed})


@member
@require_GET
def motions(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    congress = queries.own_congress(viewer)
    rows = [(one, state(one)) for one in queries.own_motions(viewer)[:60]]
    seat = queries.own_seat(viewer, congress.pk) if congress else None
    return render(request, "democracy/m_motions.html", {"rows": rows, "seat": seat})


@member
@require_http_methods(["GET", "POST"])
def motion_new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    congress = queries.own_congress(viewer)
    form = forms.MotionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if congress is None:
                raise Refusal("GH-DEM-006", "本单位还没有职代会", None, "向工会主席反映")
            row = services.write(
                viewer, congress_id=congress.pk, kind=c.MotionKind(data["kind"]), topic=c.MotionTopic(data["topic"]),
                title=data["title"], reason=data["reason"], advice=data["advice"],
            )  # fmt: skip
            messages.success(request, "已提交，办理进度在这里看")
            return redirect("democracy:m-motion", row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return render(request, "democracy/m_motion_new.html", {"form": form}, status=422 if form.errors else 200)


@member
@require_http_methods(["GET", "POST"])
def motion(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposal with what was done about it; others second it, its author judges the answer."""
    viewer = viewer_of(request)
    row = found(queries.own_motions(viewer).filter(pk=pk).first())
    seat = queries.own_seat(viewer, row.congress_id)
    if request.method == "POST":
        do, text = request.POST.get("do", ""), request.POST.get("text", "")
        try:
            if do == "second":
                services.second(viewer, motion_id=pk)
                messages.success(request, "已附议")
            elif do in ("content", "again"):
                services.rate(viewer, motion_id=pk, content=do == "content", text=text)
                messages.success(request, "已评价答复")
            else:
                messages.error(request, "没有办理，刷新页面再试")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("democracy:m-motion", pk)
    mine = row.delegate.person_id == viewer.person_id
    seconded = seat is not None and row.seconds.filter(delegate=seat).exists()
    context = {
        "row": row, "state": state(row), "steps": row.steps.order_by("pk"),
        "may_second": seat is not None and not mine and not seconded and row.state == "seconding",
        "may_rate": mine and row.state == "answered",
    }  # fmt: skip
    return render(request, "democracy/m_motion.html", context)
