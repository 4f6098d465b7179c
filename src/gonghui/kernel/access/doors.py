"""The doors of the platform: every route stands behind exactly one, and a test walks all routes to see it.

A door finds out who is there, gives the transaction its scope, and refuses who may not enter. It marks the view
with `door`, which the authorization matrix reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.utils import timezone

from ..scope import take_scope_of
from ..trail.services import record
from ..viewer import OUTSIDER, Viewer
from .choices import AccountKind, Role
from .models import Account, Post
from .queries import posts_of, root_path, viewer_for
from .rules import PERMISSIONS
from .sessions import SECOND_FACTOR, is_as_member

View = Callable[..., HttpResponseBase]
POST_KEY = "post"


class GonghuiRequest(HttpRequest):
    """A request that went through a door."""

    viewer: Viewer
    posts: list[Post]
    """Of the account, to choose among; read once for the door and the page."""
    request_id: str


@dataclass(frozen=True)
class Door:
    """Which door a view stands behind, and the permission it asks for."""

    kind: str  # public | signed_in | member | desk | token
    permission: str | None = None


def identify(request: HttpRequest) -> Viewer:
    """The viewer of a browser request; takes the scope for the running transaction."""
    account = request.user if isinstance(request.user, Account) else None
    wanted = request.session.get(POST_KEY) if account else None
    as_member = account is not None and is_as_member(request)
    today, posts = timezone.localdate(), []
    if account is not None and account.is_active and account.kind == AccountKind.STAFF and not as_member:
        posts = posts_of(account, today)
    viewer = viewer_for(account, wanted, today, getattr(request, "request_id", ""), as_member, posts)
    take_scope_of(viewer)
    known = cast(GonghuiRequest, request)
    known.viewer, known.posts = viewer, posts
    return viewer


def refused(request: HttpRequest, viewer: Viewer, permission: str) -> HttpResponse:
    """403 page naming the missing permission; the attempt itself goes on the trail."""
    record(
        viewer,
        "access.refused",
        path=viewer.lo or root_path(),
        object_type="route",
        object_id=(request.resolver_match.view_name if request.resolver_match else "")[:60],
        detail={"permission": permission},
        refused=True,
    )
    context = {"permission": PERMISSIONS.get(permission, permission), "permission_code": permission}
    return render(request, "gonghui/403.html", context, status=403)


def rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Draw a page inside its door: the scope ends with the view's transaction, and a lazy template would miss it."""
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.render()
    return response


def public(view: View) -> View:
    """Anybody may enter; the scope stays closed."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        identify(request)
        return rendered(view(request, *args, **kwargs))

    inner.door = Door("public")  # type: ignore[attr-defined]
    return inner


def signed_in(view: View) -> View:
    """Any account that is logged in, with or without a post."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer = identify(request)
        if viewer.account_id is None:
            return redirect_to_login(request.get_full_path())
        return rendered(view(request, *args, **kwargs))

    inner.door = Door("signed_in")  # type: ignore[attr-defined]
    return inner


def member(view: View) -> View:
    """A member on the phone, for their own matters."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer = identify(request)
        if viewer.account_id is None:
            return redirect_to_login(request.get_full_path(), "/m/login/")
        if viewer.person_id is None:
            return refused(request, viewer, "self.view")
        return rendered(view(request, *args, **kwargs))

    inner.door = Door("member", "self.view")  # type: ignore[attr-defined]
    return inner


def unfinished(request: HttpRequest) -> str:
    """The page that an account has to go through before it may work at the desk."""
    account = cast(Account, request.user)
    if account.must_change_password:
        return "access:password"
    if account.second_factor_required and not request.session.get(SECOND_FACTOR):
        return "mfa_index"
    return ""


def desk(permission: str) -> Callable[[View], View]:
    """Staff at the desk, acting in one post that holds `permission`."""
    if permission not in PERMISSIONS:
        raise ValueError(f"unknown permission {permission}")

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = identify(request)
            if viewer.account_id is None:
                return redirect_to_login(request.get_full_path())
            if viewer.role != Role.MEMBER and (step := unfinished(request)):
                return redirect(step)
            if not viewer.may(permission):
                return refused(request, viewer, permission)
            return rendered(view(request, *args, **kwargs))

        inner.door = Door("desk", permission)  # type: ignore[attr-defined]
        return inner

    return wrap


__all__ = [
    "OUTSIDER",
    "Door",
    "GonghuiRequest",
    "desk",
    "identify",
    "member",
    "public",
    "refused",
    "signed_in",
    "unfinished",
]
