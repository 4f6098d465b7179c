"""What this part of the kernel plugs in."""

from ..manifest import Entry, Manifest, Task
from ..viewer import Viewer
from . import queries
from .choices import Role


def _waiting(viewer: Viewer) -> int:
    return queries.waiting(viewer).count() if viewer.may("post.grant") else 0


def _tasks(viewer: Viewer) -> list[Task]:
    """Posts that wait for the viewer's yes or no."""
    if not viewer.may("post.grant"):
        return []
    return [
        Task(
            category="授权",
            title=f"批准{post.account.name}担任{Role(post.role).label}",
            organisation=post.organisation.name,
            url=f"/desk/accounts/{post.account_id}/",
            state="待批准",
            tone="wait",
        )
        for post in queries.waiting(viewer).order_by("pk")[:20]
    ]


MANIFEST = Manifest(
    key="access",
    title="账号与授权",
    entries=(
        Entry("账号与岗位", "access:accounts", "key", "account.view", group=9, order=10, count=_waiting),
        Entry("接口令牌", "access:tokens", "link", "token.manage", group=9, order=20),
    ),
    tasks=_tasks,
    urls="gonghui.kernel.access.urls",
    verbs={
        "access.login": "登录",
        "access.login_failed": "登录失败",
        "access.locked": "登录被锁定",
        "access.logout": "退出",
        "access.member_login": "会员登录",
        "access.refused": "打开无权的页面",
        "access.post_switched": "切换岗位",
        "access.password_changed": "修改密码",
        "access.password_reset": "重置密码",
        "access.second_factor_changed": "变更第二因素",
        "access.sessions_ended": "退出其他设备",
        "access.account_created": "建立账号",
        "access.account_suspended": "停用账号",
        "access.account_restored": "恢复账号",
        "access.post_asked": "提出岗位",
        "access.post_granted": "批准岗位",
        "access.post_declined": "退回岗位申请",
        "access.post_revoked": "收回岗位",
        "access.token_created": "建立接口令牌",
        "access.token_revoked": "作废接口令牌",
    },
)
