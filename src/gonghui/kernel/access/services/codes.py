"""Log-in of members: a code to the phone, then the person the phone belongs to.

Every answer is the same whether or not the phone is on record, and takes the same steps: a code is sent to any valid
number. Only whoever holds the phone, proven by the code, learns whether it is on record.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from procrastinate.contrib.django import app

from ...people.models import Person
from ...people.rules import check_phone, mask_phone
from ...refusal import Refusal
from ...scope import take_scope
from ...sealing import lookup_hash, seal, unseal
from ...trail.services import record
from .. import rules, senders, sessions
from ..choices import AccountKind, CodePurpose, Role
from ..models import Account, LoginCode, WechatBinding
from ..queries import viewer_of_member

PHONE, CODE = "person.phone", "account.login_code"
BRING = "access.bring_code"  # the job's name; jobs.py imports this module, so it is deferred by name
MINUTES = int(rules.CODE_LIVES.total_seconds() // 60)


@dataclass(frozen=True)
class Sent:
    """What the next page needs: the sealed number, its mask, and in a demonstration the code itself."""

    sealed: str
    mask: str
    shown: str = ""


def _phone_hash(phone: str) -> bytes:
    return lookup_hash("phone", phone)


def _digest(phone_hash: bytes, code: str) -> bytes:
    return lookup_hash("login_code", f"{phone_hash.hex()}:{code}")


def keep(phone: str) -> str:
    """A number as it may lie in a session between two pages."""
    return base64.b64encode(seal(phone, PHONE)).decode()


def kept(sealed: str) -> str:
    return unseal(base64.b64decode(sealed), PHONE)


def _wait_words(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))}秒"
    return f"{round(seconds / 60)}分钟" if seconds < 5400 else f"{round(seconds / 3600)}小时"


def _refuse_often(column: str, value: bytes, now: datetime, limits: tuple[tuple[timedelta, int], ...]) -> None:
    """Refuse when a phone or an address has had its share, and say when it may go on."""
    for span, most in limits:
        sent = LoginCode.objects.filter(**{column: value}, sent_at__gt=now - span).order_by("-sent_at")
        oldest = list(sent.values_list("sent_at", flat=True)[:most])
        if len(oldest) >= most:
            wait = _wait_words((oldest[-1] + span - now).total_seconds())
            raise Refusal("GH-ACC-302", f"发得太频繁，{wait}后可以再发", "phone", "收到的验证码5分钟内都有效")


def openid_of(phone: str) -> str | None:
    found = WechatBinding.objects.filter(phone_hash=_phone_hash(phone)).first()
    return unseal(bytes(found.openid_sealed), "account.openid") if found else None


def send_code(phone_text: str, *, address: str, purpose: str = CodePurpose.LOGIN) -> Sent:
    """Send a code to a phone: one a minute and ten a day for a phone.

    Senders over the network work from a job, so that the answer takes the same time for every number.
    """
    phone = check_phone(phone_text)
    phone_hash, address_hash = _phone_hash(phone), lookup_hash("address", address)
    now = timezone.now()
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        with connection.cursor() as cursor:  # two requests at once must not both pass the limit
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(phone_hash[:8], "big", signed=True)])
        day = timedelta(days=1)
        _refuse_often("phone_hash", phone_hash, now, ((rules.CODES_APART, 1), (day, rules.CODES_PER_DAY)))
        _refuse_often(
            "address_hash",
            address_hash,
            now,
            ((rules.CODES_APART, rules.CODES_PER_ADDRESS_MINUTE), (day, rules.CODES_PER_ADDRESS_DAY)),
        )
        LoginCode.objects.create(
            phone_hash=phone_hash,
            code_digest=_digest(phone_hash, code),
            purpose=purpose,
            sent_at=now,
            expires_at=now + rules.CODE_LIVES,
            address_hash=address_hash,
        )
        sender = senders.sender(openid_of)
        if sender.local:
            sender.send(phone, code, MINUTES)
        else:
            app.configure_task(BRING, queue="default").defer(
                sealed_phone=keep(phone), sealed_code=base64.b64encode(seal(code, CODE)).decode()
            )
    shown = code if settings.DEMO and sender.local else ""
    return Sent(keep(phone), mask_phone(phone), shown)


def bring(sealed_phone: str, sealed_code: str) -> None:
    """What the job does."""
    code = unseal(base64.b64decode(sealed_code), CODE)
    senders.sender(openid_of).send(kept(sealed_phone), code, MINUTES)


def check_code(phone: str, code: str, *, purpose: str = CodePurpose.LOGIN) -> None:
    """Use up the newest code of a phone.

    :raises Refusal: wrong, over, or tried too often. The try counts even so: the caller must not roll it back.
    """
    phone_hash, now = _phone_hash(phone), timezone.now()
    with transaction.atomic():
        newest = (
            LoginCode.objects.select_for_update()
            .filter(phone_hash=phone_hash, purpose=purpose, used_at__isnull=True)
            .order_by("-sent_at", "-pk")
            .first()
        )
        alive = newest is not None and newest.expires_at > now and newest.tries < rules.CODE_TRIES
        right = newest is not None and hmac.compare_digest(bytes(newest.code_digest), _digest(phone_hash, code.strip()))
        if newest is not None and alive:
            newest.tries += 1
            newest.used_at = now if right else None
            newest.save(update_fields=["tries", "used_at"])
    if newest is None or not alive:
        raise Refusal("GH-ACC-303", "验证码已过期或已试过5次", "code", "重新发送一个")
    if not right:
        left = rules.CODE_TRIES - newest.tries
        hint = f"还可以试{left}次" if left else "重新发送一个"
        raise Refusal("GH-ACC-304", "验证码不对", "code", hint)


def persons_of(phone: str) -> list[int]:
    """The living persons a phone belongs to; asked only after the code was right."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM person_by_phone(%s)", [_phone_hash(phone)])
        return [row[0] for row in cursor.fetchall()]


