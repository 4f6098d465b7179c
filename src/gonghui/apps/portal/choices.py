"""What a member may ask to have corrected, and where the request stands."""

from gonghui.kernel.labelled import Labelled


class CorrectionField(Labelled):
    NAME = "name", "姓名"
    PHONE = "phone", "手机号码"
    EDUCATION = "education", "学历"
    POLITICS = "politics", "政治面貌"
    SKILL = "skill_level", "技能等级"
    OCCUPATION = "occupation", "职业工种"
    ORGANISATION = "organisation", "所在工会"
    OTHER = "other", "其他"


class CorrectionState(Labelled):
    ASKED = "asked", "待答复"
    DONE = "done", "已更正"
    REFUSED = "refused", "未更正"


APPLIED = (
    CorrectionField.NAME,
    CorrectionField.PHONE,
    CorrectionField.EDUCATION,
    CorrectionField.POLITICS,
    CorrectionField.SKILL,
)
"""Fields that an accepted correction writes by itself; the others are done by hand and answered in words."""
