"""What is broken, at the desk: what waits and for how long, one matter, rounds on the spot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files.services import open_file
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import catalog, forms, services
from ..choices import Outcome, TicketSource, TicketState
from ..models import Ticket
from ..queries import desk as queries
from ..rules import clock
from ..services.pictures import MOST
from . import acted, bytes_of, found, sections, tell

_TONES = {"open": "wait", "taken": "info"}
_ENDS = {"fixed": "ok", "fine": "", "later": "wait"}


def fault_words(row: Ticket) -> str:
    return catalog.title(catalog.faults(), row.fault)


def state_words(row: Ticket) -> str:
    return str(row.get_outcome_display() if row.state == TicketState.CLOSED else row.get_state_display())


def state_tag(row: Ticket) -> SafeString:
    if row.state == TicketState.CLOSED:
        return tag(state_words(row), _ENDS[row.outcome])
    return tag(state_words(row), _TONES[row.state])


def took(row: Ticket) -> str:
    """How long it took, once it is answered."""
    return f"用时{clock.span(row.closed_at - row.opened_at)}" if row.closed_at else ""


def clock_tag(row: Ticket) -> SafeString | str:
    """What is left, or what it took."""
    if row.state == TicketState.CLOSED:
        return tag(took(row), "bad" if row.late else "")
    left = clock.left(row.due_at, timezone.now())
    return tag("已超时，" + left.words if row.late and not left.late else left.words, "bad" if row.late else left.tone)


def lines_of(rows: Iterable[Ticket], now: datetime) -> list[dict[str, Any]]:
    return [
        {"row": one, "fault": fault_words(one), "state": state_tag(one), "clock": clock_tag(one)} for one in rows
    ]  # fmt: skip


def _state(source: Any, value: str) -> Any:
    running = source.exclude(state=TicketState.CLOSED)
    return {"running": running, "late": running.filter(late=True)}.get(value, source.filter(state=value))


LIST = ListPage(
    key="place-tickets",
    title="小修小补",
    unit="件",
    columns=[
        Column("fault", "问题", head=True, sort="fault", cell=fault_words),
        Column("place", "阵地", kind="organisation", sort="place__name", cell=lambda row: row.place.name),
        Column("reports", "反映", kind="number", unit="次", sort="reports"),
        Column("source", "来源", cell=lambda row: row.get_source_display(), nowrap=True, default=False),
        Column("opened_at", "收到", kind="time", sort="opened_at", cell=lambda row: row.opened_at),
        Column("holder", "承办单位", kind="organisation", cell=lambda row: row.holder_name),
        Column("clock", "时限", nowrap=True, sort="due_at", cell=clock_tag,
               export=lambda row: took(row) or f"{timezone.localtime(row.due_at):%Y-%m-%d %H:%M}"),
        Column("thanks", "感谢", kind="number", unit="次", sort="thanks", default=False),
        Column("state", "状态", nowrap=True, cell=state_tag, export=state_words),
    ],
    filters=[
        Filter("q", "查找阵地", "search", "place__name__contains", placeholder="阵地名称"),
        Filter("state", "状态", lookup=_state, choices=[
            ("running", "没答复的"), ("late", "超时的"), *TicketState.choices]),
        Filter("fault", "问题", choices=lambda viewer: catalog.options(catalog.faults())),
        Filter("outcome", "结果", choices=Outcome.choices, main=False),
        Filter("source", "来源", choices=TicketSource.choices, main=False),
        Filter("place", "阵地编号", "choice", "place_id", main=False,
               choices=lambda viewer: [(str(one.pk), one.name) for one in queries.broken(viewer)]),
    ],
    views=[
        View("all", "全部"),
        View("running", "没答复的", {"state": "running"}),
        View("late", "超时的", {"state": "late"}),
    ],
    empty=Empty("没有人反映问题", "职工扫墙上的二维码就能反映；到现场巡查发现的也会列在这里。"),
    default_sort="-opened_at",
    order=("-pk",),
    row_url=lambda row: reverse("places:ticket", args=[row.pk]),
    row_label=lambda row: f"{row.place.name}{fault_words(row)}",
    export=write_xlsx,
    template="places/tickets.html",
)  # fmt: skip


@desk("place.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.tickets(viewer), heading="小修小补", tabs=sections("tickets"),
        sums=queries.figures(viewer, timezone.now()),
    )  # fmt: skip


def _page(request: HttpRequest, row: Ticket, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    running = row.state != TicketState.CLOSED
    context = {
        "ticket": row,
        "fault": fault_words(row),
        "state": state_tag(row),
        "clock": clock_tag(row),
        "took": took(row),
        "may_fix": viewer.may("place.fix") and running and services.answers_for(viewer, row),
        "may_reveal": viewer.may("place.fix"),
        "answer_form": forms.AnswerForm(auto_id="answer_%s"),
        "reveal_form": forms.RevealForm(auto_id="reveal_%s"),
        **more,
    }
    return render(request, "places/ticket.html", context, status=status)


@desk("place.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, found(queries.ticket(viewer_of(request), pk)))


@desk("place.fix")
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(queries.ticket(viewer_of(request), pk))

    def act() -> str:
        services.take(viewer_of(request), ticket_id=row.pk)
        return "已接手，处理完填写答复"

    return acted(request, act, "places:ticket", pk)


@desk("place.fix")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """How it ended; everybody who reported reads it."""
    viewer, row = viewer_of(request), found(queries.ticket(viewer_of(request), pk))
    form = forms.AnswerForm(request.POST, request.FILES, auto_id="answer_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.answer(
                viewer, ticket_id=pk, outcome=Outcome(data["outcome"]), text=data["text"],
                picture=bytes_of(data["picture"], MOST), until=data["until"],
            )  # fmt: skip
            messages.success(request, "已答复，反映的人凭反映码看得到")
            return redirect("places:ticket", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, answer_form=form)


@desk("place.fix")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The telephone that somebody left, shown once on this page; the report is named in the form."""
    viewer, row = viewer_of(request), found(queries.ticket(viewer_of(request), pk))
    form = forms.RevealForm(request.POST, auto_id="reveal_%s")
    number = request.POST.get("report", "")
    word = found(row.words.filter(pk=number if number.isascii() and number.isdigit() else 0).first())
    if form.is_valid():
        try:
            shown = services.reveal_contact(viewer, report_id=word.pk, reason=form.cleaned_data["reason"])
            answer = _page(request, row, revealed={"pk": word.pk, "number": shown})
            answer["Cache-Control"] = "no-store"
            return answer
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, reveal_form=form)


