"""Roles of the platform and the kinds of accounts."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class Role(Labelled):
    """What a post is; `catalogue/roles.yaml` says what each may do."""

    FEDERATION_ADMIN = "federation_admin", "系统管理员"
    SECURITY_OFFICER = "security_officer", "安全管理员"
    AUDITOR = "auditor", "审计员"
    ORGANISING = "organising", "组织建设"
    RIGHTS = "rights", "权益保障"
    FINANCE = "finance", "财务资产"
    PUBLICITY = "publicity", "宣传教育"
    LEADER = "leader", "领导"
    GRASSROOTS_CHAIR = "grassroots_chair", "基层工会主席"
    GUIDE = "guide", "指导员"
    LIAISON = "liaison", "联络员"
    OBSERVER = "observer", "观察员"
    JUDGE = "judge", "评委"
    PROVIDER = "provider", "合作商户"
    MEMBER = "member", "会员"
    OUTSIDER = "outsider", "访客"


SEPARATED = frozenset({Role.FEDERATION_ADMIN, Role.SECURITY_OFFICER, Role.AUDITOR})
"""三权分立: administration, security and audit are three different persons (等保2.0 三级)."""


class AccountKind(Labelled):
    STAFF = "staff", "工作人员"
    MEMBER = "member", "会员"


class CodePurpose(Labelled):
    LOGIN = "login", "登录"
    BIND = "bind", "绑定手机号"
