"""Boards and schematic maps that ship with the platform (catalogue/boards, catalogue/maps)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gonghui.kernel import yamls

from .choices import SCREEN
from .rules import Design, Shape, read

COMMON = "leader"
"""The board of a role for which none ships."""


@cache
def designs() -> dict[str, Design]:
    """Name of the file → board."""
    home = files("gonghui.catalogue") / "boards"
    names = sorted(one.name for one in home.iterdir() if one.name.endswith(".yaml"))
    return {
        name.removesuffix(".yaml"): read(yamls.shipped((home / name).read_text(encoding="utf-8"))) for name in names
    }


def design(slot: str) -> Design:
    """The board that ships for a role or the big screen."""
    if slot == SCREEN:
        return designs()[SCREEN]
    return next((one for one in designs().values() if slot in one.slots), designs()[COMMON])


@dataclass(frozen=True)
class Outline:
    """A schematic map of an area: its view box, and the shapes of the areas in it by region code."""

    box: str
    shapes: dict[str, Shape]


@cache
def outline(region: str) -> Outline | None:
    """The map of an area, none for most: its squares are drawn then."""
    file = files("gonghui.catalogue") / "maps" / f"{region}.yaml"
    if not region.isdigit() or not file.is_file():
        return None
    body = yamls.shipped(file.read_text(encoding="utf-8"))
    shapes = {str(code): Shape(one["outline"], one["x"], one["y"]) for code, one in body["shapes"].items()}
    return Outline(body["box"], shapes)
