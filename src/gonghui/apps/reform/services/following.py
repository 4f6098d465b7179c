"""Following tasks: handed down, accepted or answered with another day, reported, confirmed, explained, urged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import LIVE_ITEMS, ItemState, ReminderKind
from ..models import Issue, PlanItem, Reminder
from .holding import day, held, in_state, keep, not_ahead, note, reached, said
from .items import office_of
from .plans import ANSWER, MANAGE, held_task, next_number, not_closed, own_task, plan_for_received, write_version


def hand_down(
    actor: Viewer, *, item_id: int, bodies: Sequence[Organisation], due_on: date, goal: str = "", on: date | None = None
) -> list[PlanItem]:
    """Hand an own running task down to organisations directly below, who accept it or ask for another day.

    :raises Refusal: GH-REF-030 nobody chosen, or not directly below; 031 later than the own day; 001, 002, 003,
        006, 016.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        item = own_task(actor, item_id, ItemState.RUNNING)
        not_closed(item)
        if not bodies or any(body.parent_id != item.organisation_id for body in bodies):
            raise Refusal("GH-REF-030", "只能分解到直接下级，至少选一家", "bodies")
        if due_on > item.due_on:
            raise Refusal("GH-REF-031", f"期限晚于本级的{item.due_on:%Y-%m-%d}", "due_on", "写不晚于本级期限的日期")
        source = item.plan.title if item.plan else item.origin
        made = []
        for body in bodies:
            reached(actor, body)
            if PlanItem.objects.filter(parent=item, organisation=body).exclude(state=ItemState.WITHDRAWN).exists():
                continue
            row = PlanItem.objects.create(
                path=body.path, parent=item, task=item.task, organisation=body, year=item.year, number=item.number,
                title=item.title,
                origin=f"{item.organisation.name}《{source}》第{item.number}项"[:160], key=item.key, figure=item.figure,
                goal=(goal.strip() or item.goal)[:500], due_on=due_on, state=ItemState.PROPOSED, in_force_on=day(on),
            )  # fmt: skip
            note(actor, "item_handed_down", row, row.title, due_on=due_on)
            made.append(row)
        if not made:
            raise Refusal("GH-REF-030", "选的单位都已分解过这项工作", "bodies", "选还没有分解的单位")
    return made


def _above(actor: Viewer, item_id: int, *states: ItemState) -> PlanItem:
    """A task that the actor's organisation handed down."""
    item = held_task(actor, item_id)
    parent = PlanItem.objects.visible(actor).filter(pk=item.parent_id or 0).first()
    if parent is None or parent.organisation_id != actor.organisation_id:
        raise Refusal("GH-REF-001", "这一步由下达任务的单位办理", None, "换到该单位的岗位再办理")
    in_state(item, "任务", *states)
    return item


def accept(actor: Viewer, *, item_id: int, post: Post | None, on: date | None = None) -> PlanItem:
    """Take a task that was handed down: with the own post that answers for it; it joins the own plan as a version.

    :raises Refusal: GH-REF-013 no post named; 034 the plan it comes from was closed meanwhile; 001, 002, 003, 020.
    """
    require(actor, ANSWER)
    when = day(on)
    with transaction.atomic():
        item = own_task(actor, item_id, ItemState.PROPOSED)
        if item.ended_on is not None:
            raise Refusal("GH-REF-034", "上级已结束这一年的计划，这项任务不用再确认", None, "等上级在新的计划里下达")
        if post is None:
            raise Refusal("GH-REF-013", "还没有责任岗位", "post", "责任到岗到人，选定后再确认")
        for name, value in office_of(post, item.organisation).items():
            setattr(item, name, value)
        plan = plan_for_received(actor, item.organisation, item.year, when)
        item.plan, item.number = plan, next_number(plan)
        item.state, item.start_on, item.asked_due_on, item.answer = ItemState.RUNNING, when, None, ""
        if item.start_on > item.due_on:
            item.start_on = None
        item.version += 1
        item.save()
        write_version(actor, plan, when, f"承接上级下达，列为第{item.number}项")
        note(actor, "item_accepted", item, item.title)
    return item


def ask_for_another_day(actor: Viewer, *, item_id: int, due_on: date, reason: str) -> PlanItem:
    """The one who is to do it names a later day, with the reason.

    :raises Refusal: GH-REF-032 not later than what was asked; 001, 002, 003, 004.
    """
    require(actor, ANSWER)
    with transaction.atomic():
        item = own_task(actor, item_id, ItemState.PROPOSED)
        if due_on <= item.due_on:
            raise Refusal("GH-REF-032", "建议的期限不晚于下达的期限", "due_on", "不用调整就直接确认")
        item.state, item.asked_due_on = ItemState.ASKED, due_on
        item.answer = said(reason, "reason", "调整的理由")
        item.version += 1
        item.save()
        note(actor, "item_asked", item, item.title, due_on=due_on, reason=item.answer)
    return item


