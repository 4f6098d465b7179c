"""The electronic member card: a short-lived signed token without personal data, and what a stranger reads from it."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import struct
import time
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.crypto import salted_hmac

from ...refusal import Refusal
from ..choices import MembershipStatus
from ..models import Membership
from ..rules import mask_name

LIFETIME_SECONDS = 30 * 60
_SALT = "gonghui.member_card.1"
_BODY = struct.Struct(">QI4s")
_MAC = 16


@dataclass(frozen=True, slots=True)
class Card:
    """What anybody may read from a card that a member shows: nothing that finds the person again."""

    name: str
    organisation_id: int
    organisation: str
    status: str
    valid: bool
    joined: date


def card_token(membership: Membership, now: float | None = None) -> str:
    """A token for the QR code: membership id, minute and a nonce, signed; it names nobody."""
    body = _BODY.pack(membership.pk, int((now or time.time()) // 60), os.urandom(4))
    return base64.urlsafe_b64encode(body + _sign(body)).rstrip(b"=").decode()


def verify_card(token: str, now: float | None = None) -> Card:
    """The face of a card that a stranger's phone has scanned.

    :raises Refusal: GH-PER-911 not one of our tokens, 912 older than half an hour, 913 there is no such card.
    """
    if len(token) > 64 or not token.isascii():
        raise _forged()
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise _forged() from None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    if len(raw) != _BODY.size + _MAC or not hmac.compare_digest(mac, _sign(body)):
        raise _forged()
    membership_id, minute, _nonce = _BODY.unpack(body)
    age = (now or time.time()) - minute * 60
    if not -120 <= age <= LIFETIME_SECONDS + 60:
        raise Refusal("GH-PER-912", "会员证二维码已过期", None, "让持证人重新打开会员证，再扫一次")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, organisation_id, organisation_name, status, joined_on FROM membership_card(%s)",
            [membership_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refusal("GH-PER-913", "没有这张会员证", None, "由持证人联系所在工会")
    name, organisation_id, organisation, status, joined_on = row
    return Card(
        name=mask_name(name),
        organisation_id=organisation_id,
        organisation=organisation,
        status=MembershipStatus(status).label,
        valid=status != MembershipStatus.ENDED,
        joined=joined_on.replace(day=1),
    )


def _sign(body: bytes) -> bytes:
    return salted_hmac(_SALT, body, algorithm="sha256").digest()[:_MAC]


def _forged() -> Refusal:
    return Refusal("GH-PER-911", "这不是有效的会员证二维码", None, "让持证人打开会员证，直接扫屏幕上的二维码")
