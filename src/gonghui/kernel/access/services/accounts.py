"""Accounts and posts: made and asked for by one person, granted and taken back by another (三权分立)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ...org.models import Organisation
from ...org.services import hold
from ...people.models import Appointment, Person
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import SYSTEM, Viewer
from .. import rules, sessions
from ..choices import SEPARATED, AccountKind, Role
from ..models import Account, Post

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without l, o, 0 and 1: a first password is read out over the telephone."""

STAFF_ROLES = [role for role in Role if role not in (Role.MEMBER, Role.OUTSIDER)]


def _first_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _note(actor: Viewer, verb: str, post: Post, reason: str = "", **detail: object) -> None:
    record(
        actor, verb, path=post.path, object_type="post", object_id=post.pk, object_name=post.account.name,
        subject_id=post.account.person_id, reason=reason,
        detail={"角色": Role(post.role).label, "账号": post.account_id, **detail},
    )  # fmt: skip


def same_person(account: Account) -> set[int]:
    """Accounts of the same natural person: by the person they belong to, the offices behind their posts, mergers.

    Crosses the actor's range: a person may hold a post in another city, and separation must see it.
    """
    with widened():
        offices = account.posts.values_list("appointment__person_id", flat=True)
        persons = {pk for pk in (account.person_id, *offices) if pk is not None}
        persons |= set(
            Person.objects.filter(pk__in=persons, merged_into__isnull=False).values_list("merged_into_id", flat=True)
        )
        persons |= set(Person.objects.filter(merged_into__in=persons).values_list("pk", flat=True))
        found = Account.objects.filter(
            Q(pk=account.pk) | Q(person_id__in=persons) | Q(posts__appointment__person_id__in=persons)
        )
        return set(found.values_list("pk", flat=True))


def held_roles(account: Account, on: date) -> list[str]:
    """Roles that the natural person behind an account holds or has been asked for, anywhere."""
    accounts = same_person(account)
    with widened():
        open_posts = Post.objects.filter(account_id__in=accounts).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        return list(open_posts.values_list("role", flat=True))


def _refuse_clash(held: list[str], wanted: str) -> None:
    other = rules.clash(held, wanted)
    if other:
        raise Refusal(
            "GH-ACC-101",
            f"本人已是{Role(other).label}，不能同时担任{Role(wanted).label}",
            "role",
            "系统管理员、安全管理员、审计员由三个不同的人担任（网络安全等级保护要求）",
        )


def _office(account: Account, organisation: Organisation, appointment: Appointment | None) -> Appointment | None:
    """The office a post is granted for: the given one, or the person's open office in that organisation."""
    if appointment is not None or account.person_id is None:
        return appointment
    mine = Appointment.objects.filter(person_id=account.person_id, organisation=organisation, valid_to__isnull=True)
    return mine.order_by("pk").first()


@transaction.atomic
def create_account(
    actor: Viewer,
    *,
    username: str,
    name: str,
    organisation: Organisation,
    role: str,
    reason: str,
    department: str = "",
    title: str = "",
    appointment: Appointment | None = None,
    second_factor: bool = False,
) -> tuple[Account, Post, str]:
    """Make a staff account and ask for its first post. Returns the first password, which is never shown again.

    A person who has logged in as a member keeps that one account: it becomes the staff account.
    """
    rules.require(actor, "account.manage")
    username = rules.check_username(username)
    name = name.strip()
    if not name or len(name) > 60:
        raise Refusal("GH-ACC-011", "填写使用人的姓名", "name", "一个账号只给一个人用")
    person = appointment.person if appointment else None
    account = Account.objects.filter(person=person).first() if person else None
    taken = Account.objects.filter(username__iexact=username).exclude(pk=account.pk if account else 0).exists()
    if taken:
        raise Refusal("GH-ACC-012", f"用户名“{username}”已有人用", "username", "换一个，例如加上单位简称")
    if account is not None and account.kind == AccountKind.STAFF:
        raise Refusal("GH-ACC-013", f"{account.name}已有账号“{account.username}”", "username", "给这个账号增加岗位")
    password = _first_password()
    account = account or Account(person=person)
    account.username, account.name, account.kind = username, name, AccountKind.STAFF
    account.must_change_password, account.second_factor_required = True, second_factor
    account.set_password(password)
    account.save()
    sessions.end(account)
    post = _ask(actor, account, organisation, role, department, title, appointment, reason)
    _note(actor, "access.account_created", post, reason)
    return account, post, password