@desk("place.view")
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What somebody who reported took a picture of; the look stands on the trail."""
    viewer = viewer_of(request)
    word = found(queries.report(viewer, pk))
    assert word.photo is not None
    reply = FileResponse(open_file(viewer, word.photo), content_type=word.photo.content_type)
    reply["Cache-Control"] = "private, no-store"
    return reply


@desk("place.fix")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Written down for whoever said it by telephone or at the counter; the code is shown once, for them."""
    viewer, row = viewer_of(request), found(queries.place(viewer_of(request), pk))
    form, made = forms.TicketForm(request.POST or None, offered=row.offered), None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_ticket(viewer, place_id=pk, **form.cleaned_data)
        except Refusal as refusal:
            tell(form, refusal)
    answer = render(
        request,
        "places/ticket_new.html",
        {"form": form, "place": row, "made": made},
        status=422 if form.errors else 200,
    )
    answer["Cache-Control"] = "no-store"
    return answer


@desk("place.fix")
@require_http_methods(["GET", "POST"])
def inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """A round on the spot: one look a line, done on the phone."""
    viewer, row = viewer_of(request), found(queries.place(viewer_of(request), pk))
    form = forms.RoundForm(request.POST or None, offered=row.offered)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.record_round(viewer, place_id=pk, results=form.results, words=form.cleaned_data["note"])
            wrong = sum(not good for good in made.results.values())
            messages.success(request, f"已登记巡查，{wrong}项不好，已立件处理" if wrong else "已登记巡查，都好")
            return redirect("places:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return render(request, "places/inspect.html", {"form": form, "place": row}, status=422 if form.errors else 200)


def _found_wrong(row: Any) -> str:
    bad = [catalog.title(catalog.checks(), key) for key, good in row.results.items() if not good]
    return f"{len(bad)}项不好：{'、'.join(bad)}" if bad else "都好"


ROUNDS = ListPage(
    key="place-rounds",
    title="巡查",
    unit="次",
    columns=[
        Column("place", "阵地", kind="organisation", head=True, sort="place__name", cell=lambda row: row.place.name),
        Column("on", "巡查日期", kind="date", sort="on"),
        Column("found", "结果", cell=_found_wrong),
        Column("note", "说明", default=False),
        Column("by_post", "巡查岗位", kind="organisation", cell=lambda row: row.by_post),
    ],
    filters=[
        Filter("q", "查找阵地", "search", "place__name__contains", placeholder="阵地名称"),
        Filter("on", "巡查日期", "date"),
    ],
    views=[View("all", "全部")],
    empty=Empty("还没有巡查过", "打开一处阵地，点“到现场巡查”，用手机逐项看。", "看名录", "/desk/places/"),
    default_sort="-on",
    order=("-pk",),
    row_url=lambda row: reverse("places:one", args=[row.place_id]),
    row_label=lambda row: row.place.name,
    export=write_xlsx,
    template="places/rounds.html",
)  # fmt: skip


@desk("place.view")
@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    today = timezone.localdate()
    unseen = list(queries.unseen(viewer, today)[:30]) if viewer.may("place.fix") else []
    return ROUNDS.respond(
        request, queries.all_rounds(viewer), heading="巡查", tabs=sections("rounds"), unseen=unseen
    )  # fmt: skip
