"""Two records of one person become one although both took a place of the same offer."""

from __future__ import annotations

from uuid import uuid4

import pytest

from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.messages.services import tell
from gonghui.kernel.models import Claim, Household, HouseholdMember, Message
from gonghui.kernel.people import services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    with acting(SYSTEM):
        yield make_tree()


def test_what_one_person_has_once_stays_with_the_record_that_goes(tree):
    """Both claimed the same course, live in a household each and were told the same; nothing is lost or in the way."""
    kept, dropped, staff = tree.insider.person, tree.neighbour.person, viewer_at(tree.city)
    both, other = make_offer(tree.city, 5), make_offer(tree.city, 5)
    for person, offers in ((kept, (both,)), (dropped, (both, other))):
        home = Household.objects.create(code=f"H{person.pk}")
        HouseholdMember.objects.create(household=home, person=person, path=person.path)
        tell("quotas.lost", person.pk, about=both.pk, title=both.title)
        for offer in offers:
            Claim.objects.create(
                path=offer.path, offer=offer, session=offer.sessions.get(), counter=offer.counters.get(),
                person=person, member_path=person.path, source="page", key=uuid4(),
            )  # fmt: skip
    merge = services.merge_people(
        staff, kept=kept, dropped=dropped, reason="核对过两份证件", open_membership=tree.insider
    )
    claims = Claim.objects.order_by("pk").values_list("person_id", "offer_id")
    assert list(claims) == [(kept.pk, both.pk), (dropped.pk, both.pk), (kept.pk, other.pk)]
    assert HouseholdMember.objects.count() == 2 and Message.objects.count() == 2
    services.undo_merge(staff, merge=merge, reason="不是同一人")
    assert Claim.objects.get(offer=other).person_id == dropped.pk
