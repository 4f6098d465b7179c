"""Code lists of offers and of what becomes of a claim."""

from __future__ import annotations

from typing import Final

from gonghui.kernel.labelled import Labelled

MOST_EACH: Final = 60
"""The most sessions that one member may have of one offer."""


class Allocation(Labelled):
    """How a scarce thing is given."""

    FIRST_COME = "first_come", "先到先得"
    DRAW = "draw", "摇号"
    BALANCED = "balanced", "均衡摇号"
    RANKED = "ranked", "志愿摇号"
    REVIEWED = "reviewed", "审核"


DRAWN = frozenset({Allocation.DRAW, Allocation.BALANCED, Allocation.RANKED})


class OfferState(Labelled):
    """What staff did with an offer; whether it is open follows from the clock."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    ALLOCATED = "allocated", "已分配"
    ENDED = "ended", "已结束"
    CANCELLED = "cancelled", "已取消"


class SessionState(Labelled):
    PLANNED = "planned", "计划中"
    CANCELLED = "cancelled", "已取消"


class ClaimState(Labelled):
    """What became of one person's right. The first four take a place."""

    HELD = "held", "已领到"
    OFFERED = "offered", "候补待确认"
    USED = "used", "已使用"
    NO_SHOW = "no_show", "未到"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "候补未确认"
    CALLED_OFF = "called_off", "场次取消"


TAKING = ("held", "offered", "used", "no_show")
"""States in which a claim takes a place."""


class Source(Labelled):
    """By which door a claim came."""

    GATE = "gate", "领取闸口"
    PAGE = "page", "页面"
    DRAW = "draw", "摇号"
    WAITING = "waiting", "候补"
    REVIEW = "review", "审核"
    DESK = "desk", "工作人员代办"
    HANDOVER = "handover", "他人转让"


class EntryState(Labelled):
    """An application for a place that is not given at once."""

    ENTERED = "entered", "已报名"
    WITHDRAWN = "withdrawn", "已撤回"
    WON = "won", "已分到"
    WAITING = "waiting", "候补中"
    LOST = "lost", "未分到"
    CALLED_OFF = "called_off", "项目取消"


class HandoverState(Labelled):
    """What became of a holder's wish to let somebody else have the place."""

    ASKED = "asked", "等对方确认"
    ACCEPTED = "accepted", "对方已接受"
    DECLINED = "declined", "对方已谢绝"
    WITHDRAWN = "withdrawn", "已收回"
    OVER = "over", "已失效"


class DrawState(Labelled):
    """The stages of a draw; none can be gone back from."""

    COLLECTING = "collecting", "报名中"
    LISTED = "listed", "名单已锁定"
    DRAWN = "drawn", "已摇号"


class Per(Labelled):
    """Of whom a limit speaks."""

    PERSON = "person", "每人"
    HOUSEHOLD = "household", "每户"


class CheckInBy(Labelled):
    """How it was proved that a claim was used."""

    QR = "qr", "扫会员的二维码"
    CODE = "code", "输入核销码"
    DESK = "desk", "工作人员登记"
    OFFLINE = "offline", "离线名单"


class Doubt(Labelled):
    """Why a scan of an offline list is not simply counted."""

    ENDED = "ended", "名额已经取消，回不来了"
    LATE = "late", "上交太晚"
    UNLISTED = "unlisted", "不在名单的有效时间里"


class DisputeState(Labelled):
    """What staff made of such a scan."""

    OPEN = "open", "待核对"
    COUNTED = "counted", "已认可"
    REFUSED = "refused", "未认可"
