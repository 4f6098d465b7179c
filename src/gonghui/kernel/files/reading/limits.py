"""How much one roster file may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one reading; the child sets the first three on itself, the parent watches the rest."""

    memory: int = 1_200_000_000
    cpu_seconds: int = 120
    file_bytes: int = 300_000_000
    unpacked_bytes: int = 3_000_000_000
    ratio: int = 100
    ratio_from: int = 10_000_000
    entries: int = 5_000
    small_part: int = 20_000_000
    one_row: int = 8_000_000
    silence_seconds: float = 60.0
    total_seconds: float = 600.0
    output_bytes: int = 2_000_000_000
    preview_rows: int = 60
    preview_sheets: int = 30


DEFAULT = Limits()
