"""Code lists that the code itself decides by; what places are and offer stands in catalogue/places.yaml."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class PlaceState(Labelled):
    """What the recorded acts add up to. A place that is suspended is open but for the days of its `Suspension`."""

    PLANNED = "planned", "规划中"
    BUILDING = "building", "建设中"
    OPEN = "open", "开放"
    CLOSED = "closed", "已关闭", ("关闭", "停用")


class Host(Labelled):
    """In whose house a place is."""

    ENTERPRISE = "enterprise", "企业内", ("企业", "单位内")
    TOWNSHIP = "township", "乡镇", ("镇", "乡")
    STREET = "street", "街道社区", ("街道", "社区", "临街")
    PARK = "park", "园区"
    CITY = "city", "市县直属", ("县级", "市级", "市直", "县直")


class ChangeKind(Labelled):
    """A line of a place's history."""

    REGISTERED = "registered", "登记"
    IMPORTED = "imported", "导入"
    CHANGED = "changed", "修改资料"
    BUILDING = "building", "开工建设"
    TOPPED = "topped", "主体完工"
    OPENED = "opened", "开放"
    CLOSED = "closed", "关闭"
    REOPENED = "reopened", "重新开放"
    SUSPENDED = "suspended", "暂停开放"
    LIFTED = "lifted", "恢复开放"
    STARRED = "starred", "评定星级"


class TicketState(Labelled):
    OPEN = "open", "待处理"
    TAKEN = "taken", "处理中"
    CLOSED = "closed", "已答复"


class Outcome(Labelled):
    """How a ticket ended; each says why in its answer."""

    FIXED = "fixed", "已修好"
    FINE = "fine", "查看后没有问题"
    LATER = "later", "暂时修不了"


class TicketSource(Labelled):
    PUBLIC = "public", "扫码反映"
    ROUND = "round", "巡查发现"
    DESK = "desk", "工作人员登记"


class TicketAct(Labelled):
    """A line of a ticket's history."""

    OPENED = "opened", "收到"
    JOINED = "joined", "又有人反映"
    TAKEN = "taken", "接手处理"
    RAISED = "raised", "转上一级"
    FIXED = "fixed", "修好"
    FINE = "fine", "查看后没有问题"
    LATER = "later", "暂时修不了"
    UNSOLVED = "unsolved", "反映人说没有解决"


class AskWay(Labelled):
    """Where a question to a guide station was asked."""

    STATION = "station", "到站咨询"
    PHONE = "phone", "电话咨询"
    ONLINE = "online", "扫码咨询"
