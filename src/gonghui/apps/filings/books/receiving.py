"""A form as a stranger sent it: looked over in the confined child first, then read cell by cell."""

from __future__ import annotations

from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.process import ReadingProcess
from gonghui.kernel.files.reading.unreadable import SAVE_AS_XLSX
from gonghui.kernel.refusal import Refusal

from ..rules.sheets import Book
from .reading import read

LARGEST = 10_000_000
LIMITS = Limits(
    memory=600_000_000, cpu_seconds=20, file_bytes=LARGEST, unpacked_bytes=60_000_000, silence_seconds=20.0,
    total_seconds=30.0, output_bytes=60_000_000,
)  # fmt: skip
_KINDS = {"xls": "旧格式（xls）", "ods": "ODS格式", "csv": "文本（csv）"}


def received(data: bytes, filename: str) -> Book:
    """The form in a file.

    :raises Refusal: GH-FLG-001 too large, 002 a table but no xlsx, 003 nothing to fill in; codes GH-IMP-1xx where it
        is no table at all, has macros, a password, or is damaged.
    """
    if len(data) > LARGEST:
        raise Refusal(
            "GH-FLG-001", f"文件超过{LARGEST // 1_000_000}MB，不像一份报表", "file", "删掉图片和多余的表再上传"
        )
    process = ReadingProcess(data, filename, LIMITS)
    try:
        kind = str(process.meta()["format"])
    finally:
        process.close()
    if kind != "xlsx":
        raise Refusal("GH-FLG-002", f"这是{_KINDS.get(kind, kind)}，原样填回去要用xlsx", "file", SAVE_AS_XLSX)
    book = read(data)
    if not any(one.cells for one in book.shown()):
        raise Refusal("GH-FLG-003", "文件里没有表样，一格文字也没有", "file", "核对选的是不是报表的文件")
    return book
