"""Reading plans and daily check-ins; and the signs of life that learning leaves, once a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.choices import SignKind
from gonghui.kernel.people.models import SignOfLife
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.people.services import Sign, record_signs
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from .. import queries
from ..choices import State
from ..models import Chapter, CheckIn, ReadingPlan
from ..rules import MOST_DAYS, REFLECTION_MOST, chapters_of

SIGN = "答题或阅读"


def publish_plan(
    actor: Viewer, *, organisation: Organisation, title: str, intro: str, opens_on: date, closes_on: date, text: str
) -> ReadingPlan:
    """A plan with its chapters, open to the members of an organisation and of all below it.

    :raises Refusal: GH-LRN-001 out of reach; 040 to 042 what is wrong with it.
    """
    require(actor, "learning.manage")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-LRN-001", "这个组织不在当前岗位的范围内", "organisation", "换到管辖它的岗位再办理")
    if len(title.strip()) < 2:
        raise Refusal("GH-LRN-040", "名称太短", "title", "写书名或活动名称")
    days = (closes_on - opens_on).days + 1
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("GH-LRN-041", f"阅读计划应有1至{MOST_DAYS}天，现在是{days}天", "closes_on", "修改日期")
    parts = chapters_of(text)
    if len(parts) > days:
        raise Refusal("GH-LRN-042", f"有{len(parts)}章，但只有{days}天", "closes_on", "每天一章，延长日期或合并章节")
    with transaction.atomic():
        row = ReadingPlan.objects.create(
            path=organisation.path, organisation=organisation, title=title.strip(), intro=intro.strip(),
            opens_on=opens_on, closes_on=closes_on, state=State.OPEN,
        )  # fmt: skip
        Chapter.objects.bulk_create(
            Chapter(path=row.path, plan=row, number=number, title=one[0], text=one[1])
            for number, one in enumerate(parts, 1)
        )
        _note(actor, row, "kept", chapters=len(parts))
    return row


def withdraw_plan(actor: Viewer, *, plan_id: int, reason: str) -> ReadingPlan:
    """No more check-ins; those there are stay.

    :raises Refusal: GH-LRN-043 without a reason; 044 no such plan that runs.
    """
    require(actor, "learning.manage")
    if len(reason.strip()) < 2:
        raise Refusal("GH-LRN-043", "停止要写明原因", "reason", "例如：活动提前结束")
    with transaction.atomic():
        found = ReadingPlan.objects.visible(actor).select_for_update().filter(pk=plan_id, state=State.OPEN)
        row: ReadingPlan | None = found.first()
        if row is None:
            raise Refusal("GH-LRN-044", "没有这个阅读计划，或已停止", "plan", "刷新页面看最新状态")
        row.state = State.WITHDRAWN
        row.save()
        _note(actor, row, "withdrawn", reason=reason.strip()[:300])
    return row


def _note(actor: Viewer, row: ReadingPlan, verb: str, reason: str = "", **detail: Any) -> None:
    record(
        actor, f"learning.plan_{verb}", path=row.path, object_type="learning_plan", object_id=row.pk,
        object_name=row.title, reason=reason, detail=detail,
    )  # fmt: skip


def check_in(actor: Viewer, *, plan_id: int, reflection: str, shared: bool = False, on: date | None = None) -> CheckIn:
    """The member read today. Once a day; no day can be made up for.

    :raises Refusal: GH-LRN-045 no such plan for this member; 046 not its days; 047 done today; 048 the sentence.
    """
    today, text = on or timezone.localdate(), " ".join(reflection.split())
    mine, plan = own_membership(actor), queries.own_plan(actor, plan_id)
    if mine is None or plan is None:
        raise Refusal("GH-LRN-045", "没有这个阅读计划，或您的工会不在参加范围内", "plan", "从阅读列表进入")
    if not plan.opens_on <= today <= plan.closes_on:
        days = f"{plan.opens_on:%-m月%-d日}至{plan.closes_on:%-m月%-d日}"
        raise Refusal("GH-LRN-046", f"今天不在打卡日期内，打卡日期是{days}", "plan", "过去的日子不能补打")
    if len(text) < 2 or len(text) > REFLECTION_MOST:
        raise Refusal(
            "GH-LRN-048", f"感想现在有{len(text)}个字，应有2至{REFLECTION_MOST}个字", "reflection", "写一两句读后的想法"
        )
    try:
        with transaction.atomic(), widened():
            row = CheckIn.objects.create(
                path=mine.path, plan=plan, person_id=mine.person_id, organisation_id=mine.organisation_id, on=today,
                reflection=text, shared=shared,
            )  # fmt: skip
            record(
                actor, "learning.checked_in", path=mine.path, object_type="learning_check_in", object_id=row.pk,
                object_name=plan.title, subject_id=mine.person_id, detail={"plan": plan.pk, "shared": shared},
            )  # fmt: skip
    except IntegrityError as error:
        raise Refusal("GH-LRN-047", "今天已经打过卡", "plan", "明天再来") from error
    return row


def note_signs(day: date) -> int:
    """Who answered or read on a day lives: one sign of each, in one batch a union. A second run adds nothing."""
    with acting(SYSTEM):
        active = queries.active_on(SYSTEM, day)
    noted = 0
    for organisation, people in active.items():
        with acting(SYSTEM):
            body = Organisation.objects.get(pk=organisation)
            known = SignOfLife.objects.filter(organisation=body, on=day, note=SIGN, person__in=people)
            fresh = sorted(people - set(known.values_list("person_id", flat=True)))
            if fresh:
                signs = [Sign(SignKind.ACTIVITY, day, one, note=SIGN) for one in fresh]
                record_signs(SYSTEM, organisation=body, signs=signs)
                noted += len(fresh)
    return noted
