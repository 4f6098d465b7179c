"""Lists of scans made without a network: the scan that was first stands, and nobody loses silently."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.models import CheckIn, Claim, Counter, DisputedScan, TrailRecord
from gonghui.kernel.quotas import rules, services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.quotas.services.check_ins import Scan, code_key
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_handing_on import as_member, refused, somebody, taken

SHOP = 7
"""Number of a merchant."""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


class Shop:
    """A merchant of one offer whose phone lost its network an hour ago."""

    def __init__(self, tree, places: int = 2, **facts) -> None:
        self.offer = make_offer(tree.city, places, opens_at=timezone.now() - timedelta(days=30), **facts)
        self.clerk = viewer_at(tree.city, "provider", "clerk")
        self.staff = viewer_at(tree.city, "publicity", "editor")
        self.ten = timezone.now() - HOUR
        self.listed = self.opened(self.ten - HOUR)

    def opened(self, when) -> str:
        with services.at(when):
            return services.door_pass(self.clerk, provider_id=SHOP)

    def scan(self, claim: Claim, at=None, **more) -> Scan:
        at = at or self.ten
        text = rules.code_text(code_key(), claim.pk, claim.code, more.pop("shown", at).timestamp())
        return Scan(text, at, uuid4(), **{"listed": self.listed, **more})

    def merged(self, *scans: Scan) -> list:
        done = services.merge_offline(
            self.clerk, session_id=None, scans=scans, provider_id=SHOP, offers=[self.offer.pk]
        )
        return [answer if isinstance(answer, CheckIn) else answer.code for _, answer in done]


def test_a_ticket_scanned_and_then_given_back_was_used(tree):
    shop, (member, _) = Shop(tree), somebody(tree)
    claim = taken(shop.offer, member)
    with services.at(shop.ten + 5 * MINUTE):
        services.give_back(as_member(member), claim_id=claim.pk)
    [row] = shop.merged(shop.scan(claim))
    assert (row.provider_id, row.at) == (SHOP, shop.ten), "the merchant is paid"
    claim.refresh_from_db()
    assert (claim.state, claim.ended, claim.used, claim.ended_why) == ("used", 0, 1, "")
    assert Counter.objects.get().taken == 1
    services.take(as_member(member), session_id=claim.session_id, key=uuid4())
    assert Claim.objects.count() == 1, "nobody has it a second time"
    [trail] = TrailRecord.objects.filter(verb="quotas.brought_back")
    assert trail.detail["why"] == "本人取消"


def test_a_ticket_scanned_before_everything_was_called_off_was_used(tree):
    shop, (member, _) = Shop(tree), somebody(tree)
    claim = taken(shop.offer, member)
    with services.at(shop.ten + 5 * MINUTE):
        services.call_off(shop.staff, offer_id=shop.offer.pk, reason="库存不足，改期再发")
    assert Claim.objects.get().state == "called_off" and Counter.objects.get().taken == 0
    [row] = shop.merged(shop.scan(claim))
    assert row.provider_id == SHOP and Claim.objects.get().state == "used" and Counter.objects.get().taken == 1


def test_a_place_that_went_on_does_not_come_back_and_staff_see_both_facts(tree):
    shop, (member, _), (other, _) = Shop(tree, 1), somebody(tree), somebody(tree)
    claim = taken(shop.offer, member)
    with services.at(shop.ten + 5 * MINUTE):
        services.give_back(as_member(member), claim_id=claim.pk)
    taken(shop.offer, other)
    scan = shop.scan(claim)
    assert shop.merged(scan) == ["GH-QTA-068"] == shop.merged(scan), "twice is once"
    row = DisputedScan.objects.get()
    claim.refresh_from_db()
    assert (row.why, row.at, row.provider_id, row.state) == ("ended", shop.ten, SHOP, "open")
    assert claim.state == "cancelled" and claim.ended_at > row.at and not CheckIn.objects.exists()
    refused("GH-QTA-069", lambda: services.settle_dispute(shop.staff, dispute_id=row.pk, count=True, reason=""))
    services.settle_dispute(shop.staff, dispute_id=row.pk, count=True, reason="商户有小票")
    refused("GH-QTA-069", lambda: services.settle_dispute(shop.staff, dispute_id=row.pk, count=False, reason="再核对"))
    assert CheckIn.objects.get().provider_id == SHOP and Counter.objects.get().taken == 1
    claim.refresh_from_db()
    assert (claim.state, claim.used) == ("cancelled", 1), "the place is somebody else's, the use is on record"
    [again] = shop.merged(scan)
    assert again.pk == CheckIn.objects.get().pk


def test_a_member_who_took_another_one_meanwhile_is_a_case_for_staff(tree):
    shop, (member, _) = Shop(tree), somebody(tree)
    claim = taken(shop.offer, member)
    with services.at(shop.ten + 5 * MINUTE):
        services.give_back(as_member(member), claim_id=claim.pk)
    second = taken(shop.offer, member)
    assert shop.merged(shop.scan(claim)) == ["GH-QTA-068"]
    claim.refresh_from_db()
    second.refresh_from_db()
    assert (claim.state, second.state) == ("cancelled", "held") and Counter.objects.get().taken == 1


def test_cancelled_before_it_was_scanned_is_listed_too(tree):
    shop, (member, _) = Shop(tree), somebody(tree)
    claim = taken(shop.offer, member)
    with services.at(shop.ten - MINUTE):
        services.give_back(as_member(member), claim_id=claim.pk)
    assert shop.merged(shop.scan(claim)) == ["GH-QTA-068"]
    services.settle_dispute(shop.staff, dispute_id=DisputedScan.objects.get().pk, count=False, reason="取消在先")
    assert not CheckIn.objects.exists()
    assert Counter.objects.get().taken == 0


def test_a_bought_picture_is_not_counted_by_the_time_its_sender_names(tree):
    shop, (member, _) = Shop(tree), somebody(tree)
    claim = taken(shop.offer, member)
    days = timedelta(days=3)
    nobody = Scan("GH2:x", shop.ten, uuid4())
    assert shop.merged(nobody) == ["GH-QTA-060"]
    cases = {
        "unlisted": [
            shop.scan(claim, listed=""),
            shop.scan(claim, listed="made up"),
            shop.scan(claim, shop.ten - 2 * HOUR),  # before the page was opened
            shop.scan(claim, listed=shop.opened(shop.ten - 13 * HOUR)),
            shop.scan(claim, listed=services.door_pass(shop.staff, provider_id=SHOP)),
            shop.scan(claim, listed=services.door_pass(shop.clerk, session_id=claim.session_id)),
        ],
        "late": [shop.scan(claim, shop.ten - days, listed=shop.opened(shop.ten - days))],
    }
    for why, scans in cases.items():
        assert shop.merged(*scans) == ["GH-QTA-068"] * len(scans)
        assert DisputedScan.objects.filter(why=why).count() == len(scans)
    later = timezone.now() + 10 * MINUTE
    wrong = shop.scan(claim, shown=shop.ten - 10 * MINUTE), shop.scan(claim, later)
    assert shop.merged(*wrong) == ["GH-QTA-060", "GH-QTA-060"], "a screenshot, and a time that is still to come"
    claim.refresh_from_db()
    assert (claim.state, claim.used) == ("held", 0) and not CheckIn.objects.exists()


def test_only_staff_of_the_range_decide(tree):
    shop, (member, _) = Shop(tree), somebody(tree)
    assert shop.merged(shop.scan(taken(shop.offer, member), listed="")) == ["GH-QTA-068"]
    pk = DisputedScan.objects.get().pk
    with pytest.raises(Refusal):
        services.settle_dispute(shop.clerk, dispute_id=pk, count=True, reason="我自己认可")
    neighbour = viewer_at(tree.other_city, "publicity")
    refused("GH-QTA-069", lambda: services.settle_dispute(neighbour, dispute_id=pk, count=True, reason="认可"))
    services.settle_dispute(shop.staff, dispute_id=pk, count=True, reason="核对过监控")
    assert CheckIn.objects.get().account_id == shop.clerk.account_id
    assert Claim.objects.get().state == "used"
