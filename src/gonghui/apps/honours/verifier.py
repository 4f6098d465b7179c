"""Checks a certificate of honour without the platform: this one file and Python's standard library are enough.

    python verifier.py "text of the QR code" PUBLIC_KEY_IN_HEX

The text is the whole of the QR code or what stands behind its "#". Exit code 0: signed by the holder of the key and
unchanged; 1: not; 2: unreadable. Whether an honour was revoked later is known online alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sys

DOMAIN = b"gonghui.honour.certificate.1\x00"
WORDS = {
    "honour": "荣誉",
    "name": "授予",
    "unit": "单位",
    "by": "命名单位",
    "on": "命名日期",
    "doc": "文号",
    "no": "证书编号",
}

# --- Ed25519 of RFC 8032, verification only --------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]


def _point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _I % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    x = _P - x if x % 2 != sign else x
    return (x, y, 1, x * y % _P)


def _plus(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * _D * p[3] * q[3] % _P
    d = 2 * p[2] * q[2] % _P
    return ((b - a) * (d - c) % _P, (d + c) * (b + a) % _P, (d - c) * (d + c) % _P, (b - a) * (b + a) % _P)


def _times(n: int, p: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    for bit in bin(n)[2:]:
        total = _plus(total, total)
        if bit == "1":
            total = _plus(total, p)
    return total


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """True when the holder of `key` signed `message`."""
    base = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    if len(key) != 32 or len(signature) != 64 or base is None:
        return False
    a, r, s = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    one, other = _times(s, base), _plus(r, _times(k, a))
    return (one[0] * other[2] - other[0] * one[2]) % _P == 0 and (one[1] * other[2] - other[1] * one[2]) % _P == 0


# --- certificates ---------------------------------------------------------------------------------------------


class Unreadable(ValueError):
    """The text is no certificate at all."""


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def read(text: str, key: str) -> tuple[bool, dict[str, str]]:
    """(signature is good, what the certificate says) of the text of a QR code.

    :raises Unreadable: no certificate, or no key.
    """
    body, dot, signature = text.strip().rpartition("#")[2].partition(".")
    if not dot or len(text) > 4000:
        raise Unreadable("这不是证书二维码里的文字")
    try:
        message, proof, public = _bytes(body), _bytes(signature), bytes.fromhex(key.strip())
        said = json.loads(message.decode())
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise Unreadable("这不是证书二维码里的文字，或公钥不对") from error
    if not isinstance(said, dict) or len(public) != 32:
        raise Unreadable("这不是证书二维码里的文字，或公钥不对")
    return signed(public, DOMAIN + message, proof), {str(name): str(value) for name, value in said.items()}


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    try:
        good, said = read(*arguments)
    except Unreadable as error:
        print(error)
        return 2
    print("签名有效，内容没有改动" if good else "签名无效：内容被改动过，或不是这把公钥签发的")
    if good:
        for name, words in WORDS.items():
            if said.get(name):
                print(f"{words}：{said[name]}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