def _own_row(person_id: int) -> Person:
    take_scope("", "", person_id)
    return Person.objects.get(pk=person_id)


def pick_person(phone: str, paper_tail: str) -> int:
    """Of several persons with one phone, the one whose paper ends so."""
    tail = paper_tail.strip().upper()
    fitting = [pk for pk in persons_of(phone) if len(tail) == 4 and _own_row(pk).id_mask[-4:].upper() == tail]
    if len(fitting) != 1:
        raise Refusal("GH-ACC-306", "没有对上登记的证件号码", "tail", "填写证件号码最后4位，末位是X的也要填")
    return fitting[0]


def enter_member(request: HttpRequest, person_id: int) -> Account:
    """Log the person in; the first time their account is made. The session is a member's, whatever posts they hold."""
    with transaction.atomic():
        person = _own_row(person_id)
        account = Account.objects.filter(person_id=person_id).first()
        if account is None:
            account, _ = Account.objects.get_or_create(
                person_id=person_id,
                defaults={
                    "username": f"m{person_id}",
                    "name": person.name,
                    "kind": AccountKind.MEMBER,
                    "password": "!",
                },
            )
        if not account.is_active:
            raise Refusal("GH-ACC-307", "这个账号已停用", hint="联系所在工会")
        login(request, account, backend="django.contrib.auth.backends.ModelBackend")
        sessions.begin(request, account, as_member=True)
        Account.objects.filter(pk=account.pk).update(last_login=timezone.now())
        viewer = viewer_of_member(account, getattr(request, "request_id", ""))
        record(
            viewer, "access.member_login", path=person.path, object_type="account", object_id=account.pk,
            object_name=Role.MEMBER.label, subject_id=person_id,
        )  # fmt: skip
    return account


def bind_wechat(account: Account, *, openid: str) -> None:
    """Remember who a member is at the public account, so that codes can be sent there."""
    assert account.person_id is not None
    phone_hash = _own_row(account.person_id).phone_hash
    if phone_hash is None:
        raise Refusal("GH-ACC-308", "还没有登记手机号", hint="先请工会干部登记手机号")
    WechatBinding.objects.update_or_create(
        account=account,
        defaults={"phone_hash": bytes(phone_hash), "openid_sealed": seal(openid, "account.openid")},
    )
