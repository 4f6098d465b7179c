"""Code lists of funds."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class OrderState(Labelled):
    ASKED = "asked", "待审批"
    APPROVED = "approved", "已批准"
    PAID = "paid", "已支付"
    RETURNED = "returned", "已退回"


class OrderKind(Labelled):
    """What money is granted for."""

    PALACE = "palace", "工人文化宫"
    HOME = "home", "职工之家"
    STATION = "station", "爱心驿站"
    RESULT = "result", "工作成果"
    AID = "aid", "帮扶救助"
    OTHER = "other", "其他"
