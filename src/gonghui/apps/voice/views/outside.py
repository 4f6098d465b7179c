"""Without log-in: the form of a poster's QR, the page of a code, what is public.

Nothing here looks at who is logged in; an anonymous voice leaves nothing but a slip in the sealed box.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel import codes
from gonghui.kernel.access.doors import public
from gonghui.kernel.access.requests import address_of
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.refusal import Refusal

from .. import services
from ..choices import State, Visibility
from ..forms import voices as forms
from ..forms.projects import JudgeForm
from ..queries import voices
from ..queries.words import topic_name, topics
from ..rules.sensitive import TOLD
from ..services import anonymous
from .common import story, tell


def _union(pk: int) -> PublicOrganisation:
    row = PublicOrganisation.objects.filter(pk=pk).exclude(kind="party_body").first()
    if row is None or row.state != "active":
        raise Http404
    return row


@public
@never_cache
@require_http_methods(["GET", "POST"])
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The form behind a QR on the wall; what was written is answered with a code, on this page alone."""
    union = _union(pk)
    form = forms.PosterForm(request.POST or None, request.FILES or None, topics=topics(union.path))
    if request.method == "POST" and form.is_valid():
        try:
            return _taken(request, union, form)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"union": union, "form": form, "code_form": forms.CodeForm()}
    return render(request, "voice/poster.html", context, status=422 if form.errors else 200)


def _taken(request: HttpRequest, union: PublicOrganisation, form: forms.PosterForm) -> HttpResponse:
    data = form.cleaned_data
    visibility, down = Visibility(data["visibility"]), data["may_hand_down"] == "1"
    if visibility == Visibility.ANONYMOUS:
        said = form.said(visibility, may_hand_down=down)
        code, sensitive = anonymous.drop_voice(union.pk, said, address_of(request))
    else:
        said = form.said(visibility, may_hand_down=down, name=data["name"], phone=data["phone"])
        voice, code = services.raise_by_poster(union.pk, said, address_of(request))
        sensitive = voice.sensitive
    context = {
        "union": union,
        "code": code,
        "anonymous": visibility == Visibility.ANONYMOUS,
        "told": TOLD.get(sensitive, ""),
    }
    return render(request, "voice/poster_done.html", context)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The author's page by their code; the code travels in the body of the request, never in an address."""
    form = forms.CodeForm(request.POST if "code" in request.POST else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "voice/code.html", {"form": form})
    plain = codes.plain(form.cleaned_data["code"])
    if plain and anonymous.waits(plain):
        return render(request, "voice/code_waits.html", {"code": plain})
    try:
        done = _act(request, plain)
        with anonymous.by_code(plain) as voice:
            return _page(request, voice, plain, done)
    except Refusal as refusal:
        tell(form, refusal)
        return render(request, "voice/code.html", {"form": form}, status=422)


def _act(request: HttpRequest, plain: str) -> dict[str, Any]:
    """What the author does on the page: dropped into the box for anonymous ones, done at once for others."""
    do = request.POST.get("do", "")
    form: Any = {
        "write": forms.WordsForm, "unsolved": forms.UnsolvedForm, "rate": forms.RateForm, "judge": JudgeForm,
    }.get(do)  # fmt: skip
    if form is None:
        return {}
    bound = form(request.POST)
    if not bound.is_valid():
        return {f"{do}_form": bound}
    try:
        if do == "judge":
            services.by_code.judge(plain, **bound.cleaned_data)
        else:
            services.by_code.act(plain, do, **bound.cleaned_data)
    except Refusal as refusal:
        tell(bound, refusal)
        return {f"{do}_form": bound}
    return {"done": do}


def _page(request: HttpRequest, voice: Any, plain: str, done: dict[str, Any]) -> HttpResponse:
    anonymous_one = voice.visibility == Visibility.ANONYMOUS
    if voice.state == State.ANSWERED and voice.told_on is None:
        services.by_code.see(voice, plain)
    context = {
        **story(voice, for_author=True),
        "code": plain,
        "topic": topic_name(voice.path, voice.topic),
        "may_rate": voice.state == State.ANSWERED,
        "may_reopen": voice.state in (State.ANSWERED, State.CLOSED) and voice.reopened_on is None,
        "may_write": voice.state != State.CLOSED,
        "told": TOLD.get(voice.sensitive, ""),
        "rate_form": forms.RateForm(),
        "write_form": forms.WordsForm(),
        "unsolved_form": forms.UnsolvedForm(),
        "later": anonymous_one,
        "judging": services.by_code.judging(voice),
        "judge_form": JudgeForm(),
        **done,
    }
    return render(request, "voice/code_one.html", context)


@public
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Public matters with their answers, for anybody."""
    rows = list(voices.published()[:60])
    return render(request, "voice/public.html", {"rows": rows})


@public
@require_GET
def wall(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The poster to print: its QR opens the form."""
    from gonghui.pages.codes import qr

    union = _union(pk)
    address = request.build_absolute_uri(f"/voices/{pk}/")
    return render(request, "voice/wall.html", {"union": union, "qr": qr(address, "扫码提意见"), "address": address})
