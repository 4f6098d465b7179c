"""Every role × every route × every place of the object answers as the catalogue of roles and the tree say."""

from __future__ import annotations

from typing import Any

import pytest

from .actors import Actor, actors
from .cells import cells, check

LEAST = 20_000


@pytest.mark.parametrize("actor", actors(), ids=str)
def test_every_cell_of(actor: Actor, world: Any) -> None:
    asked, wrong = 0, []
    for cell in cells(actor):
        world.forget()
        wrong += check(world, cell)
        asked += cell.weight
    print(f"\n{actor}: {asked} cells")
    assert asked == sum(cell.weight for cell in cells(actor)) > 0
    assert not wrong, f"{len(wrong)} wrong cells of {asked}\n" + "\n".join(wrong[:40])


def test_the_matrix_is_large_enough_and_knows_every_route() -> None:
    """Each actor asks exactly the cells that are counted here; a route nobody can place stops the count."""
    total = sum(cell.weight for actor in actors() for cell in cells(actor))
    print(f"\n{len(actors())} actors, {total} cells")
    assert total >= LEAST
