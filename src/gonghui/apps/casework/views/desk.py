"""The 12351 desk: the list with its counters, the quick form, one ticket with what can be done now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.people.rules import check_phone, mask_phone
from gonghui.kernel.procedures.rules.forms import masked_name
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.calendar import working_days_between
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import forms, queries, services
from ..choices import Category, Channel, Difficulty, TicketKind, TicketState
from ..models import Ticket
from ..sealing import CALLER, NOTE, REPLY, SAID, opened
from .acting import found_or_404, show
from .ticket_acts import acts_of

TONES = {
    TicketState.DISPATCH: "wait",
    TicketState.TAKE: "wait",
    TicketState.HANDLE: "info",
    TicketState.CALL_BACK: "info",
    TicketState.CHECK: "info",
    TicketState.CLOSED: "ok",
}


def state_tag(row: Ticket) -> SafeString:
    words, tone = row.get_state_display(), TONES[TicketState(row.state)]
    if row.late and row.state != TicketState.CLOSED:
        words, tone = f"{words}·已超期", "bad"
    return format_html('<span class="tag tag-{}">{}</span>', tone, words)


def _due(row: Ticket) -> Any:
    return None if row.state == TicketState.CLOSED else row.due_on


def _count(key: str) -> Any:
    return lambda viewer: queries.ticket_counts(viewer)[key]


TICKETS = ListPage(
    key="casework-tickets",
    title="职工诉求",
    unit="件",
    columns=[
        Column("number", "编号", head=True, sort="pk", nowrap=True),
        Column("kind", "类别", cell=lambda r: r.get_kind_display(), sort="kind", nowrap=True),
        Column("category", "分类", cell=lambda r: r.get_category_display(), sort="category"),
        Column("difficulty", "难度", cell=lambda r: r.get_difficulty_display(), sort="difficulty", nowrap=True),
        Column("holder", "承办单位", cell=lambda r: r.holder_name, kind="organisation"),
        Column("state", "状态", cell=state_tag, sort="state", nowrap=True),
        Column("due_on", "本步时限", kind="date", cell=_due, sort="due_on"),
        Column("received", "登记", kind="date", cell=lambda r: timezone.localtime(r.received_at), sort="received_at"),
    ],
    filters=[
        Filter("q", "编号", "search", "number__icontains", placeholder="编号"),
        Filter("kind", "类别", choices=TicketKind.choices),
        Filter("category", "分类", choices=Category.choices),
        Filter("state", "状态", choices=TicketState.choices),
        Filter("late", "已超期", "boolean", "late"),
    ],
    views=[
        View("all", "全部"),
        *(View(state.value, state.label, {"state": state.value}, _count(state.value)) for state in TicketState),
        View("late", "已超期", {"late": "1"}, _count("late")),
    ],
    empty=Empty(
        "还没有职工诉求", "接到来电、来访时登记第一件，时限从登记起算。", "登记诉求", "/desk/cases/tickets/new"
    ),
    default_sort="due_on",
    order=("pk",),
    row_url=lambda r: reverse("casework:ticket", args=[r.pk]),
    row_label=lambda r: r.number,
    template="casework/tickets.html",
)


@desk("case.handle")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The desk opens with its tickets."""
    return HttpResponseRedirect(reverse("casework:tickets"))


@desk("case.handle")
def tickets(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return TICKETS.respond(request, queries.tickets(viewer), heading="职工诉求", waiting=queries.waiting(viewer))


@desk("case.handle")
@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """Earlier calls of the same phone, as far as this team took part: a piece of the quick form."""
    wrong, rows = "", []
    try:
        rows = queries.earlier(viewer_of(request), check_phone(request.POST.get("phone", "")))
    except Refusal as refusal:
        wrong = refusal.message
    return render(request, "casework/parts/earlier.html", {"rows": rows, "wrong": wrong, "asked": True})


@desk("case.handle")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    form = forms.TicketForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.receive(
                viewer,
                kind=TicketKind(data["kind"]),
                channel=Channel(data["channel"]),
                category=Category(data["category"]),
                difficulty=Difficulty(data["difficulty"]),
                said=data["said"],
                name=data["name"],
                phone=data["phone"],
                own=data["own"] == "1",
            )
            messages.success(request, f"已登记{made.number}")
            return redirect("casework:ticket", pk=made.pk)
        except Refusal as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.sentence)
    return render(request, "casework/ticket_new.html", {"form": form}, status=422 if form.errors else 200)


def _context(viewer: Viewer, row: Ticket) -> dict[str, Any]:
    who = opened(row.caller, CALLER)
    rows = queries.earlier(viewer, who["phone"], row.pk) if who["phone"] else []
    acts = [{"row": act, "note": opened(act.note, NOTE)} for act in row.acts.order_by("pk")]
    return {
        "ticket": row,
        "state_tag": state_tag(row),
        "name": masked_name(who["name"]) if who["name"] else "未留称呼",
        "phone": mask_phone(who["phone"]) if who["phone"] else "未留电话",
        "has_caller": bool(who["name"] or who["phone"]),
        "said": opened(row.said, SAID),
        "reply": opened(row.reply, REPLY),
        "history": acts,
        "rows": rows,
        "left": working_days_between(timezone.localdate(), row.due_on),
        "open": row.state != TicketState.CLOSED,
        "carries": row.kind == TicketKind.SUGGESTION and viewer.may("voice.handle"),
        "reveal_form": forms.ReasonForm(),
    }


@desk("case.handle")
@require_http_methods(["GET", "POST"])
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = found_or_404(queries.ticket(viewer, pk))
    back = reverse("casework:ticket", args=[pk])
    return show(request, "casework/ticket.html", _context(viewer, row), acts_of(request, viewer, row), back)


@desk("case.handle")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and phone in full, once, with a reason on the trail."""
    viewer = viewer_of(request)
    row = found_or_404(queries.ticket(viewer, pk))
    form, context = forms.ReasonForm(request.POST), _context(viewer, row)
    if form.is_valid():
        who = services.reveal_caller(viewer, ticket_id=pk, reason=form.cleaned_data["reason"])
        context |= {"name": who["name"] or "未留称呼", "phone": who["phone"] or "未留电话", "revealed": True}
    context["reveal_form"] = form
    acts = acts_of(request, viewer, row)
    return render(request, "casework/ticket.html", context | {"acts": acts}, status=422 if form.errors else 200)
