"""Transfers in and out: what waits for this side, what waits for the other, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import TransferSide, TransferState
from gonghui.kernel.people.models import TransferRequest
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import queries
from ..forms.fields import refuse
from ..forms.people import AnswerForm, WhyForm
from .dialogs import ask
from .loading import done, own_crumbs, transfer_of

STATES = {"asked": "wait", "accepted": "ok", "refused": "bad", "withdrawn": ""}


def _state(row: TransferRequest) -> SafeString:
    if row.state == TransferState.ASKED:
        mine = row.mine_to_answer  # type: ignore[attr-defined]
        return format_html(
            '<span class="tag tag-{}">{}</span>',
            *(("wait", "待本方答复") if mine else ("info", "待对方答复")),
        )
    kind = STATES[row.state]
    return format_html('<span class="tag{}">{}</span>', f" tag-{kind}" if kind else "", TransferState(row.state).label)


def _act(row: TransferRequest) -> SafeString:
    if row.state != TransferState.ASKED:
        return format_html('<span class="quiet">{}</span>', row.answer or "—")
    mine = row.mine_to_answer  # type: ignore[attr-defined]
    url = reverse("membership:transfer-answer" if mine else "membership:transfer-withdraw", args=[row.pk])
    return format_html(
        '<a class="btn btn-s" href="{}" hx-get="{}" hx-target="#dialog" hx-swap="innerHTML">{}</a>',
        url,
        url,
        "答复" if mine else "撤回",
    )


COLUMNS = [
    Column("person_name", "姓名", head=True, personal=True),
    Column("from_name", "转出工会", kind="organisation"),
    Column("to_name", "接收工会", kind="organisation"),
    Column("reason", "转会原因"),
    Column("side", "发起方", cell=lambda row: TransferSide(row.side).label, nowrap=True),
    Column("asked_at", "发起时间", kind="time", sort="asked_at"),
    Column("state", "状态", kind="tag", cell=_state, export=lambda row: TransferState(row.state).label),
    Column("answer", "办理", cell=_act, export=lambda row: row.answer),
]


def _way(rows: Any, way: str) -> Any:
    return rows.filter(mine_to_answer=True) if way == "mine" else rows.filter(incoming=way == "in")


TRANSFERS = ListPage(
    key="transfers",
    title="转会",
    unit="件",
    columns=COLUMNS,
    filters=[
        Filter("way", "方向", choices=[("mine", "待本方答复"), ("in", "转入"), ("out", "转出")], lookup=_way),
        Filter("state", "状态", choices=TransferState.choices),
        Filter("asked", "发起日期", "date", "asked_at__date", main=False),
    ],
    views=[
        View("mine", "待本方答复", {"way": "mine"}, queries.transfers_to_answer),
        View("open", "全部待答复", {"state": "asked"}),
        View("in", "转入", {"way": "in"}),
        View("out", "转出", {"way": "out"}),
        View("all", "全部"),
    ],
    default_sort="-asked_at",
    row_label=lambda row: row.person_name,
    template="membership/transfers.html",
    empty=Empty("没有转会", "在会员的页面点“转会”发起，对方工会发来的也会出现在这里。", "找会员", "/desk/members/"),
)


@desk("member.view")
def transfers(request: HttpRequest) -> HttpResponseBase:
    """The inbox."""
    viewer = viewer_of(request)
    waiting = queries.transfers_to_answer(viewer)
    heading = f"{waiting}件转会待答复" if waiting else "没有待答复的转会"
    return TRANSFERS.respond(
        request,
        people_queries.transfers(viewer),
        heading=heading,
        path=own_crumbs(viewer),
    )


def _words(viewer: Viewer, row: TransferRequest) -> list[str]:
    names = {name: getattr(row, name) for name in ("from_name", "to_name")}
    return [f"{row.person_name}从{names['from_name']}转到{names['to_name']}，原因：{row.reason}。"]


@desk("member.manage")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """接收 or 不接收; two buttons in one dialog."""
    viewer = viewer_of(request)
    row = transfer_of(request, pk)
    back = reverse("membership:transfers")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, accept = form.cleaned_data, request.POST.get("answer_is") != "refuse"
        facts = {"department": data["department"]} if accept and data["department"] else {}
        try:
            people.answer_transfer(viewer, request=row, accept=accept, answer=data["answer"], on=data["on"], **facts)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已接收转会" if accept else "已答复不接收")
            return done(request, back)
    lines = [*_words(viewer, row), "接收后会籍当场转入，入会日期和会籍历史随人走。"]
    second = ("refuse", "不接收")
    return ask(request, form, title="答复转会", submit="接收", back=back, lines=lines, second=second)


@desk("member.manage")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回 what this side has asked."""
    viewer = viewer_of(request)
    row = transfer_of(request, pk)
    back = reverse("membership:transfers")
    form = WhyForm(request.POST or None)
    form.fields["reason"].required = False
    form.fields["reason"].label = "撤回原因"
    if request.method == "POST" and form.is_valid():
        try:
            people.withdraw_transfer(viewer, request=row, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已撤回转会")
            return done(request, back)
    return ask(request, form, title="撤回转会", submit="撤回转会", back=back, lines=_words(viewer, row))
