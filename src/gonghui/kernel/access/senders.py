"""Ways to bring a log-in code or a notice to a phone: console, file, SMS, WeChat. None writes a number to a log."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import httpx
from django.conf import settings

from ..people.rules import mask_phone
from ..refusal import Refusal

NOT_SENT = Refusal("GH-ACC-310", "验证码没有发出去", hint="过一会儿再试，或请工会干部代办")
NOT_BOUND = "GH-ACC-311"
CHANNELS = {"console": "打印到窗口", "file": "写进数据目录", "sms": "短信", "wechat": "微信"}


@dataclass(frozen=True, slots=True)
class Notice:
    """A message as it leaves the platform: nothing of it is personal, and its address asks for a log-in."""

    what: str
    title: str
    """Both short enough for a template's variable."""
    words: str
    url: str


class Sender(Protocol):
    """Brings one code, or one notice, to one phone."""

    name: str
    local: bool
    """Whoever runs the platform can read the code on this machine: demonstrations and tests."""
    tells: bool
    """Notices too: SMS and WeChat need a template of their own for them."""

    def send(self, phone: str, code: str, minutes: int) -> None: ...

    def tell(self, phone: str, notice: Notice) -> None: ...


def _not_told(words: str) -> Refusal:
    return Refusal("GH-ACC-312", words, hint="平台过一会儿自己再发")


class ConsoleSender:
    """Prints where the platform was started."""

    name, local, tells = "console", True, True

    def send(self, phone: str, code: str, minutes: int) -> None:
        print(f"〔验证码〕{mask_phone(phone)} {code}，{minutes}分钟内有效", file=sys.stderr, flush=True)

    def tell(self, phone: str, notice: Notice) -> None:
        print(f"〔消息〕{mask_phone(phone)} {notice.words} {notice.url}", file=sys.stderr, flush=True)


