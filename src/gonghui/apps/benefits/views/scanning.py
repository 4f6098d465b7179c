"""The door: a staff phone reads codes, ticks people off a list, and hands in what it read without a network."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files import pictures
from gonghui.kernel.people.rules import mask_name
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.models import CheckIn, Session
from gonghui.kernel.quotas.services import Scan
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import forms, queries
from . import number_of
from .offers import masked

MOST_SCANS = 2_000


def sent(request: HttpRequest) -> dict[str, Any]:
    """The JSON that the script sent; anything else is as if nothing had been sent."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def scan_of(row: Any) -> Scan | None:
    """One scan as the phone kept it; None when it is none."""
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return None
    try:
        key = UUID(str(row.get("key", "")))
        at = parse_datetime(str(row.get("at", ""))) or timezone.now()
        part = int(row.get("part", 1))
    except (ValueError, TypeError):
        return None
    at = at if timezone.is_aware(at) else timezone.make_aware(at)
    return Scan(row["text"][:200], at, key, min(max(part, 1), 1000), str(row.get("listed", ""))[:300])


def scanning(store: str, take: str, merge: str, read: str, listed: str) -> dict[str, Any]:
    """What the script is told: where to ask, its pass for scans without a network, and what time it is here."""
    now = int(quota_services.moment().timestamp() * 1000)
    return {"take": take, "merge": merge, "read": read, "store": store, "listed": listed, "now": now}


def good(row: CheckIn) -> dict[str, Any]:
    """What the door shows for a code that is good: the masked name and how much is left."""
    claim = row.claim
    left = claim.offer.uses - claim.used
    return {
        "ok": True, "name": mask_name(claim.person.name), "title": claim.offer.title,
        "words": "已签到" if claim.offer.uses == 1 else f"已核销{row.part}次，还剩{left}次",
        "at": f"{timezone.localtime(row.at):%H:%M:%S}",
    }  # fmt: skip


def bad(refusal: Refusal) -> dict[str, Any]:
    return {
        "ok": False, "words": refusal.message, "hint": refusal.hint or "", "listed": refusal.code == "GH-QTA-068"
    }  # fmt: skip


def scanned(request: HttpRequest, act: Any) -> JsonResponse:
    """One code, answered at once."""
    scan = scan_of(sent(request))
    if scan is None:
        return JsonResponse(bad(Refusal("GH-BEN-050", "没有读到内容，再扫一次", "code")), status=422)
    try:
        return JsonResponse(good(act(scan)))
    except Refusal as refusal:
        return JsonResponse(bad(refusal), status=409)


def read_photo(request: HttpRequest) -> JsonResponse:
    """The text of the code on a photo, for phones whose browser reads none; the photo is not kept."""
    upload = request.FILES.get("photo")
    try:
        found = pictures.codes(upload.read(pictures.MOST_BYTES + 1)) if upload else []
        if not found:
            raise Refusal("GH-BEN-052", "照片上没有读到二维码", "photo", "靠近一些，让二维码占满画面再拍一次")
    except Refusal as refusal:
        return JsonResponse(bad(refusal), status=422)
    return JsonResponse({"ok": True, "text": found[0][:200]})


def handed_in(request: HttpRequest, act: Any) -> JsonResponse:
    """What was read without a network: an answer for each."""
    rows = sent(request).get("scans")
    scans = [one for one in map(scan_of, rows if isinstance(rows, list) else []) if one is not None][:MOST_SCANS]
    answers = [
        {"key": str(scan.key), **(bad(done) if isinstance(done, Refusal) else good(done))} for scan, done in act(scans)
    ]
    return JsonResponse({"scans": answers})


