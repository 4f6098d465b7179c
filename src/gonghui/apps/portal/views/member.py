"""The member's phone: my union, my card, my data, who looked at it, corrections and transfer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people import services as people
from gonghui.kernel.refusal import Refusal
from gonghui.pages.codes import qr

from .. import forms, queries, services
from ..choices import CorrectionField

FIELDS = {
    "id_number": "证件号码",
    "phone": "手机号码",
    "name": "姓名",
    "education": "学历",
    "politics": "政治面貌",
    "skill_level": "技能等级",
}
LOOKS = {
    "person.correct": "资料",
    "person.merge": "合并重复登记",
    "person.merge_undone": "撤销合并",
    "person.take_over": "会籍接转",
    "membership.correct": "会籍资料",
}


def _context(request: HttpRequest) -> dict[str, Any]:
    """The member's own person, membership and union; everything read by their own right."""
    own = people_queries.own(viewer_of(request))
    if own is None:
        raise Http404
    return {"own": own, "person": own.person, "membership": own.membership, "union": own.union}


@member
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    context = _context(request)
    viewer = viewer_of(request)
    waiting = [
        {
            "title": f"更正{c.get_field_display()}",
            "state": c.get_state_display(),
            "note": f"{timezone.localtime(c.asked_at):%-m月%-d日}提交，由您的工会答复",
            "url": reverse("portal:corrections"),
        }
        for c in queries.own_corrections(viewer).filter(state="asked")
    ]
    waiting += [
        {
            "title": "转会",
            "state": t.get_state_display(),
            "note": f"{timezone.localtime(t.asked_at):%-m月%-d日}提交，由接收工会答复",
            "url": reverse("portal:transfer"),
        }
        for t in queries.own_transfers(viewer)
        if t.state == "asked"
    ]
    return render(request, "portal/home.html", {**context, "waiting": waiting})


@member
@require_GET
def card(request: HttpRequest) -> HttpResponse:
    """The electronic card: its QR opens a page that says whether the membership is valid and nothing private."""
    context = _context(request)
    if context["membership"]:
        address = request.build_absolute_uri(
            reverse("portal:verify", args=[people_queries.card_token(context["membership"])])
        )
        context |= {"qr": qr(address, "会员卡二维码"), "address": address}
    response = render(request, "portal/card.html", context)
    response["Cache-Control"] = "no-store"
    return response


@member
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/me.html", _context(request))


@member
@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, when, and the reason they gave."""
    found = [
        {
            "what": "、".join(FIELDS.get(name, name) for name in look.fields) or LOOKS.get(look.verb, look.verb),
            "looked": look.verb == "person.reveal",
            "role": Role(look.role).label if look.role in Role.values else look.role,
            "look": look,
        }
        for look in people_queries.looks_at(viewer_of(request))
    ]
    return render(request, "portal/looks.html", {"looks": found})


@member
@require_http_methods(["GET", "POST"])
def corrections(request: HttpRequest) -> HttpResponse:
    viewer, context = viewer_of(request), _context(request)
    form = forms.CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if context["membership"] is None:
                raise Refusal("GH-POR-010", "您现在没有会籍，不能申请更正", hint="可联系原工会或拨打12351")
            services.ask_correction(viewer, membership=context["membership"], **form.cleaned_data)
            messages.success(request, "已提交更正申请")
            return redirect("portal:corrections")
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    listed = [
        {"row": c, "wanted": services.wanted_value(c), "field": CorrectionField(c.field).label}
        for c in queries.own_corrections(viewer)[:20]
    ]
    return render(
        request,
        "portal/corrections.html",
        {**context, "form": form, "listed": listed},
        status=422 if form.errors else 200,
    )


@member
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest) -> HttpResponse:
    """Ask another union to take the membership over (会随人走)."""
    viewer, context = viewer_of(request), _context(request)
    form = forms.TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if context["membership"] is None:
                raise Refusal("GH-POR-011", "您现在没有会籍，不能转会", hint="到新单位工会申请入会")
            named = list(
                PublicOrganisation.objects.filter(name=form.cleaned_data["union"].strip(), state="active", listed=True)[
                    :2
                ]
            )
            if len(named) != 1:
                raise Refusal("GH-POR-012", "没有找到这家工会", "union", "写工会全称，例如“江西某某有限公司工会委员会”")
            target = org_queries.public(named[0].pk)
            people.ask_transfer(
                viewer, membership=context["membership"], to_organisation=target, reason=form.cleaned_data["reason"]
            )
            messages.success(request, "已提交转会申请，接收工会同意后生效")
            return redirect("portal:transfer")
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return render(
        request,
        "portal/transfer.html",
        {**context, "form": form, "listed": queries.own_transfers(viewer)},
        status=422 if form.errors else 200,
    )
