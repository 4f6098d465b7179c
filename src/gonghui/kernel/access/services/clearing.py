"""What is removed once it has had its time: used codes and sessions that are over."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from .. import rules
from ..models import AccountSession, IdempotencyKey, LoginCode


def clear() -> None:
    now = timezone.now()
    LoginCode.objects.filter(sent_at__lt=now - timedelta(days=2)).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    AccountSession.objects.filter(started_at__lt=now - rules.MEMBER_LONGEST).delete()
    AccountSession.objects.filter(as_member=False, started_at__lt=now - rules.STAFF_LONGEST).delete()
    IdempotencyKey.objects.filter(created_at__lt=now - timedelta(days=7)).delete()
