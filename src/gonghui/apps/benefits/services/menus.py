"""What staff do with a menu: write it, open it, answer wishes, close it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.services import hold
from gonghui.kernel.quotas.services import moment
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import DishState, Kind, MenuState
from ..models import Dish, Menu, Vote
from .pages import MANAGE

MOST_VOTES, MOST_THRESHOLD = 20, 1_000
LATE, FEW = "菜单已经关闭，没有来得及审核", "投票的人不够开课票数"


def today() -> date:
    """The day it is for menus: that of the offers' clock."""
    return timezone.localtime(moment()).date()


def noted(actor: Viewer, row: Menu | Dish, verb: str, *, reason: str = "", **detail: Any) -> None:
    """One record of the trail about a menu or a dish of it."""
    kind = "benefit_menu" if isinstance(row, Menu) else "benefit_dish"
    record(
        actor, f"benefits.{verb}", path=row.path, object_type=kind, object_id=row.pk, object_name=row.title,
        reason=reason, detail=detail,
    )  # fmt: skip


def create_menu(
    actor: Viewer,
    *,
    organisation: Organisation,
    title: str,
    opens_on: date,
    closes_on: date,
    votes: int | None = None,
    threshold: int | None = None,
) -> Menu:
    """A draft; votes a member and the threshold are those of the local rule unless staff say otherwise.

    :raises Refusal: GH-MNU-002 no title or wrong days; 003 wrong numbers.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        place = hold(organisation.pk)
        if len(title.strip()) < 2 or closes_on < opens_on:
            raise Refusal("GH-MNU-002", "菜单要有名称，截止日期不早于开始日期", "closes_on")
        found = rule_queries.values(["benefits.menu_votes", "benefits.menu_threshold"], place.path, today())
        votes = found["benefits.menu_votes"].value if votes is None else votes
        threshold = found["benefits.menu_threshold"].value if threshold is None else threshold
        if not 1 <= votes <= MOST_VOTES:
            raise Refusal("GH-MNU-003", f"每人票数要在1至{MOST_VOTES}之间", "votes")
        _check_threshold(threshold)
        row: Menu = Menu.objects.create(
            path=place.path, organisation=place, title=title.strip()[:80], opens_on=opens_on, closes_on=closes_on,
            votes=votes, threshold=threshold,
        )  # fmt: skip
        noted(actor, row, "menu_made", votes=votes, threshold=threshold)
    return row


def _check_threshold(threshold: int) -> None:
    if not 1 <= threshold <= MOST_THRESHOLD:
        raise Refusal("GH-MNU-003", f"开课票数要在1至{MOST_THRESHOLD:,}之间", "threshold")


def held_menu(actor: Viewer, menu_id: int, *states: str) -> Menu:
    """A menu of the actor's range, locked, in one of the states.

    :raises Refusal: GH-MNU-001 not there, or no longer in such a state.
    """
    row: Menu | None = Menu.objects.visible(actor).select_for_update(of=("self",)).filter(pk=menu_id).first()
    if row is None or row.state not in states:
        raise Refusal("GH-MNU-001", "没有这份菜单，或它已经不在这一步", "menu", "刷新页面看最新状态")
    return row


def held_dish(actor: Viewer, dish_id: int, *states: str) -> Dish:
    """A dish of the actor's range, locked, in one of the states.

    :raises Refusal: GH-MNU-004 not there, or answered already.
    """
    rows = Dish.objects.visible(actor).select_for_update(of=("self",)).select_related("menu__organisation")
    row: Dish | None = rows.filter(pk=dish_id).first()
    if row is None or row.state not in states or row.menu.state == MenuState.CLOSED:
        raise Refusal("GH-MNU-004", "没有这门课，或它已经答复过", "dish", "刷新页面看最新状态")
    return row


def written(menu: Menu, title: str, kind: str, about: str, threshold: int | None, **facts: Any) -> Dish:
    """Insert a dish.

    :raises Refusal: GH-MNU-003 wrong threshold; 005 too few words; 006 on the menu already.
    """
    threshold = menu.threshold if threshold is None else threshold
    _check_threshold(threshold)
    if len(title.strip()) < 2 or len(about.strip()) < 4 or kind not in Kind.values:
        raise Refusal("GH-MNU-005", "写课程名称，再用一句话写想学什么", "about" if len(title.strip()) > 1 else "title")
    try:
        with transaction.atomic():
            row: Dish = Dish.objects.create(
                path=menu.path, menu=menu, title=title.strip()[:60], kind=kind, about=about.strip()[:300],
                threshold=threshold, **facts,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("GH-MNU-006", f"已经有人提过“{title.strip()}”", "title", "可以直接给它投票") from None
    return row


def add_dish(
    actor: Viewer, *, menu_id: int, title: str, about: str, kind: str = Kind.COURSE, threshold: int | None = None
) -> Dish:
    """Staff put a course on the menu; it may be voted for at once."""
    require(actor, MANAGE)
    with transaction.atomic():
        menu = held_menu(actor, menu_id, MenuState.DRAFT, MenuState.OPEN)
        row = written(menu, title, kind, about, threshold)
        noted(actor, row, "dish_added", menu=menu.pk, threshold=row.threshold)
    return row


def open_menu(actor: Viewer, *, menu_id: int) -> Menu:
    """Let members vote and wish, from the first day on.

    :raises Refusal: GH-MNU-007 nothing on it; 008 the last day is over.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held_menu(actor, menu_id, MenuState.DRAFT)
        if not row.dishes.filter(state=DishState.APPROVED).exists():
            raise Refusal("GH-MNU-007", "菜单上还没有课程", "menu", "先加一门，会员才有得投")
        if row.closes_on < today():
            raise Refusal("GH-MNU-008", "截止投票的日期已经过去", "closes_on")
        row.state = MenuState.OPEN
        row.save(update_fields=["state"])
        noted(actor, row, "menu_opened")
    return row


