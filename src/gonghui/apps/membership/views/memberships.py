"""What is done to one membership: admission, correction, transfer, retention, leaving, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.people import services as people
from gonghui.kernel.refusal import Refusal

from ..forms.fields import refuse
from ..forms.people import (
    AdmitForm,
    CorrectMembershipForm,
    HeldRetainForm,
    LeaveForm,
    RestoreForm,
    TransferForm,
    WhyForm,
)
from .dialogs import ask
from .loading import crumbs, done, membership_of, organisation_of, person_url
from .person import own_union


@desk("member.manage")
def admit(request: HttpRequest) -> HttpResponse:
    """Register one person and admit them; both or neither."""
    viewer = viewer_of(request)
    wanted = request.GET.get("organisation", "")
    organisation = organisation_of(request, int(wanted)) if wanted.isdigit() else None
    if organisation is None and viewer.organisation_id is not None:
        organisation = organisation_of(request, viewer.organisation_id)
    form = AdmitForm(request.POST or None, viewer=viewer, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                person = people.register(
                    viewer, organisation=data["organisation"], name=data["name"], id_kind=data["id_kind"],
                    id_number=data["id_number"], phone=data["phone"], **form.person_facts,
                )  # fmt: skip
                people.admit(
                    viewer,
                    organisation=data["organisation"],
                    person=person,
                    joined_on=data["joined_on"],
                    on=data["on"],
                    **form.facts,
                )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            again = f"{reverse('membership:member-new')}?organisation={data['organisation'].pk}"
            messages.success(request, format_html('已办理入会<a href="{}">再办一名</a>', again))
            return done(request, person_url(person.pk))
    path = [*crumbs(viewer, organisation, here=False), ("办理入会", "")] if organisation else [("办理入会", "")]
    context = {"form": form, "path": path, "back": reverse("membership:members")}
    return render(request, "membership/admit.html", context, status=422 if form.is_bound else 200)


@desk("member.manage")
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """更正会籍资料."""
    viewer = viewer_of(request)
    row = membership_of(request, pk)
    form = CorrectMembershipForm(request.POST or None, initial=CorrectMembershipForm.initial_of(row))
    back = person_url(row.person_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        changes = {
            name: data[name]
            for name in (*form.FACTS, "card_no", "joined_on", "valid_from")
            if name in form.changed_data
        }
        try:
            people.correct_membership(
                viewer, membership=row, version=data["version"], changes=changes, reason=data["reason"]
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已更正会籍资料")
            return done(request, back)
    context = {
        "form": form,
        "membership": row,
        "path": [
            *crumbs(viewer, row.organisation, here=False),
            (row.person.name, back),
            ("更正会籍资料", ""),
        ],
        "back": back,
    }
    return render(request, "membership/membership_edit.html", context, status=422 if form.is_bound else 200)


@desk("member.manage")
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """转会: at once within the range, else asked of the other union."""
    viewer = viewer_of(request)
    row = membership_of(request, pk)
    form = TransferForm(request.POST or None, viewer=viewer)
    back = person_url(row.person_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["where"] == "within":
                people.transfer_within(
                    viewer,
                    membership=row,
                    to_organisation=data["inside"],
                    on=data["on"],
                    reason=data["reason"],
                )
                messages.success(request, f"已转入{data['inside'].name}")
            else:
                asked = people.ask_transfer(
                    viewer, membership=row, to_organisation=data["outside"], reason=data["reason"]
                )
                url = reverse("membership:transfer-withdraw", args=[asked.pk])
                messages.success(
                    request,
                    format_html('已发起转会，等{}接收<a href="{}">撤回</a>', data["outside"].name, url),
                )
        except Refusal as refusal:
            refuse(form, _beside(refusal, data["where"]))
        else:
            return done(request, back)
    context = {
        "form": form,
        "membership": row,
        "path": [*crumbs(viewer, row.organisation, here=False), (row.person.name, back), ("转会", "")],
        "back": back,
    }
    return render(request, "membership/transfer.html", context, status=422 if form.is_bound else 200)


def _beside(refusal: Refusal, where: str) -> Refusal:
    """The service speaks of `to_organisation`; the form has one box for each way."""
    field = refusal.field
    if field in ("to_organisation", "organisation"):
        field = "inside" if where == "within" else "outside"
    return Refusal(refusal.code, refusal.message, field, refusal.hint)


@desk("member.manage")
def retain(request: HttpRequest, pk: int) -> HttpResponse:
    """保留会籍."""
    viewer = viewer_of(request)
    row = membership_of(request, pk)
    form = HeldRetainForm(request.POST or None, holders=own_union(viewer, row))
    back = person_url(row.person_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            holder = organisation_of(request, int(data["held_by"]))
            people.retain(viewer, membership=row, reason=data["why"], on=data["on"], held_by=holder, note=data["note"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保留会籍")
            return done(request, back)
    lines = ["保留期间不缴会费，没有选举权和被选举权，工会职务随之终止。以后可以恢复。"]
    return ask(request, form, title="保留会籍", submit="保留会籍", back=back, lines=lines)


@desk("member.manage")
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复会籍."""
    viewer = viewer_of(request)
    row = membership_of(request, pk)
    form = RestoreForm(request.POST or None)
    back = person_url(row.person_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            people.restore(
                viewer, membership=row, on=data["on"], reason=data["reason"], worker_kind=data["worker_kind"]
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已恢复会籍")
            return done(request, back)
    return ask(
        request,
        form,
        title="恢复会籍",
        submit="恢复会籍",
        back=back,
        lines=["恢复后按在籍会员缴纳会费，享有选举权和被选举权。"],
    )


@desk("member.manage")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """离会."""
    viewer = viewer_of(request)
    row = membership_of(request, pk)
    form = LeaveForm(request.POST or None)
    back = person_url(row.person_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            people.end(viewer, membership=row, on=data["on"], reason=data["why"], note=data["note"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(
                request,
                format_html('已终止会籍<a href="{}">撤销</a>', reverse("membership:membership-undo", args=[pk])),
            )
            return done(request, back)
    lines = ["终止后不再是会员，工会职务随之终止。没有另行入会以前可以撤销。"]
    return ask(request, form, title="离会", submit="终止会籍", back=back, lines=lines, bad=True)


@desk("member.manage")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销 an ending."""
    viewer = viewer_of(request)
    row = membership_of(request, pk)
    form = WhyForm(request.POST or None)
    form.fields["reason"].label = "撤销原因"
    back = person_url(row.person_id)
    if request.method == "POST" and form.is_valid():
        try:
            people.undo_end(viewer, memberships=[row.pk], reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已恢复原来的会籍")
            return done(request, back)
    lines = ["会籍恢复到终止以前，随之终止的职务也恢复。"]
    return ask(request, form, title="撤销终止会籍", submit="撤销终止", back=back, lines=lines)
