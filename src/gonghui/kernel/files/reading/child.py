"""The process in which a roster file is parsed: bounded memory and time, no files written, rows by a pipe.

Frames: one letter, four bytes of length, the payload. "M" what the file is and how its sheets begin (JSON),
"B" a block of rows, "E" the end with notices (JSON), "A" an answer, "R" a refusal (JSON). Commands come as JSON lines.
An app that does more with a file than reading its rows has a `main` of its own that calls this one with its `serve`.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import IO

from gonghui.kernel.files.reading.delimited import DelimitedFile
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.ods import OdsFile
from gonghui.kernel.files.reading.packages import open_package
from gonghui.kernel.files.reading.sniffing import OLE, ZIP, sniff
from gonghui.kernel.files.reading.sources import Source
from gonghui.kernel.files.reading.unreadable import Unreadable
from gonghui.kernel.files.reading.xlsx import XlsxFile
from gonghui.kernel.refusal import Refusal

_BLOCK_HEAD = struct.Struct("<II")


Serve = Callable[[IO[bytes], str, Limits, IO[bytes]], None]
"""What the child does: (file, filename, limits, the pipe to the parent)."""


def main(serve: Serve | None = None) -> None:
    """Entry point; the parent passes the descriptor of the file and the limits."""
    settings = json.loads(sys.argv[1])
    limits = Limits(**settings["limits"])
    _confine(limits)
    out = os.fdopen(1, "wb", buffering=1 << 20)
    try:
        with os.fdopen(settings["file"], "rb") as file:
            (serve or _serve)(file, settings["filename"], limits, out)
    except Unreadable as error:
        send(out, b"R", {"code": error.code, "message": error.message, "hint": error.hint})
    except Refusal as error:
        send(out, b"R", {"refusal": error.as_dict()})
    except MemoryError:
        message, hint = "文件的内容太多，内存放不下", "按单位拆成几份，或另存为 csv 再上传"
        send(out, b"R", {"code": "too_big", "message": message, "hint": hint})
    except (
        zipfile.BadZipFile,
        zlib.error,
        RecursionError,
        OverflowError,
        ValueError,
        KeyError,
        IndexError,
        EOFError,
        OSError,
    ) as error:
        # The cell that broke it may be personal, so only the kind of fault leaves this process.
        sys.stderr.write(type(error).__name__)
        message, hint = "文件的内容坏了，有一部分读不出来", "在 Excel 或 WPS 里打开它，另存为 xlsx 再上传"
        send(out, b"R", {"code": "damaged", "message": message, "hint": hint})
    with contextlib.suppress(BrokenPipeError):
        out.flush()
    os._exit(0)


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(500)


def _serve(file: IO[bytes], filename: str, limits: Limits, out: IO[bytes]) -> None:
    source = opened(file, filename, limits)
    sheets = []
    for index, (name, hidden) in enumerate(source.sheets):
        known = not hidden and index < limits.preview_sheets
        rows = source.preview(index, limits.preview_rows) if known else []
        top = rows[-1][0] if rows else 0
        merges = [merge for merge in source.merges(index) if merge[0] <= top][:2_000] if rows else []
        shown = [(number, [cell[:4_000] for cell in row]) for number, row in rows]
        sheets.append({"name": name, "hidden": hidden, "rows": shown, "merges": merges})
    meta = {"format": source.format, "details": source.details, "sheets": sheets, "notices": source.notices}
    send(out, b"M", meta)
    out.flush()
    for line in sys.stdin:
        command = json.loads(line)
        written = 0
        for block in source.blocks(int(command["sheet"])):
            data = _BLOCK_HEAD.pack(block.first, block.permille) + block.text.encode("utf-8", "replace")
            written += len(data)
            if written > limits.output_bytes:
                raise Unreadable("too_big", "表格里的文字太多", "按单位拆成几份上传")
            frame(out, b"B", data)
        send(out, b"E", {"notices": source.notices})
        out.flush()


def opened(file: IO[bytes], filename: str, limits: Limits) -> Source:
    """The table in a file, once its package has been found harmless.

    :raises Unreadable: it is no table, or not a harmless one.
    """
    size = os.fstat(file.fileno()).st_size
    if size > limits.file_bytes:
        raise Unreadable("too_big", f"文件有 {size // 1_000_000} MB，太大了", "按单位拆成几份上传")
    kind = sniff(file, size)
    if kind == ZIP:
        package = open_package(file, size, limits)
        if "content.xml" in package.NameToInfo:
            return OdsFile(package, limits)
        return XlsxFile(package, file, limits)
    if kind == OLE:
        # calamine is loaded only for the one format that needs it: it costs start-up time and memory.
        from gonghui.kernel.files.reading.xls import open_compound

        return open_compound(file, size, filename, limits)
    return DelimitedFile(file, size, limits)


def send(out: IO[bytes], letter: bytes, payload: Mapping[str, object]) -> None:
    """One frame of JSON."""
    frame(out, letter, json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace"))


def frame(out: IO[bytes], letter: bytes, data: bytes) -> None:
    """One frame."""
    out.write(letter + struct.pack("<I", len(data)))
    out.write(data)