def settle(actor: Viewer, *, item_id: int, due_on: date, reason: str = "", on: date | None = None) -> PlanItem:
    """Answer such a request, or move the day of a task below; after a request the new day has to be accepted again.

    Another day than the one that was asked for needs a reason; it is kept with the day before.

    :raises Refusal: GH-REF-031 later than the own day; 001, 002, 003, 004 without a reason, 016.
    """
    require(actor, MANAGE)
    when = day(on)
    with transaction.atomic():
        item = _above(actor, item_id, ItemState.ASKED, ItemState.PROPOSED, ItemState.RUNNING)
        not_closed(item)
        latest = PlanItem.objects.values_list("due_on", flat=True).get(pk=item.parent_id or 0)
        if due_on > latest:
            raise Refusal("GH-REF-031", f"期限晚于本级的{latest:%Y-%m-%d}", "due_on", "先调整本级的期限")
        if item.steps.filter(due_on__gt=due_on, done_on__isnull=True).exists():
            raise Refusal("GH-REF-022", "对方有节点晚于新的期限", "due_on", "写不早于节点的日期")
        agreed = item.state == ItemState.ASKED and due_on == item.asked_due_on
        why = (reason.strip()[:300] or "同意调整") if agreed else said(reason, "reason", "定这个期限的理由")
        if item.state == ItemState.ASKED:
            item.state, item.asked_due_on = ItemState.PROPOSED, None
        keep(item, "完成期限", item.due_on.isoformat(), due_on.isoformat(), why, when)
        item.due_on, item.answer = due_on, ""
        item.start_on = item.start_on if item.start_on and item.start_on <= due_on else None
        item.version += 1
        item.save()
        if item.plan is not None:
            write_version(actor, item.plan, when, f"上级调整第{item.number}项的期限：{why}")
        note(actor, "item_settled", item, item.title, reason=why, due_on=due_on)
    return item


def report(actor: Viewer, *, item_id: int, result: str, on: date | None = None) -> PlanItem:
    """The task is done: one's own is finished, one from above waits to be confirmed there.

    :raises Refusal: GH-REF-033 milestones are open, or organisations below are not finished; 001, 002, 003, 004, 005.
    """
    require(actor, ANSWER)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        item = own_task(actor, item_id, ItemState.RUNNING)
        words = said(result, "result", "完成情况", 500)
        open_steps = list(item.steps.filter(done_on__isnull=True).values_list("title", flat=True)[:3])
        if open_steps:
            raise Refusal(
                "GH-REF-033", f"还有节点没有完成：{'、'.join(open_steps)}", None, "先完成节点，或删去不做的节点"
            )
        below = item.children.filter(state__in=LIVE_ITEMS).count()
        if below:
            raise Refusal("GH-REF-033", f"{below}家下级还没有完成", None, "等下级完成并验收，或撤销分解")
        item.result, item.submitted_on, item.answer = words, when, ""
        handed = item.parent_id is not None
        item.state, item.done_on = (ItemState.SUBMITTED, None) if handed else (ItemState.DONE, when)
        item.version += 1
        item.save()
        note(actor, "item_reported" if handed else "item_done", item, item.title)
    return item


def confirm(actor: Viewer, *, item_id: int, on: date | None = None) -> PlanItem:
    """Whoever handed it down is content: done on the day it was reported.

    :raises Refusal: GH-REF-001, 002, 003.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        item = _above(actor, item_id, ItemState.SUBMITTED)
        item.state, item.done_on = ItemState.DONE, item.submitted_on or day(on)
        item.version += 1
        item.save()
        note(actor, "item_done", item, item.title)
    return item


def send_back(actor: Viewer, *, item_id: int, reason: str) -> PlanItem:
    """Whoever handed it down wants more.

    :raises Refusal: GH-REF-001, 002, 003, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        item = _above(actor, item_id, ItemState.SUBMITTED)
        item.state, item.submitted_on, item.answer = ItemState.RUNNING, None, said(reason, "reason", "退回的原因")
        item.version += 1
        item.save()
        note(actor, "item_sent_back", item, item.title, reason=item.answer)
    return item


def explain(actor: Viewer, *, item_id: int, text: str, on: date | None = None) -> PlanItem:
    """Why a task is late, what is being done, and when it will be there.

    :raises Refusal: GH-REF-001, 002, 003, 004.
    """
    require(actor, ANSWER)
    with transaction.atomic():
        item = own_task(actor, item_id, ItemState.RUNNING)
        item.delay, item.delay_on = said(text, "text", "延期的原因和措施", 500), day(on)
        item.version += 1
        item.save()
        note(actor, "item_explained", item, item.title)
    return item


def urge(actor: Viewer, *, item_id: int, words: str, on: date | None = None) -> Reminder:
    """Remind whoever answers for a task, from above or by the plan's own office (催办).

    :raises Refusal: GH-REF-002, 003 it is not in force, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        item = held(actor, PlanItem, item_id, "任务")
        in_state(item, "任务", *LIVE_ITEMS)
        row = urged(actor, item, words, day(on))
        note(actor, "item_urged", item, item.title, reason=row.note)
    return row


def urged(actor: Viewer, row: PlanItem | Issue, words: str, on: date) -> Reminder:
    """The reminder that urges about a task or a finding, in the name of the actor's organisation.

    :raises Refusal: GH-REF-004.
    """
    of: dict[str, PlanItem | Issue] = {"item" if isinstance(row, PlanItem) else "issue": row}
    by = Organisation.objects.filter(pk=actor.organisation_id or 0).values_list("name", flat=True).first() or ""
    return Reminder.objects.create(
        path=row.path, kind=ReminderKind.URGED, on=on, note=said(words, "text", "催办的内容"), by_name=by, **of
    )
