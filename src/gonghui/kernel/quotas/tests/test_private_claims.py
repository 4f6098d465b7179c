"""Who came for counselling is known to the member and to who gives it, and to nobody on the way between them."""

from __future__ import annotations

import pytest

from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.models import Claim, Entry, Offer
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .test_claiming import as_member, ask


def seen_by(viewer: Viewer) -> tuple[int, int]:
    with acting(viewer):
        return Claim.objects.count(), Entry.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "by_the_union"), [("course", (1, 1)), ("counselling", (0, 0))])
def test_the_members_union_reads_what_its_members_got_but_no_counselling(kind: str, by_the_union: tuple[int, int]):
    with acting(SYSTEM):
        tree = make_tree()
        offer = make_offer(tree.city)
        Offer.objects.filter(pk=offer.pk).update(kind=kind)
        person = int(make_member(tree.union, "来谈心").person_id)
        other = make_member(tree.union, "等候的").person
        assert ask(offer.counters.get(), [person]) == ["granted"]
        Entry.objects.create(
            path=offer.path, offer=offer, person=other, member_path=other.path, tag="a" * 32, salt="b" * 32
        )
        city, union, sibling = viewer_at(tree.city), viewer_at(tree.union), viewer_at(tree.sibling_county)
    assert seen_by(city) == (1, 1)
    assert seen_by(union) == by_the_union
    assert seen_by(sibling) == (0, 0)
    with acting(as_member(person)):
        assert Claim.objects.filter(person_id=person).count() == 1
