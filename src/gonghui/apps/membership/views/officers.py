"""Offices: somebody takes one, somebody leaves one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import Office
from gonghui.kernel.refusal import Refusal

from ..forms.fields import refuse
from ..forms.organisations import EndForm
from ..forms.people import AppointForm
from .dialogs import ask
from .loading import appointment_of, crumbs, done, organisation_of, organisation_url


@desk("officer.manage")
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """任职."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    form = AppointForm(request.POST or None, viewer=viewer, organisation=organisation)
    back = organisation_url(pk, "officers")
    if request.method == "POST" and form.is_valid():
        try:
            people.appoint(viewer, organisation=organisation, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记{Office(form.cleaned_data['office']).label}任职")
            return done(request, back)
    context = {
        "organisation": organisation,
        "form": form,
        "path": [*crumbs(viewer, organisation, here=False), ("登记任职", "")],
        "back": back,
    }
    return render(request, "membership/appoint.html", context, status=422 if form.is_bound else 200)


@desk("officer.manage")
def leave_office(request: HttpRequest, pk: int) -> HttpResponse:
    """离任."""
    viewer = viewer_of(request)
    appointment = appointment_of(request, pk)
    back = organisation_url(appointment.organisation_id, "officers")
    form = EndForm(request.POST or None)
    form.fields["on"].label = "离任日期"
    form.fields["reason"].label = "离任原因"
    if request.method == "POST" and form.is_valid():
        try:
            people.end_appointment(viewer, appointment=appointment, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已登记离任")
            return done(request, back)
    lines = [f"{appointment.person.name}不再担任{Office(appointment.office).label}，任职经历保留。"]
    return ask(request, form, title="登记离任", submit="登记离任", back=back, lines=lines, bad=True)
