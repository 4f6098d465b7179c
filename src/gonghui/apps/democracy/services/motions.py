"""Proposals and questions of delegates: written, seconded, taken up, answered, rated, closed."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import CongressState, MotionAct, MotionKind, MotionState, MotionTopic
from ..models import Congress, Motion, MotionStep, Second
from ..rules import clocks
from .holding import MANAGE, held, in_state, note, number, said, seat_of, seated

MOST_ANSWERS = 2
"""A proposer who is not content gets one more answer; then it ends with what was said and how it was rated."""


def _step(row: Motion, act: MotionAct, text: str = "", by: str = "", due_on: date | None = None) -> None:
    MotionStep.objects.create(
        path=row.path, motion=row, act=act, text=text, by=by, on=timezone.localdate(), due_on=due_on
    )


def write(
    viewer: Viewer, *, congress_id: int, kind: MotionKind, topic: MotionTopic, title: str, reason: str, advice: str = ""
) -> Motion:
    """A delegate proposes something, or asks about what the firm has to disclose; a question is answered in days.

    :raises Refusal: GH-DEM-003, 004, 006; 060 a proposal without advice.
    """
    seat_of(viewer, congress_id)
    if kind == MotionKind.PROPOSAL and len(advice.strip()) < 2:
        raise Refusal("GH-DEM-060", "没有写建议", "advice", "写明希望怎样解决")
    with transaction.atomic(), seated(viewer, congress_id) as seat:
        congress = Congress.objects.select_for_update().get(pk=congress_id)
        in_state(congress, "职代会", CongressState.SITTING)
        today = timezone.localdate()
        last = congress.motions.aggregate(last=Max("number"))["last"] or 0
        row = Motion(
            path=congress.path, congress=congress, organisation_id=congress.organisation_id, kind=kind, topic=topic,
            number=last + 1, title=said(title, "title", "案由", 80), reason=said(reason, "reason", "情况和理由", 1000),
            advice=advice.strip()[:1000], delegate=seat, person_name=seat.person_name, written_on=today,
        )  # fmt: skip
        if kind == MotionKind.QUESTION:
            row.state = MotionState.HANDLING
            row.due_on = clocks.due(today, number("openness_days", congress.path))
        else:
            wanted = number("proposal_seconds", congress.path)
            row.state = MotionState.SECONDING if wanted else MotionState.EXAMINING
        row.save()
        _step(row, MotionAct.WRITTEN, by=seat.person_name, due_on=row.due_on)
        note(viewer, "motion_written", row, f"第{row.number}号", kind=str(kind))
    return row


def _found(motion_id: int) -> Motion:
    row: Motion | None = Motion.objects.filter(pk=motion_id).first()
    if row is None:
        raise Refusal("GH-DEM-001", "没有这件提案", None, "刷新页面后再办理")
    return row


def second(viewer: Viewer, *, motion_id: int) -> Motion:
    """:raises Refusal: GH-DEM-001, 003, 006; 061 one's own, or twice."""
    congress_id = _found(motion_id).congress_id
    with transaction.atomic(), seated(viewer, congress_id) as seat:
        row: Motion = Motion.objects.select_for_update().get(pk=motion_id)
        in_state(row, "提案", MotionState.SECONDING)
        if row.delegate_id == seat.pk or row.seconds.filter(delegate=seat).exists():
            raise Refusal("GH-DEM-061", "自己的提案不用附议，每人只附议一次", None)
        Second.objects.create(path=row.path, motion=row, delegate=seat, person_name=seat.person_name)
        _step(row, MotionAct.SECONDED, by=seat.person_name)
        if row.seconds.count() >= number("proposal_seconds", row.path):
            row.state = MotionState.EXAMINING
            row.save()
        note(viewer, "motion_seconded", row, f"第{row.number}号")
    return row


def file(actor: Viewer, *, motion_id: int, department: str, due_on: date | None = None) -> Motion:
    """Taken up, and handed to a department with a day.

    :raises Refusal: GH-DEM-001, 002, 003, 004; 062 a day that is over.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Motion, motion_id, "提案")
        in_state(row, "提案", MotionState.EXAMINING)
        today = timezone.localdate()
        row.due_on = due_on or clocks.due(today, number("proposal_days", row.path))
        if row.due_on < today:
            raise Refusal("GH-DEM-062", "办理期限已经过了", "due_on", "选今天或以后")
        row.department, row.state = said(department, "department", "承办部门", 80), MotionState.HANDLING
        row.save()
        _step(row, MotionAct.FILED, by=row.department, due_on=row.due_on)
        note(actor, "motion_filed", row, f"第{row.number}号", due=row.due_on.isoformat())
    return row


def explain(actor: Viewer, *, motion_id: int, text: str) -> Motion:
    """Not taken up, with the reason that its author reads.

    :raises Refusal: GH-DEM-001, 002, 003, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Motion, motion_id, "提案")
        in_state(row, "提案", MotionState.EXAMINING, MotionState.SECONDING)
        row.state, row.closed_on = MotionState.EXPLAINED, timezone.localdate()
        row.save()
        _step(row, MotionAct.EXPLAINED, said(text, "text", "不予立案的理由", 2000), by="提案审查组")
        note(actor, "motion_explained", row, f"第{row.number}号")
    return row


