"""Checks an issued report without the platform: this file, trail_verifier.py beside it, and Python's standard library.

    python verify_report.py BUNDLE.zip PUBLIC_KEY_IN_HEX

The bundle is what the page of an issued report offers. Exit code 0: signed by the holder of the key, and text, numbers,
definitions, digests of the records and files are those that were signed; 1: not, with every difference named; 2:
unreadable. Who has the records can compare their digests: SHA-256 over the keys in order, each with a line feed.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from typing import Any

try:
    from trail_verifier import ed25519_valid  # type: ignore[import-not-found]
except ImportError:
    from gonghui.kernel.trail.verifier import ed25519_valid

DOMAIN = b"gonghui.report.1\x00"
FILES = {"content": "content.json", "word": "report.docx", "pdf": "report.pdf"}


class Unreadable(ValueError):
    """Not a bundle, or not a key."""


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def check(parts: dict[str, bytes], key: str) -> tuple[dict[str, Any], list[str]]:
    """(what the proof says, every difference) of the files of a bundle by name.

    :raises Unreadable: no proof, no signature, or not a key.
    """
    try:
        proof, signature = parts["proof.json"], bytes.fromhex(parts["signature.txt"].decode().strip())
        public = bytes.fromhex(key.strip())
        said = json.loads(proof)
    except (KeyError, ValueError) as error:
        raise Unreadable("这不是报告的核验包，或公钥不对") from error
    if not isinstance(said, dict) or len(public) != 32:
        raise Unreadable("这不是报告的核验包，或公钥不对")
    wrong = [] if ed25519_valid(public, DOMAIN + proof, signature) else ["签名无效：证明被改动过，或不是这把公钥签发的"]
    for name, file in FILES.items():
        if name in said and file not in parts:
            wrong.append(f"缺少{file}")
        elif name in said and _sha(parts[file]) != said[name]:
            wrong.append(f"{file}与签发时不同")
    return said, wrong


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    try:
        with zipfile.ZipFile(arguments[0]) as bundle:
            parts = {name: bundle.read(name) for name in bundle.namelist()}
        said, wrong = check(parts, arguments[1])
    except (OSError, zipfile.BadZipFile, Unreadable) as error:
        print(error)
        return 2
    for line in wrong:
        print(line)
    if not wrong:
        print(f"没有改动：{said['issuer']}《{said['title']}》，{said['issued_at']}印发，{said['numbers']}个数字")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
