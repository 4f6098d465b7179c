"""Who comes to the door: every role, and everybody who is no longer, not yet or not at all entitled."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access import sessions
from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.rules import token_digest
from gonghui.kernel.factories import make_account, make_member, make_post
from gonghui.kernel.models import Account, ApiToken, Post

from .places import Site

STAFF = tuple(role.value for role in Role if role not in (Role.MEMBER, Role.OUTSIDER))
STATES = ("no_post", "expired", "not_yet", "asked", "revoked", "suspended", "must_change", "second_factor")
"""Accounts of an organising officer whose entitlement has something missing, and the account without any post."""


@dataclass(frozen=True)
class Actor:
    """A visitor: `role` decides what is allowed, `level` where the post stands, `state` what is wrong with it."""

    role: str
    level: str = "county"
    state: str = ""

    def __str__(self) -> str:
        return f"{self.state or self.role}-{self.level}"


BELOW = ("organising", "grassroots_chair", "rights", "leader", "auditor")
"""Roles that are asked a second time with their post at a grassroots union; the rule is the same for all."""


def actors() -> list[Actor]:
    """The rows of the matrix."""
    posts = [*(Actor(role, "county") for role in STAFF), *(Actor(role, "union") for role in BELOW)]
    wrong = [Actor("organising", "county", state) for state in STATES]
    return [*posts, *wrong, Actor("member"), Actor("outsider")]


@dataclass
class Visitor:
    """An actor with a browser and a token."""

    actor: Actor
    client: Client
    session: str
    secret: str
    account_id: int = 0
    person_id: int | None = None

    def ask(self, method: str, address: str, *, api: bool, body: Any = None, media: str = "", **headers: str) -> Any:
        """One request; the cookies are those of a fresh page each time, whatever the answer before did to them."""
        self.client.cookies.clear()
        if api:
            sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
            if media.startswith("multipart/"):
                return self.client.post(address, body, headers=sent | headers)
            return self.client.generic(
                method, address, _json(body), content_type="application/json", headers=sent | headers
            )
        if self.session:
            self.client.cookies["sessionid"] = self.session
        if method == "GET":
            return self.client.get(address, body, headers=headers)
        return self.client.post(address, body or {}, headers=headers)


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


def session_of(account: Account, *, as_member: bool = False, second_factor: bool = False) -> str:
    """A logged-in session without the log-in pages and without hashing a password."""
    store = SessionStore()
    now = timezone.now().timestamp()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store[sessions.STARTED] = store[sessions.SEEN] = now
    store[sessions.AS_MEMBER] = as_member
    store[sessions.SECOND_FACTOR] = second_factor
    store.create()
    assert store.session_key
    return store.session_key


def _spoil(post: Post, state: str) -> None:
    """Take away what the state says is missing."""
    today, account = timezone.localdate(), post.account
    if state == "expired":
        post.valid_to = today - timedelta(days=1)
    elif state == "not_yet":
        post.valid_from = today + timedelta(days=1)
    elif state == "asked":
        post.granted_by = None
    elif state == "revoked":
        post.valid_to, post.revoked_reason = today, "调离"
    elif state == "suspended":
        account.is_active = False
    elif state == "must_change":
        account.must_change_password = True
    elif state == "second_factor":
        account.second_factor_required = True
    account.save()
    post.save()


def make_token(post: Post, secret: str) -> str:
    ApiToken.objects.create(
        post=post, name="测试", prefix="gh_test", digest=token_digest(secret), created_by=post.account_id,
        expires_on=timezone.localdate() + timedelta(days=30), last_used_at=timezone.now(),
    )  # fmt: skip
    return secret


def make_visitor(actor: Actor, sites: dict[str, Site]) -> Visitor:
    """The actor's account, post, session and token."""
    client = Client(raise_request_exception=False)
    own = sites[actor.level].organisation
    if actor.role == "outsider":
        return Visitor(actor, client, "", "")
    if actor.role == "member":
        membership = make_member(own, "郭小安")
        account = make_account("m-matrix", "郭小安", "member", membership.person)
        return Visitor(
            actor,
            client,
            session_of(account, as_member=True),
            "gh_test_no_such_token",
            account.pk,
            membership.person_id,
        )
    if actor.state == "no_post":
        return Visitor(actor, client, session_of(make_account("nobody", "周无岗")), "gh_test_no_such_token")
    post = make_post(own, actor.role, f"{actor.role}-{actor.level}-{actor.state}"[:40], "周敏")
    if actor.state:
        _spoil(post, actor.state)
    secret = make_token(post, f"gh_test_{actor}")
    return Visitor(actor, client, session_of(post.account), secret, post.account_id)


def make_visitors(wanted: Iterable[Actor], sites: dict[str, Site]) -> dict[Actor, Visitor]:
    return {actor: make_visitor(actor, sites) for actor in wanted}