def _session(request: HttpRequest, pk: int) -> Session:
    row = queries.desk.session(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@desk("benefit.checkin")
@require_GET
def doors(request: HttpRequest) -> HttpResponse:
    """Which session this phone stands at."""
    rows = queries.desk.sessions_of_day(viewer_of(request), timezone.now())
    return render(request, "benefits/doors.html", {"rows": rows})


@desk("benefit.checkin")
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, row, now = viewer_of(request), _session(request, pk), timezone.now()
    people = [
        {
            "row": one, "name": masked(one), "key": uuid4(),
            "may": one.used < row.offer.uses and not (one.here and row.lessons > 1),
        }
        for one in queries.desk.expected(viewer, row, now)
    ]  # fmt: skip
    last = [{"row": one, "name": masked(one)} for one in queries.desk.last_check_ins(viewer, row)]
    context = {
        "session": row, "offer": row.offer, "lesson": queries.desk.lesson_of(row, now),
        "count": queries.desk.arrivals(viewer, row, now), "people": people, "last": last,
        "scanning": scanning(
            f"session-{pk}", *(reverse(f"benefits:scan-{act}", args=[pk]) for act in ("take", "merge", "read")),
            quota_services.door_pass(viewer, session_id=pk),
        ),
        "undo": forms.ReasonForm(auto_id="undo_%s"), "uses": row.offer.uses,
    }  # fmt: skip
    answer = render(request, "benefits/scan.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@desk("benefit.checkin")
@require_POST
def take(request: HttpRequest, pk: int) -> JsonResponse:
    viewer, row = viewer_of(request), _session(request, pk)

    def act(scan: Scan) -> CheckIn:
        return quota_services.check_in(viewer, key=scan.key, text=scan.text, session_id=row.pk, part=scan.part)

    return _told(viewer, row, scanned(request, act))


def _told(viewer: Viewer, row: Session, answer: JsonResponse) -> JsonResponse:
    """What every answer of a door says besides: how many are there, and its pass anew."""
    answer["X-Arrived"] = str(queries.desk.arrivals(viewer, row, timezone.now())["arrived"])
    answer["X-Listed"] = quota_services.door_pass(viewer, session_id=row.pk)
    return answer


@desk("benefit.checkin")
@require_POST
def read(request: HttpRequest, pk: int) -> JsonResponse:
    _session(request, pk)
    return read_photo(request)


@desk("benefit.checkin")
@require_POST
def merge(request: HttpRequest, pk: int) -> JsonResponse:
    viewer, row = viewer_of(request), _session(request, pk)
    answer = handed_in(request, lambda scans: quota_services.merge_offline(viewer, session_id=row.pk, scans=scans))
    return _told(viewer, row, answer)


@desk("benefit.checkin")
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody without a phone is ticked off the list; or all that were marked, as a paper list says."""
    viewer, row = viewer_of(request), _session(request, pk)
    if "key" not in request.POST:
        return _tick_off(request, viewer, row)
    claim = number_of(request.POST.get("claim", ""))
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    try:
        quota_services.check_in(viewer, key=key, claim_id=claim, session_id=row.pk)
        messages.success(request, "已签到")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("benefits:scan", pk=pk)


def _tick_off(request: HttpRequest, viewer: Viewer, row: Session) -> HttpResponse:
    claims = [number for one in request.POST.getlist("claim") if (number := number_of(one)) is not None]
    try:
        done = quota_services.tick_off(viewer, session_id=row.pk, claims=claims)
        if done:
            messages.success(request, f"已给{len(done):,}人签到")
        else:
            messages.error(request, "没有勾选还没签到的会员")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("benefits:scan", pk=row.pk)


@desk("benefit.checkin")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """A mistaken check-in of this session taken back; it stays on record."""
    viewer, row = viewer_of(request), _session(request, pk)
    number = number_of(request.POST.get("check_in", ""))
    try:
        if number is None:
            raise Refusal("GH-BEN-051", "没有选要撤销的签到", "check_in")
        quota_services.undo_check_in(viewer, check_in_id=number, reason=request.POST.get("reason", "")[:200])
        messages.success(request, "已撤销签到")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("benefits:scan", pk=row.pk)
