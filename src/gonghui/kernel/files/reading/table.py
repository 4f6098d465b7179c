"""A small table as rows of text: what a form takes that is filled in by hand (questions, lists)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .cells import text_of, unpack
from .limits import Limits
from .process import ReadingProcess
from .sources import Block

SMALL = Limits(
    memory=600_000_000, cpu_seconds=20, file_bytes=5_000_000, unpacked_bytes=60_000_000, silence_seconds=20.0,
    total_seconds=30.0, output_bytes=60_000_000,
)  # fmt: skip
"""What a page waits for: a few thousand rows, read in well under a second."""


def first_sheet(data: bytes | Path, filename: str, limits: Limits = SMALL) -> Iterator[tuple[int, list[str]]]:
    """(row number from 1, cells) of the first sheet that is not hidden; rows without anything are left out.

    :raises Refusal: a code of `codes.FILE_CODES`, with what is the matter with the file and how to mend it.
    """
    process = ReadingProcess(data, filename, limits)
    try:
        sheets = process.meta()["sheets"]
        shown = next((at for at, sheet in enumerate(sheets) if not sheet["hidden"]), 0)
        for block in process.blocks(shown):
            if not isinstance(block, Block):
                continue
            for number, cells in enumerate(unpack(block.text), block.first):
                texts = [text_of(cell) for cell in cells]
                if any(texts):
                    yield number, texts
    finally:
        process.close()
