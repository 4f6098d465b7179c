"""A dish becomes a course: an offer with its page, teacher, place and times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.quotas.services import SessionPlan, moment
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..choices import DishState, MenuState
from ..models import Dish
from ..rules.lessons import MOST_LESSONS
from .menus import held_dish, noted
from .pages import MANAGE, Draft, draft, publish

MOST_PLACES = 1_000


@dataclass(frozen=True, slots=True)
class Course:
    """What staff type to open a dish; money in fen, lessons once a week from the first on."""

    teacher: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    cost: int
    intro: str
    contact: str
    lessons: int = 1
    closes_at: datetime | None = None
    """Until when one signs up; the first lesson unless said."""
    bring: str = ""


def _check(course: Course) -> None:
    if not course.teacher.strip() or not course.place.strip():
        raise Refusal("GH-MNU-030", "写明老师和地点", "place" if course.teacher.strip() else "teacher")
    if course.ends_at <= course.starts_at:
        raise Refusal("GH-MNU-030", "结束时间要晚于开始时间", "ends_at")
    if not 1 <= course.lessons <= MOST_LESSONS:
        raise Refusal("GH-MNU-030", f"上课次数要在1至{MOST_LESSONS}之间", "lessons")
    if not 1 <= course.capacity <= MOST_PLACES:
        raise Refusal("GH-MNU-030", f"名额要在1至{MOST_PLACES:,}之间", "capacity")
    if course.cost < 0:
        raise Refusal("GH-MNU-030", "费用不能是负数", "cost")


def open_course(
    actor: Viewer, *, dish_id: int, course: Course, reason: str = "", despite_clashes: bool = False
) -> Dish:
    """Open a dish that reached its threshold; below it with a reason that members read. Voters are told.

    :raises Refusal: GH-MNU-030 the course is incomplete; 031 below the threshold without a reason; 032 the menu is not
        open; 033 place or teacher are taken at the time, unless staff know; and as `pages.publish`.
    """
    require(actor, MANAGE)
    require(actor, "benefit.publish")
    _check(course)
    with transaction.atomic():
        row = held_dish(actor, dish_id, DishState.APPROVED)
        if row.menu.state != MenuState.OPEN:
            raise Refusal("GH-MNU-032", "菜单还没有开始投票，不能开课", "menu")
        below = row.votes < row.threshold
        if below and len(reason.strip()) < 4:
            short = row.threshold - row.votes
            raise Refusal("GH-MNU-031", f"还差{short}票才到开课票数", "reason", "提前开课要写明原因，会员看得到")
        met = queries.clashing.clashes(
            actor, course.starts_at, course.ends_at, count=course.lessons, place=course.place, teacher=course.teacher
        )
        if met and not despite_clashes:
            raise Refusal("GH-MNU-033", f"有{len(met)}处时间冲突", "despite", "改时间、地点或老师，或确认照样开课")
        row.offer = _offered(actor, row, course)
        row.state, row.answered_at = DishState.OPENED, moment()
        row.reason = reason.strip()[:200] if below else ""
        row.lessons, row.cost = course.lessons, course.cost
        row.save()
        noted(
            actor, row, "course_opened", reason=row.reason, offer=row.offer.number, votes=row.votes, cost=row.cost,
            clashes=len(met),
        )  # fmt: skip
    return row


def _offered(actor: Viewer, row: Dish, course: Course) -> Offer:
    several = course.lessons > 1
    title = f"每周一次，共{course.lessons}次" if several else "第一期"
    plan = SessionPlan(
        title=title, capacity=course.capacity, starts_at=course.starts_at, ends_at=course.ends_at,
        place=course.place.strip(), teacher=course.teacher.strip(), lessons=course.lessons,
    )  # fmt: skip
    facts = {
        "title": row.title, "allocation": "first_come", "opens_at": moment(),
        "closes_at": course.closes_at or course.starts_at, "uses": course.lessons, "waits": course.capacity,
        "cancel_until_hours": 24,
    }  # fmt: skip
    page = {
        "kind": row.kind, "series": row.menu.title[:60], "intro": course.intro, "bring": course.bring,
        "contact": course.contact,
    }  # fmt: skip
    offer = draft(actor, organisation=row.menu.organisation, typed=Draft(facts, page, [plan]))
    return publish(actor, offer_id=offer.pk)
