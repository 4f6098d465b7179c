"""What a certificate says and how it is signed: a compact text that anybody checks without this platform."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from .verifier import DOMAIN


def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SIGNING_KEY))


def public_key() -> str:
    """The key that certificates of this installation are checked with, in hex; printed on the page of verification."""
    return signing_key().public_key().public_bytes_raw().hex()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(said: Mapping[str, str]) -> str:
    """`payload.signature`: what the certificate shows, as UTF-8 JSON, and Ed25519 over it with its domain."""
    body = json.dumps(dict(said), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return f"{_text(body)}.{_text(signing_key().sign(DOMAIN + body))}"
