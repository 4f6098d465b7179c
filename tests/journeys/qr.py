"""Reads the QR code that a page draws, module by module as a camera would, without the error correction it does not need."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from segno import consts, encoder

MASKS = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
_LEVELS = {1: consts.ERROR_LEVEL_L, 0: consts.ERROR_LEVEL_M, 3: consts.ERROR_LEVEL_Q, 2: consts.ERROR_LEVEL_H}
_STEP = re.compile(r"([Mmhv])\s*(-?[\d.]+)(?:[\s,]*(-?[\d.]+))?")


def modules(svg: str) -> list[list[int]]:
    """Dark modules of an SVG whose dark path is drawn in horizontal strokes."""
    root = ElementTree.fromstring(svg)
    paths = [one for one in root.iter() if one.tag.endswith("path")]
    drawn = next(one for one in paths if one.get("stroke"))
    found: set[tuple[int, int]] = set()
    x = y = 0.0
    for command, first, second in _STEP.findall(drawn.get("d", "")):
        if command == "M":
            x, y = float(first), float(second)
        elif command == "m":
            x, y = x + float(first), y + float(second)
        elif command == "h":
            found |= {(int(y), int(x) + step) for step in range(int(float(first)))}
            x += float(first)
    top, left = min(i for i, _ in found), min(j for _, j in found)
    size = max(i for i, _ in found) - top + 1
    return [[int((i + top, j + left) in found) for j in range(size)] for i in range(size)]


def _bits(grid: list[list[int]], mask: int) -> list[int]:
    """Data modules in reading order, the mask taken off."""
    size = len(grid)
    pattern = encoder.make_matrix(size, size)
    encoder.add_finder_patterns(pattern, size, size)
    encoder.add_alignment_patterns(pattern, size, size)
    pattern[-8][8] = 1  # the module that is always dark
    bits: list[int] = []
    for right in range(size - 1, 0, -2):
        right -= right <= 6
        for vertical in range(size):
            for j in (right, right - 1):
                upwards = (right & 2 == 0) ^ (j < 6)
                i = size - 1 - vertical if upwards else vertical
                if pattern[i][j] == 0x2:
                    bits.append(grid[i][j] ^ MASKS[mask](i, j))
    return bits


def read_svg(svg: str) -> str:
    """The text of a QR code in byte mode."""
    grid = modules(svg)
    format_bits = 0
    for j in (0, 1, 2, 3, 4):  # the five bits that say level and mask, in the row of the upper left corner
        format_bits = format_bits << 1 | grid[8][j]
    format_bits ^= 0b10101
    version, level, mask = (len(grid) - 17) // 4, _LEVELS[format_bits >> 3], format_bits & 7
    bits = _bits(grid, mask)
    words = [int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits) - 7, 8)]
    sizes = [block.num_data for block in consts.ECC[version][level] for _ in range(block.num_blocks)]
    blocks: list[list[int]] = [[] for _ in sizes]
    stream = iter(words)
    for place in range(max(sizes)):
        for block, length in zip(blocks, sizes, strict=True):
            if place < length:
                block.append(next(stream))
    data = "".join(f"{word:08b}" for block in blocks for word in block)
    assert data[:4] == "0100", "not in byte mode"
    width = 8 if version < 10 else 16
    length = int(data[4 : 4 + width], 2)
    start = 4 + width
    return bytes(int(data[start + 8 * n : start + 8 * n + 8], 2) for n in range(length)).decode("utf-8")
