"""Tasks of a plan: written with an owner at post level, changed by versions, cut into milestones with their proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.db import transaction
from django.db.models import Max

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import require
from gonghui.kernel.files.services import store
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import LIVE_ITEMS, ItemState, PlanState
from ..models import ItemStep, Plan, PlanItem
from .holding import day, held, in_state, not_ahead, note, own, said
from .plans import ANSWER, MANAGE, held_task, lock_plans, next_number, not_closed, own_task, write_version

MOST_BYTES = 20 * 1024 * 1024
CHANGEABLE = (ItemState.PLANNED, ItemState.RUNNING)
OVER = (ItemState.WITHDRAWN, ItemState.DONE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a task says; `figure` is the key of a number that its target is followed by."""

    title: str
    due_on: date
    goal: str = ""
    post: Post | None = None
    start_on: date | None = None
    key: bool = True
    figure: str = ""


def office_of(post: Post | None, organisation: Organisation) -> dict[str, Any]:
    """The columns of an owner.

    :raises Refusal: GH-REF-020 the post is another organisation's, or over.
    """
    if post is None:
        return {"post": None, "owner_title": "", "owner_name": ""}
    if post.organisation_id != organisation.pk or post.valid_to is not None or post.granted_by is None:
        raise Refusal("GH-REF-020", f"责任岗位不是{organisation.name}现有的岗位", "post", "从列出的岗位里选")
    title = "".join(part for part in (post.department, post.title or post.get_role_display()) if part)
    return {"post": post, "owner_title": title, "owner_name": post.account.name}


def _days(wanted: Wanted, latest: date | None = None) -> None:
    if wanted.start_on is not None and wanted.due_on < wanted.start_on:
        raise Refusal("GH-REF-021", "完成期限早于开始日期", "due_on", "改完成期限或开始日期")
    if latest is not None and wanted.due_on > latest:
        raise Refusal("GH-REF-021", f"完成期限晚于上级任务的{latest:%Y-%m-%d}", "due_on", "写不晚于它的日期")


def add_item(actor: Viewer, *, plan_id: int, wanted: Wanted, reason: str = "", on: date | None = None) -> PlanItem:
    """One more task. In a plan that is in force it needs a reason and an owner, and makes a version.

    :raises Refusal: GH-REF-001, 002, 003 closed, 004, 013 without owner in a published plan, 020, 021.
    """
    require(actor, MANAGE)
    when = day(on)
    with transaction.atomic():
        plan = held(actor, Plan, plan_id, "计划")
        own(actor, plan.organisation_id, "计划")
        in_state(plan, "计划", PlanState.DRAFT, PlanState.PUBLISHED)
        running = plan.state == PlanState.PUBLISHED
        why = said(reason, "reason", "增加的原因") if running else ""
        if running and wanted.post is None:
            raise Refusal("GH-REF-013", "还没有责任岗位", "post", "责任到岗到人，选定后再添加")
        title = said(wanted.title, "title", "工作内容", 120)
        _days(wanted)
        item = PlanItem.objects.create(
            path=plan.path, plan=plan, organisation=plan.organisation, year=plan.year, number=next_number(plan),
            title=title, goal=wanted.goal.strip()[:500], key=wanted.key, figure=wanted.figure, start_on=wanted.start_on,
            due_on=wanted.due_on, state=ItemState.RUNNING if running else ItemState.PLANNED,
            in_force_on=when if running else None, **office_of(wanted.post, plan.organisation),
        )  # fmt: skip
        if running:
            write_version(actor, plan, when, f"增加第{item.number}项：{why}")
        note(actor, "item_added", item, item.title, reason=why, number=item.number)
    return item