@transaction.atomic
def ask_post(
    actor: Viewer,
    *,
    account: Account,
    organisation: Organisation,
    role: str,
    reason: str,
    department: str = "",
    title: str = "",
    appointment: Appointment | None = None,
) -> Post:
    """Ask for one more post of an account; it stays without effect until a security officer grants it."""
    rules.require(actor, "post.ask")
    post = _ask(actor, account, organisation, role, department, title, appointment, reason)
    _note(actor, "access.post_asked", post, reason)
    return post


def _ask(
    actor: Viewer,
    account: Account,
    organisation: Organisation,
    role: str,
    department: str,
    title: str,
    appointment: Appointment | None,
    reason: str,
) -> Post:
    if role not in STAFF_ROLES:
        raise Refusal("GH-ACC-102", "没有这种角色", "role", "从名单里选")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-ACC-103", "只能为本级和下级组织提出授权", "organisation")
    if account.kind != AccountKind.STAFF or not account.is_active:
        raise Refusal("GH-ACC-104", "这个账号已停用或不是工作人员账号", "account")
    if appointment is not None and appointment.valid_to is not None:
        raise Refusal("GH-ACC-105", "这项任职已结束", "appointment", "按现任职务提出")
    if len(reason.strip()) < 4:
        raise Refusal("GH-ACC-106", "写明为什么需要这个岗位", "reason", "例如“接替调离的某某，负责名册导入”")
    organisation = hold(organisation.pk)
    today = timezone.localdate()
    _refuse_clash(held_roles(account, today), role)
    if Post.objects.filter(account=account, organisation=organisation, role=role, valid_to__isnull=True).exists():
        raise Refusal("GH-ACC-107", f"已有或已提出过{organisation.name}的{Role(role).label}岗位", "role")
    return Post.objects.create(
        account=account,
        organisation=organisation,
        path=organisation.path,
        role=role,
        department=department.strip()[:60],
        title=title.strip()[:60],
        appointment=_office(account, organisation, appointment),
        valid_from=today,
        asked_by=actor.account_id,
    )


def _held(actor: Viewer, post: Post) -> Post:
    """The post, locked and fresh, inside the actor's range."""
    found: Post | None = Post.objects.visible(actor).select_for_update().filter(pk=post.pk).first()
    if found is None:
        raise Refusal("GH-ACC-108", "这个岗位不在当前岗位的范围内")
    return found


def _own_accounts(actor: Viewer) -> set[int]:
    account = Account.objects.filter(pk=actor.account_id or 0).first()
    return same_person(account) if account else set()


@transaction.atomic
def grant_post(actor: Viewer, *, post: Post) -> Post:
    """Grant what was asked: by somebody else than who asked and who gets it. In force with the next request."""
    rules.require(actor, "post.grant")
    post = _held(actor, post)
    today = timezone.localdate()
    if post.granted_by is not None or (post.valid_to is not None and post.valid_to <= today):
        raise Refusal("GH-ACC-110", "这个岗位已批准或已不再申请")
    mine = _own_accounts(actor)
    if post.asked_by in mine:
        raise Refusal("GH-ACC-111", "提出授权的人不能自己批准", hint="由另一名安全管理员批准")
    if post.account_id in mine:
        raise Refusal("GH-ACC-112", "不能给自己授权", hint="由另一名安全管理员批准")
    if not post.account.is_active:
        raise Refusal("GH-ACC-113", "账号已停用，先恢复账号再批准岗位")
    held = held_roles(post.account, today)
    held.remove(post.role)
    _refuse_clash(held, post.role)
    post.granted_by, post.granted_at, post.valid_from = actor.account_id, timezone.now(), today
    post.save(update_fields=["granted_by", "granted_at", "valid_from"])
    _note(actor, "access.post_granted", post)
    return post


@transaction.atomic
def decline_post(actor: Viewer, *, post: Post, reason: str) -> Post:
    """Say no to what was asked."""
    rules.require(actor, "post.grant")
    post = _held(actor, post)
    if post.granted_by is not None or post.valid_to is not None:
        raise Refusal("GH-ACC-110", "这个岗位已批准或已不再申请")
    return _close(actor, post, reason, "access.post_declined")


