"""The desk: campaigns with their counters, the register, one honour, its certificate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, write_xlsx

from .. import forms, queries, services
from ..choices import Level, To
from ..kinds import kinds
from ..models import Campaign, Conferral
from .common import certificate_context, pdf_answer

CONFER = "honour.confer"


def _say(form: Any, refusal: Refusal) -> None:
    words = refusal.sentence
    form.add_error(refusal.field if refusal.field in form.fields else None, words)


# -- campaigns --------------------------------------------------------------------------------------------------


@desk("honour.view")
@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """Selections that run and that are over, with what is breached."""
    viewer, today = viewer_of(request), timezone.localdate()
    listed = []
    for row in queries.campaigns(viewer)[:40]:
        standing = queries.standing(viewer, row)
        listed.append(
            {
                "row": row,
                "owner": queries.owner_name(row),
                "standing": standing,
                "open": row.opens_on <= today <= row.closes_on,
                "breached": sum(1 for one in standing.counters if one.breach)
                + sum(1 for one in standing.places if one.over),
            }
        )
    running = [one for one in listed if one["open"]]
    context = {"listed": listed, "running": len(running), "may_open": viewer.may(CONFER)}
    return render(request, "honours/campaigns.html", context)


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    found = queries.campaign(viewer_of(request), pk)
    if found is None:
        raise Http404
    return found


def _nominate_url(row: Campaign, path: str) -> str:
    """Where a nomination begins; empty when the pages of applying are not there or the procedure is not in force."""
    procedure = in_force(kinds()[row.kind].procedure, path, timezone.localdate())
    try:
        return reverse("procedures:desk-start", args=[procedure.pk]) if procedure else ""
    except NoReverseMatch:
        return ""


def _application_url(pk: int) -> str:
    try:
        return reverse("procedures:desk-application", args=[pk])
    except NoReverseMatch:
        return ""


@desk("honour.view")
@require_GET
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One selection: its quotas live, its counties, its nominations."""
    viewer, row = viewer_of(request), _campaign(request, pk)
    standing = queries.standing(viewer, row)
    today = timezone.localdate()
    nominations = [
        {"row": one, "name": queries.name_of(one), "url": _application_url(one.pk)}
        for one in queries.nominations(viewer, row).select_related("organisation")[:300]
    ]
    live = row.opens_on <= today <= row.closes_on
    context = {
        "row": row,
        "owner": queries.owner_name(row),
        "honour": kinds()[row.kind],
        "standing": standing,
        "nominations": nominations,
        "breaches": [one for one in standing.counters if one.breach],
        "left": max(0, row.places - len(standing.nominees)),
        "whole": viewer.reaches(row.path),
        "live": live,
        "may_change": viewer.may(CONFER) and viewer.reaches(row.path),
        "nominate_url": _nominate_url(row, viewer.lo) if live and viewer.may("application.make") else "",
    }
    return render(request, "honours/campaign.html", context)


