"""Judging: those who asked first, then by lot; nobody reads an answer before all are opened; low scores go up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from gonghui.apps.voice.models import Backer, Evaluation, Invitation, Judgement, Project, ProjectNote, VoiceAct
from gonghui.apps.voice.rules import judging
from gonghui.apps.voice.sealing import NOTE, opened
from gonghui.apps.voice.services import carrying, evaluating, projects
from gonghui.kernel.box import services as box
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.sealing import lookup_hash
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import OUTSIDER, SYSTEM

from .conftest import Stage, make_voice, seen_by


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=code)


def asked(stage: Stage) -> tuple[Project, list[Any]]:
    """A finished project that came of: a member's voice, one merged into it, one backed, one without a name."""
    lead = make_voice(stage.tree.union, stage.tree.insider.person)
    merged = make_voice(stage.tree.union, stage.tree.neighbour.person, lead=lead)
    Backer.objects.create(
        path=lead.path, voice=lead, person_id=stage.members[0].person_id, joined_on=stage.today
    )  # fmt: skip
    nobody = make_voice(stage.tree.union, code_hash=lookup_hash("voice.code", "abc"))
    (row,) = stage.listed(voice_ids=(lead.pk, nobody.pk))
    stage.finished(row)
    return row, [lead, merged, nobody]


def opened_for(stage: Stage) -> tuple[Project, Evaluation, list[Any]]:
    row, voices = asked(stage)
    return row, evaluating.open_evaluation(stage.city, project_id=row.pk), voices


def over(row: Evaluation, stage: Stage) -> None:
    Evaluation.objects.filter(pk=row.pk).update(opened_on=stage.day(-20), closes_on=stage.day(-1))


def answer(stage: Stage, row: Evaluation, *scores: int) -> None:
    """So many of those drawn by lot answer."""
    for member, score in zip(stage.members[1:], scores, strict=False):
        evaluating.judge(member, evaluation_id=row.pk, score=score, solved=score > 3, words="食堂的饭是热的")


def test_those_who_asked_are_asked_first(stage: Stage) -> None:
    row, evaluation, (lead, merged, nobody) = opened_for(stage)
    why = {one.person_id: one.why for one in Invitation.objects.filter(person__isnull=False)}
    assert why[lead.person_id] == why[merged.person_id] == "asker"
    assert why[stage.members[0].person_id] == "backer"
    assert Invitation.objects.get(voice__isnull=False).voice_id == nobody.pk
    # 12 workers and the two of the cast are members of the city; the three who asked are not drawn
    assert sum(one == "sample" for one in why.values()) == 11 == evaluation.pool
    assert evaluation.invited == 15 and evaluation.floor == Decimal("3.50")
    assert stage.tree.outsider.person_id not in why
    row.refresh_from_db()
    assert row.shown and row.rounds == 1


def test_the_sample_can_be_drawn_again(stage: Stage) -> None:
    from gonghui.kernel.rules.models import Rule

    Rule.objects.create(
        key="voice.evaluation_sample", organisation=stage.tree.city, path=stage.tree.city.path, value=3,
        valid_from=stage.day(-1), version=1,
    )  # fmt: skip
    row, evaluation, _ = opened_for(stage)
    asked_ids = set(Invitation.objects.exclude(why="sample").values_list("person_id", flat=True))
    keys = [key for key in evaluating.pool(row) if key not in asked_ids]
    drawn = set(Invitation.objects.filter(why="sample").values_list("person_id", flat=True))
    assert drawn == set(judging.sample(evaluation.seed, keys, 3)) and len(drawn) == 3
    said = TrailRecord.objects.get(verb="voice.evaluation_opened").detail
    assert evaluation.seed == judging.seed_of(row.pk, 1, stage.today.isoformat(), said["head"])


def test_only_a_finished_project_is_judged_and_one_at_a_time(stage: Stage) -> None:
    row = stage.running()
    with refused("GH-PRJ-003"):
        evaluating.open_evaluation(stage.city, project_id=row.pk)
    done, _, _ = opened_for(stage)
    with refused("GH-PRJ-003"):
        evaluating.open_evaluation(stage.city, project_id=done.pk)


def test_nobody_to_ask(stage: Stage) -> None:
    from gonghui.kernel.models import Membership

    row = stage.finished(stage.project())
    Membership.objects.all().delete()
    with refused("GH-PRJ-061"):
        evaluating.open_evaluation(stage.city, project_id=row.pk)


# -- answering ------------------------------------------------------------------------------------------------------------


def test_an_invited_member_answers_once(stage: Stage) -> None:
    _, evaluation, _ = opened_for(stage)
    member = stage.members[1]
    with seen_by(member):
        evaluating.judge(member, evaluation_id=evaluation.pk, score=2, solved=False, words="还是凉的")
        with refused("GH-PRJ-064"):
            evaluating.judge(member, evaluation_id=evaluation.pk, score=5, solved=True)
        assert Invitation.objects.get().answered
    assert box.count(evaluating.box_of(evaluation.pk)) == 1 and not Judgement.objects.exists()
    assert "score" not in str(TrailRecord.objects.get(verb="voice.judged").detail)


