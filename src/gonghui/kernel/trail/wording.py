"""Chinese for what the trail records: verbs come from the manifests, kinds of objects are named here."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

OBJECTS = {
    "account": "账号",
    "post": "岗位",
    "token": "接口令牌",
    "route": "页面",
    "organisation": "组织",
    "organisation_change": "组织变动",
    "employer": "用人单位",
    "group": "分组",
    "person": "人员",
    "membership": "会籍",
    "appointment": "任职",
    "transfer": "转会",
    "transfer_request": "转会",
    "sign": "活力记录",
    "rule": "规则",
    "procedure": "办事流程",
    "file": "文件",
    "stored_file": "文件",
    "roster": "名册导入",
    "import": "名册导入",
    "finding": "活力核查",
    "review": "活力体检",
    "application": "申请",
    "hardship_file": "困难职工档案",
    "aid": "帮扶",
    "case": "维权个案",
    "letter": "一函两书",
    "ticket": "职工诉求",
    "correction": "更正申请",
    "trail": "留痕",
    "standard": "评价标准",
    "grade": "等级",
    "grant_order": "补助单",
    "honour": "荣誉",
    "honour_campaign": "评选活动",
    "award": "评选结果",
}


@lru_cache(maxsize=1)
def verbs() -> dict[str, str]:
    """Verb → Chinese, from every manifest; the setting `GONGHUI_VERBS` names who collects them."""
    path = getattr(settings, "GONGHUI_VERBS", "")
    found: dict[str, str] = import_string(path)() if path else {}
    return found


def verb(code: str) -> str:
    """An unknown verb shows its code: better strange than hidden."""
    return verbs().get(code, code)


def kind(code: str) -> str:
    return OBJECTS.get(code, code)
