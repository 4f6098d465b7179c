"""The README's table of work → folder → first file → first test stays true, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _place(text: str) -> Path:
    for base in (ROOT, ROOT / "src" / "gonghui"):
        if (base / text).exists():
            return base / text
    return ROOT / text


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_place_in_the_table_exists(name: str) -> None:
    rows = [
        line for line in (ROOT / name).read_text("utf-8").splitlines() if line.startswith("|") and line.count("`") >= 4
    ]
    places = [p for row in rows for p in re.findall(r"`([^`]+)`", row) if "/" in p and not p.startswith(("/", "make"))]
    assert len(places) > 30
    assert [p for p in places if not _place(p).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / name).read_text("utf-8"))
    assert [link for link in links if not link.startswith("http") and not (ROOT / link).exists()] == []