def test_who_was_not_invited(stage: Stage) -> None:
    _, evaluation, _ = opened_for(stage)
    for viewer in (stage.city, OUTSIDER):
        with seen_by(viewer), refused("GH-PRJ-063"):
            evaluating.judge(viewer, evaluation_id=evaluation.pk, score=5, solved=True)
    with refused("GH-PRJ-060"):
        evaluating.judge(stage.members[1], evaluation_id=evaluation.pk, score=9, solved=True)


def test_not_after_the_last_day(stage: Stage) -> None:
    _, evaluation, (_, _, nobody) = opened_for(stage)
    over(evaluation, stage)
    with refused("GH-PRJ-062"):
        evaluating.judge(stage.members[1], evaluation_id=evaluation.pk, score=5, solved=True)
    with refused("GH-PRJ-062"):
        evaluating.judge_by_code(nobody, score=5, solved=True)
    assert box.count(evaluating.box_of(evaluation.pk)) == 0


def test_an_author_without_a_name_answers_by_their_voice(stage: Stage) -> None:
    """Nothing is written beside the box while they do it: no row changes, no record tells the moment."""
    _, evaluation, (lead, _, nobody) = opened_for(stage)
    records = TrailRecord.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM voice_invitation WHERE voice_id = %s", [nobody.pk])
        before = cursor.fetchone()
        with seen_by(OUTSIDER):
            evaluating.judge_by_code(nobody, score=4, solved=True, words="热的")
        cursor.execute("SELECT xmin::text FROM voice_invitation WHERE voice_id = %s", [nobody.pk])
        assert cursor.fetchone() == before
    assert TrailRecord.objects.count() == records
    assert not Invitation.objects.get(voice=nobody).answered
    with refused("GH-PRJ-064"):
        evaluating.judge_by_code(nobody, score=1, solved=False)
    with refused("GH-PRJ-062"):
        evaluating.judge_by_code(lead, score=1, solved=False)
    over(evaluation, stage)
    evaluating.close_due()
    assert Invitation.objects.get(voice=nobody).answered and Judgement.objects.get().score == 4


# -- what comes of it -----------------------------------------------------------------------------------------------------


def test_a_good_score_closes_the_project_and_tells_those_who_asked(stage: Stage) -> None:
    row, evaluation, (lead, merged, _) = opened_for(stage)
    answer(stage, evaluation, 5, 5, 4, 4, 5)
    over(evaluation, stage)
    evaluating.close_evaluation(stage.city, evaluation_id=evaluation.pk, lessons="早找供应商，少走弯路")
    row.refresh_from_db()
    evaluation.refresh_from_db()
    assert (row.state, row.score, row.closed_on, row.lessons) == (
        "closed", Decimal("4.60"), stage.today, "早找供应商，少走弯路",
    )  # fmt: skip
    assert (evaluation.answered, evaluation.solved, evaluation.passed) == (5, 5, True)
    assert evaluation.scores == {"1": 0, "2": 0, "3": 0, "4": 2, "5": 3}
    for voice in (lead, merged):
        told = opened(VoiceAct.objects.filter(voice=voice).latest("step").note, NOTE)
        assert "满意度4.60分，项目办结" in told


def test_a_low_score_is_published_and_goes_up(stage: Stage) -> None:
    row, evaluation, _ = opened_for(stage)
    answer(stage, evaluation, 1, 2, 3, 2, 5)
    over(evaluation, stage)
    assert evaluating.close_due() == 1 and evaluating.close_due() == 0
    row.refresh_from_db()
    assert (row.state, row.score, row.escalated_to, row.done_on) == (
        "reopened", Decimal("2.60"), "江西省总工会", None,
    )  # fmt: skip
    assert row.due_on == stage.day(60) and row.first_due_on == stage.day(90)
    with seen_by(OUTSIDER):
        public = Evaluation.objects.get()
        assert (public.score, public.passed, public.scores["1"]) == (Decimal("2.60"), False, 1)
        assert ProjectNote.objects.filter(text__contains="低于3.50分，重新整改，由江西省总工会督办").exists()
        assert not Judgement.objects.exists() and not Invitation.objects.exists()


