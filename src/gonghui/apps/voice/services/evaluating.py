"""Judging a finished project: those who asked first, then members by lot; the box is opened when all is over.

What anybody answers lies in the sealed box until then; beside an invitation stands only that it was answered. An
anonymous author leaves not even that: their slip marks it when the box is opened (decision 0018).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.box.services import count, drop, take
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.people.models import Membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.sealing import lookup_hash
from gonghui.kernel.trail.queries import last_seal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import EvaluationState, Invited, NoteKind, ProjectState
from ..models import Backer, Evaluation, Invitation, Judgement, Project, Voice
from ..rules import judging
from ..sealing import close
from .days import today
from .project_ground import MANAGE, held, in_state, note, number_rule, own, own_project, past, said, told
from .telling import asked_for, tell_authors

WORDS = "voice.judgement.words"


def box_of(evaluation_id: int) -> str:
    return f"judging:{evaluation_id}"


@dataclass
class _Asked:
    """Who is invited and why; nobody twice."""

    persons: dict[int, str] = field(default_factory=dict)
    voices: list[int] = field(default_factory=list)

    def add(self, persons: Iterable[int], why: str) -> None:
        for one in persons:
            self.persons.setdefault(one, why)


def _who_asked(project: Project) -> _Asked:
    """Authors of the gathered voices and of those merged into them, then who said the same."""
    asked = _Asked()
    found = asked_for(project.candidate_id)
    asked.add((one.person_id for one in found if one.person_id is not None), Invited.ASKER)
    asked.voices = [one.pk for one in found if one.person_id is None and one.code_hash is not None]
    backers = Backer.objects.filter(voice__in=[one.pk for one in found]).order_by("pk")
    asked.add(backers.values_list("person_id", flat=True), Invited.BACKER)
    return asked


def pool(project: Project) -> Iterable[int]:
    """Keys of the members that a sample is drawn from: all of the body's range."""
    rows = Membership.objects.filter(
        path__gte=project.path, path__lt=project.path + "~", status="active", valid_to__isnull=True
    )
    return rows.order_by("person_id").values_list("person_id", flat=True).iterator(chunk_size=5000)


def open_evaluation(actor: Viewer, *, project_id: int) -> Evaluation:
    """Invite; from here the project is public, whatever comes of it.

    :raises Refusal: GH-PRJ-001, 002, 003; 061 nobody can be asked.
    """
    require(actor, MANAGE)
    now = today()
    with transaction.atomic():
        row = own_project(actor, project_id, ProjectState.DONE)
        if row.evaluations.filter(state=EvaluationState.OPEN).exists():
            raise Refusal("GH-PRJ-003", "这个项目正在评价", None, "刷新页面看最新状态")
        head = last_seal()
        root = bytes(head.root).hex() if head else "-"
        turn = (row.evaluations.order_by("-round").values_list("round", flat=True).first() or 0) + 1
        seed = judging.seed_of(row.pk, turn, now.isoformat(), root)
        asked, keys = _who_asked(row), list(pool(row))
        rest = [key for key in keys if key not in asked.persons]
        drawn = judging.sample(seed, rest, number_rule("voice.evaluation_sample", row.path, now))
        asked.add(drawn, Invited.SAMPLE)
        if not asked.persons and not asked.voices:
            raise Refusal("GH-PRJ-061", "没有可以邀请的职工", None, "提出人和本级会员都没有时不能评价")
        days = number_rule("voice.evaluation_days", row.path, now)
        made = Evaluation.objects.create(
            path=row.path, project=row, round=turn, opened_on=now, closes_on=now + timedelta(days=days), seed=seed,
            pool=len(rest), invited=len(asked.persons) + len(asked.voices),
            floor=Decimal(number_rule("voice.evaluation_floor", row.path, now)) / 100,
        )  # fmt: skip
        _invite(made, asked)
        row.rounds, row.shown = turn, True
        row.save(update_fields=["rounds", "shown"])
        note(
            actor, "evaluation_opened", row, row.title, round=turn, invited=made.invited, pool=made.pool, head=root,
            seed=seed,
        )  # fmt: skip
        tell_authors(row, f"“{row.title}”请您评价，{made.closes_on:%Y-%m-%d}前有效", actor=actor)
    return made


def _invite(row: Evaluation, asked: _Asked) -> None:
    Invitation.objects.bulk_create(
        [
            *(Invitation(path=row.path, evaluation=row, person_id=key, why=why) for key, why in asked.persons.items()),
            *(Invitation(path=row.path, evaluation=row, voice_id=key, why=Invited.ASKER) for key in asked.voices),
        ],
        batch_size=1000,
    )


