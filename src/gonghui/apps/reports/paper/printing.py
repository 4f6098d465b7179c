"""A report as PDF and its charts as pictures, set by typst with the machine's own Chinese fonts."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import segno
import typst

from ..rules.content import Chart, Content, as_json
from .charts import svg

SERIF = ("FangSong_GB2312", "FangSong", "Source Han Serif SC", "Noto Serif CJK SC")
SANS = ("SimHei", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Serif CJK SC")
"""Fonts that hold every Chinese character a name may have, best first."""


@lru_cache(maxsize=1)
def fonts() -> dict[str, str]:
    """The installed Chinese fonts for text and headings; empty where there is none."""
    families = set(typst.Fonts(include_system_fonts=True).families())
    serif = next((name for name in SERIF if name in families), "")
    sans = next((name for name in SANS if name in families), serif)
    return {"serif": serif or sans, "sans": sans} if serif or sans else {}


def pdf(content: Content, author: str, foot: str, link: str) -> bytes | None:
    """The report; None where no Chinese font is installed. The text goes in as data, never as markup."""
    chosen = fonts()
    if not chosen:
        return None
    said: dict[str, Any] = as_json(content)
    parts: dict[str, bytes] = {"main": (files("gonghui.apps.reports") / "paper" / "report.typ").read_bytes()}
    for n, block in enumerate(content.blocks):
        if block.chart is not None:
            parts[f"chart{n}.svg"] = svg(block.chart, chosen["sans"]).encode()
            said["blocks"][n]["file"] = f"chart{n}.svg"
    if link:
        parts["code.svg"] = code(link, "svg")
    told = {
        "blocks": said["blocks"], "title": content.title, "author": author, "foot": foot, "fonts": chosen,
        "coded": bool(link),
    }  # fmt: skip
    parts["said.json"] = json.dumps(told, ensure_ascii=False).encode()
    made: bytes = typst.compile(parts, format="pdf")
    return made


def code(link: str, kind: str) -> bytes:
    """A QR code as svg or png."""
    stream = io.BytesIO()
    segno.make(link, error="m", boost_error=False).save(
        stream, kind=kind, border=0, dark="#111111", **({"scale": 6} if kind == "png" else {})
    )
    return stream.getvalue()


def picture(chart: Chart) -> bytes | None:
    """A chart as PNG for a Word file, sharp enough for print; None where no Chinese font is installed."""
    chosen = fonts()
    if not chosen:
        return None
    page = b'#set page(width: auto, height: auto, margin: 2pt)\n#image("chart.svg", width: 150mm)'
    made: bytes = typst.compile({"main": page, "chart.svg": svg(chart, chosen["sans"]).encode()}, format="png", ppi=220)
    return made
