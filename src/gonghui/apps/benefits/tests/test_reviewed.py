"""A place that is given after a review: the decision gives it, once, and a full offer undoes the decision."""

from __future__ import annotations

import pytest

from gonghui.kernel.factories import make_member, make_tree
from gonghui.kernel.models import Claim, Counter, Offer
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.factories import make_procedure, member_viewer, officer
from gonghui.kernel.procedures.models import Application, Step
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    with acting(SYSTEM):
        yield make_tree()


def asked(tree, offer: Offer) -> Step:
    """An application of a fresh member that waits for the county."""
    person = make_member(tree.union, "申请人").person
    procedure = make_procedure(
        key="test.place", title="申请疗休养", prefix="LX", who="person",
        form={"sections": [{"title": "情况", "fields": [{"key": "reason", "title": "理由", "kind": "long_text"}]}]},
        steps=[{"key": "decide", "title": "县级决定", "kind": "decide", "tier": "county", "role": "publicity"}],
        approved=[{"key": "benefits.place", "given": {"offer": offer.number}}],
    )  # fmt: skip
    me = member_viewer(person)
    started = procedures.start(me, procedure=procedure, organisation=tree.union, person=person)
    procedures.submit(me, application_id=started.application.pk, typed={"reason": "井下一线二十年"})
    return Step.objects.get(application=started.application)


def test_the_decision_gives_the_place(tree):
    offer = make_offer(tree.county, 1, allocation="reviewed")
    step = asked(tree, offer)
    procedures.approve(officer(tree.county, "publicity"), step_id=step.pk)
    claim = Claim.objects.get()
    assert (claim.source, claim.state, claim.person_id) == ("review", "held", step.application.person_id)
    assert Counter.objects.get(offer=offer).taken == 1


def test_a_full_offer_undoes_the_decision(tree):
    offer = make_offer(tree.county, 1, allocation="reviewed")
    first, second = asked(tree, offer), asked(tree, offer)
    county = officer(tree.county, "publicity")
    procedures.approve(county, step_id=first.pk)
    with pytest.raises(Refusal) as refused:
        procedures.approve(county, step_id=second.pk)
    assert refused.value.code == "GH-QTA-023"
    assert Application.objects.get(pk=second.application_id).state == "running"
