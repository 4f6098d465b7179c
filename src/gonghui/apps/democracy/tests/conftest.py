"""A small firm's union with its chair and seven delegates, the county above and a neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gonghui.apps.democracy.factories import make_congress, make_item, make_session
from gonghui.apps.democracy.models import Congress, Delegate, Item, Session
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import Tree, make_account, make_member, make_tree, viewer_at
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

NAMES = ("郭秋生", "彭水莲", "欧阳慧", "罗福生", "刘春香", "王小明", "邓美英")


@dataclass
class Hall:
    """Who takes part. The congress has seven delegates; `phones` are their viewers, in order."""

    tree: Tree
    chair: Viewer
    county: Viewer
    congress: Congress
    seats: list[Delegate]
    phones: list[Viewer]
    worker: Viewer

    def session(self, present: int = 7, state: str = "open") -> Session:
        return make_session(self.congress, present=present, state=state)

    def item(self, kind: str = "pass", days: int = 10, present: int = 7) -> Item:
        found = Session.objects.filter(congress=self.congress).first() or self.session(present)
        return make_item(found, kind, days=days)


def make_hall() -> Hall:
    tree = make_tree()
    people = [make_member(tree.union, name) for name in NAMES]
    congress = make_congress(tree.union, people=people)
    phones = [
        viewer_of_member(make_account(f"m-hall-{at}", one.person.name, "member", one.person))
        for at, one in enumerate(people)
    ]
    return Hall(
        tree, viewer_at(tree.union, "grassroots_chair", "hall-chair"), viewer_at(tree.county, "organising", "hall-county"),
        congress, list(congress.delegates.order_by("pk")), phones,
        viewer_of_member(make_account("m-hall-worker", "刘细妹", "member", tree.insider.person)),
    )  # fmt: skip


@pytest.fixture
def hall(db: None) -> Iterator[Hall]:
    with acting(SYSTEM):
        yield make_hall()


@pytest.fixture
def open_hall(own_database: str) -> Hall:
    """The same with rows that other connections see."""
    with acting(SYSTEM):
        return make_hall()
