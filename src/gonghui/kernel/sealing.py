"""Sealed fields: authenticated encryption with a key ring, and keyed hashes for finding the same value again.

Two profiles: `standard` (AES-256-GCM, HMAC-SHA-256) and `gm` (SM4-GCM, HMAC-SM3) for deployments that must use
the national algorithms. A sealed value names its algorithm and key, so that keys can be rotated row by row.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as c_hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_AES, _SM4 = 1, 2
_NONCE, _TAG = 12, 16


@lru_cache(maxsize=64)
def _aes(key_id: str) -> AESGCM:
    return AESGCM(bytes.fromhex(settings.SEALING_KEYS[key_id]))


def seal(text: str, purpose: str) -> bytes:
    """Encrypt a personal value. `purpose` (such as "person.id_number") is bound to the ciphertext."""
    key_id = settings.SEALING_CURRENT
    nonce, aad, plain = os.urandom(_NONCE), purpose.encode(), text.encode()
    header = bytes([_SM4 if settings.CRYPTO_PROFILE == "gm" else _AES, len(key_id)]) + key_id.encode()
    if settings.CRYPTO_PROFILE == "gm":
        cipher = Cipher(algorithms.SM4(bytes.fromhex(settings.SEALING_KEYS[key_id])[:16]), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(aad)
        return header + nonce + cipher.update(plain) + cipher.finalize() + cipher.tag
    return header + nonce + _aes(key_id).encrypt(nonce, plain, aad)


def unseal(sealed: bytes, purpose: str) -> str:
    """Decrypt a sealed value.

    :raises cryptography.exceptions.InvalidTag: the value was changed or moved to another field.
    """
    sealed = bytes(sealed)
    algorithm, size = sealed[0], sealed[1]
    key_id, body = sealed[2 : 2 + size].decode(), sealed[2 + size :]
    nonce, rest, aad = body[:_NONCE], body[_NONCE:], purpose.encode()
    if algorithm == _SM4:
        key = bytes.fromhex(settings.SEALING_KEYS[key_id])[:16]
        cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, rest[-_TAG:])).decryptor()
        cipher.authenticate_additional_data(aad)
        return (cipher.update(rest[:-_TAG]) + cipher.finalize()).decode()
    return _aes(key_id).decrypt(nonce, rest, aad).decode()


def lookup_hash(kind: str, value: str) -> bytes:
    """Keyed hash under which the same value is found again (16 bytes). `kind` keeps values apart."""
    message = f"{kind}\x1f{value}".encode()
    if settings.CRYPTO_PROFILE == "gm":
        mac = c_hmac.HMAC(bytes.fromhex(settings.LOOKUP_KEY), hashes.SM3())
        mac.update(message)
        return mac.finalize()[:16]
    return hmac.digest(bytes.fromhex(settings.LOOKUP_KEY), message, hashlib.sha256)[:16]