def answer(actor: Viewer, *, motion_id: int, text: str, by: str = "") -> Motion:
    """:raises Refusal: GH-DEM-001, 002, 003, 004."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Motion, motion_id, "提案")
        in_state(row, "提案", MotionState.HANDLING)
        words = said(text, "text", "答复", 2000)
        row.state, row.answered_on, row.answers = MotionState.ANSWERED, timezone.localdate(), row.answers + 1
        row.department = by.strip()[:80] or row.department
        row.save()
        _step(row, MotionAct.ANSWERED, words, by=row.department)
        note(actor, "motion_answered", row, f"第{row.number}号", times=row.answers)
    return row


def put_off(actor: Viewer, *, motion_id: int, due_on: date, reason: str) -> Motion:
    """:raises Refusal: GH-DEM-001, 002, 003, 004, 062; 063 the days of a question are the law's."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Motion, motion_id, "提案")
        in_state(row, "提案", MotionState.HANDLING)
        if row.kind == MotionKind.QUESTION:
            raise Refusal("GH-DEM-063", "厂务公开询问的答复期限不能延长", None, "按期答复，没有办完的说明进度")
        if due_on < timezone.localdate():
            raise Refusal("GH-DEM-062", "办理期限已经过了", "due_on", "选今天或以后")
        row.due_on = due_on
        row.save()
        _step(row, MotionAct.EXTENDED, said(reason, "reason", "延期的原因"), by=row.department, due_on=due_on)
        note(actor, "motion_put_off", row, f"第{row.number}号", due=due_on.isoformat())
    return row


def rate(viewer: Viewer, *, motion_id: int, content: bool, text: str = "") -> Motion:
    """Its author judges the answer, also when the seat has ended: content ends it; not content brings a second answer,
    and then the end.

    :raises Refusal: GH-DEM-001, 003, 004, 006; 064 another's.
    """
    congress_id = _found(motion_id).congress_id
    with transaction.atomic(), seated(viewer, congress_id, former=True):
        row: Motion = Motion.objects.select_for_update().get(pk=motion_id)
        if row.delegate.person_id != viewer.person_id:
            raise Refusal("GH-DEM-064", "由提出人评价答复", None)
        in_state(row, "提案", MotionState.ANSWERED)
        words = text.strip()[:500] if content else said(text, "text", "不满意的原因", 500)
        row.content = content
        if content or row.answers >= MOST_ANSWERS:
            row.state, row.closed_on = MotionState.CLOSED, timezone.localdate()
            _step(row, MotionAct.CONTENT if content else MotionAct.CLOSED, words, by=row.person_name)
        else:
            days = number("openness_days" if row.kind == MotionKind.QUESTION else "proposal_days", row.path)
            row.state, row.due_on = MotionState.HANDLING, clocks.due(timezone.localdate(), days)
            _step(row, MotionAct.AGAIN, words, by=row.person_name, due_on=row.due_on)
        row.save()
        note(viewer, "motion_rated", row, f"第{row.number}号", content=content)
    return row


def may_close(row: Motion) -> bool:
    """Its author is no delegate any more, and may never judge the answer."""
    return row.delegate.ended_on is not None or row.congress.state == CongressState.ENDED


def close_motion(actor: Viewer, *, motion_id: int, text: str) -> Motion:
    """What was answered ends without a judgement, when nobody sits for it any more.

    :raises Refusal: GH-DEM-001, 002, 003, 004; 065 its author is a delegate still.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Motion, motion_id, "提案")
        in_state(row, "提案", MotionState.ANSWERED)
        if not may_close(row):
            raise Refusal("GH-DEM-065", "提出人还是职工代表，由提出人评价答复", None, "请提出人在手机上评价")
        words = said(text, "text", "办结的说明", 500)
        row.state, row.closed_on = MotionState.CLOSED, timezone.localdate()
        row.save()
        _step(row, MotionAct.CLOSED, words, by="提案审查组")
        note(actor, "motion_closed", row, f"第{row.number}号")
    return row
