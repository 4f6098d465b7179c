"""A grant is ordered by a decision, approved and paid by two persons, and never twice for a thing in a period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from gonghui.apps.funds import queries, services
from gonghui.apps.funds.models import GrantOrder
from gonghui.apps.funds.rules import thing_key
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.factories import Tree
from gonghui.kernel.models import Organisation, Post, Rule
from gonghui.kernel.procedures import registry, shipped
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.factories import officer as new_officer
from gonghui.kernel.procedures.models import Application, Notice, Step
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.procedures.rules.checking import check
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

DAY = date(2026, 3, 2)
PAPER = b"%PDF-1.4\n%%EOF\n"


def officer(place: Organisation, role: str = "organising") -> Viewer:
    post = Post.objects.filter(organisation=place, role=role).select_related("account").first()
    return viewer_of_post(post.account, post) if post is not None else new_officer(place, role)


def open_step(application: Application) -> Step:
    return Step.objects.get(application=application, state="open")


def decided(tree: Tree, thing: str = "泸水河食品职工之家", day: date = DAY, kind: str = "home") -> Application:
    chair = officer(tree.union, "grassroots_chair")
    with procedures.as_of(day):
        procedure = in_force("funds.performance_grant", tree.union.path, day)
        assert procedure is not None
        started = procedures.start(chair, procedure=procedure, organisation=tree.union).application
        upload = SimpleUploadedFile("验收单.pdf", PAPER, "application/pdf")
        procedures.attach(chair, application_id=started.pk, field="papers", upload=upload)
        typed = {
            "kind": kind, "thing": thing, "address": "枫田镇", "opened_on": "2025-11-01", "accepted_on": "2025-12-01",
            "accepted_by": "安福县总工会", "declared": "1",
        }  # fmt: skip
        done = procedures.submit(chair, application_id=started.pk, typed=typed)
        procedures.approve(officer(tree.county), step_id=open_step(done).pk)
    closes = Notice.objects.get(application=done).closes_on + timedelta(days=1)
    procedures.tick(closes)
    with procedures.as_of(closes):
        procedures.approve(officer(tree.city, "finance"), step_id=open_step(done).pk)
    done.refresh_from_db()
    return done


def test_the_shipped_procedure_has_no_mistake() -> None:
    body = next(one for one in shipped.bodies() if one["key"] == "funds.performance_grant")
    assert check(body, registry.known()) == []


def test_every_fen_is_tied_to_an_accepted_application(tree: Tree) -> None:
    Rule.objects.create(
        key="funds.grant_home", organisation=tree.city, path=tree.city.path, value=6_000_000, version=1,
        source="吉工发〔2026〕1号", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    done = decided(tree)
    order = GrantOrder.objects.get()
    assert (done.state, order.amount, order.state, order.period) == ("approved", 6_000_000, "asked", "2026")
    assert order.application == done and [one["name"] for one in order.evidence] == ["验收单.pdf"]
    assert {one["key"]: one["value"] for one in order.rules}["funds.grant_home"] == 6_000_000
    assert queries.totals(officer(tree.city, "finance"))["asked"] == {"count": 1, "sum": 6_000_000}


def test_never_twice_for_the_same_thing_in_a_period(tree: Tree) -> None:
    decided(tree)
    with pytest.raises(Refusal, match="GH-FND-003"):
        decided(tree, "泸水河 食品（职工之家）")
    decided(tree, day=date(2027, 3, 1))
    decided(tree, "泸水河食品爱心驿站", kind="station")
    first = GrantOrder.objects.order_by("pk").first()
    assert first is not None and GrantOrder.objects.count() == 3
    other = GrantOrder.objects.order_by("-pk").first()
    assert other is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantOrder.objects.filter(pk=other.pk).update(thing_key=first.thing_key, period=first.period)


def test_what_was_returned_may_be_applied_for_again(tree: Tree) -> None:
    decided(tree)
    leader = officer(tree.city, "leader")
    with pytest.raises(Refusal, match="GH-FND-015"):
        services.send_back(leader, order_id=GrantOrder.objects.get().pk, reason="")
    services.send_back(leader, order_id=GrantOrder.objects.get().pk, reason="验收单没有盖章")
    decided(tree)
    assert sorted(GrantOrder.objects.values_list("state", flat=True)) == ["asked", "returned"]


def test_two_different_persons_approve_and_pay(tree: Tree) -> None:
    decided(tree)
    order, leader, finance = GrantOrder.objects.get(), officer(tree.city, "leader"), officer(tree.city, "finance")
    with pytest.raises(Refusal, match="GH-FND-012"):
        services.pay(finance, order_id=order.pk, payment_ref="PZ-2026-018")
    with pytest.raises(Refusal, match="GH-ACC-001"):
        services.approve(finance, order_id=order.pk)
    services.approve(leader, order_id=order.pk, note="同意")
    with pytest.raises(Refusal, match="GH-ACC-001"):
        services.pay(leader, order_id=order.pk, payment_ref="PZ-2026-018")
    both = Viewer(
        role="finance", name=leader.name, account_id=leader.account_id, post_id=1, organisation_id=tree.city.pk,
        lo=leader.lo, hi=leader.hi, permissions=finance.permissions | leader.permissions,
    )  # fmt: skip
    with pytest.raises(Refusal, match="GH-FND-013"):
        services.pay(both, order_id=order.pk, payment_ref="PZ-2026-018")
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantOrder.objects.filter(pk=order.pk).update(state="paid", paid_by=leader.account_id, paid_on=DAY)
    services.pay(finance, order_id=order.pk, payment_ref="PZ-2026-018")
    order.refresh_from_db()
    assert (order.state, order.approved_by, order.paid_by) == ("paid", leader.account_id, finance.account_id)
    with pytest.raises(Refusal, match="GH-FND-012"):
        services.pay(finance, order_id=order.pk, payment_ref="PZ-2026-018")
    with pytest.raises(Refusal, match="GH-FND-010"):
        services.send_back(officer(tree.other_city, "finance"), order_id=order.pk, reason="重复支付")


def test_one_thing_however_it_is_typed() -> None:
    assert thing_key("a", "home", "泸水河食品职工之家") == thing_key("a", "home", " 泸水河（食品）·职工之家 ")
    assert thing_key("a", "home", "甲") != thing_key("a", "station", "甲")
