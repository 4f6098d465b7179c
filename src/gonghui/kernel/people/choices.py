"""Code lists of people: papers, membership moves, kinds of workers, offices, national codes."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class IdKind(Labelled):
    """The paper that proves who a person is."""

    IDENTITY_CARD = "identity_card", "居民身份证", ("身份证", "二代身份证")
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证", ("居住证", "港澳居民居住证", "台湾居民居住证")
    HK_MACAO_PERMIT = "hk_macao_permit", "港澳居民来往内地通行证", ("回乡证", "港澳通行证", "港澳居民通行证")
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证", ("台胞证", "台湾通行证", "台湾居民通行证")
    FOREIGNER_CARD = "foreigner_card", "外国人永久居留身份证", ("外国人永久居留证", "永久居留证", "五星卡")
    PASSPORT = "passport", "护照", ("普通护照", "外国护照")


class Sex(Labelled):
    """GB/T 2261.1."""

    UNKNOWN = "0", "未知"
    MALE = "1", "男", ("男性",)
    FEMALE = "2", "女", ("女性",)
    UNSTATED = "9", "未说明"


class MembershipStatus(Labelled):
    """Retained members pay no dues and have no vote (会籍管理办法 2016)."""

    ACTIVE = "active", "在籍", ("正常", "在会")
    RETAINED = "retained", "保留会籍"
    ENDED = "ended", "已终止", ("终止", "已离会")


class MembershipStart(Labelled):
    """Why a membership began."""

    ADMISSION = "admission", "入会"
    TRANSFER = "transfer", "转会转入", ("转入", "转会")
    RETENTION = "retention", "转为保留会籍"
    RESTORED = "restored", "恢复会籍"
    IMPORTED = "import", "名册导入"
    MERGER = "merger", "组织并转带入"
    SPLIT = "split", "组织分设带入"
    DISSOLUTION = "dissolution", "原工会撤销后由本会接收"


class MembershipEnd(Labelled):
    """Why a membership ended."""

    TRANSFER = "transfer", "转会转出", ("转出", "转会")
    LEFT = "left", "本人退会", ("退会",)
    DEATH = "death", "去世", ("死亡", "亡故")
    EXPELLED = "expelled", "开除会籍", ("开除",)
    LAPSED = "lapsed", "自动退会", ("六个月不缴会费不参加活动",)
    PAPER_MEMBER = "paper_member", "清理纸上会员", ("纸上会员",)
    MERGER = "merger", "组织并转"
    SPLIT = "split", "组织分设"
    DISSOLUTION = "dissolution", "组织撤销"
    DUPLICATE = "duplicate", "重复登记合并", ("重复",)
    RETENTION = "retention", "转为保留会籍"
    RESTORED = "restored", "由保留会籍恢复"
    CORRECTION = "correction", "登记有误更正"


class RetentionReason(Labelled):
    """Why a membership is kept without dues and vote."""

    RETIRED = "retired", "退休", ("离休", "离退休")
    JOBLESS = "jobless", "失业", ("下岗失业", "待业")
    EMPLOYER_CLOSED = "employer_closed", "单位关闭或破产", ("单位破产", "单位终止")
    LONG_LEAVE = "long_leave", "长期离岗", ("停薪留职",)
    MILITARY = "military", "参军服役", ("参军",)
    STUDY = "study", "脱产学习"


class WorkerKind(Labelled):
    """How a person works; rights to benefits and figures depend on it."""

    REGULAR = "regular", "正式职工", ("在岗职工", "合同制职工", "在职", "在编", "职工")
    DISPATCHED = "dispatched", "劳务派遣工", ("劳务派遣", "派遣工")
    MIGRANT = "migrant", "农民工", ("进城务工人员",)
    NEW_FORM = "new_form", "新就业形态劳动者", ("新业态", "新业态劳动者", "新就业群体")
    FLEXIBLE = "flexible", "灵活就业人员", ("灵活就业",)
    INTERN = "intern", "实习学徒", ("实习生", "学徒")
    SECONDED = "seconded", "借调人员", ("借调",)
    EARLY_RETIRED = "early_retired", "内退人员", ("内退",)
    RETIRED = "retired", "退休人员", ("退休", "离退休")
    UNEMPLOYED = "unemployed", "失业人员", ("失业", "下岗失业")


class NewFormOccupation(Labelled):
    """The occupations that a federation counts as new forms of employment, and their neighbours."""

    TRUCK_DRIVER = "truck_driver", "货车司机", ("货运司机", "卡车司机", "卡友")
    COURIER = "courier", "快递员", ("快递小哥", "快递从业人员")
    FOOD_RIDER = (
        "food_rider",
        "网约配送员",
        ("外卖配送员", "外卖员", "外卖骑手", "骑手", "外卖小哥", "送餐员"),
    )
    RIDE_HAILING_DRIVER = "ride_hailing_driver", "网约车司机", ("网约车驾驶员",)
    TAXI_DRIVER = "taxi_driver", "出租车司机", ("出租车驾驶员",)
    SECURITY_GUARD = "security_guard", "保安员", ("保安",)
    DOMESTIC_WORKER = "domestic_worker", "家政服务员", ("家政服务人员", "护工护理员", "护工", "保洁", "月嫂")
    PROPERTY_AGENT = "property_agent", "房产中介员", ("房产中介", "房地产经纪人", "房屋中介员")
    SALES_PROMOTER = "sales_promoter", "商场信息员", ("商超销售", "导购员", "信息员")
    LIVE_STREAMER = "live_streamer", "网络主播", ("互联网营销师", "主播", "直播带货")
    ONLINE_WRITER = "online_writer", "网络创作者", ("网络作家", "自媒体")
    SANITATION = "sanitation", "环卫工人", ("环卫工",)
    OTHER = "other", "其他新就业形态", ("其他",)


class Education(Labelled):
    """GB/T 4658-2006, first digit."""

    POSTGRADUATE = "10", "研究生", ("博士", "硕士", "博士研究生", "硕士研究生", "研究生教育")
    BACHELOR = "20", "大学本科", ("本科", "大学", "学士")
    COLLEGE = "30", "大学专科", ("大专", "专科", "高职")
    SECONDARY_VOCATIONAL = "40", "中等职业", ("中专", "职高", "技校", "中职", "中技")
    SENIOR_HIGH = "60", "高中", ("普通高中", "普通高级中学")
    JUNIOR_HIGH = "70", "初中", ("初级中学",)
    PRIMARY = "80", "小学"
    OTHER = "90", "其他", ("文盲", "不识字")


class Politics(Labelled):
    """GB/T 4762-1984."""

    PARTY_MEMBER = "01", "中共党员", ("党员", "中国共产党党员")
    PROBATIONARY = "02", "中共预备党员", ("预备党员",)
    LEAGUE = "03", "共青团员", ("团员", "中国共产主义青年团团员")
    REVOLUTIONARY_COMMITTEE = "04", "民革党员", ("民革会员", "民革")
    DEMOCRATIC_LEAGUE = "05", "民盟盟员", ("民盟",)
    NATIONAL_CONSTRUCTION = "06", "民建会员", ("民建",)
    PROMOTING_DEMOCRACY = "07", "民进会员", ("民进",)
    PEASANTS_WORKERS = "08", "农工党党员", ("农工党",)
    ZHI_GONG = "09", "致公党党员", ("致公党",)
    JIU_SAN = "10", "九三学社社员", ("九三学社", "九三")
    TAIWAN_LEAGUE = "11", "台盟盟员", ("台盟",)
    NO_PARTY = "12", "无党派人士", ("无党派", "无党派民主人士")
    MASSES = "13", "群众", ("普通群众", "普通公民")


class SkillLevel(Labelled):
    """National vocational levels, and the new eight-level titles above them."""

    NONE = "0", "无", ("无等级",)
    TECHNICIAN_SENIOR = "1", "高级技师", ("一级", "一级/高级技师")
    TECHNICIAN = "2", "技师", ("二级", "二级/技师")
    SENIOR = "3", "高级工", ("高级", "三级", "三级/高级工")
    MIDDLE = "4", "中级工", ("中级", "四级", "四级/中级工")
    JUNIOR = "5", "初级工", ("初级", "五级", "五级/初级工")
    APPRENTICE = "6", "学徒工"
    MASTER_SPECIAL = "7", "特级技师"
    MASTER_CHIEF = "8", "首席技师"


class Office(Labelled):
    """Offices that a person holds in a union body, or in the party organisation twinned with it."""

    CHAIR = "chair", "工会主席", ("主席",)
    EXECUTIVE_VICE_CHAIR = "executive_vice_chair", "常务副主席"
    VICE_CHAIR = "vice_chair", "工会副主席", ("副主席",)
    STANDING_MEMBER = "standing_member", "常务委员", ("常委",)
    COMMITTEE_MEMBER = "committee_member", "工会委员", ("委员", "工会委员会委员")
    ORGANISING_MEMBER = "organising_member", "组织委员"
    PUBLICITY_MEMBER = "publicity_member", "宣传委员", ("宣教委员", "文体委员")
    WELFARE_MEMBER = "welfare_member", "生活委员", ("福利委员",)
    WOMEN_DIRECTOR = "women_director", "女职工委员会主任", ("女工主任", "女职工主任", "女工委员")
    WOMEN_MEMBER = "women_member", "女职工委员会委员"
    AUDIT_DIRECTOR = "audit_director", "经费审查委员会主任", ("经审主任", "经审会主任")
    AUDIT_MEMBER = "audit_member", "经费审查委员会委员", ("经审委员", "经审会委员")
    LABOUR_LAW_SUPERVISOR = "labour_law_supervisor", "劳动法律监督员"
    MEDIATOR = "mediator", "劳动争议调解员", ("调解员",)
    TREASURER = "treasurer", "工会财务人员", ("会计", "出纳", "财务委员")
    STAFF = "staff", "工会工作人员", ("工作人员", "专职干事", "干事")
    SOCIAL_WORKER = "social_worker", "专职社会化工会工作者", ("社会化工会工作者",)
    ORGANISER = "organiser", "组织员"
    BRANCH_CHAIR = "branch_chair", "分会主席", ("分工会主席",)
    GROUP_LEADER = "group_leader", "工会小组长", ("小组长",)
    GUIDE = "guide", "产改指导员", ("指导员",)
    LIAISON = "liaison", "产改联络员", ("联络员",)
    OBSERVER = "observer", "产改观察员", ("观察员",)
    JUDGE = "judge", "评委"
    AUDITOR = "auditor", "审计员"
    PARTY_SECRETARY = "party_secretary", "党组织书记", ("党委书记", "党支部书记", "党总支书记", "书记")
    PARTY_DEPUTY_SECRETARY = "party_deputy_secretary", "党组织副书记", ("副书记",)
    PARTY_MEMBER = "party_member", "党组织委员", ("党委委员", "支部委员")

    @property
    def on_committee(self) -> bool:
        """Counts towards the size of the union committee (工会基层组织选举工作条例)."""
        return self in _COMMITTEE_OFFICES

    @property
    def of_party(self) -> bool:
        """An office of the twinned party organisation, held across (交叉任职, 一肩挑)."""
        return self.value.startswith("party_")


_COMMITTEE_OFFICES = frozenset(
    {
        Office.CHAIR,
        Office.EXECUTIVE_VICE_CHAIR,
        Office.VICE_CHAIR,
        Office.STANDING_MEMBER,
        Office.COMMITTEE_MEMBER,
        Office.ORGANISING_MEMBER,
        Office.PUBLICITY_MEMBER,
        Office.WELFARE_MEMBER,
    }
)


class Tenure(Labelled):
    """Whether an office is held full time."""

    FULL_TIME = "full_time", "专职"
    PART_TIME = "part_time", "兼职"
    SECONDED = "seconded", "挂职"


class Ethnicity(Labelled):
    """GB/T 3304-1991, the 56 groups; member names are the two-letter codes of the same standard."""

    HA = "01", "汉族", ("汉",)
    MG = "02", "蒙古族", ("蒙古",)
    HU = "03", "回族", ("回",)
    ZA = "04", "藏族", ("藏",)
    UG = "05", "维吾尔族", ("维吾尔",)
    MH = "06", "苗族", ("苗",)
    YI = "07", "彝族", ("彝",)
    ZH = "08", "壮族", ("壮",)
    BY = "09", "布依族", ("布依",)
    CS = "10", "朝鲜族", ("朝鲜",)
    MA = "11", "满族", ("满",)
    DO = "12", "侗族", ("侗",)
    YA = "13", "瑶族", ("瑶",)
    BA = "14", "白族", ("白",)
    TJ = "15", "土家族", ("土家",)
    HN = "16", "哈尼族", ("哈尼",)
    KZ = "17", "哈萨克族", ("哈萨克",)
    DA = "18", "傣族", ("傣",)
    LI = "19", "黎族", ("黎",)
    LS = "20", "傈僳族", ("傈僳",)
    VA = "21", "佤族", ("佤",)
    SH = "22", "畲族", ("畲",)
    GS = "23", "高山族", ("高山",)
    LH = "24", "拉祜族", ("拉祜",)
    SU = "25", "水族", ("水",)
    DX = "26", "东乡族", ("东乡",)
    NX = "27", "纳西族", ("纳西",)
    JP = "28", "景颇族", ("景颇",)
    KG = "29", "柯尔克孜族", ("柯尔克孜",)
    TU = "30", "土族", ("土",)
    DU = "31", "达斡尔族", ("达斡尔",)
    ML = "32", "仫佬族", ("仫佬",)
    QI = "33", "羌族", ("羌",)
    BL = "34", "布朗族", ("布朗",)
    SL = "35", "撒拉族", ("撒拉",)
    MN = "36", "毛南族", ("毛南",)
    GL = "37", "仡佬族", ("仡佬",)
    XB = "38", "锡伯族", ("锡伯",)
    AC = "39", "阿昌族", ("阿昌",)
    PM = "40", "普米族", ("普米",)
    TA = "41", "塔吉克族", ("塔吉克",)
    NU = "42", "怒族", ("怒",)
    UZ = "43", "乌孜别克族", ("乌孜别克",)
    RS = "44", "俄罗斯族", ("俄罗斯",)
    EW = "45", "鄂温克族", ("鄂温克",)
    DE = "46", "德昂族", ("德昂",)
    BN = "47", "保安族", ("保安",)
    YG = "48", "裕固族", ("裕固",)
    GI = "49", "京族", ("京",)
    TT = "50", "塔塔尔族", ("塔塔尔",)
    DR = "51", "独龙族", ("独龙",)
    OR = "52", "鄂伦春族", ("鄂伦春",)
    HZ = "53", "赫哲族", ("赫哲",)
    MB = "54", "门巴族", ("门巴",)
    LB = "55", "珞巴族", ("珞巴",)
    JN = "56", "基诺族", ("基诺",)
    OTHER = "97", "其他"
    NATURALISED = "98", "外国血统中国籍人士"


class SignKind(Labelled):
    """What shows that a union or a member lives."""

    DUES = "dues", "会费"
    ACTIVITY = "activity", "活动签到"
    BENEFIT = "benefit", "普惠领取"
    CONTACT = "contact", "联系"
    CONFIRMATION = "confirmation", "本会确认"
    LOGIN = "login", "本人登录"


class TransferState(Labelled):
    """Where a transfer stands; it is never deleted."""

    ASKED = "asked", "待接收"
    ACCEPTED = "accepted", "已接收"
    REFUSED = "refused", "未接收"
    WITHDRAWN = "withdrawn", "已撤回"


class TransferSide(Labelled):
    """Who asked for a transfer; the other side answers, and for a member the receiving union."""

    SENDER = "sender", "转出工会"
    MEMBER = "member", "会员本人"
    RECEIVER = "receiver", "接收工会"
