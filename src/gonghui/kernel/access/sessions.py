"""Sessions: how long they last, which browsers are logged in, and ending them from elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import rules
from .choices import AccountKind
from .models import Account, AccountSession

STARTED, SEEN, AS_MEMBER, SECOND_FACTOR = (
    "gonghui.started",
    "gonghui.seen",
    "gonghui.member",
    "gonghui.second",
)
_NOTE_EVERY = 60.0
"""Seconds between writes of "last seen", so that reading pages costs no write."""


def is_as_member(request: HttpRequest) -> bool:
    """The log-in proved a phone only: such a session is a member's, even when the account holds posts."""
    return bool(request.session.get(AS_MEMBER))


def begin(request: HttpRequest, account: Account, *, as_member: bool) -> None:
    """Give a fresh log-in its terms; Django has rotated the session key already."""
    now = time.time()
    session = request.session
    session[STARTED] = session[SEEN] = now
    session[AS_MEMBER] = as_member
    session[SECOND_FACTOR] = not as_member and is_mfa_enabled(account)
    session.set_expiry(rules.MEMBER_LONGEST if as_member else rules.STAFF_LONGEST)
    if session.session_key is None:
        session.create()
    AccountSession.objects.update_or_create(
        session_key=session.session_key,
        defaults={
            "account": account,
            "device": rules.device(request.headers.get("User-Agent", "")),
            "address": rules.shown_address(request.META.get("REMOTE_ADDR", "")),
            "as_member": as_member,
            "seen_at": timezone.now(),
        },
    )


def rotate(request: HttpRequest) -> None:
    """A new session key for the same log-in, so that a key seen under one post is worth nothing under the next."""
    old = request.session.session_key
    request.session.cycle_key()
    AccountSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def follow(request: HttpRequest, old: str | None) -> None:
    """After Django itself has rotated the key (a changed password)."""
    AccountSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def note_second_factor(request: HttpRequest, account: Account) -> None:
    """After a factor was added or taken away in this session."""
    enabled = is_mfa_enabled(account)
    if request.session.get(SECOND_FACTOR) != enabled:
        request.session[SECOND_FACTOR] = enabled


def end(account: Account, *, keep: str | None = None) -> int:
    """End the sessions of an account on every device, but for the one to keep. Returns how many."""
    mine = AccountSession.objects.filter(account=account).exclude(session_key=keep or "")
    keys = list(mine.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    mine.delete()
    return len(keys)


def end_one(account: Account, pk: int) -> bool:
    one = AccountSession.objects.filter(account=account, pk=pk).first()
    if one is None:
        return False
    Session.objects.filter(session_key=one.session_key).delete()
    one.delete()
    return True


def leave(request: HttpRequest) -> None:
    """Log out of this browser."""
    AccountSession.objects.filter(session_key=request.session.session_key or "").delete()
    logout(request)


def _why_over(session: SessionBase, now: float) -> str:
    return rules.overdue(
        member=bool(session.get(AS_MEMBER)), started=session[STARTED], seen=session.get(SEEN, now), now=now
    )


class SessionRules:
    """Middleware: ends what is overdue before any view runs, and notes that a session is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if session.session_key and SESSION_KEY in session:
            now = time.time()
            if STARTED not in session:
                self.adopt(request)
            elif why := _why_over(session, now):
                leave(request)
                messages.info(request, why)
            elif now - session.get(SEEN, 0) > _NOTE_EVERY:
                session[SEEN] = now
                AccountSession.objects.filter(session_key=session.session_key).update(seen_at=timezone.now())
        return self.get_response(request)

    @staticmethod
    def adopt(request: HttpRequest) -> None:
        """A session that did not come through our log-in pages gets the same terms from here on."""
        account = request.user
        if isinstance(account, Account):
            begin(request, account, as_member=account.kind == AccountKind.MEMBER)
