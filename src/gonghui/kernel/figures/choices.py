"""Code lists of figures."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class FigureState(Labelled):
    """Of one version of a figure."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "使用中"
    RETIRED = "retired", "已停用"


class Area(Labelled):
    """The work a figure speaks of, in the order of a yearly report."""

    MEMBERSHIP = "membership", "建会入会"
    ASSESSMENT = "assessment", "规范创建"
    VITALITY = "vitality", "组织活力"
    VOICE = "voice", "诉求实事"
    BENEFITS = "benefits", "普惠服务"
    CASEWORK = "casework", "帮扶维权"
    CONTESTS = "contests", "竞赛创新"
    HONOURS = "honours", "劳模工匠"
    PLACES = "places", "阵地建设"
    REFORM = "reform", "产改计划"
    FUNDS = "funds", "经费"
    ALLIANCE = "alliance", "联席协作"
    LEARNING = "learning", "学习成长"
    OFFICE = "office", "机关运行"


class Better(Labelled):
    """Which way a number is meant to go: the colour of a comparison."""

    MORE = "more", "越多越好"
    LESS = "less", "越少越好"
    NEUTRAL = "neutral", "不评价"


class TargetState(Labelled):
    """A superior proposes, the one who is to reach it accepts or asks for another."""

    PROPOSED = "proposed", "待确认"
    ASKED = "asked", "提出调整"
    ACCEPTED = "accepted", "已确认"
    WITHDRAWN = "withdrawn", "已撤销"
