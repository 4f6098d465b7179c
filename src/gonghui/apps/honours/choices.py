"""Code lists of honours."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class To(Labelled):
    """Who may be honoured."""

    PERSON = "person", "个人"
    TEAM = "team", "集体"
    ORGANISATION = "organisation", "单位"


class Level(Labelled):
    """By whose authority an honour is conferred."""

    NATIONAL = "national", "全国"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"


class Origin(Labelled):
    DECISION = "decision", "评选命名"
    REGISTERED = "registered", "补录"


class Post(Labelled):
    """The kind of work of somebody nominated, by which quotas count."""

    LINE = "line", "一线职工"
    TECHNICIAN = "technician", "专业技术人员"
    MANAGER = "manager", "企业管理人员"
    FIRM_HEAD = "firm_head", "企业负责人"
    CADRE = "cadre", "机关事业单位干部"