@transaction.atomic
def revoke_post(actor: Viewer, *, post: Post, reason: str) -> Post:
    """Take a post back; it is over with the next request of whoever held it, and so are its tokens."""
    rules.require(actor, "post.grant")
    post = _held(actor, post)
    if post.granted_by is None or (post.valid_to is not None and post.valid_to <= timezone.localdate()):
        raise Refusal("GH-ACC-114", "这个岗位没有生效或已收回")
    if post.account_id in _own_accounts(actor):
        raise Refusal("GH-ACC-115", "不能收回自己的岗位", hint="由另一名安全管理员收回")
    return _close(actor, post, reason, "access.post_revoked")


def _close(actor: Viewer, post: Post, reason: str, verb: str) -> Post:
    if len(reason.strip()) < 4:
        raise Refusal("GH-ACC-116", "写明理由", "reason", "例如“已调离本单位”")
    post.valid_to, post.revoked_reason = timezone.localdate(), reason.strip()[:200]
    post.save(update_fields=["valid_to", "revoked_reason"])
    post.tokens.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    _note(actor, verb, post, reason)
    return post


def _reachable(actor: Viewer, account: Account) -> Post:
    """One post of the account in the actor's range: what makes the account the actor's business."""
    post: Post | None = Post.objects.visible(actor).filter(account=account).order_by("-pk").first()
    if post is None or account.kind != AccountKind.STAFF:
        raise Refusal("GH-ACC-120", "这个账号不在当前岗位的范围内")
    return post


@transaction.atomic
def suspend_account(actor: Viewer, *, account: Account, reason: str) -> Account:
    """Shut an account out at once, on every device."""
    rules.require(actor, "account.suspend")
    post = _reachable(actor, account)
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.pk in _own_accounts(actor):
        raise Refusal("GH-ACC-121", "不能停用自己的账号", hint="由另一名安全管理员停用")
    if not account.is_active:
        raise Refusal("GH-ACC-122", "这个账号已停用")
    if len(reason.strip()) < 4:
        raise Refusal("GH-ACC-116", "写明理由", "reason", "例如“手机遗失，暂停使用”")
    account.is_active, account.suspended_reason = False, reason.strip()[:200]
    account.save(update_fields=["is_active", "suspended_reason"])
    sessions.end(account)
    _note(actor, "access.account_suspended", post, reason)
    return account


@transaction.atomic
def restore_account(actor: Viewer, *, account: Account, reason: str) -> Account:
    """Let a suspended account in again."""
    rules.require(actor, "account.suspend")
    post = _reachable(actor, account)
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.is_active:
        raise Refusal("GH-ACC-123", "这个账号没有停用")
    account.is_active, account.suspended_reason = True, ""
    account.save(update_fields=["is_active", "suspended_reason"])
    _note(actor, "access.account_restored", post, reason)
    return account


@transaction.atomic
def reset_password(actor: Viewer, *, account: Account, reason: str) -> str:
    """A new first password for somebody who has lost theirs; second factors stay as they are."""
    rules.require(actor, "account.manage")
    post = _reachable(actor, account)
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.pk == actor.account_id:
        raise Refusal("GH-ACC-124", "自己的密码在“账号与登录方式”里修改")
    if len(reason.strip()) < 4:
        raise Refusal("GH-ACC-116", "写明理由", "reason", "例如“本人当面说明忘记密码”")
    password = _first_password()
    account.set_password(password)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    sessions.end(account)
    _note(actor, "access.password_reset", post, reason)
    return password


@transaction.atomic
def install_officers(organisation: Organisation, officers: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The first three accounts of a new installation, {role: (user name, name)}; returns user name → password.

    Only while there is no post at all: afterwards every post is asked for by one person and granted by another.
    """
    with widened():
        if Post.objects.exists():
            raise Refusal("GH-ACC-130", "已有账号，后续账号由系统管理员建立、安全管理员批准")
        if set(officers) != SEPARATED or len({name for _, name in officers.values()}) != len(SEPARATED):
            raise Refusal("GH-ACC-131", "系统管理员、安全管理员、审计员各要一个人")
        passwords = {}
        for role, (username, name) in officers.items():
            account = Account(username=rules.check_username(username), name=name, kind=AccountKind.STAFF)
            account.must_change_password = True
            passwords[account.username] = _first_password()
            account.set_password(passwords[account.username])
            account.save()
            post = Post.objects.create(
                account=account, organisation=organisation, path=organisation.path, role=role,
                valid_from=timezone.localdate(), granted_by=account.pk, granted_at=timezone.now(),
            )  # fmt: skip
            _note(SYSTEM, "access.account_created", post, "首次安装")
    return passwords
