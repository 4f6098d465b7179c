"""Writing an offer: the form in sections, how many members it reaches, the checklist and publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas import audience, registry
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas.choices import DRAWN, Allocation, OfferState
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.calendar import DayKind, day_kind
from gonghui.kernel.viewer import Viewer

from .. import forms, queries, services
from ..choices import RECUPERATION
from ..forms.offer import MOST_SHARES, MOST_WEIGHTS, SHARES, WEIGHTS
from ..forms.trip import TripForm, trip_initial
from ..rules import slots
from ..rules.pages import facts_shown, in_yuan
from . import number_of


@dataclass
class Sheet:
    """All forms of one offer together."""

    offer: forms.OfferForm
    sessions: Any
    shares: list[forms.ShareForm]
    weights: list[forms.WeightForm]
    audience: forms.AudienceForm
    trip: TripForm
    repeat: forms.RepeatForm

    @property
    def all(self) -> list[Any]:
        """In the order of the page, for the list of what is to be mended."""
        return [self.offer, self.trip, self.repeat, self.sessions, *self.shares, self.audience, *self.weights]

    def hush(self) -> None:
        """Say nothing yet of what is missing: a button asked for more lines, and whoever types is not done."""
        rows = [self.offer, self.trip, *self.sessions, *self.shares, self.audience, *self.weights]
        for form in rows:
            form._errors = ErrorDict()

    def valid(self) -> bool:
        rest: list[Any] = [self.trip] if self.is_trip else []
        rest += self.weights if self.offer["allocation"].value() == Allocation.BALANCED else []
        return all([one.is_valid() for one in (self.offer, self.sessions, self.audience, *self.shares, *rest)])

    def typed(self, weights: list[dict[str, Any]]) -> services.Draft:
        trip = self.trip.facts if self.offer.cleaned_data["kind"] in RECUPERATION else None
        condition = self.audience.condition
        return forms.typed_of(self.offer, self.sessions, self.shares, condition, self.weights, weights, trip)

    @property
    def weights_written(self) -> bool:
        """Whether the lines of own rules are to be seen at once: one is filled in, wrong, or was asked for."""
        return len(self.weights) > WEIGHTS or any(one["tickets"].value() or one.errors for one in self.weights)

    @property
    def is_trip(self) -> bool:
        return self.offer["kind"].value() in RECUPERATION


def _own(viewer: Viewer) -> Organisation:
    if viewer.organisation_id is None:
        raise Http404
    return org_queries.organisation(viewer, viewer.organisation_id)


ASKS = ("more", "more_shares", "more_weights", "repeat")
"""Buttons that lay the form out anew and save nothing."""


def _laid_out(data: Any, repeat: forms.RepeatForm) -> Any:
    """The form as sent, with the lines that a button asks for: empty ones, or the sessions of every week."""
    copied = data.copy()
    total = number_of(copied.get("s-TOTAL_FORMS", "")) or 0
    if "more" in data:
        copied["s-TOTAL_FORMS"] = str(min(total + 3, slots.MOST))
    elif "repeat" in data and repeat.is_valid():
        made = repeat.sessions(lambda day: day_kind(day) == DayKind.HOLIDAY)
        kept = [n for n in range(total) if copied.get(f"s-{n}-title", "").strip()]
        if len(kept) + len(made) > slots.MOST:
            repeat.add_error("last", f"一个项目最多{slots.MOST}场，这样排超过了，缩短日期或减少时段")
        elif not made:
            repeat.add_error("weekdays", "这段日期里没有这样的日子")
        else:
            rows = [{name: copied.get(f"s-{n}-{name}", "") for name in forms.SessionForm.base_fields} for n in kept]
            for n, row in enumerate([*rows, *made]):
                for name, value in row.items():
                    copied[f"s-{n}-{name}"] = value
            copied["s-TOTAL_FORMS"] = str(len(rows) + len(made))
    return copied


def _lines(data: Any, what: str, least: int, most: int) -> range:
    """Lines of shares or rules of tickets: as many as were sent, and so many more when the button asks for them."""
    asked = number_of(data.get(what, "")) or least
    return range(max(least, min(asked + (least if f"more_{what}" in data else 0), most)))


def _sheet(request: HttpRequest, row: Offer | None, path: str) -> Sheet:
    viewer = viewer_of(request)
    given: dict[str, Any] = {
        "limits": queries.desk.limits(viewer, timezone.localdate()),
        "reviews": queries.desk.reviews(viewer, path, timezone.localdate()),
        "providers": queries.merchants.providers(viewer).filter(active=True).order_by("name")[:200],
        "ready": queries.trips.ready_made(path, timezone.localdate()),
    }
    trip = queries.trips.trip(row) if row else None
    known = Q(active=True) | Q(pk=trip.base_id if trip else None)
    bases = list(queries.trips.bases(viewer).filter(known).order_by("region_code", "name")[:300])
    condition = row.audience if row else {}
    if request.method == "POST":
        repeat = forms.RepeatForm(request.POST if "repeat" in request.POST else None, prefix="r")
        data = _laid_out(request.POST, repeat)
        return Sheet(
            forms.OfferForm(data, request.FILES, **given), forms.SessionFormSet(data, prefix="s"),
            [forms.ShareForm(data, prefix=f"share{n}", within=path)
             for n in _lines(data, "shares", SHARES, MOST_SHARES)],
            [forms.WeightForm(data, prefix=f"own{n}", within=path)
             for n in _lines(data, "weights", WEIGHTS, MOST_WEIGHTS)],
            forms.AudienceForm(data, within=path, condition=condition), TripForm(data, bases=bases), repeat,
        )  # fmt: skip
    offer, sessions, kept = forms.initial_of(row) if row else ({}, [], [])
    kept = [*kept, *({} for _ in range(SHARES - len(kept)))]
    own = [line for rule in (row.weights if row else []) if (line := forms.written(rule))]
    own = [*own, *({} for _ in range(WEIGHTS - len(own)))]
    sessions = [*sessions, *({} for _ in range(1 if sessions else 2))]
    formset = forms.SessionFormSet(initial=sessions, prefix="s")
    formset.extra = 0
    return Sheet(
        forms.OfferForm(initial=offer, **given), formset,
        [forms.ShareForm(initial=one, prefix=f"share{n}", within=path) for n, one in enumerate(kept)],
        [forms.WeightForm(initial=one, prefix=f"own{n}", within=path) for n, one in enumerate(own)],
        forms.AudienceForm(within=path, condition=condition), TripForm(initial=trip_initial(trip), bases=bases),
        forms.RepeatForm(prefix="r"),
    )  # fmt: skip


def _shown(request: HttpRequest, sheet: Sheet, row: Offer | None, status: int = 200) -> HttpResponse:
    path = row.path if row else _own(viewer_of(request)).path
    context = {
        "sheet": sheet, "offer": row, "form": sheet.offer, "all_forms": [sheet.offer, sheet.audience],
        "venues": registry.venues_around(path),
    }  # fmt: skip
    return render(request, "benefits/edit.html", context, status=status)


def _field_of(sheet: Sheet, refusal: Refusal) -> None:
    name = refusal.field if refusal.field in sheet.offer.fields else None
    sheet.offer.add_error(name, refusal.sentence)


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new offer of the own organisation."""
    viewer = viewer_of(request)
    place = _own(viewer)
    sheet = _sheet(request, None, place.path)
    if request.method == "POST" and any(one in request.POST for one in ASKS):
        sheet.hush()
        return _shown(request, sheet, None)
    if request.method == "POST" and sheet.valid():
        typed = sheet.typed([])
        try:
            made = services.draft(viewer, organisation=place, typed=typed)
            messages.success(request, "已保存草稿，核对后发布")
            return redirect("benefits:publish", pk=made.pk)
        except Refusal as refusal:
            _field_of(sheet, refusal)
    return _shown(request, sheet, None, 422 if request.method == "POST" else 200)


