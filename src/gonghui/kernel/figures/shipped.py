"""Figures that ship with the platform (catalogue/figures), area by area."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from .. import yamls


def bodies() -> list[dict[str, Any]]:
    return deepcopy(_parsed())


@cache
def _parsed() -> list[dict[str, Any]]:
    home = files("gonghui.catalogue") / "figures"
    names = sorted(one.name for one in home.iterdir() if one.name.endswith(".yaml"))
    found: list[dict[str, Any]] = []
    for name in names:
        area = name.removesuffix(".yaml")
        found += [{"area": area, **one} for one in yamls.shipped((home / name).read_text(encoding="utf-8"))]
    return found
