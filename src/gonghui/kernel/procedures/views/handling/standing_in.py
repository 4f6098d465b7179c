"""Leave and interests: who does an officer's work for some days, and whose matters an officer steps back from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import desk
from ....org.models import Organisation
from ....people.models import Person
from ....refusal import Refusal
from ... import services
from ...queries import handling
from . import forms
from .common import put, say, unkept

MOST_FOUND = 12


def _page(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    viewer, today = viewer_of(request), timezone.localdate()
    colleagues = handling.colleagues(viewer, viewer.organisation_id, today)
    context = {
        "delegations": handling.delegations(viewer),
        "interests": handling.interests(viewer),
        "delegate_form": forms.DelegateForm(colleagues=colleagues, today=today, auto_id="d_%s"),
        "interest_form": forms.InterestForm(auto_id="i_%s"),
        "colleagues": colleagues,
        "today": today,
        "me": viewer.account_id,
        **given,
    }
    return unkept(render(request, "procedures/handling/standing_in.html", context, status=status))


@desk("application.handle")
@require_http_methods(["GET", "POST"])
def standing_in(request: HttpRequest) -> HttpResponse:
    """What is delegated and declared; POST hands one's work to a colleague for some days."""
    if request.method != "POST":
        return _page(request)
    viewer, today = viewer_of(request), timezone.localdate()
    colleagues = handling.colleagues(viewer, viewer.organisation_id, today)
    form = forms.DelegateForm(request.POST, colleagues=colleagues, today=today, auto_id="d_%s")
    if form.is_valid():
        try:
            made = services.delegate(viewer, **form.cleaned_data)
            messages.success(request, f"已委托{made.to_name}代办，{made.valid_from:%Y-%m-%d}至{made.valid_to:%Y-%m-%d}")
            return redirect("procedures:standing-in")
        except Refusal as refusal:
            put(form, refusal)
    return _page(request, 422, delegate_form=form)


@desk("application.handle")
@require_POST
def end_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        services.end_delegation(viewer_of(request), delegation_id=pk)
        messages.success(request, "已结束委托，待办件回到本岗位")
    except Refusal as refusal:
        say(request, refusal)
    return redirect("procedures:standing-in")


def _candidates(request: HttpRequest, name: str) -> list[Any]:
    """People and unions of exactly this name in the range: nobody browses people here."""
    viewer = viewer_of(request)
    people = Person.objects.visible(viewer).filter(name=name).order_by("pk")[:MOST_FOUND]
    unions = Organisation.objects.visible(viewer).filter(name=name).order_by("pk")[:MOST_FOUND]
    return [*(("person", one) for one in people), *(("organisation", one) for one in unions)]


@desk("application.handle")
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a relative or a unit by its name; where several have it, one is chosen."""
    form = forms.InterestForm(request.POST, auto_id="i_%s")
    if not form.is_valid():
        return _page(request, 422, interest_form=form)
    data, chosen = form.cleaned_data, request.POST.get("chosen", "")
    candidates = _candidates(request, data["name"].strip())
    if chosen:
        candidates = [(kind, one) for kind, one in candidates if f"{kind}-{one.pk}" == chosen]
    if len(candidates) > 1:
        rows = [
            (f"{kind}-{one.pk}", f"{one.name} {one.id_mask}" if kind == "person" else one.name)
            for kind, one in candidates
        ]
        return _page(request, 422, interest_form=form, candidates=rows)
    if not candidates:
        form.add_error(
            "name", "本岗位范围内没有叫这个名字的人或工会。核对全名；不在范围内的人不会由本岗位办理，可以不申报"
        )
        return _page(request, 422, interest_form=form)
    kind, one = candidates[0]
    try:
        services.declare_interest(viewer_of(request), kind=data["kind"], note=data["note"], **{kind: one})
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, 422, interest_form=form)
    messages.success(request, "已申报，涉及的申请会自动转给其他人办理")
    return redirect("procedures:standing-in")


@desk("application.handle")
@require_POST
def end_interest(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        services.end_interest(viewer_of(request), interest_id=pk)
        messages.success(request, "已终止申报")
    except Refusal as refusal:
        say(request, refusal)
    return redirect("procedures:standing-in")