def shown_trip(row: Offer) -> dict[str, Any] | None:
    """The facts of a rest cure as pages show them; None for any other offer."""
    trip = queries.trips.trip(row) if queries.trips.is_trip(row) else None
    if trip is None:
        return None
    return {
        "row": trip, "where": queries.trips.where(trip.base) if trip.base else "",
        "day_price": in_yuan(trip.day_price), "whole": in_yuan(trip.whole_price),
    }  # fmt: skip


def found(request: HttpRequest, pk: int) -> Offer:
    row = queries.desk.offer(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft may change in everything; what members have seen only where it takes nothing from anybody."""
    viewer, row = viewer_of(request), found(request, pk)
    if row.state == OfferState.PUBLISHED:
        return _live(request, row)
    if row.state != OfferState.DRAFT:
        messages.error(request, f"这个项目{row.get_state_display()}，不能再改")
        return redirect("benefits:offer", pk=pk)
    sheet = _sheet(request, row, row.path)
    if request.method == "POST" and any(one in request.POST for one in ASKS):
        sheet.hush()
        return _shown(request, sheet, row)
    if request.method == "POST" and sheet.valid():
        typed = sheet.typed(row.weights)
        version = sheet.offer.cleaned_data["version"] or row.version
        try:
            services.revise(viewer, offer_id=pk, version=version, typed=typed)
            messages.success(request, "已保存草稿")
            return redirect("benefits:publish", pk=pk)
        except Refusal as refusal:
            _field_of(sheet, refusal)
    return _shown(request, sheet, row, 422 if request.method == "POST" else 200)


def _live(request: HttpRequest, row: Offer) -> HttpResponse:
    page = row.page
    names = ("title", "closes_at", "waits", "answer_hours", "version")
    initial = {name: getattr(row, name) for name in names}
    initial |= {name: getattr(page, name) for name in ("intro", "bring", "contact", "image_alt")}
    initial["facts"] = facts_shown(page.facts)
    form = forms.LiveForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.retouch(
                viewer_of(request), offer_id=row.pk, version=data["version"],
                offer={name: data[name] for name in ("title", "closes_at", "waits", "answer_hours")},
                page={name: data[name] for name in ("intro", "bring", "facts", "contact", "image_alt")},
                image=data["image"].read() if data.get("image") else b"",
            )  # fmt: skip
            messages.success(request, "已保存修改")
            return redirect("benefits:offer", pk=row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    status = 422 if request.method == "POST" else 200
    return render(request, "benefits/edit_live.html", {"form": form, "offer": row}, status=status)


@desk("benefit.manage")
@require_POST
def reach(request: HttpRequest) -> HttpResponse:
    """How many members the condition as typed reaches: the figure beside the editor."""
    viewer = viewer_of(request)
    pk = number_of(request.POST.get("offer_pk", ""))
    row = found(request, pk) if pk else None
    path = row.path if row else _own(viewer).path
    form = forms.AudienceForm(request.POST, within=path, condition=row.audience if row else {})
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        condition = form.condition
        context |= {
            "count": audience.count(condition, timezone.localdate(), path),
            "words": audience.in_words(condition),
        }
    return render(request, "benefits/_reach.html", context)


@desk("benefit.view")
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The checklist of a draft, and the button that lets members see it."""
    viewer, row = viewer_of(request), found(request, pk)
    if row.state != OfferState.DRAFT:
        return redirect("benefits:offer", pk=pk)
    drawn = row.allocation in DRAWN
    form = forms.PublishForm(request.POST if request.method == "POST" else None, drawn=drawn)
    if request.method == "POST" and form.is_valid():
        try:
            services.publish(
                viewer, offer_id=pk, parties=form.parties, outside=form.cleaned_data.get("outside", "")
            )  # fmt: skip
            messages.success(request, "已发布，符合条件的会员现在看得到")
            return redirect("benefits:offer", pk=pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message if refusal.code != "GH-BEN-001" else "清单里的事项办完才能发布")
    parties, outside = (
        (form.parties, form.cleaned_data.get("outside", "")) if form.is_bound and form.is_valid() else ([], "")
    )
    missing = queries.desk.checklist(viewer, row, len(parties), outside)
    if not form.is_bound:
        missing = [one for one in missing if one[0] != "parties"]
    context = {
        "offer": row, "page": row.page, "form": form, "missing": missing, "drawn": drawn,
        "sessions": quotas.sessions(row), "words": audience.in_words(row.audience),
        "reach": audience.count(row.audience, timezone.localdate(), row.path),
        "price": in_yuan(row.page.price), "subsidy": in_yuan(row.page.subsidy) if row.page.subsidy else "",
        "may_publish": viewer.may("benefit.publish"), "may_edit": viewer.may("benefit.manage"),
        "clashes": queries.clashing.clashes_of(viewer, row), "trip": shown_trip(row),
    }  # fmt: skip
    return render(request, "benefits/publish.html", context, status=422 if form.errors else 200)


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """More pictures of an offer: added with their words, taken off one by one."""
    viewer, row = viewer_of(request), found(request, pk)
    drop = number_of(request.POST.get("drop", ""))
    form = forms.PictureForm(request.POST, request.FILES) if request.method == "POST" and not drop else None
    try:
        if drop:
            if drop in [one.pk for one in queries.opinions.pictures(row)]:
                services.drop_picture(viewer, picture_id=drop)
            messages.success(request, "已删去这张图片")
            return redirect("benefits:pictures", pk=pk)
        if form is not None and form.is_valid():
            upload = form.cleaned_data["picture"]
            content = upload.read() if upload.size <= services.MOST_IMAGE else b""
            services.add_picture(viewer, offer_id=pk, content=content, alt=form.cleaned_data["alt"])
            messages.success(request, "已加上这张图片")
            return redirect("benefits:pictures", pk=pk)
    except Refusal as refusal:
        assert form is not None, "only adding is refused here"
        field = "picture" if refusal.field == "image" else refusal.field
        form.add_error(field if field in form.fields else None, refusal.sentence)
    context = {"offer": row, "rows": queries.opinions.pictures(row), "form": form or forms.PictureForm()}
    return render(request, "benefits/pictures.html", context, status=422 if form and form.errors else 200)


@desk("benefit.manage")
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Last year's as this year's draft."""
    found(request, pk)
    made = services.copy(viewer_of(request), offer_id=pk)
    messages.success(request, "已照去年的建好草稿，时间都推后了一年，核对后发布")
    return redirect("benefits:edit", pk=made.pk)