def change_item(actor: Viewer, *, item_id: int, wanted: Wanted, reason: str = "", on: date | None = None) -> PlanItem:
    """Other words, owner or day of an own task; in a plan that is in force with a reason, as a version.

    :raises Refusal: GH-REF-001, 002, 003, 004, 013, 016 its plan is closed, 020, 021; 022 milestones lie behind the
        new day.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        item = own_task(actor, item_id, *CHANGEABLE)
        not_closed(item)
        running = item.state == ItemState.RUNNING
        why = said(reason, "reason", "调整的原因") if running else ""
        if running and wanted.post is None:
            raise Refusal("GH-REF-013", "还没有责任岗位", "post", "责任到岗到人，不能空着")
        latest = PlanItem.objects.filter(pk=item.parent_id or 0).values_list("due_on", flat=True).first()
        title = said(wanted.title, "title", "工作内容", 120)
        _days(wanted, latest)
        if item.parent_id is not None and wanted.due_on != item.due_on:
            raise Refusal("GH-REF-001", "上级下达的期限由上级调整", "due_on", "写明延期说明，请上级调整")
        if item.steps.filter(due_on__gt=wanted.due_on, done_on__isnull=True).exists():
            raise Refusal("GH-REF-022", "有节点晚于新的完成期限", "due_on", "先调整节点")
        item.title, item.goal, item.key = title, wanted.goal.strip()[:500], wanted.key
        item.start_on, item.due_on, item.figure = wanted.start_on, wanted.due_on, wanted.figure
        for name, value in office_of(wanted.post, item.organisation).items():
            setattr(item, name, value)
        item.version += 1
        item.save()
        if running and item.plan is not None:
            write_version(actor, item.plan, day(on), f"调整第{item.number}项：{why}")
        note(actor, "item_changed", item, item.title, reason=why, due_on=item.due_on)
    return item


def withdraw_item(actor: Viewer, *, item_id: int, reason: str, on: date | None = None) -> PlanItem:
    """Take a task out of the plan, with what was handed down of it; its row stays, every plan tells it as a version.

    :raises Refusal: GH-REF-001 it came from above; 002, 003, 004, 005, 016 its plan is closed.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        tree = _tree(item_id)
        lock_plans(tree)
        item = held_task(actor, item_id)
        above = PlanItem.objects.filter(pk=item.parent_id).first() if item.parent_id else None
        if item.parent_id is not None and above is None:
            raise Refusal("GH-REF-001", "上级下达的任务由上级撤销", None, "写明情况，请上级撤销")
        own(actor, above.organisation_id if above else item.organisation_id, "任务")
        in_state(item, "任务", ItemState.PLANNED, *LIVE_ITEMS)
        not_closed(item)
        why = said(reason, "reason", "撤销的原因")
        below = PlanItem.objects.select_for_update(of=("self",)).select_related("plan").filter(pk__in=tree[1:])
        below = below.exclude(state__in=OVER).exclude(plan__state=PlanState.CLOSED)
        gone = [item, *below.order_by("pk")]
        for one in gone:
            one.state, one.withdrawn_on, one.ended_on, one.answer = ItemState.WITHDRAWN, when, when, why
            one.version += 1
            one.save()
            note(actor, "item_withdrawn", one, one.title, reason=why)
            if one.plan is not None and one.plan.state == PlanState.PUBLISHED:
                write_version(
                    actor, one.plan, when, f"{'' if one.parent_id is None else '上级'}撤销第{one.number}项：{why}"
                )
    return item


def _tree(item_id: int) -> list[int]:
    """A task and what was handed down of it, however far, without what is over: the task itself comes first."""
    found, wave = [item_id], [item_id]
    while wave:
        wave = list(PlanItem.objects.filter(parent_id__in=wave).exclude(state__in=OVER).values_list("pk", flat=True))
        found += wave
    return found


# -- milestones ----------------------------------------------------------------------------------------------------


def set_steps(actor: Viewer, *, item_id: int, steps: Sequence[tuple[str, date]]) -> list[ItemStep]:
    """The milestones of a task, in order of their days; those that are done stay as they are.

    :raises Refusal: GH-REF-023 one without words, or after the task's own day; 001, 002, 003, 016.
    """
    require(actor, ANSWER)
    with transaction.atomic():
        item = own_task(actor, item_id, *CHANGEABLE)
        not_closed(item)
        for title, due_on in steps:
            if not title.strip():
                raise Refusal("GH-REF-023", "节点要写明做什么", "steps")
            if due_on > item.due_on:
                raise Refusal("GH-REF-023", f"“{title}”晚于完成期限{item.due_on:%Y-%m-%d}", "steps", "改节点的日期")
        item.steps.filter(done_on__isnull=True).delete()
        last = item.steps.aggregate(last=Max("number"))["last"] or 0
        made = [
            ItemStep(path=item.path, item=item, number=last + place, title=title.strip()[:120], due_on=due_on)
            for place, (title, due_on) in enumerate(sorted(steps, key=lambda one: one[1]), start=1)
        ]
        ItemStep.objects.bulk_create(made)
        note(actor, "steps_set", item, item.title, steps=len(made))
    return made


def finish_step(
    actor: Viewer,
    *,
    step_id: int,
    words: str,
    on: date | None = None,
    upload: IO[Any] | None = None,
    file_name: str = "",
    content_type: str = "",
) -> ItemStep:
    """A milestone is reached: what was done, with a paper that proves it where there is one.

    :raises Refusal: GH-REF-024 too large; 001, 002, 003 the task is not running or the milestone is done, 004, 005.
    """
    require(actor, ANSWER)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        step = held(actor, ItemStep, step_id, "节点")
        item = own_task(actor, step.item_id, ItemState.RUNNING)
        if step.done_on is not None:
            raise Refusal("GH-REF-003", "这个节点已经完成", None, "刷新页面看最新状态")
        step.note = said(words, "note", "完成情况")
        if upload is not None:
            if (getattr(upload, "size", 0) or 0) > MOST_BYTES:
                raise Refusal("GH-REF-024", "文件超过20 MB", "file", "压缩或拆开后再传")
            step.file = store(
                actor, path=item.path, name=file_name, kind="reform.evidence", content=upload,
                content_type=content_type or "application/octet-stream",
            )  # fmt: skip
        step.done_on, step.done_by = when, actor.account_id
        step.save()
        note(actor, "step_done", item, item.title, step=step.title)
    return step


def reopen_step(actor: Viewer, *, step_id: int) -> ItemStep:
    """It was not reached after all; the paper stays in the files.

    :raises Refusal: GH-REF-001, 002, 003.
    """
    require(actor, ANSWER)
    with transaction.atomic():
        step = held(actor, ItemStep, step_id, "节点")
        item = own_task(actor, step.item_id, ItemState.RUNNING)
        if step.done_on is None:
            raise Refusal("GH-REF-003", "这个节点还没有完成", None, "刷新页面看最新状态")
        step.done_on, step.note, step.file, step.done_by = None, "", None, None
        step.save()
        note(actor, "step_reopened", item, item.title, step=step.title)
    return step