def review_dish(actor: Viewer, *, dish_id: int, approve: bool, threshold: int | None = None, reason: str = "") -> Dish:
    """Let a member's wish be voted for, or say why a dish is not opened; its voters get their votes back.

    :raises Refusal: GH-MNU-004 answered already; 009 declined without a reason.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        states = (DishState.PROPOSED,) if approve else (DishState.PROPOSED, DishState.APPROVED)
        row = held_dish(actor, dish_id, *states)
        if approve:
            if threshold is not None:
                _check_threshold(threshold)
                row.threshold = threshold
            row.state = DishState.APPROVED
        else:
            if len(reason.strip()) < 4:
                raise Refusal("GH-MNU-009", "不开要写明原因", "reason", "提的人和投票的会员会看到")
            row.state, row.reason = DishState.NOT_OPENED, reason.strip()[:200]
            Vote.objects.filter(dish=row).update(slot=None)
        row.answered_at = moment()
        row.save(update_fields=["state", "reason", "threshold", "answered_at"])
        noted(
            actor, row, "dish_approved" if approve else "dish_declined", reason=reason.strip(), menu=row.menu_id,
            votes=row.votes,
        )  # fmt: skip
    return row


def close_menu(actor: Viewer, *, menu_id: int, reason: str = "") -> Menu:
    """End a menu; every dish without an answer gets one.

    :raises Refusal: GH-MNU-010 something reached its threshold, was not opened, and no reason is given.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held_menu(actor, menu_id, MenuState.OPEN)
        waiting = row.dishes.filter(state=DishState.APPROVED)
        reached = waiting.filter(votes__gte=F("threshold"))
        if (count := reached.count()) and len(reason.strip()) < 4:
            raise Refusal("GH-MNU-010", f"还有{count}门课达到票数没有开", "reason", "先开课，或写明不开的原因")
        facts = {"state": DishState.NOT_OPENED, "answered_at": moment()}
        not_opened = reached.update(reason=reason.strip()[:200], **facts) + waiting.update(reason=FEW, **facts)
        late = row.dishes.filter(state=DishState.PROPOSED).update(reason=LATE, **facts)
        row.state = MenuState.CLOSED
        row.save(update_fields=["state"])
        noted(actor, row, "menu_closed", reason=reason.strip(), not_opened=not_opened, not_reviewed=late)
    return row
