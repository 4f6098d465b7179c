"""Merchants take back their own mistakes for a short while; staff see what looks unusual and decide what is disputed."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from gonghui.apps.benefits import queries
from gonghui.apps.benefits.factories import make_benefit, make_provider
from gonghui.apps.benefits.rules import unusual as rule
from gonghui.kernel.factories import make_member, make_post
from gonghui.kernel.models import CheckIn, Claim, DisputedScan, Membership, TrailRecord
from gonghui.kernel.quotas import rules as quota_rules
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import as_member


@pytest.fixture
def shop(tree, desk):
    """(the merchant's browser, the merchant, a voucher of it that somebody has)"""
    with acting(SYSTEM):
        post = make_post(tree.city, "provider", "movie", "影城前台")
        provider = make_provider(tree.city, account_id=post.account_id)
        offer = make_benefit(tree.city, 50, page={"kind": "voucher", "provider": provider, "subsidy": 2500})
        member = make_member(tree.union, "欧阳小甲")
        quotas.take(as_member(member), session_id=offer.sessions.get().pk, key=uuid4())
        claim = Claim.objects.get()
    client = desk("provider", username="unbound")
    client.force_login(post.account, backend="django.contrib.auth.backends.ModelBackend")
    return client, provider, claim


def code(claim: Claim) -> str:
    return quota_rules.code_text(quotas.code_key(), claim.pk, claim.code, timezone.now().timestamp())


def redeemed(client, claim: Claim) -> CheckIn:
    body = json.dumps({"text": code(claim), "key": str(uuid4())})
    assert client.post("/desk/redeem/take", body, content_type="application/json").json()["ok"]
    with acting(SYSTEM):
        return CheckIn.objects.latest("pk")


def undone(client, row: CheckIn, reason: str = "顾客买了别的") -> str:
    return client.post("/desk/redeem/undo", {"check_in": row.pk, "reason": reason}, follow=True).content.decode()


def test_a_merchant_takes_a_mistake_back_and_the_ticket_is_good_again(tree, shop):
    client, _, claim = shop
    row = redeemed(client, claim)
    assert "撤销核销" in client.get("/desk/redeem/").content.decode()
    assert "没有写撤销原因" in undone(client, row, "")
    assert "这张票券可以再用" in undone(client, row)
    assert "已经撤销" in undone(client, row)
    with acting(SYSTEM):
        claim.refresh_from_db()
        assert (claim.state, claim.used) == ("held", 0)
        trail = TrailRecord.objects.get(verb="quotas.check_in_undone")
        assert trail.reason == "顾客买了别的"
    redeemed(client, claim)


def test_not_after_a_quarter_of_an_hour_and_not_what_another_redeemed(tree, shop):
    client, provider, claim = shop
    row = redeemed(client, claim)
    with acting(SYSTEM):
        CheckIn.objects.update(made_at=timezone.now() - timedelta(minutes=16))
    assert "超过15分钟" in undone(client, row)
    assert "撤销核销" not in client.get("/desk/redeem/").content.decode()
    with acting(SYSTEM):
        CheckIn.objects.update(made_at=timezone.now(), provider_id=provider.pk + 1)
    assert "没有这次签到" in undone(client, row)
    with acting(SYSTEM):
        assert CheckIn.objects.get().undone_at is None


def many(tree, provider, offer, at, count, **more) -> None:
    with acting(SYSTEM):
        for _ in range(count):
            claim = Claim.objects.create(
                path=offer.path, offer=offer, session=offer.sessions.get(), counter=offer.counters.get(),
                person=make_member(tree.union, "会员").person, member_path=tree.union.path, source="page", key=uuid4(),
            )  # fmt: skip
            CheckIn.objects.create(
                path=offer.path, claim=claim, offer=offer, session=claim.session, person=claim.person, at=at, by="qr",
                provider_id=provider.pk, key=uuid4(), **more,
            )  # fmt: skip


def test_what_looks_unusual_is_listed_with_its_rule(tree, shop, desk, staff):
    _, provider, claim = shop
    noon = timezone.localtime().replace(hour=12, minute=30, second=0, microsecond=0) - timedelta(days=2)
    midnight = noon.replace(hour=2)
    many(tree, provider, claim.offer, noon, rule.MANY)
    many(tree, provider, claim.offer, noon + timedelta(hours=1), rule.MANY - 1)
    many(tree, provider, claim.offer, midnight, 1, part=2)
    many(tree, provider, claim.offer, noon - timedelta(days=rule.DAYS), rule.MANY)
    many(tree, provider, claim.offer, noon + timedelta(hours=3), rule.MANY, undone_at=timezone.now())
    with acting(staff):
        found = queries.doubts.unusual(staff, timezone.now())
    assert [(one.at, one.count, one.parts, one.why) for one in found] == [
        (noon, rule.MANY, rule.MANY, "同一分钟核销很多张"), (midnight.replace(minute=0), 1, 2, "夜里核销")
    ]  # fmt: skip
    text = desk().get("/desk/benefits/unusual/").content.decode()
    assert rule.RULE in text and "吉安庐陵影城" in text and "2处核销看起来不寻常" in text
    neighbour = desk("publicity", tree.other_city).get("/desk/benefits/unusual/").content.decode()
    assert "没有看起来不寻常的核销" in neighbour and "吉安庐陵影城" not in neighbour


def test_a_till_that_stays_open_for_days_gets_its_pass_anew(tree, shop):
    client, _, claim = shop
    answer = client.post("/desk/redeem/merge", '{"scans": []}', content_type="application/json")
    assert answer.json() == {"scans": []}
    scan = {"text": code(claim), "key": str(uuid4()), "at": timezone.now().isoformat(), "listed": answer["X-Listed"]}
    answer = client.post("/desk/redeem/merge", json.dumps({"scans": [scan]}), content_type="application/json")
    assert answer.json()["scans"][0]["ok"] and answer["X-Listed"]


def test_staff_see_both_facts_of_a_disputed_scan_and_decide(tree, shop, desk):
    client, _, claim = shop
    with acting(SYSTEM):
        quotas.give_back(as_member_of(claim), claim_id=claim.pk)
    body = {"scans": [{"text": code(claim), "key": str(uuid4()), "at": timezone.now().isoformat()}]}
    [told] = client.post("/desk/redeem/merge", json.dumps(body), content_type="application/json").json()["scans"]
    assert not told["ok"] and told["listed"] and "待核对" in told["words"]
    editor = desk()
    assert "1条离线核销待核对" in editor.get("/desk/").content.decode()
    text = editor.get("/desk/benefits/unusual/").content.decode()
    for words in ("欧**甲", "吉安庐陵影城", "已取消", "本人取消", "不在名单的有效时间里"):
        assert words in text
    assert "欧阳小甲" not in text
    with acting(SYSTEM):
        pk = DisputedScan.objects.get().pk
    address = f"/desk/benefits/disputes/{pk}/settle"
    assert desk("publicity", tree.other_city).post(address, {"count": "1", "reason": "认可"}).status_code == 404
    assert client.post(address, {"count": "1", "reason": "认可"}).status_code == 403
    assert "没有写核对意见" in editor.post(address, {"count": "1", "reason": ""}, follow=True).content.decode()
    editor.post(address, {"count": "0", "reason": "取消以后才扫的"})
    [told] = client.post("/desk/redeem/merge", json.dumps(body), content_type="application/json").json()["scans"]
    assert "未认可" in told["words"] and told["hint"] == "取消以后才扫的"
    with acting(SYSTEM):
        assert not CheckIn.objects.exists() and DisputedScan.objects.get().state == "refused"
    assert "待核对的" not in editor.get("/desk/benefits/unusual/").content.decode()


def as_member_of(claim: Claim):
    return as_member(Membership.objects.get(person=claim.person, valid_to=None))