class FileSender:
    """Leaves each code and notice as a small file in data/outbox."""

    name, local, tells = "file", True, True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, phone: str, code: str, minutes: int) -> None:
        self._write({"kind": "login_code", "to": mask_phone(phone), "code": code, "minutes": minutes})

    def tell(self, phone: str, notice: Notice) -> None:
        self._write({"kind": "notice", "to": mask_phone(phone), "words": notice.words, "url": notice.url})

    def _write(self, message: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{time.time_ns()}-{secrets.token_hex(3)}.json"
        path.write_text(json.dumps(message, ensure_ascii=False), encoding="utf-8")


def _post(url: str, **kwargs: Any) -> dict[str, Any]:
    """The answer as JSON. Numbers and keys travel in the body or the query, so no exception text carries them on."""
    try:
        answer = httpx.post(url, timeout=8, **kwargs)
        data = answer.json()
    except (httpx.HTTPError, ValueError):
        raise NOT_SENT from None
    if not isinstance(data, dict):
        raise NOT_SENT
    return data


class AliyunSms:
    """Short messages over Aliyun's dysms interface (RPC style, version 2017-05-25, signed with HMAC-SHA1)."""

    name, local = "sms", False

    def __init__(
        self, endpoint: str, key_id: str, key_secret: str, sign: str, template: str, notice_template: str = ""
    ) -> None:
        self.endpoint, self.key_id, self.key_secret = endpoint, key_id, key_secret
        self.sign, self.template, self.notice_template = sign, template, notice_template
        self.tells = bool(notice_template)

    def signed(self, parameters: dict[str, str], method: str = "POST") -> dict[str, str]:
        """Add the signature over all parameters in byte order."""

        def escape(text: str) -> str:
            return quote(text, safe="-_.~")

        query = "&".join(f"{escape(k)}={escape(parameters[k])}" for k in sorted(parameters))
        text = f"{method}&{escape('/')}&{escape(query)}"
        digest = hmac.digest(f"{self.key_secret}&".encode(), text.encode(), hashlib.sha1)
        return parameters | {"Signature": base64.b64encode(digest).decode()}

    def send(self, phone: str, code: str, minutes: int) -> None:
        if self._answer(phone, self.template, {"code": code}) != "OK":
            raise NOT_SENT

    def tell(self, phone: str, notice: Notice) -> None:
        answer = self._answer(phone, self.notice_template, {"what": notice.what, "title": notice.title})
        if answer != "OK":
            raise _not_told(f"短信服务没有接受（{answer[:40]}）")

    def _answer(self, phone: str, template: str, values: dict[str, str]) -> str:
        """The service's word for how it went; "OK" when it took the message."""
        parameters = {
            "AccessKeyId": self.key_id,
            "Action": "SendSms",
            "Format": "JSON",
            "PhoneNumbers": phone,
            "RegionId": "cn-hangzhou",
            "SignName": self.sign,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": secrets.token_hex(16),
            "SignatureVersion": "1.0",
            "TemplateCode": template,
            "TemplateParam": json.dumps(values, ensure_ascii=False),
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        }
        return str(_post(self.endpoint, data=self.signed(parameters)).get("Code", ""))


class WechatTemplate:
    """Template messages of a public account, for members who follow it; `openid_of` knows who they are there."""

    name, local = "wechat", False

    def __init__(
        self,
        endpoint: str,
        app_id: str,
        app_secret: str,
        template: str,
        openid_of: Callable[[str], str | None],
        notice_template: str = "",
    ) -> None:
        self.endpoint, self.app_id, self.app_secret = endpoint.rstrip("/"), app_id, app_secret
        self.template, self.openid_of = template, openid_of
        self.notice_template, self.tells = notice_template, bool(notice_template)
        self._token, self._until, self._lock = "", 0.0, threading.Lock()

    def token(self, *, fresh: bool = False) -> str:
        """The access token, kept until five minutes before it ends: WeChat allows few requests a day for it."""
        with self._lock:
            if fresh or time.monotonic() >= self._until:
                body = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.app_secret}
                data = _post(f"{self.endpoint}/cgi-bin/stable_token", json=body | {"force_refresh": fresh})
                if not data.get("access_token"):
                    raise NOT_SENT
                self._token = str(data["access_token"])
                self._until = time.monotonic() + max(60, int(data.get("expires_in", 7200)) - 300)
            return self._token

    def send(self, phone: str, code: str, minutes: int) -> None:
        values = {"code": code, "minutes": f"{minutes}分钟"}
        if self._answer(phone, self.template, values) != 0:
            raise NOT_SENT

    def tell(self, phone: str, notice: Notice) -> None:
        values = {"what": notice.what, "title": notice.title}
        answer = self._answer(phone, self.notice_template, values, notice.url)
        if answer != 0:
            raise _not_told(f"微信没有接受（{answer}）")

    def _answer(self, phone: str, template: str, values: dict[str, str], url: str = "") -> object:
        """WeChat's number for how it went; 0 when it took the message."""
        openid = self.openid_of(phone)
        if openid is None:
            raise Refusal(
                NOT_BOUND,
                "这个手机号还没有绑定微信",
                "phone",
                "先在公众号里点“绑定手机号”，或请工会干部代办",
            )
        body = {
            "touser": openid,
            "template_id": template,
            "data": {name: {"value": value} for name, value in values.items()},
        } | ({"url": url} if url else {})
        answer: dict[str, Any] = {}
        for fresh in (False, True):
            where = f"{self.endpoint}/cgi-bin/message/template/send"
            answer = _post(where, params={"access_token": self.token(fresh=fresh)}, json=body)
            if answer.get("errcode") not in (
                40001,
                40014,
                42001,
            ):  # the token was ended elsewhere: take a new one
                break
        return answer.get("errcode")


_made: dict[str, Sender] = {}


def sender(openid_of: Callable[[str], str | None]) -> Sender:
    """The sender that the installation is set to; WeChat's is kept, because it holds the access token."""
    config = settings.CONFIG
    if config.sender == "console":
        return ConsoleSender()
    if config.sender == "file":
        return FileSender(Path(settings.DATA_DIR) / "outbox")
    if config.sender == "sms":
        return AliyunSms(
            config.sms_endpoint,
            config.sms_key_id,
            config.sms_key_secret.get_secret_value(),
            config.sms_sign,
            config.sms_template,
            config.sms_notice_template,
        )
    return _made.setdefault(
        "wechat",
        WechatTemplate(
            config.wechat_endpoint, config.wechat_app_id, config.wechat_app_secret.get_secret_value(),
            config.wechat_template, openid_of, config.wechat_notice_template,
        ),
    )  # fmt: skip
