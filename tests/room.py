"""Where the tests put what they throw away: in memory where there is plenty of it, else below build/.

Hundreds of databases are cloned and dropped, each of two thousand small files; on a disk their making takes most of
that time.
"""

from __future__ import annotations

import os
import shutil
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_MEMORY = Path("/dev/shm")
_NEEDED = 6 * 1024**3
"""Bytes: the databases of two processes with the demonstration in each, and room to spare."""


def _room() -> Path:
    own = _MEMORY / f"gonghui-{os.getuid()}-{zlib.crc32(str(ROOT).encode()):08x}"  # each checkout has its own
    if own.is_dir() or (os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _NEEDED):
        own.mkdir(mode=0o755, exist_ok=True)
        return own
    return ROOT / "build"


ROOM = _room()


if __name__ == "__main__":  # make clean
    shutil.rmtree(ROOM if ROOM.parent == _MEMORY else ROOM / "test-data", ignore_errors=True)
