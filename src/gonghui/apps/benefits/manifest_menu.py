"""What menus of courses add to what benefits plug in: verbs of the trail, and lines of the two home pages."""

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Task
from gonghui.kernel.viewer import Viewer

from . import queries

VERBS = {
    "benefits.menu_made": "起草点课菜单",
    "benefits.menu_opened": "开放点课菜单",
    "benefits.menu_closed": "关闭点课菜单",
    "benefits.dish_added": "点课菜单加课程",
    "benefits.dish_proposed": "会员点课",
    "benefits.dish_approved": "同意会员点的课",
    "benefits.dish_declined": "点的课不开",
    "benefits.course_opened": "点的课开课",
    "benefits.voted": "给点的课投票",
    "benefits.unvoted": "收回点课投票",
}


def tasks(viewer: Viewer) -> list[Task]:
    """Wishes to answer, and dishes that reached their threshold."""
    found = []
    if count := queries.menus.proposals(viewer).count():
        found.append(Task("普惠服务", f"会员点的{count}门课待审核", "", reverse("benefits:menus"), "待审核", "wait"))
    found += [
        Task(
            "普惠服务", f"“{one.title}”有{one.votes}票，可以开课", one.menu.title,
            reverse("benefits:dish", args=[one.pk]), "待开课", "wait",
        )
        for one in queries.menus.ready(viewer)[:10]
    ]  # fmt: skip
    return found


def member_tasks(viewer: Viewer) -> list[Task]:
    """A course that the member voted for may be signed up for."""
    return [
        Task(
            "普惠服务", f"您点的“{one.title}”开班了", "", reverse("benefits:m-offer", args=[one.offer_id]), "可以报名",
            "info",
        )
        for one in queries.menus.opened_for_voter(viewer, timezone.now())
    ]  # fmt: skip
