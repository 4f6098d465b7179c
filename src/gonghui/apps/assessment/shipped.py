"""The standards that ship with the platform: YAML files under catalogue/standards, one standard each."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from gonghui.kernel import yamls


@cache
def texts() -> dict[str, str]:
    """File name → YAML text."""
    home = files("gonghui.catalogue") / "standards"
    found = [one for one in home.iterdir() if one.name.endswith(".yaml")] if home.is_dir() else []
    return {one.name: one.read_text(encoding="utf-8") for one in sorted(found, key=lambda one: one.name)}


def bodies() -> list[dict[str, Any]]:
    return deepcopy(_parsed())


@cache
def _parsed() -> list[dict[str, Any]]:
    """Read once: parsing all of them takes a second."""
    return [yamls.shipped(text) for text in texts().values()]
