"""Code lists of wishes."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class WishState(Labelled):
    ASKED = "asked", "待核对"
    RETURNED = "returned", "退回修改"
    SHOWN = "shown", "待认领"
    CLAIMED = "claimed", "已认领"
    DELIVERED = "delivered", "待确认"
    DONE = "done", "已实现"
    DECLINED = "declined", "不予展示"
    WITHDRAWN = "withdrawn", "已撤回"
    DOWN = "down", "已撤下"


RUNNING = (WishState.ASKED, WishState.RETURNED, WishState.SHOWN, WishState.CLAIMED, WishState.DELIVERED)
PUBLIC = (WishState.SHOWN, WishState.CLAIMED, WishState.DELIVERED, WishState.DONE)


class Category(Labelled):
    SCHOOL = "school", "子女学习"
    HOME = "home", "家用小件"
    WORK = "work", "劳动用品"
    LEARNING = "learning", "学习技能"
    REUNION = "reunion", "团聚陪伴"
    OTHER = "other", "其他"


class ClaimantKind(Labelled):
    UNION = "union", "工会"
    FIRM = "firm", "企业"
    VOLUNTEER = "volunteer", "志愿者"


class ClaimState(Labelled):
    RUNNING = "running", "进行中"
    DELIVERED = "delivered", "已送到"
    CONFIRMED = "confirmed", "已确认"
    LAPSED = "lapsed", "到期退回"
    DROPPED = "dropped", "认领方退回"
    ENDED = "ended", "心愿已撤下"


LIVE = (ClaimState.RUNNING, ClaimState.DELIVERED)
