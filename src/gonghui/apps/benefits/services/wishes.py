"""What members do with a menu: wish for a course, vote, take a vote back."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.kernel.people.models import Membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..choices import DishState, Kind, MenuState
from ..models import Dish, Vote
from .menus import today, written

MOST_WISHES = 3
"""Of one member, waiting for an answer at a time, on one menu."""


def _said(actor: Viewer, row: Dish, verb: str) -> None:
    record(
        actor, f"benefits.{verb}", path=row.path, object_type="benefit_dish", object_id=row.pk, object_name=row.title,
        subject_id=actor.person_id, detail={"menu": row.menu_id},
    )  # fmt: skip


def propose(actor: Viewer, *, menu_id: int, title: str, about: str, kind: str = Kind.COURSE) -> Dish:
    """A member's wish; it stands on the menu once staff approved it.

    :raises Refusal: GH-MNU-020 the menu is not for this member, or not open; 021 enough wishes wait; and as `written`.
    """
    menu = queries.menus.menu_for_member(actor, menu_id)
    if menu is None or not queries.menus.votable(menu, today()):
        raise Refusal("GH-MNU-020", "这份菜单现在不能点课", "menu", "投票期间，本地工会的在籍会员可以点课")
    with transaction.atomic(), widened():
        waiting = Dish.objects.filter(menu=menu, proposed_by_id=actor.person_id, state=DishState.PROPOSED)
        if waiting.count() >= MOST_WISHES:
            raise Refusal("GH-MNU-021", f"您已经提了{MOST_WISHES}门，等审核后再提", "title")
        row = written(menu, title, kind, about, None, state=DishState.PROPOSED, proposed_by_id=actor.person_id)
        _said(actor, row, "dish_proposed")
    return row


def _asked(actor: Viewer, dish_id: int) -> tuple[Dish, Membership]:
    found = queries.menus.dish_for_member(actor, dish_id)
    if found is None:
        raise Refusal("GH-MNU-022", "没有这门课，或它不面向您所在的工会", "dish")
    row, own = found
    if row.state != DishState.APPROVED or not queries.menus.votable(row.menu, today()):
        raise Refusal("GH-MNU-023", f"“{row.title}”现在不能投票", "dish", "投票已经截止，或这门课已经有了结果")
    return row, own


def vote(actor: Viewer, *, dish_id: int) -> Vote:
    """One vote for a dish; voting twice is once.

    Votes of a member are slots of a menu, each there once: two taps at the same time never give one too many.
    :raises Refusal: GH-MNU-022 not for this member; 023 no longer to be voted for; 024 all votes are used.
    """
    dish, own = _asked(actor, dish_id)
    for _ in range(dish.menu.votes + 1):
        try:
            return _voted(actor, dish, own)
        except IntegrityError:  # another tap took the slot meanwhile: look again
            continue
    raise Refusal("GH-MNU-024", f"每人{dish.menu.votes}票，已经投完", "dish", "可以先收回一票")


def _voted(actor: Viewer, dish: Dish, own: Membership) -> Vote:
    with transaction.atomic(), widened():
        mine = Vote.objects.filter(menu_id=dish.menu_id, person_id=own.person_id)
        known: Vote | None = mine.filter(dish=dish).first()
        if known is not None:
            return known
        used = set(mine.values_list("slot", flat=True))
        slot = next((one for one in range(1, dish.menu.votes + 1) if one not in used), None)
        if slot is None:
            raise Refusal("GH-MNU-024", f"每人{dish.menu.votes}票，已经投完", "dish", "可以先收回一票")
        row: Vote = Vote.objects.create(
            path=dish.path, menu_id=dish.menu_id, dish=dish, person_id=own.person_id, member_path=own.path, slot=slot
        )
        _count(dish, 1)
        _said(actor, dish, "voted")
    return row


def _count(dish: Dish, change: int) -> None:
    rows = Dish.objects.filter(pk=dish.pk, state=DishState.APPROVED, menu__state=MenuState.OPEN)
    if not rows.update(votes=F("votes") + change):
        raise Refusal("GH-MNU-023", f"“{dish.title}”现在不能投票", "dish", "投票已经截止，或这门课已经有了结果")


def unvote(actor: Viewer, *, dish_id: int) -> None:
    """Take a vote back while the dish may still be voted for.

    :raises Refusal: GH-MNU-022, 023 as `vote`.
    """
    dish, own = _asked(actor, dish_id)
    with transaction.atomic(), widened():
        gone, _ = Vote.objects.filter(dish=dish, person_id=own.person_id).delete()
        if gone:
            _count(dish, -1)
            _said(actor, dish, "unvoted")
