"""Sessions: planned, papers delivered, delegates checked in, opened with a quorum, closed with minutes."""

from __future__ import annotations

import secrets
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.files import services as files
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import BY_BALLOT, Caller, CheckInWay, CongressState, ItemKind, ItemState, SessionKind, SessionState
from ..models import Attendance, Ballot, Congress, Delegate, Item, Paper, Receipt, Session
from ..rules import congress as law
from .holding import (
    MANAGE,
    basis,
    held,
    in_state,
    note,
    said,
    seat_of,
    seated,
    serving,
    share,
    there,
)

LARGEST = 20_000_000


def plan_session(
    actor: Viewer, *, congress_id: int, on: date, clock: str, place: str, kind: SessionKind = SessionKind.ORDINARY,
    caller: Caller | None = None, proposers: int = 0, reason: str = "",
) -> Session:  # fmt: skip
    """The firm, the union or enough delegates may ask for a session in between.

    :raises Refusal: GH-DEM-001, 002, 003, 004; 030 after the term; 031 nobody or too few ask for one in between.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        congress = held(actor, Congress, congress_id, "职代会")
        in_state(congress, "职代会", CongressState.SITTING)
        if on > congress.last_day:
            raise Refusal("GH-DEM-030", f"本届任期到{congress.last_day:%Y-%m-%d}为止", "on", "先换届，或者办理延期换届")
        if kind == SessionKind.EMERGENCY:
            said(reason, "reason", "召开临时会议的原因")
            _called(congress, caller, proposers)
        last = congress.sessions.aggregate(last=Max("number"))["last"] or 0
        row = Session.objects.create(
            path=congress.path, congress=congress, organisation_id=congress.organisation_id, number=last + 1, kind=kind,
            on=on, clock=clock, place=said(place, "place", "地点", 80),
            caller=caller or "" if kind == SessionKind.EMERGENCY else "",
            proposers=proposers if kind == SessionKind.EMERGENCY and caller == Caller.DELEGATES else 0,
            reason=reason.strip()[:300],
        )  # fmt: skip
        note(actor, "session_planned", row, row.title)
    return row


def _called(congress: Congress, caller: Caller | None, proposers: int) -> None:
    if caller is None:
        raise Refusal("GH-DEM-031", "没有写由谁提议召开临时会议", "caller", f"依据：{basis('emergency')}")
    delegates, wanted = serving(congress), share("emergency", congress.path)
    if caller == Caller.DELEGATES and not law.may_call(proposers, delegates, wanted):
        raise Refusal(
            "GH-DEM-031",
            f"{proposers}名代表提议，{delegates}名代表的职代会要有{law.quorum_of(delegates, wanted)}名以上提议",
            "proposers",
            f"依据：{basis('emergency')}",
        )


def move_session(actor: Viewer, *, session_id: int, on: date, clock: str, place: str) -> Session:
    """Another day, which also mends papers that were delivered late. Who had checked in checks in again, with another
    code.

    :raises Refusal: GH-DEM-001, 002, 003, 004, 030.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Session, session_id, "会议")
        in_state(row, "会议", SessionState.PLANNED, SessionState.NOTIFIED)
        if on > row.congress.last_day:
            raise Refusal("GH-DEM-030", f"本届任期到{row.congress.last_day:%Y-%m-%d}为止", "on", "先办理延期换届")
        old = row.on
        row.on, row.clock, row.place = on, clock, said(place, "place", "地点", 80)
        if on != old:
            row.attendances.all().delete()
            row.code = _new_code() if row.code else ""
        row.save()
        note(actor, "session_moved", row, row.title, old=old.isoformat(), new=on.isoformat())
    return row


def add_item(actor: Viewer, *, session_id: int, kind: ItemKind, title: str, text: str = "") -> Item:
    """:raises Refusal: GH-DEM-001, 002, 003, 004."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Session, session_id, "会议")
        in_state(row, "会议", SessionState.PLANNED, SessionState.NOTIFIED)
        last = row.items.aggregate(last=Max("number"))["last"] or 0
        made = Item.objects.create(
            path=row.path, session=row, number=last + 1, kind=kind, title=said(title, "title", "议题", 120),
            text=text.strip()[:2000],
        )  # fmt: skip
        note(actor, "item_added", made, made.title)
    return made


def drop_item(actor: Viewer, *, item_id: int) -> None:
    """Also after the delegates were notified: what is not ready is taken off before the day.

    :raises Refusal: GH-DEM-001, 002, 003.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Item, item_id, "议题")
        in_state(row.session, "会议", SessionState.PLANNED, SessionState.NOTIFIED)
        note(actor, "item_dropped", row, row.title)
        row.delete()


