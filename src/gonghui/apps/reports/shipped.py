"""Templates that ship: one Markdown-like text each in `catalogue/reports`, its first lines say what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Shipped:
    key: str
    title: str
    occasion: str
    note: str
    text: str


@cache
def shipped() -> dict[str, Shipped]:
    """Key → template, in the order of their files.

    :raises ValueError: a file does not begin with its three lines.
    """
    found = {}
    folder = files("gonghui.catalogue") / "reports"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".txt"):
            continue
        head, _, text = file.read_text("utf-8").partition("\n---\n")
        said = dict(line.split("：", 1) for line in head.splitlines() if "：" in line)
        if not {"名称", "用途", "说明"} <= said.keys():
            raise ValueError(f"{file.name}: 开头要写名称、用途、说明")
        key = file.name.removesuffix(".txt").partition("_")[2]
        found[key] = Shipped(key, said["名称"], said["用途"], said["说明"], text.strip() + "\n")
    return found
