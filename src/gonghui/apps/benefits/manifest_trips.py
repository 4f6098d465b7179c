"""What rest cures and handing on add to what benefits plug in: verbs of the trail, and lines of the phone's notices."""

from django.urls import reverse

from gonghui.kernel.manifest import Task
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.viewer import Viewer

VERBS = {
    "benefits.base_added": "登记疗休养基地",
    "benefits.base_changed": "修改疗休养基地",
    "benefits.base_retired": "撤销疗休养基地",
    "benefits.group_led": "登记领队和集合地点",
    "benefits.group_insured": "登记疗休养保险单",
    "benefits.group_departed": "登记出团",
    "benefits.group_returned": "登记返回",
    "benefits.group_exported": "导出疗休养名单",
    "benefits.companion_named": "登记随行家属",
    "benefits.companion_dropped": "取消随行家属",
}


def member_tasks(viewer: Viewer) -> list[Task]:
    """Somebody wants to hand a place on."""
    return [
        Task(
            "普惠服务", f"有人把“{one.offer.title}”的名额转给您", "", reverse("benefits:m-handover", args=[one.pk]),
            "待确认", "wait",
        )
        for one in quotas.offered_to(viewer)[:5]
    ]  # fmt: skip
