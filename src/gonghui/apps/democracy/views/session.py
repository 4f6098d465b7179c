"""One session at the desk: agenda, papers, attendance; its ballots."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.viewer import Viewer

from .. import choices as c
from .. import forms, queries, services
from ..models import Ballot, Delegate, Paper, Receipt, Session
from ..rules import congress as law
from ..services.holding import MANAGE, number, serving, share, there
from .acting import Act, done, found, offered, own


def _items(row: Session, *kinds: str, states: tuple[str, ...] = (c.ItemState.WAITING,)) -> list[tuple[str, str]]:
    rows = row.items.filter(kind__in=kinds, state__in=states).order_by("number")
    return [(str(one.pk), f"{one.number}. {one.title}") for one in rows]


def _delegates(row: Session) -> list[tuple[str, str]]:
    there = row.attendances.values("delegate_id")
    rows = Delegate.objects.filter(congress_id=row.congress_id, ended_on__isnull=True).exclude(pk__in=there)
    return [(str(one.pk), one.person_name) for one in rows.order_by("pk")]


def _item(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    made = services.add_item(viewer, session_id=row.pk, **data | {"kind": c.ItemKind(data["kind"])})
    return f"已添加第{made.number}项"


def _paper(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    given = data["file"]
    services.add_paper(
        viewer, item_id=int(data["item"]), name=given.name, content=given.read(),
        content_type=given.content_type or "application/octet-stream",
    )  # fmt: skip
    return "已上传，送达以后代表才看得到"


def _delivered(row: Session) -> list[tuple[str, str]]:
    rows = Paper.objects.filter(item__session=row, receipts__opened_on__isnull=True, receipts__isnull=False)
    return [(str(one.pk), one.title) for one in rows.distinct().order_by("pk")]


def _unopened(row: Session) -> list[tuple[str, str]]:
    rows = Receipt.objects.filter(paper__item__session=row, opened_on__isnull=True, delegate__ended_on__isnull=True)
    found = rows.order_by("delegate_id").values_list("delegate_id", "delegate__person_name").distinct()
    return [(str(pk), name) for pk, name in found]


def _hand(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    seats = [int(one) for one in data["delegates"]]
    return f"已登记{services.handed(viewer, paper_id=int(data['paper']), delegate_ids=seats)}名代表签收"


def _deliver(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    return f"已把{services.deliver(viewer, session_id=row.pk)}份文件送达全体代表"


def _register(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    count = services.register(viewer, session_id=row.pk, delegate_ids=[int(one) for one in data["delegates"]])
    return f"已登记{count}名代表到会"


def _open(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    return f"{services.open_session(viewer, session_id=row.pk).title}开会"


def _record(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    return f"已登记：{services.record_item(viewer, item_id=int(data['item']), decision=data['decision']).title}"


def _ballot(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    names = [one for one in (data["names"] or "").replace("、", "\n").splitlines() if one.strip()]
    made = services.open_ballot(viewer, item_id=int(data["item"]), names=names, seats=data["seats"] or 1)
    return f"“{made.question}”开始投票"


def _defer(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    made = services.defer_item(viewer, item_id=int(data["item"]), reason=data["reason"])
    return f"第{made.number}项改期再议"


def _drop(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    services.drop_item(viewer, item_id=int(data["item"]))
    return "已从议程里删除"


def _close(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    name, content = forms.file_of(data)
    services.close_session(viewer, session_id=row.pk, summary=data["summary"], name=name, minutes=content)
    return "已闭会，会议决定对全体会员公布"


def _move(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    return f"已改到{services.move_session(viewer, session_id=row.pk, **data).on:%Y-%m-%d}"


def _cancel(viewer: Viewer, row: Session, data: dict[str, Any]) -> str:
    services.cancel_session(viewer, session_id=row.pk, **data)
    return "已取消会议"


def _votable(row: Session) -> list[tuple[str, str]]:
    return _items(row, *c.BY_BALLOT, states=c.TO_VOTE)


def _to_deliver(row: Session) -> bool:
    """There is an agenda that nobody was told of yet, or a paper that nobody has."""
    undelivered = Paper.objects.filter(item__session=row, delivered_on__isnull=True).exists()
    return undelivered or (row.state == c.SessionState.PLANNED and row.items.exists())


BEFORE = ("planned", "notified")
ALL_KINDS = tuple(c.ItemKind.values)
ACTS = (
    Act("item", "添加议题", _item, BEFORE, lambda row: {
        "kind": forms.choose("类别", c.ItemKind.choices), "title": forms.line("议题", 120),
        "text": forms.words("说明", 2000, 3, required=False)}),
    Act("paper", "上传文件", _paper, BEFORE, lambda row: {
        "item": forms.choose("议题", _items(row, *ALL_KINDS)), "file": forms.paper("文件")},
        when=lambda row: row.items.exists()),
    Act("drop", "删除议题", _drop, BEFORE, lambda row: {
        "item": forms.choose("议题", _items(row, *ALL_KINDS))}, bad=True,
        when=lambda row: row.items.exists()),
    Act("deliver", "送达全体代表", _deliver, BEFORE, main=True, when=_to_deliver,
        note="没有送达的文件今天送达每名代表的手机，会前7天以内送达的不能表决"),
    Act("hand", "登记纸质签收", _hand, ("notified", "open"), lambda row: {
        "paper": forms.choose("文件", _delivered(row)),
        "delegates": forms.several("还没有打开文件的代表", _unopened(row))},
        when=lambda row: bool(_unopened(row)), note="纸质文件已当面送达、代表已签收的，登记在这里"),
    Act("register", "登记到会代表", _register, ("notified", "open"), lambda row: {
        "delegates": forms.several("还没有签到的代表", _delegates(row))}, when=lambda row: bool(_delegates(row))),
    Act("open", "开会", _open, ("notified",), main=True, note="出席达到三分之二才能开会",
        when=lambda row: row.on <= timezone.localdate()),
    Act("record", "登记听取和审议", _record, ("open",), lambda row: {
        "item": forms.choose("议题", _items(row, "hear", "deliberate")), "decision": forms.words("意见", 1000, 3)},
        when=lambda row: bool(_items(row, "hear", "deliberate"))),
    Act("ballot", "开始无记名投票", _ballot, ("open",), lambda row: {
        "item": forms.choose("议题", _votable(row)),
        "names": forms.words("候选人", 2000, 3, required=False, hint="选举才写，每行一名"),
        "seats": forms.count("应选名额", 1, required=False, hint="选举才写")}, main=True,
        when=lambda row: bool(_votable(row)), note="没有通过的、没有选足的可以再投一轮"),
    Act("defer", "改期再议", _defer, ("open",), lambda row: {
        "item": forms.choose("议题", _items(row, *ALL_KINDS)),
        "reason": forms.words("原因", hint="例如草案没有在7天前送达")},
        when=lambda row: bool(_items(row, *ALL_KINDS))),
    Act("close", "闭会", _close, ("open",), lambda row: {
        "summary": forms.words("会议决定", 1000, 3), "file": forms.paper("会议记录", required=False)}),
    Act("move", "调整日期和地点", _move, BEFORE, lambda row: {
        "on": forms.day("会议日期", today=False), "clock": forms.line("时间", 5, initial=row.clock),
        "place": forms.line("地点", initial=row.place)}),
    Act("cancel", "取消会议", _cancel, BEFORE, lambda row: {"reason": forms.words("原因")}, bad=True),
)  # fmt: skip


def _page(
    request: HttpRequest, row: Session, sent: tuple[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    viewer = viewer_of(request)
    delegates = row.delegates or serving(row.congress)
    days = number("paper_days", row.path)
    items = []
    for item in row.items.order_by("number").prefetch_related("ballots"):
        papers = [
            {"row": one, "in_time": law.delivered_in_time(one.delivered_on, row.on, days),
             "opened": one.receipts.filter(opened_on__isnull=False).count(), "of": one.receipts.count()}
            for one in item.papers.order_by("pk")
        ]  # fmt: skip
        items.append({"row": item, "papers": papers, "ballots": list(item.ballots.all())})
    context = {
        "row": row,
        "items": items,
        "delegates": delegates,
        "present": there(row).count(),
        "quorum": law.quorum_of(delegates, share("quorum", row.path)),
        "attended": there(row).select_related("delegate").order_by("at"),
        "last": law.last_delivery(row.on, days),
        "acts": offered(row, ACTS, sent) if own(viewer, row, MANAGE) else [],
        "own": own(viewer, row, MANAGE),
        "to": reverse("democracy:session-act", args=[row.pk]),
    }
    return render(request, "democracy/session.html", context, status=status)


@desk("congress.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _page(request, found(queries.sessions(viewer_of(request)).filter(pk=pk).first()))


@desk(MANAGE)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = found(queries.sessions(viewer_of(request)).filter(pk=pk).first())
    return done(request, row, ACTS, "democracy:session", _page)


# -- ballots ---------------------------------------------------------------------------------------------------------


def _there(row: Ballot) -> list[tuple[str, str]]:
    taken = row.issues.values("delegate_id")
    rows = there(row.item.session).exclude(delegate_id__in=taken).select_related("delegate").order_by("at")
    return [(str(one.delegate_id), one.delegate.person_name) for one in rows]


def _papers(row: Ballot) -> list[tuple[str, str]]:
    rows = row.issues.filter(way="paper").select_related("delegate")
    return [(str(one.pk), one.delegate.person_name) for one in rows]


def _issue(viewer: Viewer, row: Ballot, data: dict[str, Any]) -> str:
    with transaction.atomic():
        for delegate in data["delegates"]:
            services.issue_paper(viewer, ballot_id=row.pk, delegate_id=int(delegate))
    count, more = row.issues.filter(way="paper").count(), number("paper_ballots_least", row.path)
    return f"已发出纸质票{count}张" + (f"，还要再发{more - count}张以上才能计票" if more > count else "")


def _back(viewer: Viewer, row: Ballot, data: dict[str, Any]) -> str:
    services.take_back_paper(viewer, issued_id=int(data["issued"]))
    return "已收回纸质票，这名代表可以用手机投票"


def _count(viewer: Viewer, row: Ballot, data: dict[str, Any]) -> str:
    paper = {one["key"]: data.get(f"paper_{one['key']}") or 0 for one in row.options}
    scrutineers = [int(one) for one in data.get("scrutineers") or []]
    made = services.count_ballot(viewer, ballot_id=row.pk, paper=paper, scrutineers=scrutineers)
    return f"已计票，收到{made.result['votes']}票"


def _void(viewer: Viewer, row: Ballot, data: dict[str, Any]) -> str:
    services.void_ballot(viewer, ballot_id=row.pk, **data)
    return "已作废，投入的票没有打开就销毁了"


def _count_fields(row: Ballot) -> dict[str, django_forms.Field]:
    if not _papers(row):
        return {}
    seats = there(row.item.session).select_related("delegate").order_by("delegate_id")
    made: dict[str, django_forms.Field] = {
        "scrutineers": forms.several(
            "监票人（选两名）", [(str(one.delegate_id), one.delegate.person_name) for one in seats]
        )
    }
    return made | {f"paper_{one['key']}": forms.count(f"纸质票：{one['title']}", initial=0) for one in row.options}


BALLOT_ACTS = (
    Act("count", "截止并计票", _count, ("open",), _count_fields, main=True,
        note="截止以后不再收票，结果和全部选票同时公布"),
    Act("issue", "发纸质票", _issue, ("open",), lambda row: {
        "delegates": forms.several("到会、还没有领票的代表", _there(row))},
        when=lambda row: bool(_there(row))),
    Act("back", "收回纸质票", _back, ("open",), lambda row: {"issued": forms.choose("代表", _papers(row))},
        when=lambda row: bool(_papers(row))),
    Act("void", "作废这次投票", _void, ("open",), lambda row: {"reason": forms.words("原因")}, bad=True),
)  # fmt: skip


def results(row: Ballot) -> list[dict[str, Any]]:
    won = set(row.result.get("elected", []))
    return [
        {"title": one["title"], "count": row.counts.get(one["key"], 0), "won": one["key"] in won, "of": row.electorate}
        for one in row.options
    ]


def _ballot_page(
    request: HttpRequest, row: Ballot, sent: tuple[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    viewer = viewer_of(request)
    context = {
        "row": row,
        "session": row.item.session,
        "issued": row.issues.filter(way="electronic").count(),
        "papers": row.issues.filter(way="paper").count(),
        "turnout": queries.turnout(row, number("turnout_step", row.path)) if row.state == "open" else "",
        "results": results(row),
        "acts": offered(row, BALLOT_ACTS, sent) if own(viewer, row, MANAGE) else [],
        "to": reverse("democracy:ballot-act", args=[row.pk]),
    }
    return render(request, "democracy/ballot.html", context, status=status)


@desk("congress.view")
@require_GET
def ballot(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _ballot_page(request, found(queries.ballots(viewer_of(request)).filter(pk=pk).first()))


@desk(MANAGE)
@require_POST
def ballot_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = found(queries.ballots(viewer_of(request)).filter(pk=pk).first())
    return done(request, row, BALLOT_ACTS, "democracy:ballot", _ballot_page)
