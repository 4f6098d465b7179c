"""Is it ready: every mistake with the place where it is mended; publishing, taking out of force, throwing away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import desk
from ....refusal import Refusal
from ... import services
from ...queries import definitions as queries
from ...rules.editing import place_of
from .common import address_of, draft, frame, seen
from .forms import PublishForm, RetireForm
from .listing import compared


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What keeps a draft from being published, and, when nothing does, publishing it."""
    row, viewer = draft(request, pk), viewer_of(request)
    context = frame(request, row, "definition_check")
    form = PublishForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            services.publish(viewer, procedure=row, valid_from=data["valid_from"], note=data["note"])
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"已发布“{row.title}”，{form.cleaned_data['valid_from']:%Y-%m-%d}起施行")
            return redirect("procedures:definition", pk=pk)
    before = queries.versions(row.key, row.path).filter(version__lt=row.version).first() or row.origin
    mistakes = []
    for one in context["wrong"]:
        place = place_of(one.where, row.body)
        mistakes.append({"where": place.words, "sentence": one.sentence, "url": address_of(place, pk)})
    context |= {"form": form, "mistakes": mistakes, "before": before}
    context["lines"] = compared(before.body, row.body) if before is not None else None
    return render(request, "procedures/editing/check.html", context, status=422 if form.errors else 200)


@desk("procedure.manage")
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop taking new applications; what runs goes on."""
    row, form = seen(request, pk), RetireForm(request.POST)
    if not form.is_valid():
        messages.error(request, "还没有写停用原因")
    else:
        services.retire(viewer_of(request), procedure=row, reason=form.cleaned_data["reason"])
        messages.success(request, f"已停用“{row.title}”，在办的继续办完")
    return redirect("procedures:definition", pk=pk)


@desk("procedure.manage")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    row = draft(request, pk)
    services.discard(viewer_of(request), procedure=row)
    messages.success(request, f"已删除“{row.title}”的草稿")
    return redirect("procedures:definitions")
