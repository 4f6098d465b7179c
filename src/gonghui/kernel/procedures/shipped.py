"""The definitions that ship with the platform (catalogue/procedures), and the skeletons that new ones begin from."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from .. import yamls


@cache
def texts() -> dict[str, str]:
    """File name → YAML text."""
    home = files("gonghui.catalogue") / "procedures"
    found = [one for one in home.iterdir() if one.name.endswith(".yaml")] if home.is_dir() else []
    return {one.name: one.read_text(encoding="utf-8") for one in sorted(found, key=lambda one: one.name)}


def bodies() -> list[dict[str, Any]]:
    return deepcopy(_parsed())


@cache
def _parsed() -> list[dict[str, Any]]:
    """Read once: parsing all of them takes a second."""
    return [yamls.shipped(text) for text in texts().values()]


@cache
def skeletons() -> dict[str, dict[str, Any]]:
    """Name → title, note and body."""
    text = (files("gonghui.catalogue") / "procedure_skeletons.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yamls.shipped(text)
    return found