def add_paper(actor: Viewer, *, item_id: int, name: str, content: bytes, content_type: str) -> Paper:
    """A document of an item; it counts as delivered only when it is delivered.

    :raises Refusal: GH-DEM-001, 002, 003; 032 too large or empty.
    """
    require(actor, MANAGE)
    if not 0 < len(content) <= LARGEST:
        raise Refusal("GH-DEM-032", "文件是空的，或超过20MB", "file", "压缩后再上传")
    with transaction.atomic():
        row = held(actor, Item, item_id, "议题")
        in_state(row.session, "会议", SessionState.PLANNED, SessionState.NOTIFIED)
        kept = files.store(
            actor, path=row.path, name=name, kind="democracy.paper", content=content, content_type=content_type
        )
        made = Paper.objects.create(path=row.path, item=row, file=kept, title=kept.name[:120])
        note(actor, "paper_added", made, row.title)
    return made


def deliver(actor: Viewer, *, session_id: int) -> int:
    """Notify the delegates: every paper that was not delivered yet is laid before each of them today.

    :returns: how many papers.
    :raises Refusal: GH-DEM-001, 002, 003; 033 no item; 034 a matter to be voted on has no paper.
    """
    require(actor, MANAGE)
    today = timezone.localdate()
    with transaction.atomic():
        row = held(actor, Session, session_id, "会议")
        in_state(row, "会议", SessionState.PLANNED, SessionState.NOTIFIED)
        items = list(row.items.order_by("number"))
        if not items:
            raise Refusal("GH-DEM-033", "还没有议题", None, "先添加议题")
        bare = [one for one in items if one.kind == ItemKind.PASS and not one.papers.exists()]
        if bare:
            raise Refusal("GH-DEM-034", f"第{bare[0].number}项要表决，还没有上传草案", None, "上传草案后再送达")
        papers = list(Paper.objects.filter(item__session=row, delivered_on__isnull=True))
        seats = list(Delegate.objects.filter(congress_id=row.congress_id, ended_on__isnull=True))
        for paper in papers:
            paper.delivered_on = today
            paper.save()
        Receipt.objects.bulk_create(
            Receipt(path=row.path, paper=paper, delegate=seat, delivered_on=today) for paper in papers for seat in seats
        )
        row.state, row.notified_on = SessionState.NOTIFIED, row.notified_on or today
        row.code = row.code or _new_code()
        row.save()
        note(actor, "session_notified", row, row.title, papers=len(papers), delegates=len(seats))
    return len(papers)


def _new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def handed(actor: Viewer, *, paper_id: int, delegate_ids: list[int]) -> int:
    """Delegates who got a paper by hand and signed for it.

    :raises Refusal: GH-DEM-001, 002.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Paper, paper_id, "文件")
        count = Receipt.objects.filter(paper=row, delegate_id__in=delegate_ids, opened_on__isnull=True).update(
            by_hand=True, opened_on=timezone.localdate()
        )
        note(actor, "paper_handed", row, row.item.title, delegates=count)
    return count


def opened(viewer: Viewer, *, paper: Paper) -> None:
    """A delegate opens a paper for the first time: that is the receipt. Others of the union may read it too."""
    session = paper.item.session
    try:
        seat = seat_of(viewer, session.congress_id)
    except Refusal:
        return
    with transaction.atomic(), seated(viewer, session.congress_id):
        first = Receipt.objects.filter(paper=paper, delegate=seat, opened_on__isnull=True).update(
            opened_on=timezone.localdate()
        )
        if first:
            note(viewer, "paper_opened", paper, paper.item.title)


# -- the day itself --------------------------------------------------------------------------------------------------


def check_in(viewer: Viewer, *, session_id: int, code: str) -> Attendance:
    """A delegate is here: the code is shown in the hall on the day.

    :raises Refusal: GH-DEM-003, 006; 035 not the day, 036 not the code.
    """
    row = Session.objects.filter(pk=session_id).first()
    if row is None:
        raise Refusal("GH-DEM-001", "没有这次会议", None, "刷新页面后再签到")
    seat_of(viewer, row.congress_id)
    in_state(row, "会议", SessionState.NOTIFIED, SessionState.OPEN)
    if row.on != timezone.localdate():
        raise Refusal("GH-DEM-035", f"会议在{row.on:%Y-%m-%d}召开，当天签到", None)
    if not secrets.compare_digest(code.strip().encode(), row.code.encode()):
        raise Refusal("GH-DEM-036", "签到码不对", "code", "看会场屏幕上的6位数字")
    with transaction.atomic(), seated(viewer, row.congress_id) as seat:
        made, new = Attendance.objects.get_or_create(
            session=row, delegate=seat, defaults={"path": row.path, "way": CheckInWay.CODE}
        )
        if new:
            note(viewer, "checked_in", row, row.title)
    return made


def register(actor: Viewer, *, session_id: int, delegate_ids: list[int]) -> int:
    """Delegates who signed the list on paper.

    :raises Refusal: GH-DEM-001, 002, 003; 035 not the day.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Session, session_id, "会议")
        in_state(row, "会议", SessionState.NOTIFIED, SessionState.OPEN)
        if row.on > timezone.localdate():
            raise Refusal("GH-DEM-035", f"会议在{row.on:%Y-%m-%d}召开，当天签到", None)
        there = set(row.attendances.values_list("delegate_id", flat=True))
        seats = Delegate.objects.filter(congress_id=row.congress_id, ended_on__isnull=True, pk__in=delegate_ids)
        new = [
            Attendance(path=row.path, session=row, delegate=one, way=CheckInWay.DESK)
            for one in seats if one.pk not in there
        ]  # fmt: skip
        Attendance.objects.bulk_create(new)
        note(actor, "registered", row, row.title, delegates=len(new))
    return len(new)


