"""A year's plan: drafted, published with an owner for every task, changed by versions, closed with a summary."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import ItemState, PlanState, SyncStage
from ..models import Plan, PlanItem, PlanVersion, SyncCheck
from .holding import day, held, in_state, not_ahead, note, own, reached, said

MANAGE = "reform.manage"
ANSWER = "reform.answer"
RECEIVED = "年上级下达任务"
RECEIVED_INTRO = "上级分解下达的任务，确认以后列在这里。"


def draft_plan(
    actor: Viewer, *, organisation: Organisation, year: int, title: str, intro: str = "", document_no: str = ""
) -> Plan:
    """Begin a plan of the own organisation, with the five stages of 五同步 still to come.

    :raises Refusal: GH-REF-001 not the own organisation; 004 no title; 010 there is one of this name; 011 no such year.
    """
    require(actor, MANAGE)
    reached(actor, organisation)
    own(actor, organisation.pk, "计划")
    words = said(title, "title", "计划的名称", 80)
    if not 2000 <= year <= 2100:
        raise Refusal("GH-REF-011", "年度写成四位数字", "year", "例如2026")
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                path=organisation.path, organisation=organisation, year=year, title=words, intro=intro.strip()[:1000],
                document_no=document_no.strip()[:80], made_by=actor.account_id,
            )  # fmt: skip
            _with_stages(plan)
            note(actor, "plan_drafted", plan, plan.title, year=year)
    except IntegrityError:
        raise Refusal("GH-REF-010", f"{year}年已有同名的计划", "title", "换一个名称，或打开已有的计划") from None
    return plan


def _with_stages(plan: Plan) -> None:
    SyncCheck.objects.bulk_create([SyncCheck(path=plan.path, plan=plan, stage=one) for one in SyncStage])


def plan_for_received(actor: Viewer, organisation: Organisation, year: int, on: date) -> Plan:
    """The plan, locked, that a task from above joins: the own one in force for its year, or one begun for such tasks.

    A draft takes none, because a draft may still be thrown away.
    """
    found = Plan.objects.select_for_update().filter(organisation=organisation, year=year, state=PlanState.PUBLISHED)
    running: Plan | None = found.order_by("pk").first()
    if running is not None:
        return running
    ended = Plan.objects.filter(organisation=organisation, year=year, title__startswith=f"{year}{RECEIVED}").count()
    title = f"{year}{RECEIVED}" + (f"（{ended + 1}）" if ended else "")
    facts = {"path": organisation.path, "state": PlanState.PUBLISHED, "published_on": on, "intro": RECEIVED_INTRO}
    plan, made = Plan.objects.get_or_create(
        organisation=organisation, year=year, title=title, defaults=facts | {"made_by": actor.account_id}
    )
    if made:
        _with_stages(plan)
        note(actor, "plan_begun", plan, plan.title, year=year)
    begun: Plan = Plan.objects.select_for_update().get(pk=plan.pk)
    return begun


def next_number(plan: Plan) -> int:
    """The next number of a task of a plan; whoever asks holds the plan's lock."""
    return int(plan.tasks.aggregate(last=Max("number"))["last"] or 0) + 1


def held_task(actor: Viewer, item_id: int) -> PlanItem:
    """A task, locked, its plan before it: acts on plans and acts on their tasks wait for one another in one order.

    :raises Refusal: GH-REF-002 not there, or out of range.
    """
    lock_plans([item_id])
    return held(actor, PlanItem, item_id, "任务")


def lock_plans(items: list[int]) -> None:
    """Lock the plans that some tasks stand in, in the order of their keys."""
    plans = PlanItem.objects.filter(pk__in=items, plan__isnull=False).values("plan_id")
    list(Plan.objects.select_for_update().filter(pk__in=plans).order_by("pk").values_list("pk"))


def own_task(actor: Viewer, item_id: int, *states: ItemState) -> PlanItem:
    """A task that the actor's organisation answers for, locked.

    :raises Refusal: GH-REF-001, 002, 003.
    """
    item = held_task(actor, item_id)
    own(actor, item.organisation_id, "任务")
    in_state(item, "任务", *states)
    return item


def not_closed(item: PlanItem) -> None:
    """What a closed plan says stays; what becomes of its unfinished tasks is still recorded.

    :raises Refusal: GH-REF-016 the task's plan is closed.
    """
    if item.plan is not None and item.plan.state == PlanState.CLOSED:
        raise Refusal("GH-REF-016", f"《{item.plan.title}》已结束，不再调整", None, "没有完成的写进新的计划")


def change_plan(
    actor: Viewer, *, plan_id: int, title: str, intro: str, document_no: str, agenda_on: date | None
) -> Plan:
    """The head of a plan; the tasks have their own acts.

    :raises Refusal: GH-REF-001, 002, 003 closed, 004, 010.
    """
    require(actor, MANAGE)
    try:
        with transaction.atomic():
            plan = _plan(actor, plan_id, PlanState.DRAFT, PlanState.PUBLISHED)
            plan.title, plan.intro = said(title, "title", "计划的名称", 80), intro.strip()[:1000]
            plan.document_no, plan.agenda_on = document_no.strip()[:80], agenda_on
            plan.save(update_fields=["title", "intro", "document_no", "agenda_on"])
            note(actor, "plan_changed", plan, plan.title, agenda_on=agenda_on)
    except IntegrityError:
        raise Refusal("GH-REF-010", "这一年已有同名的计划", "title", "换一个名称") from None
    return plan


def _plan(actor: Viewer, plan_id: int, *states: PlanState) -> Plan:
    plan = held(actor, Plan, plan_id, "计划")
    own(actor, plan.organisation_id, "计划")
    in_state(plan, "计划", *states)
    return plan


