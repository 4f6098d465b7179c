"""The three Anfu facts of the Ji'an scenario: found, warned, decided, taken back and done again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.vitality import queries, services
from gonghui.apps.vitality.choices import Decision
from gonghui.apps.vitality.models import Finding
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.models import Membership, Organisation, Post
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.web.demo import load


@pytest.fixture
def anfu(db: None) -> Any:
    load("small", background=True)  # the year of business has nothing to do with what a review finds
    take_scope("", "~")
    post = Post.objects.select_related("account").get(account__username="liuchunlan")
    viewer = viewer_of_post(post.account, post)
    take_scope_of(viewer)
    return viewer


def _ids(viewer: Any, kind: str) -> list[int]:
    return list(queries.findings(viewer, kind).filter(state__in=["listed", "warned"]).values_list("pk", flat=True))


def _let_days_pass() -> None:
    """Move the warning back instead of waiting for thirty working days."""
    past = timezone.localdate() - timedelta(days=90)
    Finding.objects.filter(state="warned").update(warned_on=past, due_on=past + timedelta(days=45))


def test_the_three_facts_are_found_decided_undone_and_redone(anfu: Any) -> None:
    organisation = org_queries.organisation(anfu, anfu.organisation_id)
    before = org_queries.counts(anfu, organisation)
    services.start_review(anfu, organisation=organisation)
    found = {kind: len(_ids(anfu, kind)) for kind in ("paper_union", "paper_member", "merger")}
    assert found == {"paper_union": 12, "paper_member": 369, "merger": 6}

    unions, members, mergers = (_ids(anfu, k) for k in ("paper_union", "paper_member", "merger"))
    services.warn(anfu, finding_ids=[*unions, *members, *mergers])
    with pytest.raises(Refusal, match="GH-VIT-008"):
        services.decide_union(anfu, finding_ids=unions[:1], decision=Decision.DISSOLVE, reason="常委会研究同意")
    _let_days_pass()

    def decide() -> None:
        receiver = Organisation.objects.get(name="安福县农业农村局工会委员会")
        services.decide_union(anfu, finding_ids=unions, decision=Decision.DISSOLVE, reason="常委会研究同意")
        services.decide_union(anfu, finding_ids=mergers, decision=Decision.MERGE, reason="机构改革", receiver=receiver)
        services.decide_members(anfu, finding_ids=members, decision=Decision.END, reason="三次联系未果")

    decide()
    after = org_queries.counts(anfu, organisation)
    assert Organisation.objects.filter(state="dissolved").count() == 12
    assert Organisation.objects.filter(state="merged").count() == 6
    assert Membership.objects.filter(end_reason="paper_member").count() == 369
    assert before.members - after.members == 369  # nobody else was lost
    assert before.organisations - after.organisations == 18

    services.undo(anfu, finding_ids=[*members], reason="补充核实")
    services.undo(anfu, finding_ids=[*unions, *mergers], reason="补充核实")
    restored = org_queries.counts(anfu, organisation)
    assert (restored.members, restored.organisations, restored.active) == (
        before.members,
        before.organisations,
        before.active,
    )
    assert Membership.objects.filter(end_reason="paper_member").count() == 0

    decide()
    again = org_queries.counts(anfu, organisation)
    assert (again.members, again.organisations) == (after.members, after.organisations)


def test_an_appeal_stops_the_decision_until_it_is_answered(anfu: Any) -> None:
    organisation = org_queries.organisation(anfu, anfu.organisation_id)
    services.start_review(anfu, organisation=organisation)
    (pk, *_) = _ids(anfu, "paper_union")
    services.warn(anfu, finding_ids=[pk])
    _let_days_pass()
    services.appeal(anfu, finding=Finding.objects.get(pk=pk), text="企业搬迁，正在恢复活动")
    with pytest.raises(Refusal, match="GH-VIT-002"):
        services.decide_union(anfu, finding_ids=[pk], decision=Decision.DISSOLVE, reason="常委会研究同意")
    services.answer_appeal(anfu, finding_id=pk, upheld=True, answer="核实属实")
    assert Finding.objects.get(pk=pk).state == "kept"


def test_the_same_review_twice_lists_nothing_twice(anfu: Any) -> None:
    organisation = org_queries.organisation(anfu, anfu.organisation_id)
    services.start_review(anfu, organisation=organisation)
    total = Finding.objects.count()
    services.start_review(anfu, organisation=organisation)
    assert Finding.objects.count() == total
