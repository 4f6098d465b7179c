"""A witness's own door to a draw: the link that staff hand over once, and the page behind it, without a log-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk, public
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.choices import DrawState, OfferState
from gonghui.kernel.quotas.models import DrawParty
from gonghui.kernel.refusal import Refusal
from gonghui.pages.codes import qr

from .. import forms
from .drawing import party_of
from .editing import found


@desk("benefit.manage")
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for a witness, shown this once; nothing of it is kept but its digest."""
    row, number = found(request, pk), party_of(request, pk)
    try:
        token = quota_services.make_link(viewer_of(request), party_id=number)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("benefits:offer", pk=pk)
    address = request.build_absolute_uri(reverse("benefits:witness", args=[token]))
    context = {
        "offer": row, "party": row.draw.parties.get(pk=number), "address": address,
        "qr": qr(address, "见证链接的二维码"),
    }  # fmt: skip
    return _private(render(request, "benefits/witness_link.html", context))


def _private(answer: HttpResponse) -> HttpResponse:
    """The address itself is the key: nobody keeps a copy, and no search finds it."""
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _stage(party: DrawParty) -> str:
    """The one thing for a witness to do or to know now."""
    draw, offer = party.draw, party.draw.offer
    if offer.state == OfferState.CANCELLED:
        return "cancelled"
    if draw.state == DrawState.DRAWN:
        return "drawn"
    if draw.state == DrawState.COLLECTING:
        return "committed" if party.commitment else "commit"
    if not party.commitment:
        return "late"
    return "revealed" if party.value else "reveal"


def _act(request: HttpRequest, token: str, form: Any) -> str:
    """Do what the form asks for: the words of success.

    :raises Refusal: as the services.
    """
    viewer, data = viewer_of(request), form.cleaned_data
    if isinstance(form, forms.WitnessForm):
        quota_services.commit_by_link(viewer, token=token, secret=data["secret"])
        return "已提交承诺值。密语平台没有保存，请留好"
    if isinstance(form, forms.ShowSecretForm):
        quota_services.reveal_by_link(viewer, token=token, value=data["value"])
        return "与承诺值一致，已公布"
    quota_services.check_outside_by_link(viewer, token=token, value=data["number"])
    return "与登记的一致，公开数值已核对"


_FORMS: dict[str, Callable[..., Any]] = {
    "commit": forms.WitnessForm, "reveal": forms.ShowSecretForm, "check": forms.CheckForm
}  # fmt: skip


@public
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What a witness does: hand in a secret's hash, show the secret, read the public value again."""
    party = quotas.witness(token[:64])
    if party is None:
        raise Http404
    act = request.POST.get("act", "")
    sent = _FORMS[act](request.POST) if act in _FORMS else None
    if sent is not None and sent.is_valid():
        try:
            messages.success(request, _act(request, token, sent))
            return _private(redirect("benefits:witness", token=token))
        except Refusal as refusal:
            sent.add_error(next(iter(sent.fields)), refusal.sentence)
    stage = _stage(party)
    draw = party.draw
    checks = draw.state == DrawState.LISTED and draw.outside_value and draw.outside_checked_at is None
    context = {
        "party": party, "draw": draw, "offer": draw.offer, "host": quotas.host(draw.offer), "stage": stage,
        "form": sent if act == stage else _FORMS[stage]() if stage in _FORMS else None,
        "check": (sent if act == "check" else forms.CheckForm()) if checks else None,
    }  # fmt: skip
    wrong = sent is not None and bool(sent.errors)
    return _private(render(request, "benefits/witness.html", context, status=422 if wrong else 200))
