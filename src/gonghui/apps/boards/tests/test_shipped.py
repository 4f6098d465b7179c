"""Every board that ships shows figures that ship, in ways that fit them; every map lies over known regions."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Any

import pytest

from gonghui.apps.boards import queries, shipped
from gonghui.apps.boards.choices import SCREEN, TileKind, slots
from gonghui.apps.boards.rules import check


@pytest.mark.django_db
def test_boards_are_right_and_for_known_roles(tree: Any) -> None:
    from django.utils import timezone

    known = queries.known(tree.city.path, timezone.localdate())
    assert len(shipped.designs()) >= 4
    for name, design in shipped.designs().items():
        check(design, known)
        assert set(design.slots) <= dict(slots()).keys(), name
    for slot, _ in slots():
        assert shipped.design(slot).tiles
    screen = shipped.design(SCREEN)
    assert sum(tile.kind == TileKind.MAP for tile in screen.tiles) == 1
    assert sum(tile.kind == TileKind.NUMBER for tile in screen.tiles) <= 4


def test_maps_lie_over_known_regions() -> None:
    table = (files("gonghui.catalogue") / "regions.csv").read_text(encoding="utf-8").splitlines()
    parents = {row["code"]: row["parent"] for row in csv.DictReader(table)}
    names = [one.name.removesuffix(".yaml") for one in (files("gonghui.catalogue") / "maps").iterdir()]
    assert names == ["360800"]
    for region in names:
        found = shipped.outline(region)
        assert found is not None
        assert set(found.shapes) == {code for code, parent in parents.items() if parent == region}
    assert shipped.outline("360900") is None and shipped.outline("../x") is None
