"""`make test` asks a fixed fifth of what is generated from roles × routes × places; `make drills` asks all of it."""

from __future__ import annotations

import os
import zlib

WHOLE = os.environ.get("GONGHUI_WHOLE") == "1"
SHARE = 5


def asked(what: object) -> bool:
    """The same fifth on every machine and in every process."""
    return WHOLE or zlib.crc32(str(what).encode()) % SHARE == 0
