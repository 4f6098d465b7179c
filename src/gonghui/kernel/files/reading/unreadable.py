"""The one way the reading child says no: a code, a Chinese sentence, and how to mend it."""

from __future__ import annotations

SAVE_AS_XLSX = "在 Excel 或 WPS 里打开它，另存为“Excel 工作簿（.xlsx）”再上传"


class Unreadable(Exception):
    """A file, or a place in it, that cannot be read; carried to the parent as data."""

    def __init__(self, code: str, message: str, hint: str = SAVE_AS_XLSX) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
