"""Papers: time, tries, scores and standings by the server's clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.learning import queries, services
from gonghui.apps.learning.factories import make_paper
from gonghui.apps.learning.models import Attempt, Question, Quiz, Standing
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, make_member, viewer_at
from gonghui.kernel.models import SignOfLife, TrailRecord
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.kernel.viewer import Viewer


def refused(code: str, call: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code, caught.value
    return caught.value


def taken(member: Viewer, quiz: Quiz, chosen: list[int], **when: Any) -> Attempt:
    """One paper with the same option chosen for the first questions."""
    row = services.begin(member, quiz_id=quiz.pk, **when)
    for at, one in enumerate(chosen):
        services.answer(member, attempt_id=row.pk, position=at, chosen=[one], **when)
    return services.hand_in(member, attempt_id=row.pk, **when)


def test_a_paper_is_scored_on_the_server(quiz: Quiz, member: Viewer) -> None:
    row = taken(member, quiz, [0, 0, 1])
    assert (row.score, row.answers, row.ran_out) == (Decimal(20), [1, 1, 2], False)
    place, mine = queries.own_standing(member, quiz) or (0, None)
    assert mine is not None and (place, mine.total, mine.best, mine.days, mine.tries) == (1, 20, 20, 1, 1)
    assert services.hand_in(member, attempt_id=row.pk).score == 20  # again: the same result
    take_scope("", "~")
    assert TrailRecord.objects.filter(verb="learning.handed_in", subject_id=member.person_id).count() == 1


def test_an_answer_is_one_update_and_leaves_no_record(
    quiz: Quiz, member: Viewer, django_assert_num_queries: Any
) -> None:
    row = services.begin(member, quiz_id=quiz.pk)
    with django_assert_num_queries(5):  # savepoint and its release, two of the scope, one UPDATE
        services.answer(member, attempt_id=row.pk, position=0, chosen=[0])
    take_scope("", "~")
    assert not TrailRecord.objects.filter(verb__startswith="learning.").exists()


def test_the_right_answer_does_not_leave_before_hand_in(quiz: Quiz, member: Viewer) -> None:
    row = services.begin(member, quiz_id=quiz.pk)
    assert queries.marked(member, row, 10) == []
    one = queries.asked(member, row, 0)
    assert (one.right, one.explanation, one.score) == (0, "", 0)
    assert [x.right for x in queries.marked(member, services.hand_in(member, attempt_id=row.pk), 10)] == [1, 1, 1]


def test_the_grace_is_five_seconds_and_then_the_paper_counts_as_it_stands(quiz: Quiz, member: Viewer) -> None:
    begun = timezone.now() - timedelta(minutes=30)
    row = services.begin(member, quiz_id=quiz.pk, at=begun)
    due = begun + timedelta(minutes=10)
    services.answer(member, attempt_id=row.pk, position=0, chosen=[0], at=due + timedelta(seconds=5))
    refused(
        "GH-LRN-037", services.answer, member, attempt_id=row.pk, position=1, chosen=[0], at=due + timedelta(seconds=6)
    )
    done = services.hand_in(member, attempt_id=row.pk, at=due + timedelta(minutes=1))
    assert (done.score, done.ran_out, done.handed_at) == (Decimal(10), True, due)
    refused("GH-LRN-036", services.answer, member, attempt_id=row.pk, position=1, chosen=[0])


def test_the_job_closes_what_nobody_looks_at(quiz: Quiz, member: Viewer) -> None:
    row = services.begin(member, quiz_id=quiz.pk, at=timezone.now() - timedelta(minutes=11))
    assert (services.close_run_out(), services.close_run_out()) == (1, 0)
    take_scope("", "", member.person_id)
    row.refresh_from_db()
    assert row.ran_out and row.score == 0
    assert services.begin(member, quiz_id=quiz.pk).number == 2


def test_tries_a_day_and_the_best_of_each_day(quiz: Quiz, member: Viewer) -> None:
    now = timezone.now()
    for chosen in ([0, 1, 1], [0, 0, 0], [1, 1, 1]):
        taken(member, quiz, chosen)
    refused("GH-LRN-032", services.begin, member, quiz_id=quiz.pk)
    taken(member, quiz, [0], at=now + timedelta(days=1))
    standing = Standing.objects.get(person_id=member.person_id)
    assert (standing.total, standing.best, standing.days, standing.full_days, standing.tries) == (40, 30, 2, 1, 4)
    refused("GH-LRN-031", services.begin, member, quiz_id=quiz.pk, at=now + timedelta(days=3))


def test_a_second_tab_gets_the_same_paper(quiz: Quiz, member: Viewer) -> None:
    assert services.begin(member, quiz_id=quiz.pk).pk == services.begin(member, quiz_id=quiz.pk).pk


def test_who_is_not_meant_or_not_the_owner_finds_nothing(quiz: Quiz, member: Viewer, stranger: Viewer) -> None:
    row = services.begin(member, quiz_id=quiz.pk)
    take_scope("", "", stranger.person_id)
    assert queries.own_quizzes(stranger) == [] and queries.own_attempt(stranger, row.pk) is None
    refused("GH-LRN-030", services.begin, stranger, quiz_id=quiz.pk)
    refused("GH-LRN-035", services.answer, stranger, attempt_id=row.pk, position=0, chosen=[0])
    refused("GH-LRN-035", services.hand_in, stranger, attempt_id=row.pk)


@pytest.mark.parametrize(("position", "chosen", "code"), [(3, [0], "GH-LRN-035"), (0, [6], "GH-LRN-034")])
def test_what_was_not_asked_is_refused(quiz: Quiz, member: Viewer, position: int, chosen: list[int], code: str) -> None:
    row = services.begin(member, quiz_id=quiz.pk)
    refused(code, services.answer, member, attempt_id=row.pk, position=position, chosen=chosen)


def test_a_draft_and_a_withdrawn_quiz_cannot_be_begun(quiz: Quiz, tree: Any, member: Viewer) -> None:
    take_scope("", "~")
    services.withdraw_quiz(viewer_at(tree.county, "publicity"), quiz_id=quiz.pk, reason="题目有误")
    take_scope("", "", member.person_id)
    refused("GH-LRN-033", services.begin, member, quiz_id=quiz.pk)


def test_a_question_changed_later_stays_as_it_was_asked(quiz: Quiz, tree: Any, member: Viewer) -> None:
    row = services.begin(member, quiz_id=quiz.pk)
    take_scope("", "~")
    officer = viewer_at(tree.county, "publicity")
    asked = Question.objects.order_by("pk").first()
    assert asked is not None
    services.change_question(
        officer,
        question_id=asked.pk,
        subject="工会法",
        kind="single",
        text="改过的题目",
        options=["一", "二"],
        answer=2,
    )
    take_scope("", "", member.person_id)
    texts = {one.text for one in queries.marked(member, services.hand_in(member, attempt_id=row.pk), 10)}
    assert "改过的题目" not in texts and len(texts) == 3


def test_places_are_masked_and_the_own_one_is_always_known(quiz: Quiz, tree: Any, member: Viewer) -> None:
    take_scope("", "~")
    make_paper(quiz, tree.sibling_union, tree.neighbour.person)
    other = make_member(tree.union, "郭建平")
    make_paper(quiz, tree.union, other.person)
    take_scope("", "", member.person_id)
    taken(member, quiz, [0, 0])
    rows = queries.places(member, quiz, 2)
    assert [(one["rank"], one["name"]) for one in rows] == [(1, "欧**"), (1, "郭**")]
    assert (queries.own_standing(member, quiz) or (0,))[0] == 3
    unions = queries.union_places(member, quiz, 10)
    assert [(one["name"], one["average"], one["people"]) for one in unions] == [
        (tree.sibling_union.name, Decimal("30.0"), 1),
        (tree.union.name, Decimal("25.0"), 2),
    ]


def test_the_order_of_the_database_is_that_of_the_rules(quiz: Quiz, tree: Any, member: Viewer) -> None:
    take_scope("", "~")
    for total, days, full, tries in ((30, 1, 1, 3), (30, 1, 1, 2), (30, 2, 0, 4), (30, 1, 0, 1), (40, 4, 0, 9)):
        one = make_member(tree.union, "郭建平")
        Standing.objects.create(
            path=one.path, quiz=quiz, person=one.person, organisation=tree.union, total=total, best=10, days=days,
            full_days=full, tries=tries,
        )  # fmt: skip
    rows = queries.places(member, quiz, 10)
    assert [one["rank"] for one in rows] == [1, 2, 3, 4, 5]
    assert [int(one["total"]) for one in rows] == [40, 30, 30, 30, 30]


def test_eligible_for_a_prize_is_who_reached_the_line_in_range(quiz: Quiz, tree: Any, member: Viewer) -> None:
    take_scope("", "~")
    make_paper(quiz, tree.sibling_union, tree.neighbour.person)
    take_scope("", "", member.person_id)
    taken(member, quiz, [1, 1, 1])
    take_scope("", "~")
    county, union = viewer_at(tree.county, "publicity"), viewer_at(tree.union, "grassroots_chair")
    take_scope_of(county)
    assert queries.eligible_for_prize(county, quiz) == [tree.neighbour.person_id]
    take_scope_of(union)
    assert queries.eligible_for_prize(union, quiz) == []


def test_signs_of_life_once_a_day_in_a_batch(quiz: Quiz, tree: Any, member: Viewer) -> None:
    taken(member, quiz, [0])
    taken(member, quiz, [0])
    today = timezone.localdate()
    assert (services.note_signs(today), services.note_signs(today)) == (1, 0)
    take_scope("", "~")
    assert SignOfLife.objects.get(person_id=member.person_id).on == today


def test_untried_quizzes_are_a_notice_of_the_phone(quiz: Quiz, member: Viewer) -> None:
    assert [one.pk for one in queries.untried_today(member)] == [quiz.pk]
    taken(member, quiz, [0])
    assert queries.untried_today(member) == []


def test_an_account_without_a_membership_has_no_quiz(quiz: Quiz) -> None:
    take_scope("", "")
    nobody = viewer_of_member(make_account("m-nobody", "无名", "member"))
    assert queries.own_quizzes(nobody) == [] and queries.own_plans(nobody) == []