@desk(CONFER)
@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Begin a selection of the own federation."""
    body = here(request)
    below = list(queries.federations_below(body))
    form = forms.CampaignForm(request.POST or None, below=below, level=body.level)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.open_campaign(
                viewer_of(request), organisation=body, kind_key=data["kind"], year=data["year"], places=data["places"],
                opens_on=data["opens_on"], closes_on=data["closes_on"], county_places=form.county_places,
                note=data["note"],
            )  # fmt: skip
            messages.success(request, f"已开展{row.title}")
            return redirect("honours:campaign", pk=row.pk)
        except Refusal as refusal:
            _say(form, refusal)
    context = {"form": form, "here": body, "title": "开展评选", "words": "开展评选"}
    return render(request, "honours/campaign_form.html", context, status=422 if form.errors else 200)


@desk(CONFER)
@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other places or another last day."""
    row = _campaign(request, pk)
    owner = org_queries.organisations(viewer_of(request)).filter(pk=row.organisation_id).first()
    if owner is None:
        raise Http404
    below = list(queries.federations_below(owner))
    initial = {"places": row.places, "closes_on": row.closes_on}
    initial |= {f"places_{key}": value for key, value in row.county_places.items()}
    form = forms.PlacesForm(request.POST or None, below=below, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_campaign(
                viewer_of(request), campaign=row, places=data["places"], closes_on=data["closes_on"],
                county_places=form.county_places,
            )  # fmt: skip
            messages.success(request, "已调整名额和日期")
            return redirect("honours:campaign", pk=row.pk)
        except Refusal as refusal:
            _say(form, refusal)
    context = {"form": form, "here": owner, "title": "调整名额和日期", "words": "保存", "row": row}
    return render(request, "honours/campaign_form.html", context, status=422 if form.errors else 200)


# -- the register ------------------------------------------------------------------------------------------------


def _state(row: Conferral) -> SafeString:
    if row.revoked_on:
        return format_html('<span class="tag">{}</span>', "已撤销")
    return format_html('<span class="tag tag-ok">{}</span>', "有效")


REGISTER = ListPage(
    key="honours",
    title="荣誉名录",
    unit="项",
    columns=[
        Column("name", "授予", head=True, personal=True),
        Column("kind", "荣誉", cell=queries.kind_title),
        Column("unit_name", "单位", kind="organisation"),
        Column("year", "年度", sort="year", cell=lambda row: str(row.year), nowrap=True),
        Column("conferred_on", "命名日期", kind="date", sort="conferred_on"),
        Column("document_no", "文号"),
        Column("state", "状态", cell=_state, nowrap=True, export=lambda row: "已撤销" if row.revoked_on else "有效"),
    ],
    filters=[
        Filter("q", "授予", "search", "name__contains", placeholder="姓名、集体或单位", personal=True),
        Filter("kind", "荣誉", choices=lambda viewer: [(one.key, one.title) for one in kinds().values()]),
        Filter("level", "级别", choices=Level.choices),
        Filter("to", "对象", choices=To.choices, main=False),
        Filter("year", "年度", choices=lambda viewer: [(str(y), f"{y}年") for y in queries.years(viewer)]),
    ],
    export=write_xlsx,
    default_sort="-conferred_on",
    order=("-pk",),
    row_url=lambda row: reverse("honours:one", args=[row.pk]),
    empty=Empty(
        "还没有登记荣誉", "评选命名以后自动登记；以前的荣誉可以补录。", "/desk/honours/register/new", "补录荣誉"
    ),
)


@desk("honour.view")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponseBase:
    """Every honour of the range."""
    viewer = viewer_of(request)
    return REGISTER.respond(request, queries.conferrals(viewer), heading="荣誉名录", may_register=viewer.may(CONFER))


@desk(CONFER)
@require_http_methods(["GET", "POST"])
def register_new(request: HttpRequest) -> HttpResponse:
    """Enter an honour that was conferred before."""
    viewer = viewer_of(request)
    form = forms.RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        body = org_queries.organisations(viewer).filter(name=data["organisation"].strip()).first()
        if body is None:
            form.add_error("organisation", "本级范围内没有这个名称的工会，写全称，与组织名录一致")
        else:
            member = queries.member_named(viewer, body, data["name"]) if kinds()[data["kind"]].to == To.PERSON else None
            try:
                row = services.register(
                    viewer, kind_key=data["kind"], year=data["year"], name=data["name"], organisation=body,
                    issuer_name=data["issuer_name"], conferred_on=data["conferred_on"],
                    document_no=data["document_no"], person=member,
                )  # fmt: skip
                messages.success(request, f"已登记{queries.kind_title(row)}")
                return redirect("honours:one", pk=row.pk)
            except Refusal as refusal:
                _say(form, refusal)
    return render(request, "honours/register_form.html", {"form": form}, status=422 if form.errors else 200)


def _one(request: HttpRequest, pk: int) -> Conferral:
    found = queries.conferral(viewer_of(request), pk)
    if found is None:
        raise Http404
    return found


def _one_context(request: HttpRequest, row: Conferral, form: forms.RevokeForm | None = None) -> dict[str, Any]:
    viewer = viewer_of(request)
    may_open_person = row.person_id is not None and people_queries.person(viewer, row.person_id) is not None
    return {
        **certificate_context(request, row),
        "kind": kinds().get(row.kind),
        "form": form or forms.RevokeForm(),
        "may_revoke": viewer.may(CONFER) and row.revoked_on is None,
        "may_open_person": may_open_person,
        "application_url": _application_url(row.application_id) if row.application_id else "",
        "state_tag": _state(row),
    }


@desk("honour.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "honours/one.html", _one_context(request, _one(request, pk)))


@desk(CONFER)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back, with reasons; the certificate shows so from now on."""
    row, form = _one(request, pk), forms.RevokeForm(request.POST)
    if form.is_valid():
        try:
            services.revoke(viewer_of(request), conferral_id=row.pk, reason=form.cleaned_data["reason"])
            messages.success(request, f"已撤销{row.name}的{queries.kind_title(row)}，证书联网核验时会显示已撤销")
            return redirect("honours:one", pk=row.pk)
        except Refusal as refusal:
            _say(form, refusal)
    return render(request, "honours/one.html", _one_context(request, row, form), status=422)


@desk("honour.view")
@require_GET
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate as a page to print."""
    return render(request, "honours/certificate.html", certificate_context(request, _one(request, pk)))


@desk("honour.view")
@require_GET
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate as PDF, or the page to print where no Chinese font is installed."""
    row = _one(request, pk)
    made = pdf_answer(request, row)
    if made is not None:
        return made
    messages.info(request, "这台机器没有中文字体，生成不了PDF。在下面的页面按打印，选择“另存为PDF”。")
    return redirect("honours:certificate", pk=row.pk)


@desk("honour.view")
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that one person has received."""
    viewer = viewer_of(request)
    found = people_queries.person(viewer, pk)
    if found is None:
        raise Http404
    rows = [{"row": row, "honour": queries.kind_title(row)} for row in queries.of_person(viewer, found.pk)]
    return render(request, "honours/person.html", {"person": found, "rows": rows})


@desk("honour.view")
@require_GET
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that an organisation, its teams and its people have received."""
    viewer = viewer_of(request)
    body = org_queries.organisations(viewer).filter(pk=pk).first()
    if body is None:
        raise Http404
    rows = [{"row": row, "honour": queries.kind_title(row)} for row in queries.of_organisation(viewer, body)[:300]]
    return render(request, "honours/organisation.html", {"organisation": body, "rows": rows})