# -- answers -----------------------------------------------------------------------------------------------------------


def _closed() -> Refusal:
    return Refusal("GH-PRJ-062", "这次评价已经截止", None, "结果在项目的公开页上")


def _still_open(evaluation_id: int) -> bool:
    """Holds the evaluation against closing, and against nobody else who answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM voice_evaluation WHERE id = %s AND state = 'open' AND closes_on >= %s FOR KEY SHARE",
            [evaluation_id, today()],
        )
        return cursor.fetchone() is not None


def judge(actor: Viewer, *, evaluation_id: int, score: int, solved: bool, words: str = "") -> None:
    """An invited member's answer. Nobody can read it before all are opened, and it cannot be changed.

    :raises Refusal: GH-PRJ-060 no such mark; 062 over; 063 not invited; 064 has answered.
    """
    judging.check_mark(score)
    with transaction.atomic(), widened():
        rows = Invitation.objects.select_related("evaluation__project").select_for_update(of=("self",))
        mine = rows.filter(evaluation_id=evaluation_id, person_id=actor.person_id or 0).first()
        if mine is None:
            raise Refusal("GH-PRJ-063", "这次评价没有邀请您", None, "受邀的提出人和抽到的会员可以评价")
        if mine.answered:
            raise Refusal("GH-PRJ-064", "您已经评价过", None, "结果在截止以后公布")
        if not _still_open(evaluation_id):
            raise _closed()
        drop(box_of(evaluation_id), {"why": mine.why, "score": score, "solved": solved, "words": words.strip()[:500]})
        mine.answered = True
        mine.save(update_fields=["answered"])
        record(
            actor, "voice.judged", path=mine.path, object_type="voice_evaluation", object_id=evaluation_id,
            object_name=mine.evaluation.project.title, subject_id=actor.person_id,
        )  # fmt: skip


def judge_by_code(voice: Voice, *, score: int, solved: bool, words: str = "") -> None:
    """The answer of an author whom nobody knows, who has shown the code of their voice. Only the box learns of it.

    :raises Refusal: GH-PRJ-060 no such mark; 062 nothing to judge, or over; 064 has answered.
    """
    judging.check_mark(score)
    with transaction.atomic(), widened():
        mine = Invitation.objects.filter(voice_id=voice.pk, evaluation__state=EvaluationState.OPEN).first()
        if mine is None or not _still_open(mine.evaluation_id):
            raise _closed()
        slip = {"why": mine.why, "score": score, "solved": solved, "words": words.strip()[:500], "invitation": mine.pk}
        if not drop(box_of(mine.evaluation_id), slip, slip_key(mine)):
            raise Refusal("GH-PRJ-064", "您已经评价过", None, "结果在截止以后公布")


def slip_key(row: Invitation) -> bytes:
    """Under which the one slip of an anonymous author lies in the box."""
    return lookup_hash("judging", str(row.pk))


# -- the box is opened ------------------------------------------------------------------------------------


def close_evaluation(actor: Viewer, *, evaluation_id: int, lessons: str = "") -> Evaluation:
    """Open the box, publish what came of it, close the project or begin again.

    :raises Refusal: GH-PRJ-001, 002, 003; 004 staff say what was learnt; 065 answers may still come.
    """
    system = actor.role == SYSTEM.role
    if not system:
        require(actor, MANAGE)
    with transaction.atomic():
        # the project first, as everybody locks it: an evaluation is closed beside changes of its project
        known = Evaluation.objects.visible(actor).filter(pk=evaluation_id).first()
        project = held(actor, Project, known.project_id if known else 0, "项目")
        own(actor, project.organisation_id, "项目")
        row = held(actor, Evaluation, evaluation_id, "评价")
        in_state(row, "评价", EvaluationState.OPEN)
        if row.closes_on >= today() and count(box_of(row.pk)) < row.invited:
            raise Refusal(
                "GH-PRJ-065", f"评价到{row.closes_on:%Y-%m-%d}截止，还有人没有评价", None, "截止或全部评价以后再公布"
            )
        if lessons.strip() or not system:
            project.lessons = said(lessons, "lessons", "经验和教训", 1000)
        slips = take(box_of(row.pk))
        least = number_rule("voice.evaluation_least", row.path, today())
        Judgement.objects.bulk_create(_judgements(row, slips, least), batch_size=1000)
        anonymous = [slip["invitation"] for slip in slips if "invitation" in slip]
        Invitation.objects.filter(evaluation=row, pk__in=anonymous).update(answered=True)
        found = judging.result([(slip["score"], slip["solved"]) for slip in slips], row.floor, least)
        row.answered, row.score, row.solved = found.answered, found.score, found.solved
        row.scores, row.passed = found.scores, found.passed
        row.state, row.published_on = EvaluationState.PUBLISHED, today()
        row.save()
        project.score = found.score if found.score is not None else project.score
        _come_of(actor, project, row)
    return row


def _judgements(row: Evaluation, slips: list[dict[str, Any]], least: int) -> list[Judgement]:
    """Why somebody was asked is kept only where enough of the same kind answered: one asker alone would be known."""
    kinds = [slip["why"] for slip in slips]
    return [
        Judgement(
            path=row.path, evaluation=row, why=slip["why"] if kinds.count(slip["why"]) >= least else "",
            score=slip["score"], solved=slip["solved"], words=close(slip["words"], WORDS) if slip["words"] else None,
        )
        for slip in slips
    ]  # fmt: skip


def _come_of(actor: Viewer, project: Project, row: Evaluation) -> None:
    """Closed, begun again under the eyes of the body above, or as before when nobody answered."""
    on = today()
    told_as = f"第{row.round}次评价：邀请{row.invited}人，{row.answered}人评价"
    if row.passed is None:
        words = f"{told_as}，没有人评价，可以重新开放"
    elif row.passed:
        project.state, project.closed_on, project.escalated_to = ProjectState.CLOSED, on, ""
        words = f"{told_as}，满意度{row.score}分，项目办结"
    else:
        days = number_rule("voice.project_reopened_days", project.path, on)
        above = PublicOrganisation.objects.filter(pk=project.organisation.parent_id or 0).first()
        project.state, project.done_on, project.closed_on = ProjectState.REOPENED, None, None
        project.due_on = on + timedelta(days=days)
        project.escalated_to = above.name if above else project.organisation.name
        words = f"{told_as}，满意度{row.score}分，低于{row.floor}分，重新整改，由{project.escalated_to}督办"
    project.save()
    told(actor, project, NoteKind.STATE, words, on)
    note(
        actor, "evaluation_published", project, project.title, round=row.round, answered=row.answered,
        score=str(row.score), passed=row.passed,
    )  # fmt: skip
    tell_authors(project, f"“{project.title}”{words}", actor=actor)


def write_lessons(actor: Viewer, *, project_id: int, text: str) -> Project:
    """What was learnt, where the box was opened by the clock.

    :raises Refusal: GH-PRJ-001 to 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = own_project(actor, project_id)
        if not row.evaluations.filter(state=EvaluationState.PUBLISHED).exists():
            raise Refusal("GH-PRJ-003", "评价结果公布以后再写", None)
        row.lessons = said(text, "lessons", "经验和教训", 1000)
        row.save(update_fields=["lessons"])
        note(actor, "lessons_written", row, row.title)
    return row