def open_session(actor: Viewer, *, session_id: int) -> Session:
    """:raises Refusal: GH-DEM-001, 002, 003; 035 not the day; 037 no quorum."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Session, session_id, "会议")
        in_state(row, "会议", SessionState.NOTIFIED)
        if row.on != timezone.localdate():
            raise Refusal("GH-DEM-035", f"会议定在{row.on:%Y-%m-%d}，今天不能开会", None, "改了日期的先调整会议安排")
        delegates, present, wanted = serving(row.congress), there(row).count(), share("quorum", row.path)
        if not law.quorate(present, delegates, wanted):
            raise Refusal(
                "GH-DEM-037",
                f"应到{delegates}名，已签到{present}名，须有{law.quorum_of(delegates, wanted)}名以上出席才能开会",
                None,
                f"依据：{basis('quorum')}",
            )
        row.state, row.delegates, row.opened_at = SessionState.OPEN, delegates, timezone.now()
        row.save()
        note(actor, "session_opened", row, row.title, delegates=delegates, present=present)
    return row


def record_item(actor: Viewer, *, item_id: int, decision: str) -> Item:
    """A report was heard, or a plan deliberated, with what was said.

    :raises Refusal: GH-DEM-001, 002, 003, 004; 038 it has to be voted on.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Item, item_id, "议题")
        in_state(row.session, "会议", SessionState.OPEN)
        in_state(row, "议题", ItemState.WAITING)
        if row.kind in BY_BALLOT:
            raise Refusal("GH-DEM-038", "这一项须无记名投票表决", None, f"发起投票。依据：{basis('majority')}")
        row.state = ItemState.HEARD if row.kind == ItemKind.HEAR else ItemState.DELIBERATED
        row.decision, row.decided_on = said(decision, "decision", "审议意见", 1000), timezone.localdate()
        row.save()
        note(actor, "item_recorded", row, row.title)
    return row


def defer_item(actor: Viewer, *, item_id: int, reason: str) -> Item:
    """Put off to another session: its paper came late or is missing, or the delegates want more time.

    :raises Refusal: GH-DEM-001, 002, 003, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Item, item_id, "议题")
        in_state(row.session, "会议", SessionState.OPEN)
        in_state(row, "议题", ItemState.WAITING)
        row.state, row.decided_on = ItemState.DEFERRED, timezone.localdate()
        row.decision = said(reason, "reason", "改期的原因", 1000)
        row.save()
        note(actor, "item_deferred", row, row.title, reason=row.decision)
    return row


def close_session(actor: Viewer, *, session_id: int, summary: str, name: str = "", minutes: bytes = b"") -> Session:
    """:raises Refusal: GH-DEM-001, 002, 003, 004; 039 a vote is open or an item is left."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Session, session_id, "会议")
        in_state(row, "会议", SessionState.OPEN)
        if Ballot.objects.filter(item__session=row, state="open").exists():
            raise Refusal("GH-DEM-039", "还有投票没有计票", None, "计票以后闭会")
        left = row.items.filter(state=ItemState.WAITING).order_by("number").first()
        if left is not None:
            raise Refusal("GH-DEM-039", f"第{left.number}项还没有办理", None, "登记结果，或者改期再议，然后闭会")
        row.summary = said(summary, "summary", "会议决定", 1000)
        if minutes:
            row.minutes = files.store(actor, path=row.path, name=name, kind="democracy.minutes", content=minutes)
        row.state, row.closed_at = SessionState.CLOSED, timezone.now()
        row.save()
        note(actor, "session_closed", row, row.title)
    return row


def cancel_session(actor: Viewer, *, session_id: int, reason: str) -> Session:
    """:raises Refusal: GH-DEM-001, 002, 003, 004."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Session, session_id, "会议")
        in_state(row, "会议", SessionState.PLANNED, SessionState.NOTIFIED)
        row.state, row.summary = SessionState.CANCELLED, said(reason, "reason", "取消的原因", 1000)
        row.save()
        note(actor, "session_cancelled", row, row.title, reason=row.summary)
    return row
