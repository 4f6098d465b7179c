"""The demonstration's workers' congress: lawful, held, with proposals and contracts in every state."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.utils import timezone

from gonghui.apps.democracy.facts import FACTS
from gonghui.apps.democracy.models import Bargain, Congress, Contract, Motion, Session
from gonghui.kernel.factories import Tree, make_member
from gonghui.kernel.models import Membership
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.web.demo.democracy import Democracy
from gonghui.web.demo.officers import Officers

pytestmark = pytest.mark.django_db


def test_a_union_has_a_congress_and_contracts(tree: Tree) -> None:
    with acting(SYSTEM):
        for number in range(34):
            make_member(tree.union, f"甲{'一二三四五六七八九十'[number % 10]}{'甲乙丙丁'[number // 10]}")
        Membership.objects.update(last_sign_on=timezone.localdate())
        demo = Democracy.__new__(Democracy)
        demo.officers = Officers(Random(1), timezone.localdate())
        demo.city, demo.county, demo.town, demo.own = tree.city, tree.county, tree.township, tree.union
        demo.run()
        congress = Congress.objects.get()
        assert congress.state == "sitting" and congress.delegates.count() == 30
        assert sorted(Session.objects.values_list("state", flat=True)) == ["closed", "notified"]
        assert sorted(Motion.objects.values_list("state", flat=True)) == ["closed", "handling", "handling", "seconding"]
        assert set(Contract.objects.values_list("state", flat=True)) == {"valid"}
        assert Bargain.objects.get().state == "talking"
        day, leap = timezone.localdate(), date(2024, 2, 29)
        told = {fact.key: [fact.read(tree.union, None, on) for on in (day, leap)] for fact in FACTS}
        assert told == {"union_contracts": [3, 0], "union_congress_year": [1, 0]}
