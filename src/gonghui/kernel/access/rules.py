"""What roles may do, and what posts may not be held together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

import yaml

from ..org.rules import subtree
from .choices import SEPARATED, Role

REVEALS_PER_DAY = 50
"""How many sealed values one account may unmask in a day when no rule says otherwise (`reveal.daily_cap`)."""

PERMISSIONS: dict[str, str] = {
    "org.view": "查看组织",
    "org.manage": "维护组织资料",
    "org.restructure": "建会、转隶、并转、分设、撤销",
    "org.publish": "维护门户内容",
    "member.view": "查看会员",
    "member.manage": "办理入会、转会、保留、离会",
    "member.reveal": "说明理由后查看完整证件号和手机号",
    "member.merge": "合并重复登记的人员",
    "officer.manage": "维护任职",
    "roster.import": "导入名册",
    "roster.export": "导出名册",
    "vitality.view": "查看活力体检",
    "vitality.review": "开展活力体检",
    "vitality.decide": "处置纸上工会和纸上会员",
    "vitality.confirm": "代表本会确认活力",
    "account.view": "查看账号",
    "account.manage": "建立和维护账号",
    "account.suspend": "停用账号",
    "post.ask": "提出授权",
    "post.grant": "批准和收回授权",
    "token.manage": "管理接口令牌",
    "trail.view": "查看留痕",
    "trail.view_access": "查看登录和授权留痕",
    "trail.export": "导出留痕",
    "rule.view": "查看规则",
    "rule.manage": "维护规则",
    "figure.view": "查看数字",
    "visit.record": "登记走访",
    "self.view": "查看本人资料",
}


@lru_cache(maxsize=1)
def role_permissions() -> dict[str, frozenset[str]]:
    """Role → permissions, read from the catalogue.

    :raises ValueError: the catalogue names a role or a permission that does not exist.
    """
    text = (files("gonghui.catalogue") / "roles.yaml").read_text(encoding="utf-8")
    table = {role: frozenset(granted) for role, granted in yaml.safe_load(text).items()}
    unknown = {word for granted in table.values() for word in granted} - PERMISSIONS.keys()
    if unknown or set(table) != set(Role.values):
        raise ValueError(f"catalogue/roles.yaml: {sorted(unknown) or set(table) ^ set(Role.values)}")
    return table


def permissions_of(role: str) -> frozenset[str]:
    return role_permissions().get(role, frozenset())


def reach_of(role: str, path: str) -> tuple[str, str]:
    """The range of organisation paths that a post at `path` reaches; judges and members reach none by it."""
    if role in (Role.JUDGE, Role.MEMBER, Role.OUTSIDER):
        return ("", "")
    return subtree(path)


def clash(held: Iterable[str], wanted: str) -> str | None:
    """The role already held that forbids `wanted` to the same account (三权分立), if any."""
    if wanted not in SEPARATED:
        return None
    return next((role for role in held if role in SEPARATED and role != wanted), None)
