"""What django-allauth may do here: check second factors and passkeys. No sign-up, no mail, no other way in."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any, cast

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ..sealing import seal, unseal
from . import sessions
from .models import Account
from .services.entering import note_login

PURPOSE = "account.second_factor"

WORDS = {
    "mfa/messages/totp_activated.txt": "已启用身份验证器",
    "mfa/messages/totp_deactivated.txt": "已停用身份验证器",
    "mfa/messages/recovery_codes_generated.txt": "已生成新的恢复码，旧的不能再用",
    "mfa/messages/webauthn_added.txt": "已添加通行密钥",
    "mfa/messages/webauthn_removed.txt": "已移除通行密钥",
}
"""What is said after an act; a log-in says nothing."""


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by staff who may; nobody signs up, and no mail is ever sent."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "试得太频繁，5分钟后再试",
        "rate_limited": "操作太频繁，稍后再试",
        "incorrect_password": "密码不对",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """There are no e-mail addresses."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The trail records the change, and the page says it."""

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, "这个账号已停用，找本单位账号管理员")
        return HttpResponseRedirect(reverse("account_login"))

    def login(self, request: HttpRequest, user: Any) -> None:
        """The last step of every staff log-in, by password or by passkey."""
        super().login(request, user)
        account = cast(Account, user)
        sessions.begin(request, account, as_member=False)
        note_login(account, request)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or WORDS.get(message_template or "", "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)


class SealedMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie sealed in the database; words are ours."""

    error_messages = {
        "add_email_blocked": "这里不使用邮箱",
        "cannot_delete_authenticator": "岗位要求使用第二因素，不能停用最后一种",
        "cannot_generate_recovery_codes": "先启用身份验证器或通行密钥，再生成恢复码",
        "incorrect_code": "验证码不对或已过期，看一眼手机上的时间是否准确",
        "unverified_email": "这里不使用邮箱",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), PURPOSE)

    def build_totp_svg(self, url: str) -> str:
        drawn = BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=5, border=2, dark="#000", light="#fff")
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"通行密钥{count + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "工会"}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """A post that asks for a second factor keeps at least one."""
        account = cast(Account, authenticator.user)
        if not account.second_factor_required:
            return True
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        others = Authenticator.objects.filter(user=account, type__in=kinds).exclude(pk=authenticator.pk)
        return bool(others.exists())
