"""What wishes plug into the platform."""

from __future__ import annotations

from django.urls import reverse

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import ClaimState, WishState
from .sources import SOURCES


def tasks(viewer: Viewer) -> list[Task]:
    """Wishes of the own body to check, those to mend or confirm for others, own claims to keep."""
    if not viewer.may("wish.manage"):
        return []
    counts, where = queries.waiting(viewer), reverse("wishes:list")
    found = []
    if counts["asked"]:
        found.append(Task("微心愿", f"{counts['asked']}个微心愿待核对", "", f"{where}?state=asked", "待核对", "wait"))
    if counts["returned"]:
        words = f"{counts['returned']}个代为登记的微心愿退回修改"
        found.append(Task("微心愿", words, "", f"{where}?state=returned", "退回修改", "wait"))
    if counts["delivered"]:
        words = f"{counts['delivered']}个代为登记的微心愿待确认"
        found.append(Task("微心愿", words, "", f"{where}?state=delivered", "待确认", "wait"))
    found += [
        Task("微心愿", f"送到：{one.wish.title}", one.wish.union_name, reverse("wishes:one", args=[one.wish_id]),
             "已认领", "info", f"{one.due_on:%Y-%m-%d}")
        for one in queries.claims(viewer).filter(state=ClaimState.RUNNING)[:10]
    ]  # fmt: skip
    return found


def member_tasks(viewer: Viewer) -> list[Task]:
    """A wish that came and waits for a word, one that was sent back, a claim to keep."""
    found = []
    for row in queries.own(viewer).filter(state__in=(WishState.DELIVERED, WishState.RETURNED))[:5]:
        came = row.state == WishState.DELIVERED
        url = reverse("wishes:m-one", args=[row.pk])
        found.append(
            Task("微心愿", f"{'送到了吗' if came else '修改后重新提交'}：{row.title}", "", url,
                 "待确认" if came else "退回修改", "wait")
        )  # fmt: skip
    found += [
        Task("微心愿", f"您认领的“{one.wish.title}”", one.wish.union_name, reverse("wishes:m-one", args=[one.wish_id]),
             "待送到", "info", f"{one.due_on.month}月{one.due_on.day}日前")
        for one in queries.claims(viewer).filter(state=ClaimState.RUNNING)[:5]
    ]  # fmt: skip
    return found


VERBS = {
    "made": "许下微心愿",
    "mended": "修改微心愿",
    "checked": "核对微心愿",
    "withdrawn": "撤回微心愿",
    "taken_down": "撤下微心愿",
    "owner_shown": "查看是谁的微心愿",
    "claimed": "认领微心愿",
    "dropped": "退回认领",
    "lapsed": "认领到期退回",
    "delivered": "送到微心愿",
    "confirmed": "确认微心愿实现",
    "not_arrived": "说没有收到",
}

MANIFEST = Manifest(
    key="wishes",
    title="微心愿",
    sources=SOURCES,
    entries=(Entry("微心愿", "wishes:list", "heart", "wish.view", order=61, prefix="/desk/wishes/"),),
    verbs={f"wishes.{verb}": words for verb, words in VERBS.items()},
    tasks=tasks,
    member_tasks=member_tasks,
)
