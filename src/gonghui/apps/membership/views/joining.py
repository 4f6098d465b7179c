"""Joining from outside: find the fitting union, fill in one page, prove the phone, and it is handed in."""

from __future__ import annotations

import base64
from typing import Any, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.choices import CodePurpose
from gonghui.kernel.access.doors import GonghuiRequest, public
from gonghui.kernel.access.forms import CodeForm
from gonghui.kernel.access.services import check_code, codes, send_code
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.models import Procedure
from gonghui.kernel.procedures.queries.applications import by_token
from gonghui.kernel.procedures.rules.definition import Definition, must_read
from gonghui.kernel.procedures.rules.forms import fill_in
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.sealing import seal, unseal
from gonghui.kernel.viewer import OUTSIDER

from .. import checks, fitting
from ..forms.joining import JoinForm, WhereForm, is_compact
from ..suggesting import Asked

WAITING = "gonghui.join"
"""What lies in the session between the form and the code: the application, its sealed token, phone and mask."""
HANDED_IN = "gonghui.joined"
TOKEN = "application.token"


def _words(refusal: Refusal) -> str:
    return f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message


def _from(request: HttpRequest) -> str:
    """The network address, which limits how often codes are sent and applications handed in."""
    return str(request.META.get("REMOTE_ADDR", ""))


@public
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """`/join/`: which union fits, and why this one."""
    counties = [(row.pk, row.name.removesuffix("总工会")) for row in fitting.counties()]
    form = WhereForm(request.GET or None, counties=counties)
    asked, found = None, []
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        asked = fitting.asked_of(said["employer"], said["trade"], said["county"], said["place"])
        found = fitting.fitting(asked, timezone.localdate())
    context = {
        "form": form,
        "asked": asked,
        "best": found[0] if found else None,
        "others": found[1:],
        "more": _carried(asked) if asked else "",
    }
    return render(request, "membership/joining.html", context)


def _carried(asked: Asked) -> str:
    """What was said already is not asked again on the form."""
    said = {"employer": "" if asked.by_code else asked.employer, "trade": asked.trade}
    known = {key: value for key, value in said.items() if value}
    return f"?{urlencode(known)}" if known else ""


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@public
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """`/join/<union>/apply/`: the one page."""
    organisation = fitting.one(pk)
    procedure = fitting.definition_at(organisation, timezone.localdate()) if organisation is not None else None
    if organisation is None or procedure is None:
        raise Http404
    definition = must_read(procedure.body)
    if not is_compact(definition):
        return redirect(f"/services/{organisation.pk}/{procedure.pk}/")
    first = {"employer": request.GET.get("employer", "")[:80], "work": request.GET.get("trade", "")[:40]}
    first["id_kind"] = "identity_card"
    form = JoinForm(request.POST or None, definition=definition, initial=first)
    if request.method == "POST" and form.is_valid():
        answer = _begin(request, organisation, procedure, definition, form)
        if answer is not None:
            return answer
    context = {
        "organisation": organisation,
        "definition": definition,
        "form": form,
        "member": cast(GonghuiRequest, request).viewer.person_id is not None,
    }
    return render(request, "membership/joining_form.html", context, status=422 if form.errors else 200)


def _begin(
    request: HttpRequest, organisation: PublicOrganisation, procedure: Procedure, definition: Definition, form: JoinForm
) -> HttpResponse | None:
    """Keep the answers as a draft and send the code; nothing when something has to be mended."""
    typed = dict(form.cleaned_data)
    filled = fill_in(definition, typed, {"today": timezone.localdate().isoformat()})
    wrong = dict(filled.wrong)
    if procedure.key == fitting.JOIN:
        wrong = {**{k: v for k, v in checks.joining(OUTSIDER, None, filled.values).items() if k not in wrong}, **wrong}
        wrong = {key: sentence for key, sentence in wrong.items() if key in form.fields}
    if wrong:
        form.say(wrong)
        return None
    try:
        phone, house = str(filled.values.get("phone") or ""), fitting.house(organisation.pk)
        with transaction.atomic():  # where no code may be sent, no draft is left behind
            started = services.start(
                OUTSIDER, procedure=procedure, organisation=house, typed=typed, sender=_from(request)
            )
            sent = send_code(phone, address=_from(request), purpose=CodePurpose.BIND)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, _words(refusal))
        return None
    request.session[WAITING] = {
        "application": started.application.pk,
        "token": base64.b64encode(seal(started.token, TOKEN)).decode(),
        "organisation": organisation.pk,
        "phone": sent.sealed,
        "mask": sent.mask,
        "shown": sent.shown,
    }
    return redirect("membership:join-code")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def code(request: HttpRequest) -> HttpResponse:
    """`/join/code/`: the phone is the applicant's; then it is handed in."""
    waiting: dict[str, Any] | None = request.session.get(WAITING)
    if waiting is None:
        return redirect("membership:join")
    form = CodeForm(request.POST if request.method == "POST" and "again" not in request.POST else None)
    said, status = "", 200
    if request.method == "POST" and "again" in request.POST:
        said = _again(request, waiting)
    elif form.is_bound and form.is_valid():
        try:
            check_code(codes.kept(waiting["phone"]), form.cleaned_data["code"], purpose=CodePurpose.BIND)
        except Refusal as refusal:
            form.add_error("code", _words(refusal))
        else:
            try:
                return _hand_in(request, waiting)
            except Refusal as refusal:
                form.add_error(None, _words(refusal))
    if form.errors:
        status = 422
    context = {
        "form": form,
        "mask": waiting["mask"],
        "shown": request.session[WAITING].get("shown", ""),
        "minutes": codes.MINUTES,
        "said": said,
        "back": waiting["organisation"],
    }
    return render(request, "membership/joining_code.html", context, status=status)


def _again(request: HttpRequest, waiting: dict[str, Any]) -> str:
    try:
        sent = send_code(codes.kept(waiting["phone"]), address=_from(request), purpose=CodePurpose.BIND)
    except Refusal as refusal:
        return _words(refusal)
    request.session[WAITING] = waiting | {"shown": sent.shown}
    return "已重新发送验证码"


def _hand_in(request: HttpRequest, waiting: dict[str, Any]) -> HttpResponse:
    number, token = int(waiting["application"]), _token(waiting)
    services.submit(OUTSIDER, application_id=number, token=token, sender=_from(request))
    request.session[HANDED_IN] = {"token": waiting["token"]}
    del request.session[WAITING]
    return redirect("membership:join-done")


def _token(kept: dict[str, Any]) -> str:
    return unseal(base64.b64decode(kept["token"]), TOKEN)


@never_cache
@public
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """`/join/done/`: the number, what happens next, and where to follow it."""
    kept: dict[str, Any] | None = request.session.get(HANDED_IN)
    application = by_token(_token(kept)) if kept is not None else None
    if kept is None or application is None:
        return redirect("membership:join")
    context = {
        "application": application,
        "union": fitting.one(application.organisation_id),
        "days": rules.value("membership.join_days", application.path, timezone.localdate()).value,
        "track": f"/a/{_token(kept)}/",
    }
    return render(request, "membership/joining_done.html", context)
