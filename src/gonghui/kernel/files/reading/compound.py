"""The old Office container (OLE): which program wrote it, and the bytes of one stream."""

from __future__ import annotations

import struct
from typing import IO

from gonghui.kernel.files.reading.unreadable import Unreadable

_FREE = 0xFFFFFFFA
_MAX_SECTORS = 1_000_000


def _damaged() -> Unreadable:
    return Unreadable(
        "damaged",
        "文件的内容坏了，目录对不上，多半是没有传完",
        "重新复制一份完整的，能在 Excel 或 WPS 里打开再上传",
    )


class CompoundFile:
    """Directory and streams; every chain is bounded, so a loop cannot hold the reader."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        head = self._at(0, 512)
        if len(head) < 512:
            raise _damaged()
        shift, mini_shift = struct.unpack("<HH", head[30:34])
        if shift not in (9, 12) or mini_shift != 6:
            raise _damaged()
        self._sector = 1 << shift
        self._sectors = size // self._sector + 1
        directory, _, self._cutoff, mini_fat, _, difat, difat_count = struct.unpack("<IIIIIII", head[48:76])
        self._fat = self._read_fat(list(struct.unpack("<109I", head[76:512])), difat, difat_count)
        self.entries = self._directory(self._chain(directory))
        root = next((entry for entry in self.entries if entry[1] == 5), None)
        self._mini = self._chain(root[2])[: root[3]] if root and root[3] else b""
        raw = self._chain(mini_fat) if mini_fat < _FREE else b""
        self._mini_fat = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
        self.names = {entry[0] for entry in self.entries}

    def stream(self, name: str) -> bytes:
        """The whole of one stream."""
        entry = next((entry for entry in self.entries if entry[0] == name and entry[1] == 2), None)
        if entry is None:
            raise _damaged()
        if entry[3] < self._cutoff:
            return self._mini_chain(entry[2])[: entry[3]]
        return self._chain(entry[2])[: entry[3]]

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)

    def _read_fat(self, places: list[int], difat: int, count: int) -> tuple[int, ...]:
        seen = 0
        while difat < _FREE and seen <= min(count, 10_000):
            raw = self._at((difat + 1) * self._sector, self._sector)
            if len(raw) < self._sector:
                raise _damaged()
            numbers = struct.unpack(f"<{self._sector // 4}I", raw)
            places += numbers[:-1]
            difat = numbers[-1]
            seen += 1
        fat: list[int] = []
        for place in places:
            if place < _FREE and len(fat) < self._sectors + 1024:
                raw = self._at((place + 1) * self._sector, self._sector)
                fat += struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
        return tuple(fat)

    def _chain(self, sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < _FREE:
            if sector >= len(self._fat) or len(parts) > min(self._sectors, _MAX_SECTORS):
                raise _damaged()
            parts.append(self._at((sector + 1) * self._sector, self._sector))
            sector = self._fat[sector]
        return b"".join(parts)

    def _mini_chain(self, sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < _FREE:
            if sector >= len(self._mini_fat) or len(parts) > _MAX_SECTORS:
                raise _damaged()
            parts.append(self._mini[sector * 64 : sector * 64 + 64])
            sector = self._mini_fat[sector]
        return b"".join(parts)

    @staticmethod
    def _directory(raw: bytes) -> list[tuple[str, int, int, int]]:
        entries = []
        for at in range(0, len(raw) - 127, 128):
            length, kind = struct.unpack("<HB", raw[at + 64 : at + 67])
            if kind in (1, 2, 5) and 2 <= length <= 64:
                name = raw[at : at + length - 2].decode("utf-16-le", "replace")
                start, size = struct.unpack("<II", raw[at + 116 : at + 124])
                entries.append((name, kind, start, size))
        return entries