def set_reopened_day(actor: Viewer, *, project_id: int, due_on: date, reason: str) -> Project:
    """The body above that supervises a reopened project gives it another day.

    :raises Refusal: GH-PRJ-002, 003, 004; 066 it is not the body above, or the day is over.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Project, project_id, "项目")
        if row.organisation.parent_id != actor.organisation_id:
            raise Refusal("GH-PRJ-066", "由督办的上级工会办理", None, "换到该单位的岗位再办理")
        in_state(row, "项目", ProjectState.REOPENED)
        if due_on <= today():
            raise Refusal("GH-PRJ-066", "整改期限要晚于今天", "due_on")
        why = said(reason, "reason", "督办意见")
        told(actor, row, NoteKind.CHANGE, why, past(None), changes=[
            {"what": "整改期限", "old": f"{row.due_on:%Y-%m-%d}", "new": f"{due_on:%Y-%m-%d}"}
        ])  # fmt: skip
        row.due_on = due_on
        row.save(update_fields=["due_on"])
        note(actor, "project_supervised", row, row.title, reason=why, due_on=due_on)
    return row


def close_due() -> int:
    """Publish every evaluation whose last day is over; how many."""
    with acting(SYSTEM):
        rows = Evaluation.objects.filter(state=EvaluationState.OPEN, closes_on__lt=today())
        due = list(rows.order_by("pk").values_list("pk", flat=True))
    for pk in due:
        with acting(SYSTEM):
            close_evaluation(SYSTEM, evaluation_id=pk)
    return len(due)
