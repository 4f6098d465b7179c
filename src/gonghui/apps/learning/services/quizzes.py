"""Quizzes: drafted, published with their questions frozen, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import State
from ..models import Question, Quiz, QuizItem
from ..rules import MOST_DAYS

FIELDS = (
    "title", "subject", "intro", "opens_on", "closes_on", "per_paper", "minutes", "tries_daily", "points", "pass_line",
    "prizes",
)  # fmt: skip


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    """:raises Refusal: GH-LRN-020 to 023."""
    if len(facts["title"].strip()) < 2:
        raise Refusal("GH-LRN-020", "名称太短", "title", "例如：七月每月一答")
    if facts["closes_on"] < facts["opens_on"]:
        raise Refusal("GH-LRN-021", "结束日期早于开始日期", "closes_on", "改成开始日期当天或以后")
    if (facts["closes_on"] - facts["opens_on"]).days >= MOST_DAYS:
        raise Refusal("GH-LRN-022", f"一次答题最多{MOST_DAYS}天", "closes_on", "分几次组织")
    full = facts["per_paper"] * facts["points"]
    if facts["pass_line"] > full:
        raise Refusal("GH-LRN-023", f"达标分{facts['pass_line']}超过满分{full}", "pass_line", f"写{full}以内的分数")
    return {name: facts[name] for name in FIELDS}


def draft_quiz(actor: Viewer, *, organisation: Organisation, **facts: Any) -> Quiz:
    """A quiz that nobody sees yet.

    :raises Refusal: GH-LRN-001 out of reach; 020 to 023 what is wrong with it.
    """
    require(actor, "learning.manage")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-LRN-001", "这个组织不在当前岗位的范围内", "organisation", "换到管辖它的岗位再办理")
    grace = int(rules.value("learning.grace_seconds", organisation.path, facts["opens_on"]).value)
    with transaction.atomic():
        row = Quiz.objects.create(
            path=organisation.path, organisation=organisation, grace_seconds=grace, **_checked(facts)
        )
        _note(actor, row, "kept")
    return row


def change_quiz(actor: Viewer, *, quiz_id: int, **facts: Any) -> Quiz:
    """Change a draft."""
    require(actor, "learning.manage")
    known = _checked(facts)
    with transaction.atomic():
        row = _held(actor, quiz_id, State.DRAFT)
        for name, value in known.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        _note(actor, row, "kept")
    return row


def publish_quiz(actor: Viewer, *, quiz_id: int, at: datetime | None = None) -> Quiz:
    """Copy the questions of its subject into the quiz and open it on its days.

    Questions come from the bank of its organisation and of the bodies above it in the actor's range.

    :raises Refusal: GH-LRN-024 fewer questions than one paper asks; 025 its last day is over.
    """
    require(actor, "learning.manage")
    now = at or timezone.now()
    with transaction.atomic():
        row = _held(actor, quiz_id, State.DRAFT)
        if row.closes_on < timezone.localtime(now).date():
            raise Refusal("GH-LRN-025", "结束日期已过，不能发布", "closes_on", "先修改日期")
        found = Question.objects.visible(actor).filter(path__in=[*ancestors(row.path), row.path], retired=False)
        if row.subject:
            found = found.filter(subject=row.subject)
        asked = list(found.order_by("pk")[:5000])
        if len(asked) < row.per_paper:
            raise Refusal(
                "GH-LRN-024", f"题库里可用的题有{len(asked)}道，每次要出{row.per_paper}道", "per_paper",
                "先往题库里加题，或减少每次题数",
            )  # fmt: skip
        QuizItem.objects.bulk_create(
            [
                QuizItem(
                    path=row.path, quiz=row, number=number, question=one, kind=one.kind, text=one.text,
                    options=one.options, answer=one.answer, explanation=one.explanation,
                )
                for number, one in enumerate(asked, 1)
            ],
            batch_size=1000,
        )  # fmt: skip
        row.state, row.set_size, row.published_at = State.OPEN, len(asked), now
        row.version += 1
        row.save()
        _note(actor, row, "published", questions=len(asked))
    return row


def withdraw_quiz(actor: Viewer, *, quiz_id: int, reason: str) -> Quiz:
    """No new papers; those that were begun may be finished, and results stay.

    :raises Refusal: GH-LRN-026 without a reason.
    """
    require(actor, "learning.manage")
    if len(reason.strip()) < 2:
        raise Refusal("GH-LRN-026", "停止要写明原因", "reason", "例如：题目有误，改好后重新组织")
    with transaction.atomic():
        row = _held(actor, quiz_id, State.OPEN)
        row.state = State.WITHDRAWN
        row.version += 1
        row.save()
        _note(actor, row, "withdrawn", reason=reason.strip()[:300])
    return row


def _held(actor: Viewer, pk: int, state: State) -> Quiz:
    row: Quiz | None = Quiz.objects.visible(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-LRN-027", "没有这次答题，或它不在当前岗位的范围内", "quiz")
    if row.state != state:
        raise Refusal("GH-LRN-028", f"这次答题{State(row.state).label}，不能这样办理", "quiz", "刷新页面看最新状态")
    return row


def _note(actor: Viewer, row: Quiz, verb: str, reason: str = "", **detail: Any) -> None:
    record(
        actor, f"learning.quiz_{verb}", path=row.path, object_type="learning_quiz", object_id=row.pk,
        object_name=row.title, reason=reason, detail={"version": row.version, **detail},
    )  # fmt: skip
