"""Code lists of organisations: kinds, levels, states, national unit and industry codes."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class OrganisationKind(Labelled):
    """What a body of the union tree is; `party_body` never stands in the tree, it is only twinned."""

    FEDERATION = "federation", "总工会", ("地方总工会", "工会联合总会")
    INDUSTRY_UNION = "industry_union", "产业/行业工会", ("产业工会", "行业工会", "行业工会联合会")
    JOINT_UNION = "joint_union", "联合工会", ("工会联合会", "联合基层工会", "园区工会", "区域工会联合会")
    GRASSROOTS_UNION = "grassroots_union", "基层工会", ("单一基层工会", "企业工会", "机关工会", "工会委员会")
    BRANCH = "branch", "分会", ("分工会", "车间工会")
    GROUP = "group", "工会小组", ("小组", "班组")
    PARTY_BODY = "party_body", "党组织"


class Level(Labelled):
    """Where a body stands, from the country down to the shift team; declared from the top down."""

    NATIONAL = "national", "全国", ("国家", "中央")
    PROVINCE = "province", "省级", ("省", "自治区", "直辖市")
    CITY = "city", "市级", ("设区市", "地市", "地级市", "市")
    COUNTY = "county", "县级", ("县", "县区", "县市区", "区县", "区")
    TOWNSHIP = "township", "乡级", ("乡镇", "乡镇街道", "街道", "镇", "乡")
    UNIT = "unit", "单位", ("基层", "用人单位")
    BRANCH = "branch", "分会", ("车间",)
    GROUP = "group", "小组", ("班组",)

    @property
    def rank(self) -> int:
        """0 for the country, 7 for a shift team: a body stands under one of a smaller rank."""
        return _LEVEL_RANK[self]


_LEVEL_RANK = {level: rank for rank, level in enumerate(Level)}


class OrganisationState(Labelled):
    """The state that the recorded acts add up to; a warning is a step of the vitality review, not a state."""

    FOUNDING = "founding", "筹建中", ("筹备", "筹备组")
    ACTIVE = "active", "正常", ("在册", "运行")
    DISSOLVED = "dissolved", "已撤销", ("撤销", "注销")
    MERGED = "merged", "已并转", ("并转", "合并")
    WITHDRAWN = "withdrawn", "建会已撤回", ("已撤回",)


class UnionKind(Labelled):
    """Item 904 of the annual survey of grassroots unions."""

    SINGLE = "1", "单一基层工会", ("单独基层工会", "独立基层工会")
    JOINT = "2", "联合基层工会"


class UnitKind(Labelled):
    """Kind of the employer, codes of the 2015 real-name form (they follow the business registration kinds)."""

    STATE_OWNED = "110", "国有企业", ("国企", "国有")
    COLLECTIVE = "120", "集体企业", ("集体",)
    COOPERATIVE = "130", "股份合作企业", ("股份合作",)
    ASSOCIATED = "140", "联营企业", ("联营",)
    STATE_SOLE = "151", "国有独资公司", ("国有独资",)
    OTHER_LIMITED = "159", "其他有限责任公司", ("其他有限公司", "有限责任公司", "有限公司")
    STATE_HELD_SHARES = "161", "国有控股股份有限公司", ("国有控股股份", "国有控股")
    OTHER_SHARES = "169", "其他股份有限公司", ("其他股份", "股份有限公司")
    PRIVATE = "170", "私营企业", ("私营", "民营企业", "民营")
    OTHER_DOMESTIC = "190", "其他内资企业", ("其他内资",)
    HK_MACAO_TAIWAN = "200", "港澳台商投资企业", ("港澳台", "港澳台企业")
    FOREIGN = "300", "外商投资企业", ("外商", "外资企业", "外资")
    INSTITUTION = "400", "事业单位", ("事业",)
    GOVERNMENT = "500", "机关", ("党政机关", "国家机关")
    INDIVIDUAL = "600", "个体工商户", ("个体经济组织", "个体")
    NON_ENTERPRISE = "700", "民办非企业单位", ("社会服务机构", "民非", "民办非企业")


class Industry(Labelled):
    """Sections of GB/T 4754-2017; `survey_code` is the two-digit item of the 20-item union form."""

    AGRICULTURE = "A", "农、林、牧、渔业", ("农林牧渔业", "农林牧渔")
    MINING = "B", "采矿业", ("采矿",)
    MANUFACTURING = "C", "制造业", ("制造",)
    UTILITIES = (
        "D",
        "电力、热力、燃气及水生产和供应业",
        ("电力热力燃气及水生产和供应业", "电力、燃气及水的生产和供应业"),
    )
    CONSTRUCTION = "E", "建筑业", ("建筑",)
    TRADE = "F", "批发和零售业", ("批发零售业", "批发零售")
    TRANSPORT = "G", "交通运输、仓储和邮政业", ("交通运输仓储和邮政业", "交通运输业", "物流业", "物流")
    CATERING = "H", "住宿和餐饮业", ("住宿餐饮业", "住宿餐饮")
    SOFTWARE = (
        "I",
        "信息传输、软件和信息技术服务业",
        ("信息传输软件和信息技术服务业", "信息传输、计算机服务和软件业"),
    )
    FINANCE = "J", "金融业", ("金融",)
    REAL_ESTATE = "K", "房地产业", ("房地产",)
    BUSINESS_SERVICES = "L", "租赁和商务服务业", ("租赁商务服务业", "劳务派遣")
    SCIENCE = "M", "科学研究和技术服务业", ("科学研究、技术服务和地质勘查业",)
    PUBLIC_FACILITIES = "N", "水利、环境和公共设施管理业", ("水利环境和公共设施管理业", "环卫")
    RESIDENT_SERVICES = (
        "O",
        "居民服务、修理和其他服务业",
        ("居民服务修理和其他服务业", "居民服务和其他服务业"),
    )
    EDUCATION = "P", "教育", ("教育业",)
    HEALTH = "Q", "卫生和社会工作", ("卫生、社会保障和社会福利业", "卫生")
    CULTURE = "R", "文化、体育和娱乐业", ("文化体育和娱乐业",)
    ADMINISTRATION = (
        "S",
        "公共管理、社会保障和社会组织",
        ("公共管理社会保障和社会组织", "公共管理和社会组织"),
    )
    INTERNATIONAL = "T", "国际组织"

    @property
    def survey_code(self) -> str:
        """01 农林牧渔业 … 20 国际组织; both lists name the twenty sections in the same order."""
        return f"{ord(self.value) - ord('A') + 1:02d}"

    @classmethod
    def from_survey_code(cls, code: str) -> Industry | None:
        """Read "1", "01" or "20" of the union form."""
        if not (code.isascii() and code.isdigit()) or len(code) > 2 or not 1 <= int(code) <= 20:
            return None
        return cls(chr(ord("A") + int(code) - 1))


class GroupKind(Labelled):
    """Why organisations are gathered in a list that cuts across the tree."""

    INDUSTRY = "industry", "行业"
    PARK = "park", "园区", ("产业集群", "集群", "开发区")
    NEW_FORM = "new_form", "新就业形态", ("新业态",)
    PILOT_TIER = "pilot_tier", "试点层级", ("产改试点",)


class TwinKind(Labelled):
    """What sort of party organisation a union body is paired with (党工共建)."""

    WORK_COMMITTEE = "work_committee", "党工委"
    COMMITTEE = "committee", "党委"
    LEADING_GROUP = "leading_group", "党组"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    JOINT_BRANCH = "joint_branch", "联合党支部"


class ChangeKind(Labelled):
    """The recorded acts that make an organisation's history."""

    FOUNDING = "founding", "建会"
    MOVE = "move", "转隶", ("调整隶属关系",)
    MERGER = "merger", "并转", ("合并",)
    SPLIT = "split", "分设", ("分立",)
    DISSOLUTION = "dissolution", "撤销"
    RENAME = "rename", "更名"
    RECLASSIFICATION = "reclassification", "改变类型"
    ELECTION = "election", "换届"
    CORRECTION = "correction", "更正资料"
    UNDO = "undo", "撤回"


class MemberEffect(Labelled):
    """What becomes of the members when their union is merged, split or dissolved."""

    TRANSFERRED = "transferred", "转入接收组织"
    HELD_ABOVE = "held_above", "由上一级工会保留会籍"
    ENDED = "ended", "终止会籍"
    UNCHANGED = "unchanged", "会籍不变"
