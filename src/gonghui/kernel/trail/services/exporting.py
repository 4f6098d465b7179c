"""Exporting the trail so that it can be checked without the platform."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import IO

from django.db import connection

from ...scope import acting
from ...viewer import ALL_LO, SYSTEM, Viewer
from .. import rules, verifier
from ..models import TrailSeal
from .sealing import COLUMNS, head_of, public_key

README = """这是留痕的完整导出，不需要平台就能核验。

{records}  每行一条记录，按事务和编号排列；每行的文字就是封存时计算摘要的内容
seals.jsonl    每行一次封存：记录树（RFC 6962）的根、签名（Ed25519）和新增记录的摘要
verifier.py    核验程序，只用 Python 标准库

核验：
    python verifier.py {records} seals.jsonl
有外部留存的封存头（heads.jsonl）或公钥时一并给出，才能发现整体重做或截去尾部：
    python verifier.py {records} seals.jsonl heads.jsonl --key {key}

本平台的公钥：{key}
"""


def lines(viewer: Viewer) -> Iterator[bytes]:
    """Records in the viewer's range as canonical lines, in the order of the tree."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM trail_record WHERE path >= %s AND path < %s ORDER BY xid, id",
            [viewer.lo, viewer.hi],
        )
        for row in cursor:
            yield rules.canonical(row)


def _write(target: IO[bytes], content: Iterable[bytes]) -> int:
    count = 0
    for line in content:
        target.write(line + b"\n")
        count += 1
    return count


def export(path: str | Path | IO[bytes], viewer: Viewer = SYSTEM) -> int:
    """Write the zip that `verifier.py` checks; returns the number of records.

    Whoever covers a part of the tree gets the records of that part, and every seal: their hashes tell nothing but
    let each record be proven. Seals are read first, so that what is sealed meanwhile counts as not yet sealed.
    """
    name = "records.jsonl" if viewer.lo == ALL_LO else verifier.PART
    with (
        acting(viewer),
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        seals = TrailSeal.objects.order_by("next_xid").iterator(chunk_size=500)
        with archive.open("seals.jsonl", "w") as target:
            _write(
                target,
                (head_of(seal, with_leaves=True).line().encode() for seal in seals),
            )
        with archive.open(name, "w", force_zip64=True) as target:
            count = _write(target, lines(viewer))
        archive.writestr("README.txt", README.format(key=public_key(), records=name))
        archive.writestr(
            "verifier.py",
            (files("gonghui.kernel.trail") / "verifier.py").read_text(encoding="utf-8"),
        )
    return count
