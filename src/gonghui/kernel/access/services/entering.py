"""Coming in and going out: what the trail keeps of log-ins, posts switched, passwords changed."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from ...refusal import Refusal
from ...trail.services import record
from ...viewer import OUTSIDER, Viewer
from .. import sessions
from ..models import Account, Post
from ..queries import home_path, posts_of, root_path, viewer_for


def acting_as(account: Account, request: HttpRequest) -> Viewer:
    """Who an account is while it comes in, for the trail."""
    return viewer_for(account, None, timezone.localdate(), getattr(request, "request_id", ""))


def note(account: Account, request: HttpRequest, verb: str, **detail: object) -> None:
    """One record of what an account did to itself."""
    record(
        acting_as(account, request),
        verb,
        path=home_path(account, timezone.localdate()),
        object_type="account",
        object_id=account.pk,
        object_name=account.name,
        subject_id=account.person_id,
        detail=detail,
    )


def note_login(account: Account, request: HttpRequest) -> None:
    methods = [
        entry.get("type") or entry.get("method") for entry in request.session.get("account_authentication_methods", [])
    ]
    note(account, request, "access.login", 方式=sorted({str(method) for method in methods}))
    Account.objects.filter(pk=account.pk).update(last_login=timezone.now())


def note_failure(username: str, request: HttpRequest, *, locked: bool) -> None:
    """A wrong password. What was typed is not kept: it may be a password in the wrong field."""
    account = Account.objects.filter(username__iexact=username).first()
    record(
        OUTSIDER,
        "access.locked" if locked else "access.login_failed",
        path=home_path(account, timezone.localdate()) if account else root_path(),
        object_type="account",
        object_id=account.pk if account else "",
        object_name=account.name if account else "没有这个用户名",
        refused=True,
    )


def log_out(request: HttpRequest, account: Account) -> None:
    note(account, request, "access.logout")
    sessions.leave(request)


@transaction.atomic
def switch_post(actor: Viewer, request: HttpRequest, account: Account, post_id: int) -> Post:
    """Act for another post from here on; the session key is rotated, because rights change."""
    chosen = next((post for post in posts_of(account, timezone.localdate()) if post.pk == post_id), None)
    if chosen is None:
        raise Refusal("GH-ACC-020", "这个岗位已收回或还没批准", hint="页面上方列出的岗位都可以切换")
    Account.objects.filter(pk=account.pk).update(active_post=chosen)
    record(
        actor, "access.post_switched", path=chosen.path, object_type="post", object_id=chosen.pk,
        object_name=chosen.get_role_display(), detail={"原岗位": actor.post_id},
    )  # fmt: skip
    request.session["post"] = chosen.pk
    sessions.rotate(request)
    return chosen


def change_password(actor: Viewer, request: HttpRequest, account: Account, new: str) -> None:
    """Set a new password; every other browser is logged out, this one gets a new session key."""
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise Refusal("GH-ACC-021", "；".join(error.messages), "new", "用10位以上、别处没有用过的密码") from None
    if account.check_password(new):
        raise Refusal("GH-ACC-022", "新密码和现在的一样", "new", "换一个")
    with transaction.atomic():
        account.set_password(new)
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
        before = request.session.session_key
        update_session_auth_hash(request, account)
        sessions.follow(request, before)
        sessions.end(account, keep=request.session.session_key)
        record(
            actor, "access.password_changed", path=home_path(account, timezone.localdate()), object_type="account",
            object_id=account.pk, object_name=account.name,
        )  # fmt: skip


@transaction.atomic
def end_other_sessions(actor: Viewer, request: HttpRequest, account: Account) -> int:
    """Log out everywhere but here."""
    count = sessions.end(account, keep=request.session.session_key)
    record(
        actor, "access.sessions_ended", path=home_path(account, timezone.localdate()), object_type="account",
        object_id=account.pk, object_name=account.name, detail={"个数": count},
    )  # fmt: skip
    return count
