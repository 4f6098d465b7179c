"""The desk's look at redemptions: offline scans that wait for a decision, and what looks unusual."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.refusal import Refusal

from .. import queries
from ..rules import unusual as rule
from .offers import masked


@desk("benefit.view")
@require_GET
def unusual(request: HttpRequest) -> HttpResponse:
    """Both lists; the rule of the second stands beside it."""
    viewer = viewer_of(request)
    disputes = [
        {"row": row, "name": masked(row), "by": by, "merchant": row.provider_id is not None}
        for row, by in queries.doubts.disputes(viewer)
    ]
    context = {
        "disputes": disputes, "rows": queries.doubts.unusual(viewer, timezone.now()), "rule": rule.RULE,
        "may_settle": viewer.may("benefit.manage"),
    }  # fmt: skip
    return render(request, "benefits/unusual.html", context)


@desk("benefit.manage")
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """One disputed scan counts, or not, with the reason that whoever scanned it reads."""
    viewer = viewer_of(request)
    if queries.doubts.dispute(viewer, pk) is None:
        raise Http404
    count = request.POST.get("count") == "1"
    try:
        quota_services.settle_dispute(viewer, dispute_id=pk, count=count, reason=request.POST.get("reason", "")[:200])
        messages.success(request, "已认可，这次核销算数" if count else "已记下不认可的原因，核销的人上交时看得到")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("benefits:unusual")
