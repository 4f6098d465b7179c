"""What roles may do, and what posts may not be held together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files

from .. import yamls
from ..org.rules import subtree
from ..refusal import Refusal
from ..viewer import Viewer
from .choices import SEPARATED, Role

REVEALS_PER_DAY = 50
"""How many sealed values one account may unmask in a day when no rule says otherwise (`reveal.daily_cap`)."""

STAFF_IDLE = timedelta(minutes=30)
STAFF_LONGEST = timedelta(hours=8)
MEMBER_LONGEST = timedelta(days=30)

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
CODES_APART = timedelta(minutes=1)
CODES_PER_DAY = 10
CODES_PER_ADDRESS_MINUTE = 10
CODES_PER_ADDRESS_DAY = 300
"""A workshop's network and a mobile carrier put thousands of members behind one address, so an address gets more
than a phone does; what protects one person is the limit of their phone."""
PAPER_TRIES = 3

TOKEN_LONGEST = timedelta(days=366)
ACCESS_VERBS = "access."
"""Trail verbs that begin so are log-ins and grants: what a security officer may read."""

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
    "message.view": "查看消息发送情况",
    "trail.view": "查看留痕",
    "trail.view_access": "查看登录和授权留痕",
    "trail.export": "导出留痕",
    "assessment.manage": "维护评价标准、开展评价",
    "fund.view": "查看资金单据",
    "fund.approve": "审批资金单据",
    "fund.pay": "办理支付",
    "case.handle": "办理帮扶和维权个案",
    "voice.view": "查看职工意见和实事项目",
    "voice.handle": "办理职工意见",
    "voice.visit": "登记走访",
    "project.manage": "遴选和实施实事项目",
    "honour.view": "查看表彰",
    "honour.confer": "表彰命名",
    "contest.manage": "组织竞赛和评选",
    "benefit.view": "查看普惠项目",
    "benefit.manage": "编制普惠项目、办理名额",
    "benefit.publish": "发布和取消普惠项目",
    "benefit.checkin": "签到核销",
    "benefit.redeem": "核销本商户的票券",
    "place.view": "查看阵地",
    "place.manage": "登记和管理阵地",
    "place.fix": "处理阵地的问题、巡查",
    "wish.view": "查看微心愿",
    "wish.manage": "核对和办理微心愿",
    "learning.view": "查看答题和阅读",
    "learning.manage": "组织答题和阅读",
    "application.make": "代表组织或职工提出申请",
    "application.view": "查看办件",
    "application.handle": "办理申请",
    "procedure.view": "查看办事流程",
    "procedure.manage": "编写和发布办事流程",
    "rule.view": "查看规则",
    "rule.manage": "维护规则",
    "figure.view": "查看数字",
    "figure.manage": "编写和发布数字",
    "target.manage": "设定和分解目标",
    "target.answer": "答复目标",
    "report.view": "查看工作报告",
    "report.write": "起草工作报告",
    "report.sign": "审定工作报告",
    "report.issue": "印发工作报告",
    "report.template": "编写报告模板",
    "reform.view": "查看产改计划",
    "reform.manage": "编制和发布计划、组织试点和督查",
    "reform.answer": "办理本单位承担的任务和整改",
    "form.view": "查看填报的报表",
    "form.fill": "填报和答复报表事项",
    "form.sign": "签发和报出报表",
    "form.manage": "收入和对照表样",
    "congress.view": "查看民主管理",
    "congress.manage": "组织职代会、办理提案",
    "bargain.manage": "开展集体协商、登记集体合同",
    "visit.record": "登记走访",
    "self.view": "查看本人资料",
}


@lru_cache(maxsize=1)
def role_permissions() -> dict[str, frozenset[str]]:
    """Role → permissions, read from the catalogue.

    :raises ValueError: the catalogue names a role or a permission that does not exist.
    """
    text = (files("gonghui.catalogue") / "roles.yaml").read_text(encoding="utf-8")
    table = {role: frozenset(granted) for role, granted in yamls.shipped(text).items()}
    unknown = {word for granted in table.values() for word in granted} - PERMISSIONS.keys()
    if unknown or set(table) != set(Role.values):
        raise ValueError(f"catalogue/roles.yaml: {sorted(unknown) or set(table) ^ set(Role.values)}")
    return table


def permissions_of(role: str) -> frozenset[str]:
    return role_permissions().get(role, frozenset())


def roles_that_may(permission: str) -> list[str]:
    """Roles that hold a permission, in the order of the catalogue."""
    return [role for role, granted in role_permissions().items() if permission in granted]


def reach_of(role: str, path: str) -> tuple[str, str]:
    """The range of organisation paths that a post at `path` reaches; judges, merchants and members reach none."""
    if role in (Role.JUDGE, Role.PROVIDER, Role.MEMBER, Role.OUTSIDER):
        return ("", "")
    return subtree(path)


def clash(held: Iterable[str], wanted: str) -> str | None:
    """The role already held that forbids `wanted` to the same account (三权分立), if any."""
    if wanted not in SEPARATED:
        return None
    return next((role for role in held if role in SEPARATED and role != wanted), None)


def require(actor: Viewer, permission: str) -> None:
    """Refuse an act for which the active post has no permission; doors ask the same before."""
    if not actor.may(permission):
        words = PERMISSIONS.get(permission, permission)
        raise Refusal("GH-ACC-001", f"当前岗位没有“{words}”权限", hint="有别的岗位就切换岗位，没有就找本单位账号管理员")


def overdue(*, member: bool, started: float, seen: float, now: float) -> str:
    """Why a session is over, in words for the log-in page; empty while it may go on."""
    if member:
        over = now - started > MEMBER_LONGEST.total_seconds()
        return "已超过30天没有验证手机号，重新登录一次" if over else ""
    if now - seen > STAFF_IDLE.total_seconds():
        return "已超过30分钟没有操作，为防他人冒用已退出，重新登录后回到刚才的页面"
    if now - started > STAFF_LONGEST.total_seconds():
        return "登录已满8小时，重新登录后回到刚才的页面"
    return ""


_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}", re.ASCII)


def check_username(text: str) -> str:
    """Lower-case letters, digits, dot, underscore and hyphen, beginning with a letter."""
    name = text.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Refusal(
            "GH-ACC-010",
            "用户名要以字母开头，用3至40位小写字母、数字、点、横线",
            "username",
            "例如 zhoumin 或 zhou.min",
        )
    return name


def device(agent: str) -> str:
    """Windows电脑·Chrome: enough to recognise one's own browser, too little to recognise a person by."""
    systems = (
        ("MicroMessenger", "微信"), ("HarmonyOS", "鸿蒙手机"), ("Android", "安卓手机"), ("iPhone", "iPhone"),
        ("iPad", "iPad"), ("Windows", "Windows电脑"), ("Mac OS", "Mac电脑"), ("Linux", "Linux电脑"),
    )  # fmt: skip
    browsers = (
        ("MicroMessenger", ""), ("Edg", "Edge"), ("QQBrowser", "QQ浏览器"), ("Firefox", "火狐"),
        ("Chrome", "Chrome"), ("Safari", "Safari"),
    )  # fmt: skip
    system = next((words for mark, words in systems if mark in agent), "其他设备")
    browser = next((words for mark, words in browsers if mark in agent), "")
    return "·".join(filter(None, (system, browser)))


def shown_address(address: str) -> str:
    """10.1.2.*: an address without its last part."""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + ":*"
    return ".".join([*address.split(".")[:3], "*"]) if address.count(".") == 3 else ""


def token_digest(secret: str) -> bytes:
    """What is kept of a token; the secret has 256 random bits, so one fast hash is enough."""
    return hashlib.sha256(secret.encode()).digest()