def test_a_reopened_project_is_mended_and_judged_again(stage: Stage) -> None:
    row, evaluation, _ = opened_for(stage)
    answer(stage, evaluation, 1, 2)
    over(evaluation, stage)
    evaluating.close_due()
    Evaluation.objects.filter(pk=evaluation.pk).update(published_on=stage.today)
    row.milestones.update(done_on=stage.day(-30))
    with refused("重新整改还没有新的节点"):
        carrying.finish(stage.city, project_id=row.pk, result="整改后都是热饭")
    projects.set_milestones(stage.city, project_id=row.pk, rows=[("加装保温台", stage.day(20), 1)])
    new = row.milestones.get(done_on__isnull=True)
    carrying.finish_milestone(stage.city, milestone_id=new.pk, words="保温台已装")
    carrying.finish(stage.city, project_id=row.pk, result="整改后都是热饭")
    again = evaluating.open_evaluation(stage.city, project_id=row.pk)
    assert again.round == 2
    answer(stage, again, 5, 5, 5)
    over(again, stage)
    evaluating.close_evaluation(stage.city, evaluation_id=again.pk, lessons="先问职工再动工")
    row.refresh_from_db()
    assert (row.state, row.rounds, row.escalated_to) == ("closed", 2, "")


def test_the_body_above_supervises(stage: Stage) -> None:
    row, evaluation, _ = opened_for(stage)
    answer(stage, evaluation, 1)
    over(evaluation, stage)
    evaluating.close_due()
    with refused("GH-PRJ-066"):
        evaluating.set_reopened_day(stage.city, project_id=row.pk, due_on=stage.day(30), reason="抓紧整改到位")
    for days, code in ((0, "066"), (30, "")):
        if code:
            with refused(f"GH-PRJ-{code}"):
                evaluating.set_reopened_day(
                    stage.province, project_id=row.pk, due_on=stage.day(days), reason="抓紧整改到位"
                )
    moved = evaluating.set_reopened_day(stage.province, project_id=row.pk, due_on=stage.day(30), reason="抓紧整改到位")
    assert moved.due_on == stage.day(30)


def test_few_answers_tell_no_distribution_and_no_kind(stage: Stage) -> None:
    _, evaluation, _ = opened_for(stage)
    insider = stage.tree.insider.person_id
    from .conftest import member_viewer

    member = member_viewer(50, stage.tree.insider.person)
    assert member.person_id == insider
    evaluating.judge(member, evaluation_id=evaluation.pk, score=1, solved=False)
    answer(stage, evaluation, 5, 5, 5)
    over(evaluation, stage)
    evaluating.close_due()
    evaluation.refresh_from_db()
    assert evaluation.score == Decimal("4.00") and evaluation.scores == {}
    assert set(Judgement.objects.values_list("why", flat=True)) == {""}, "one asker alone would be known by their mark"


def test_nobody_answered_is_no_verdict(stage: Stage) -> None:
    row, evaluation, _ = opened_for(stage)
    over(evaluation, stage)
    evaluating.close_due()
    row.refresh_from_db()
    evaluation.refresh_from_db()
    assert (row.state, evaluation.score, evaluation.passed) == ("done", None, None)
    assert evaluating.open_evaluation(stage.city, project_id=row.pk).round == 2


def test_not_closed_while_answers_may_come(stage: Stage) -> None:
    _, evaluation, _ = opened_for(stage)
    with refused("GH-PRJ-065"):
        evaluating.close_evaluation(stage.city, evaluation_id=evaluation.pk, lessons="早找供应商，少走弯路")
    Evaluation.objects.filter(pk=evaluation.pk).update(invited=2)
    answer(stage, evaluation, 5, 5)
    with refused("GH-PRJ-004"):
        evaluating.close_evaluation(stage.city, evaluation_id=evaluation.pk)
    done = evaluating.close_evaluation(stage.city, evaluation_id=evaluation.pk, lessons="早找供应商，少走弯路")
    assert done.state == "published"
    with refused("GH-PRJ-003"):
        evaluating.close_evaluation(SYSTEM, evaluation_id=evaluation.pk)


def test_lessons_after_the_clock(stage: Stage) -> None:
    row, evaluation, _ = opened_for(stage)
    with refused("GH-PRJ-003"):
        evaluating.write_lessons(stage.city, project_id=row.pk, text="早找供应商，少走弯路")
    answer(stage, evaluation, 5)
    over(evaluation, stage)
    evaluating.close_due()
    assert evaluating.write_lessons(stage.city, project_id=row.pk, text="早找供应商，少走弯路").lessons
    assert evaluation.closes_on == stage.today + timedelta(days=14)


def test_marks_stand_beside_nobody(stage: Stage) -> None:
    _, evaluation, _ = opened_for(stage)
    scores = (1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1)
    answer(stage, evaluation, *scores)
    over(evaluation, stage)
    evaluating.close_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT score, xmin::text FROM voice_judgement ORDER BY ctid")
        rows = cursor.fetchall()
        cursor.execute("SELECT score FROM voice_judgement ORDER BY id")
        by_key = tuple(one for (one,) in cursor.fetchall())
    assert len({xmin for _, xmin in rows}) == 1
    assert tuple(score for score, _ in rows) != scores and by_key != scores
