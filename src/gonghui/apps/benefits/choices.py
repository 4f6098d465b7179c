"""Code lists of benefits: what is offered, and how each way of giving is explained to people."""

from __future__ import annotations

from typing import Final

from gonghui.kernel.labelled import Labelled
from gonghui.kernel.quotas.choices import Allocation


class Kind(Labelled):
    """What an offer is."""

    VOUCHER = "voucher", "消费券"
    TICKET = "ticket", "门票"
    CHECKUP = "checkup", "体检"
    COURSE = "course", "课程"
    LECTURE = "lecture", "讲座"
    RECUPERATION = "recuperation", "疗休养"
    TRIP = "trip", "出游"
    CANTEEN = "canteen", "食堂"
    GYM = "gym", "健身"
    COUNSELLING = "counselling", "咨询"
    JOBFAIR = "jobfair", "招聘会"
    SHIFT = "shift", "志愿服务"
    PARCEL = "parcel", "四送"
    MUTUAL_AID = "mutual_aid", "互助保障"
    RECUPERATION_ACROSS = "recuperation_across", "跨省疗休养"
    """Never chosen: follows from where the base lies. A kind of its own, so that only one across bars one across."""


RECUPERATION: Final = frozenset({Kind.RECUPERATION, Kind.RECUPERATION_ACROSS})


class BaseKind(Labelled):
    """For whom a base was named."""

    MODEL = "model", "劳模疗休养基地"
    WORKER = "worker", "职工疗休养基地"
    BOTH = "both", "劳模和职工疗休养基地"


class Relation(Labelled):
    """Who a companion is to the member."""

    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    PARENT = "parent", "父母"
    OTHER = "other", "其他亲属"


class PhotoState(Labelled):
    ASKED = "asked", "待审核"
    SHOWN = "shown", "已展示"
    REFUSED = "refused", "未采用"
    GONE = "gone", "本人撤下"
    DOWN = "down", "工作人员撤下"


HOW: Final[dict[str, str]] = {
    Allocation.FIRST_COME: "到点开始，谁先点到归谁，名额满了为止；一人一份，重复点不会多得。",
    Allocation.DRAW: "报名期内先后都一样，截止后公开摇号，人人一签。",
    Allocation.BALANCED: "公开摇号，近期没有享受过的人多几签，机会往少得的人倾斜。",
    Allocation.RANKED: "每人按喜好给场次排顺序，摇到以后先给排在前面的场次。",
    Allocation.REVIEWED: "会员按选定的办事流程申请，审核通过就得到名额。",
}
"""The ways that a desk may choose, each in one sentence."""


SEVERAL: Final = "每场先到先得，谁先点到归谁，名额满了为止；同一场一人一份，重复点不会多得。"
"""Of an offer of which a member may have several sessions."""


WORTH_SAYING: Final[dict[str, str]] = {
    Kind.CHECKUP: "检查项目、空腹要求", Kind.TRIP: "行程、集合时间", Kind.JOBFAIR: "参会企业、岗位数、招哪些工种",
    Kind.SHIFT: "做什么、管不管饭、保险", Kind.PARCEL: "物资清单、怎么送到",
    Kind.MUTUAL_AID: "保障内容、保障期限、保费由谁出", Kind.RECUPERATION: "每天安排、交通",
}  # fmt: skip
"""What members ask about a kind, as the form reminds staff of it."""


class MenuState(Labelled):
    """A menu that members vote on."""

    DRAFT = "draft", "草稿"
    OPEN = "open", "投票中"
    CLOSED = "closed", "已关闭"


class DishState(Labelled):
    """What became of a wish: once opened or not opened it is answered."""

    PROPOSED = "proposed", "待审核"
    APPROVED = "approved", "投票中"
    OPENED = "opened", "已开课"
    NOT_OPENED = "not_opened", "没有开"
