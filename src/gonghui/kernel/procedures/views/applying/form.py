"""Filling in: the form of a draft or of a returned application, kept as it is typed, handed in when it is right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.requests import viewer_of

from ....refusal import Refusal
from ... import form_page, services
from ...form_page import Filling
from ...queries import applying as reads
from .common import Side, address_of, faces, load, page, picks_of


@dataclass(slots=True)
class Sent:
    """One posting of a form: what to do with it, and what came of it."""

    do: str = ""
    of: str = ""
    number: int = -1
    typed: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of_request(request: HttpRequest) -> Sent:
        """`do` is keep, or verb:field or verb:field:number; without it the form is handed in."""
        do, of, number, *_ = f"{request.POST.get('do', 'submit')}::".split(":")
        return Sent(do, of, int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else -1)


def _form(request: HttpRequest, side: Side) -> HttpResponseBase:
    seen = load(request, side)
    if not seen.editable:
        return redirect(side.url("application"))
    if request.method == "GET":
        return _drawn(request, side, seen, _filling(request, seen, Sent()))
    sent = Sent.of_request(request)
    answer = _do(request, side, seen, sent)
    if answer is not None:
        return answer
    seen = load(request, side)
    filling = _filling(request, seen, sent)
    if request.headers.get("X-Part"):
        return _part(request, side, seen, filling, sent)
    return _drawn(request, side, seen, filling)


def _do(request: HttpRequest, side: Side, seen: reads.Seen, sent: Sent) -> HttpResponse | None:
    """Keep what was typed, then do what the button says; None when the form is drawn again."""
    viewer, pk = viewer_of(request), seen.application.pk
    drop = (sent.of, sent.number) if sent.do == "drop" else None
    sent.typed = form_page.typed_of(seen.definition, request.POST, seen.values, picks_of(viewer), drop)
    _take_files(request, side, seen, sent)
    if sent.do == "remove":
        services.detach(viewer, application_id=pk, evidence_id=sent.number, token=side.token)
    services.keep_draft(viewer, application_id=pk, typed=sent.typed, token=side.token)
    if sent.do == "keep" and not sent.wrong and not request.headers.get("X-Part"):
        messages.success(
            request, "已存，换一台设备登录也能接着填" if side.kind != "link" else "已存，用这一页的链接接着填"
        )
        return redirect(side.url("application"))
    if sent.do != "submit" or sent.wrong:
        return None
    try:
        services.submit(viewer, application_id=pk, typed=sent.typed, token=side.token, sender=address_of(request))
    except services.Incomplete as refusal:
        sent.wrong = refusal.wrong
    except Refusal as refusal:
        sent.wrong = {refusal.field or "": refusal.sentence}
    else:
        return redirect(side.url("done"))
    return None


def _take_files(request: HttpRequest, side: Side, seen: reads.Seen, sent: Sent) -> None:
    """Files are kept at once, also those that were chosen just before the form was handed in."""
    for one in seen.definition.form.walk():
        for upload in request.FILES.getlist(form_page.name_of(one.key)) if one.kind == "files" else ():
            try:
                services.attach(
                    viewer_of(request),
                    application_id=seen.application.pk,
                    field=one.key,
                    upload=upload,
                    token=side.token,
                )
            except Refusal as refusal:
                sent.wrong[one.key] = refusal.sentence


def _filling(request: HttpRequest, seen: reads.Seen, sent: Sent) -> Filling:
    typed = form_page.typed_before(seen.definition, seen.values)
    for one in seen.definition.form.walk():
        sealed_rows = one.kind == "table" and one.is_sealed and one.key not in sent.wrong
        if one.key not in sent.typed:
            continue
        if sealed_rows:  # what was kept comes back masked, the empty rows stay
            empty = [row for row in sent.typed[one.key] if form_page.blank(row)]
            typed[one.key] = [*(typed.get(one.key) or []), *empty]
        else:
            typed[one.key] = sent.typed[one.key]
    searches = {
        one.key: request.POST.get(f"{form_page.name_of(one.key)}.q", "").strip()[:40]
        for one in seen.definition.form.walk() if one.kind in ("person", "organisation")
    }  # fmt: skip
    asked: dict[str, str] = {}
    for item in seen.asked:
        if item.get("field"):
            asked[item["field"]] = "；".join(filter(None, (asked.get(item["field"]), item["note"])))
    return Filling(
        definition=seen.definition,
        typed=typed,
        known=seen.known,
        stored=seen.values,
        wrong=sent.wrong,
        asked=asked,
        evidence=seen.evidence,
        names=seen.names,
        again=frozenset([sent.of] if sent.do == "again" else []),
        searches=searches,
        more=sent.of if sent.do == "rows" else "",
    )


def _body(request: HttpRequest, side: Side, seen: reads.Seen, filling: Filling) -> dict[str, Any]:
    known = {one.key for one in seen.definition.form.walk()}
    return {
        "side": side,
        "rows": form_page.summary(seen.definition, filling.wrong),
        "parts": form_page.parts_of(filling, picks_of(viewer_of(request))),
        "shown": " ".join(form_page.shown_keys(filling)),
        "asked": [one["note"] for one in seen.asked if one.get("field") not in known],
        "asked_fields": sum(1 for one in seen.asked if one.get("field") in known),
    }


def _drawn(request: HttpRequest, side: Side, seen: reads.Seen, filling: Filling) -> HttpResponse:
    returned = bool(seen.asked)
    context = _body(request, side, seen, filling) | {
        "seen": seen,
        "application": seen.application,
        "definition": seen.definition,
        "organisation": seen.application.organisation,
        "heading": f"补正{seen.definition.title}" if returned else seen.definition.title,
        "back": side.url("application"),
        "button": "补正后提交" if returned else "提交",
        "returned": returned,
        "correction": next((one for one in seen.clocks if one.kind == "correction"), None),
    }
    return page(request, "form", side, context, status=422 if filling.wrong else 200)


def _part(request: HttpRequest, side: Side, seen: reads.Seen, filling: Filling, sent: Sent) -> HttpResponse:
    """The answer to a script: what was computed, and the body of the form when it looks different now."""
    body = _body(request, side, seen, filling)
    answer: dict[str, Any] = {
        "said": f"{timezone.localtime():%H:%M}已存",
        "computed": form_page.computed_words(filling),
    }
    if sent.do != "keep" or sent.wrong or body["shown"] != request.POST.get("shown", ""):
        answer["body"] = render_to_string("procedures/applying/_body.html", body, request)
    return JsonResponse(answer)


form = faces(require_http_methods(["GET", "POST"])(_form))
