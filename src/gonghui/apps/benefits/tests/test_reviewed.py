"""A place that is given after a review: the decision gives it, once, and a full offer undoes the decision."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gonghui.kernel.factories import make_member
from gonghui.kernel.models import Claim, Counter, Offer
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.factories import make_procedure, member_viewer, officer
from gonghui.kernel.procedures.models import Application, Procedure, Step
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_desk_pages import typed

pytestmark = pytest.mark.django_db


def reviewing() -> Procedure:
    """A procedure whose decision gives a place."""
    return make_procedure(
        key="test.place", title="申请疗休养", prefix="LX", who="person",
        form={"sections": [{"title": "情况", "fields": [{"key": "reason", "title": "理由", "kind": "long_text"}]}]},
        steps=[{"key": "decide", "title": "县级决定", "kind": "decide", "tier": "county", "role": "publicity"}],
        approved=[{"key": "benefits.place"}],
    )  # fmt: skip


def asked(tree) -> Step:
    """An application of a fresh member that waits for the county."""
    person, procedure = make_member(tree.union, "申请人").person, reviewing()
    me = member_viewer(person)
    started = procedures.start(me, procedure=procedure, organisation=tree.union, person=person)
    procedures.submit(me, application_id=started.application.pk, typed={"reason": "井下一线二十年"})
    return Step.objects.get(application=started.application)


def test_the_decision_gives_the_place(tree):
    offer = make_offer(tree.county, 1, allocation="reviewed", procedure="test.place")
    step = asked(tree)
    procedures.approve(officer(tree.county, "publicity"), step_id=step.pk)
    claim = Claim.objects.get()
    assert (claim.source, claim.state, claim.person_id) == ("review", "held", step.application.person_id)
    assert Counter.objects.get(offer=offer).taken == 1


def test_the_desk_chooses_a_procedure_and_the_member_is_led_to_it(tree, desk, phone):
    client, (mobile, _) = desk(), phone()
    opens = {"opens_at": "2026-01-01T08:00", "closes_at": f"{timezone.localdate().year + 1}-12-31T18:00"}
    begins = {f"s-0-{name}": f"{timezone.localdate().year + 2}-03-01T{hour}" for name, hour in
              (("starts_at", "08:00"), ("ends_at", "18:00"))}  # fmt: skip
    without = client.post("/desk/benefits/new", typed(allocation="reviewed", **opens, **begins))
    assert without.status_code == 422 and "选一个审核流程" in without.content.decode()
    procedure = reviewing()
    made = client.post("/desk/benefits/new", typed(
        allocation="reviewed", procedure="test.place", again_after_months="36", **opens, **begins,
    ))  # fmt: skip
    assert made.status_code == 302, made.content.decode()
    client.post(made["Location"], {})
    with acting(SYSTEM):
        offer = Offer.objects.get()
        assert (offer.state, offer.procedure, offer.again_after_months) == ("published", "test.place", 36)
    page = mobile.get(f"/m/benefits/{offer.pk}/").content.decode()
    assert f'href="/m/services/{procedure.pk}/">去申请' in page and "按公布的流程审核" in page


def test_a_full_offer_undoes_the_decision(tree):
    make_offer(tree.county, 1, allocation="reviewed", procedure="test.place")
    first, second = asked(tree), asked(tree)
    county = officer(tree.county, "publicity")
    procedures.approve(county, step_id=first.pk)
    with pytest.raises(Refusal) as refused:
        procedures.approve(county, step_id=second.pk)
    assert refused.value.code == "GH-QTA-023"
    assert Application.objects.get(pk=second.application_id).state == "running"