def publish_plan(actor: Viewer, *, plan_id: int, on: date | None = None) -> Plan:
    """Put the tasks of a draft in force: version 1.

    :raises Refusal: GH-REF-012 without tasks; 013 tasks that nobody answers for; 001, 002, 003, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        plan = _plan(actor, plan_id, PlanState.DRAFT)
        items = list(plan.tasks.filter(state=ItemState.PLANNED).order_by("number"))
        if not items:
            raise Refusal("GH-REF-012", "计划里还没有重点工作", None, "先添加重点工作，再发布")
        bare = [one for one in items if one.post_id is None]
        if bare:
            raise Refusal(
                "GH-REF-013", f"第{'、'.join(str(one.number) for one in bare)}项还没有责任岗位", None,
                "责任到岗到人，逐项选定后再发布",
            )  # fmt: skip
        plan.state, plan.published_on = PlanState.PUBLISHED, when
        plan.save(update_fields=["state", "published_on"])
        plan.tasks.filter(state=ItemState.PLANNED).update(state=ItemState.RUNNING, in_force_on=when)
        write_version(actor, plan, when, "")
        note(actor, "plan_published", plan, plan.title, tasks=len(items))
    return plan


def write_version(actor: Viewer, plan: Plan, on: date, reason: str) -> PlanVersion:
    """What the plan says from now on, beside what it said before.

    The plan is read again under its lock: of two changes at once the second waits and counts on from the first.

    :raises Refusal: GH-REF-003 it is not in force (any more).
    """
    row = Plan.objects.select_for_update().get(pk=plan.pk)
    in_state(row, "计划", PlanState.PUBLISHED)
    plan.version = row.version = row.version + 1
    row.save(update_fields=["version"])
    rows = plan.tasks.exclude(state=ItemState.WITHDRAWN).order_by("number")
    told = [
        {
            "number": one.number, "title": one.title, "goal": one.goal, "owner": one.owner_title,
            "due_on": one.due_on.isoformat(),
        }
        for one in rows
    ]  # fmt: skip
    return PlanVersion.objects.create(
        path=plan.path, plan=plan, number=plan.version, on=on, reason=reason[:300], items=told,
        made_by=actor.account_id,
    )  # fmt: skip


def close_plan(actor: Viewer, *, plan_id: int, summary: str, on: date | None = None) -> Plan:
    """End a plan's year with a summary; a task that is not finished needs an explanation first.

    One that was reported and waits to be confirmed above is finished here: it holds nothing up, and whoever handed it
    down still confirms it or sends it back, after which it is reported again.

    :raises Refusal: GH-REF-014 unfinished and unexplained tasks; 001, 002, 003, 004, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        plan = _plan(actor, plan_id, PlanState.PUBLISHED)
        words = said(summary, "summary", "年终小结", 1000)
        left = PlanItem.objects.filter(plan=plan, state=ItemState.RUNNING, delay="").order_by("number")
        numbers = [str(one.number) for one in left]
        if numbers:
            raise Refusal(
                "GH-REF-014", f"第{'、'.join(numbers)}项没有完成，也没有说明", None, "完成或写明延期说明后再结束计划"
            )
        plan.state, plan.closed_on, plan.summary = PlanState.CLOSED, when, words
        plan.save(update_fields=["state", "closed_on", "summary"])
        _ended(plan, when)
        note(actor, "plan_closed", plan, plan.title)
    return plan


def _ended(plan: Plan, on: date) -> None:
    """Its tasks count to the end of its year; so do those handed down to places without a plan of their own."""
    last = max(on + timedelta(days=1), date(plan.year + 1, 1, 1))
    wave = list(plan.tasks.values_list("pk", flat=True))
    while wave:
        PlanItem.objects.filter(pk__in=wave, ended_on__isnull=True).update(ended_on=last)
        wave = list(PlanItem.objects.filter(parent_id__in=wave, plan__isnull=True).values_list("pk", flat=True))


def discard_plan(actor: Viewer, *, plan_id: int) -> None:
    """Throw a draft away with its tasks; what was published stays.

    :raises Refusal: GH-REF-001, 002, 003.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        plan = _plan(actor, plan_id, PlanState.DRAFT)
        note(actor, "plan_discarded", plan, plan.title)
        plan.tasks.all().delete()
        plan.delete()


def check_sync(
    actor: Viewer, *, plan_id: int, stage: SyncStage, words: str, on: date | None = None, done: bool = True
) -> SyncCheck:
    """Tick a stage of 五同步 with what was done, or take the tick back.

    :raises Refusal: GH-REF-015 the stage before it is open; 001, 002, 003 not in force, 004, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        plan = _plan(actor, plan_id, PlanState.PUBLISHED)
        rows = {row.stage: row for row in plan.syncs.select_for_update()}
        order = SyncStage.values
        place = order.index(stage)
        if done and place and rows[order[place - 1]].done_on is None:
            before = SyncStage(order[place - 1]).label
            raise Refusal("GH-REF-015", f"“{before}”还没有完成", "stage", "按谋划、安排、推进、监督、考核的次序办理")
        if not done and any(rows[later].done_on for later in order[place + 1 :]):
            raise Refusal("GH-REF-015", "后面的环节已经完成，不能取消这一环节", "stage", "先取消后面的环节")
        row: SyncCheck = rows[stage]
        row.done_on, row.note = (when, said(words, "note", "落实情况")) if done else (None, "")
        row.save(update_fields=["done_on", "note"])
        note(actor, "sync_checked" if done else "sync_unchecked", plan, plan.title, stage=str(stage))
    return row
