"""One place at the desk: registered, corrected, opened and closed, suspended, graded, shown in pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal

from .. import catalog, forms, services
from ..choices import ChangeKind, PlaceState
from ..models import Place
from ..queries import desk as queries
from ..queries import public
from ..services.pictures import MOST
from . import acted, bytes_of, found, tell
from .listing import hours_words, state_tag
from .tickets import lines_of

SHOWN = 12
_MOVES = {
    PlaceState.PLANNED: ((ChangeKind.BUILDING, "登记开工"), (ChangeKind.OPENED, "登记开放")),
    PlaceState.BUILDING: ((ChangeKind.TOPPED, "登记主体完工"), (ChangeKind.OPENED, "登记开放")),
    PlaceState.CLOSED: ((ChangeKind.REOPENED, "重新开放"),),
}


@desk("place.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A place of the own body, or of one below."""
    viewer, body = viewer_of(request), here(request)
    form = forms.PlaceForm(request.POST or None, viewer=viewer, posts=None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        facts.pop("version")
        try:
            row = services.register(viewer, organisation=facts.pop("organisation") or body, **facts)
            messages.success(request, f"已登记{row.name}")
            return redirect("places:one", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": "登记阵地", "words": "登记阵地"}
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


@desk("place.manage")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of a place is corrected; what stood there before stays in its history."""
    viewer, row = viewer_of(request), found(queries.place(viewer_of(request), pk))
    held = queries.posts(row.organisation, timezone.localdate())
    posts = [(str(one.pk), f"{one.title or one.get_role_display()}·{one.account.name}") for one in held]
    form = forms.PlaceForm(request.POST or None, viewer=viewer, posts=posts, initial=forms.place_initial(row))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        chosen = facts.pop("post")
        try:
            services.change(
                viewer, place_id=pk, post=next((one for one in held if str(one.pk) == chosen), None), **facts
            )
            messages.success(request, "已保存资料")
            return redirect("places:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"{row.name}：修改资料", "words": "保存资料", "place": row}
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, row: Place, status: int = 200, **more: Any) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    today = timezone.localdate(now)
    own = viewer.may("place.manage")
    pauses = list(queries.suspensions(row, today))
    moves = [
        one
        for one in _MOVES.get(PlaceState(row.state), ())
        if not (one[0] == ChangeKind.TOPPED and row.topped_on is not None)
    ]
    context = {
        "place": row,
        "kind": catalog.title(catalog.kinds(), row.kind),
        "state": state_tag(row),
        "hours": hours_words(row),
        "post_ended": row.post is not None and row.post.valid_to is not None and row.post.valid_to <= today,
        "offered": [catalog.title(catalog.services(), one) for one in row.offered],
        "standing": public.standing(row, now, pauses[0] if pauses else None) if row.state == PlaceState.OPEN else None,
        "pauses": pauses,
        "today": today,
        "photos": public.photos(row),
        "tickets": lines_of(
            queries.tickets(viewer)
            .filter(place=row)
            .order_by(F("closed_at").desc(nulls_first=True), "-opened_at")[:SHOWN],
            now,
        ),
        "rounds": list(queries.rounds(row)[:SHOWN]),
        "changes": list(queries.changes(row)[:60]),
        "own": own and row.state != PlaceState.CLOSED,
        "moves": moves if own else [],
        "may_close": own and row.state != PlaceState.CLOSED,
        "may_fix": viewer.may("place.fix") and row.state == PlaceState.OPEN,
        "guides": catalog.kinds()[row.kind].guides if row.kind in catalog.kinds() else False,
        "move_form": forms.MoveForm(auto_id="move_%s"),
        "close_form": forms.MoveForm(auto_id="close_%s"),
        "suspend_form": forms.SuspendForm(auto_id="pause_%s"),
        "star_form": forms.StarForm(auto_id="star_%s", initial={"on": today}),
        "photo_form": forms.PhotoForm(auto_id="photo_%s"),
        "path": [*org_queries.ancestors(row.organisation), row.organisation],
        **more,
    }
    return render(request, "places/one.html", context, status=status)


@desk("place.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, found(queries.place(viewer_of(request), pk)))


def _formed(request: HttpRequest, pk: int, form: Any, name: str, act: Callable[[dict[str, Any]], str]) -> HttpResponse:
    """One act with its form; what is wrong is told beside the field, on the page."""
    row = found(queries.place(viewer_of(request), pk))
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
            return redirect("places:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, **{name: form})


@desk("place.manage")
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Begun, built, opened, closed, opened again: which one is the button that was pressed."""
    kind = request.POST.get("act", "")
    closing = kind == ChangeKind.CLOSED
    form = forms.MoveForm(request.POST, auto_id="close_%s" if closing else "move_%s")

    def act(data: dict[str, Any]) -> str:
        if kind not in {
            ChangeKind.BUILDING,
            ChangeKind.TOPPED,
            ChangeKind.OPENED,
            ChangeKind.CLOSED,
            ChangeKind.REOPENED,
        }:
            raise Refusal("GH-PLC-024", "没有这一步", None, "刷新页面看最新状态")
        services.move(viewer_of(request), place_id=pk, kind=ChangeKind(kind), on=data["on"], reason=data["reason"])
        return f"已登记{ChangeKind(kind).label}"

    return _formed(request, pk, form, "close_form" if closing else "move_form", act)


@desk("place.manage")
@require_POST
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """Days on which it will not be open, told beforehand."""

    def act(data: dict[str, Any]) -> str:
        services.suspend(viewer_of(request), place_id=pk, **data)
        return "已公布暂停，附近的驿站页面会提前说明"

    return _formed(request, pk, forms.SuspendForm(request.POST, auto_id="pause_%s"), "suspend_form", act)


@desk("place.manage")
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Open again: the suspension is named in the form."""
    row = found(queries.place(viewer_of(request), pk))
    number = request.POST.get("suspension", "")
    pause = found(row.suspensions.filter(pk=number if number.isascii() and number.isdigit() else 0).first())

    def act() -> str:
        services.lift(viewer_of(request), suspension_id=pause.pk)
        return "已恢复开放"

    return acted(request, act, "places:one", pk)


@desk("place.manage")
@require_POST
def star(request: HttpRequest, pk: int) -> HttpResponse:
    """The grade as it was given."""

    def act(data: dict[str, Any]) -> str:
        services.star(viewer_of(request), place_id=pk, **data)
        return "已登记星级"

    return _formed(request, pk, forms.StarForm(request.POST, auto_id="star_%s"), "star_form", act)


@desk("place.manage")
@require_POST
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture with its words; or one taken off, named in the form."""
    row = found(queries.place(viewer_of(request), pk))
    if drop := request.POST.get("drop", ""):
        gone = found(row.photos.filter(pk=drop if drop.isascii() and drop.isdigit() else 0).first())

        def taken() -> str:
            services.drop_photo(viewer_of(request), photo_id=gone.pk)
            return "已撤下照片"

        return acted(request, taken, "places:one", pk)

    def act(data: dict[str, Any]) -> str:
        services.add_photo(viewer_of(request), place_id=pk, content=bytes_of(data["picture"], MOST), alt=data["alt"])
        return "已加上照片"

    return _formed(request, pk, forms.PhotoForm(request.POST, request.FILES, auto_id="photo_%s"), "photo_form", act)
