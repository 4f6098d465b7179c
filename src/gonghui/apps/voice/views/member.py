"""Members on the phone: say something, see where it stands, read the answer, join what others said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files.services import stored_bytes
from gonghui.kernel.people import queries as people
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import services
from ..choices import OPEN, State, Visibility
from ..forms import voices as forms
from ..queries import similar, voices
from ..queries.words import topic_name, topics
from ..rules.sensitive import TOLD
from .common import found, state_tag, story, tell

AGAIN = "seen"
"""Set once its author has looked at the similar ones and wants to send it all the same."""


@member
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What I said, and what I joined."""
    viewer = viewer_of(request)
    rows = list(voices.own(viewer)[:100])
    names = dict(topics(_path(request)))
    own = [
        {"row": row, "tag": state_tag(row), "topic": names.get(row.topic, ""), "said": voices.said(row)[:40]}
        for row in rows
    ]
    to_read = sum(1 for row in rows if row.state == State.ANSWERED and row.told_on is None)
    context = {"own": own, "joined": voices.joined(viewer), "to_read": to_read, "notices": voices.notices(viewer)}
    services.own.see_joined(viewer)
    return render(request, "voice/m_home.html", context)


def _path(request: HttpRequest) -> str:
    """Of the member's own union: whose topics and days hold."""
    membership = people.own_membership(viewer_of(request))
    return membership.path if membership is not None else ""


@member
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say something; public ones that say the same are shown first, so that they can be joined."""
    viewer, path = viewer_of(request), _path(request)
    if not path:
        return render(request, "voice/m_none.html")
    form = forms.OwnVoiceForm(request.POST or None, request.FILES or None, topics=topics(path))
    same: list[Any] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if AGAIN not in request.POST:
            same = similar.public_near(viewer, data["text"], data["topic"], path)
        if not same:
            said = form.said(
                Visibility(data["visibility"]), may_hand_down=data["may_hand_down"] == "1", audio=data.get("audio")
            )
            try:
                made = services.raise_own(viewer, said)
                messages.success(request, "已提交，在这里看办理情况")
                return redirect("voice:m-one", pk=made.pk)
            except Refusal as refusal:
                tell(form, refusal)
    return render(request, "voice/m_new.html", {"form": form, "same": same}, status=422 if form.errors else 200)


@member
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands, with the answer; looking at the answer is the receipt for it."""
    viewer = viewer_of(request)
    row = found(voices.own_one(viewer, pk))
    if row.state == State.ANSWERED and row.told_on is None:
        services.own.see(viewer, voice_id=pk)
        row = found(voices.own_one(viewer, pk))
    return _page(request, row, {})


def _page(request: HttpRequest, row: Any, forms_: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {
        **story(row, for_author=True),
        "topic": topic_name(row.path, row.topic),
        "may_rate": row.state == State.ANSWERED,
        "may_reopen": row.state in (State.ANSWERED, State.CLOSED) and row.reopened_on is None,
        "may_write": row.state != State.CLOSED,
        "told": TOLD.get(row.sensitive, ""),
        "rate_form": forms.RateForm(),
        "words_form": forms.WordsForm(),
        "unsolved_form": forms.UnsolvedForm(),
        **forms_,
    }
    return render(request, "voice/m_one.html", context, status=status)


def _act(request: HttpRequest, pk: int, name: str, form: Any, act: Any, told: str) -> HttpResponse:
    row = found(voices.own_one(viewer_of(request), pk))
    if form.is_valid():
        try:
            act(form.cleaned_data)
            messages.success(request, told)
            return redirect("voice:m-one", pk=pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, {name: form}, 422)


@member
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.WordsForm(request.POST)
    return _act(
        request, pk, "words_form", form, lambda d: services.own.write(viewer, voice_id=pk, words=d["text"]), "已补充"
    )


@member
@require_POST
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.RateForm(request.POST)
    return _act(
        request, pk, "rate_form", form, lambda d: services.own.rate(viewer, voice_id=pk, score=d["score"]),
        "谢谢您的评价，这条意见办结了",
    )  # fmt: skip


@member
@require_POST
def unsolved(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.UnsolvedForm(request.POST)
    return _act(
        request, pk, "unsolved_form", form,
        lambda d: services.own.not_solved(viewer, voice_id=pk, words=d["text"]), "已交上一级工会重新办理",
    )  # fmt: skip


@member
@require_GET
def file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """A photo or voice note of the member's own."""
    row = found(voices.own_one(viewer_of(request), pk))
    kept = next((one for one in voices.files(row) if one.pk == file_pk), None)
    if kept is None:
        raise Http404
    return sent(kept, None)  # one's own


def sent(kept: Any, viewer: Viewer | None) -> FileResponse:
    """The bytes of a file whose voice was found to be the reader's to see."""
    answer = FileResponse(stored_bytes(kept.file, viewer), content_type=kept.file.content_type)
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "private, no-store"
    return answer


@member
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unions above want every member to know."""
    return render(request, "voice/m_notice.html", {"row": found(voices.notice(viewer_of(request), pk))})


@member
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """What others said publicly in the own county, the most joined first."""
    path = _path(request)
    lo, hi = similar.neighbourhood(path)
    rows = list(voices.published().filter(path__gte=lo, path__lt=hi).order_by("-backers", "-said_on", "voice_id")[:60])
    names = dict(topics(path))
    listed = [{"row": row, "topic": names.get(row.topic, "")} for row in rows]
    return render(request, "voice/m_public.html", {"listed": listed})


@member
@require_GET
def public_one(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(voices.published().filter(voice_id=pk).first())
    context = {
        "row": row,
        "joined": voices.has_joined(viewer_of(request), pk),
        "may_join": row.state in OPEN,
        "topic": topic_name(row.path, row.topic),
    }
    return render(request, "voice/m_public_one.html", context)


@member
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """“I say the same.”"""
    try:
        count = services.join(viewer_of(request), voice_id=pk)
        messages.success(request, f"已附议，现在有{count}人这样说；有答复会告诉您")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        if not voices.published().filter(voice_id=pk).exists():
            return redirect("voice:m-home")
    return redirect("voice:m-public-one", pk=pk)
