"""`make test` asks a fixed fifth of what is generated from roles × routes × places; `make drills` asks all of it."""

from __future__ import annotations

import os
import zlib

import pytest

WHOLE = os.environ.get("GONGHUI_WHOLE") == "1"
SHARE = 5


def asked(what: object, share: int = SHARE) -> bool:
    """The same part (a fifth unless told) on every machine and in every process."""
    return WHOLE or zlib.crc32(str(what).encode()) % share == 0


only_whole = pytest.mark.skipif(not WHOLE, reason="services walk it in make test; the browser in make drills")
