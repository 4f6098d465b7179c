"""A certificate as a PDF, set by typst with the machine's own Chinese font; without one the page is printed instead."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import segno
import typst

FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC")
"""Fonts that hold every Chinese character a name may have, best first."""


@lru_cache(maxsize=1)
def font() -> str:
    """The Chinese font that is installed; empty when there is none."""
    families = set(typst.Fonts(include_system_fonts=True).families())
    return next((name for name in FONTS if name in families), "")


def pdf(said: dict[str, Any], text: str) -> bytes | None:
    """The certificate of what was said, with `text` as its QR; None where no Chinese font is installed.

    `said` goes in as data, never as markup.
    """
    chosen = font()
    if not chosen:
        return None
    code = io.BytesIO()
    segno.make(text, error="l", boost_error=False).save(code, kind="svg", border=0, dark="#111111")
    source = (files("gonghui.apps.honours") / "papers" / "certificate.typ").read_bytes()
    made: bytes = typst.compile(
        {
            "main": source,
            "said.json": json.dumps(said | {"font": chosen}, ensure_ascii=False).encode(),
            "code.svg": code.getvalue(),
        },
        format="pdf",
    )
    return made
