"""The bank: questions kept, changed, retired and imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..models import Question
from ..rules import question_problem


@dataclass(frozen=True, slots=True)
class Imported:
    """How many questions came in, and how many the bank had already."""

    added: int
    repeated: int


def _reach(actor: Viewer, organisation: Organisation) -> None:
    require(actor, "learning.manage")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-LRN-001", "这个组织不在当前岗位的范围内", "organisation", "换到管辖它的岗位再办理")


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    problem = question_problem(facts["kind"], facts["text"], facts["options"], facts["answer"])
    if problem:
        raise Refusal("GH-LRN-010", problem[1], problem[0], problem[2])
    if not facts["subject"].strip():
        raise Refusal("GH-LRN-011", "还没有写科目", "subject", "例如：工会法")
    return {
        "subject": facts["subject"].strip()[:40],
        "kind": facts["kind"],
        "text": facts["text"].strip(),
        "options": facts["options"],
        "answer": facts["answer"],
        "explanation": facts.get("explanation", "").strip()[:600],
    }


def keep_question(actor: Viewer, *, organisation: Organisation, **facts: Any) -> Question:
    """Add one question to an organisation's bank.

    :raises Refusal: GH-LRN-001 out of reach; 010 and 011 what is wrong with it; 012 the bank has it already.
    """
    _reach(actor, organisation)
    known = _checked(facts)
    try:
        with transaction.atomic():
            row = Question.objects.create(path=organisation.path, organisation=organisation, **known)
            _note(actor, row)
    except IntegrityError as error:
        raise Refusal("GH-LRN-012", "题库里已有同样的题目", "text", "改写题目，或到题库里修改原来的那一题") from error
    return row


def change_question(actor: Viewer, *, question_id: int, **facts: Any) -> Question:
    """Change a question of the bank; quizzes that asked it keep what they asked.

    :raises Refusal: GH-LRN-013 not there or retired, and those of a new one.
    """
    require(actor, "learning.manage")
    known = _checked(facts)
    try:
        with transaction.atomic():
            row = _held(actor, question_id)
            for name, value in known.items():
                setattr(row, name, value)
            row.version += 1
            row.save()
            _note(actor, row)
    except IntegrityError as error:
        raise Refusal("GH-LRN-012", "题库里已有同样的题目", "text", "改写题目，或到题库里修改原来的那一题") from error
    return row


def retire_question(actor: Viewer, *, question_id: int) -> Question:
    """Not asked any more; past papers keep it."""
    require(actor, "learning.manage")
    with transaction.atomic():
        row = _held(actor, question_id)
        row.retired = True
        row.version += 1
        row.save()
        _note(actor, row, retired=True)
    return row


def _held(actor: Viewer, pk: int) -> Question:
    row: Question | None = Question.objects.visible(actor).select_for_update().filter(pk=pk, retired=False).first()
    if row is None:
        raise Refusal("GH-LRN-013", "题库里没有这道题，或已停用", "question", "刷新题库再试")
    return row


def _note(actor: Viewer, row: Question, **detail: Any) -> None:
    record(
        actor, "learning.question_kept", path=row.path, object_type="learning_question", object_id=row.pk,
        object_name=row.text, detail={"kind": row.kind, "version": row.version, **detail},
    )  # fmt: skip


def import_questions(actor: Viewer, *, organisation: Organisation, rows: Sequence[dict[str, Any]]) -> Imported:
    """Questions of a checked file, all at once; those the bank has already are counted and left as they are.

    :raises Refusal: GH-LRN-014 no question in the file, and those of one question.
    """
    _reach(actor, organisation)
    if not rows:
        raise Refusal("GH-LRN-014", "文件里没有题目", "file", "照模板填好再上传")
    fresh = [Question(path=organisation.path, organisation=organisation, **_checked(one)) for one in rows]
    texts = [one.text for one in fresh]
    with transaction.atomic():
        known = set(
            Question.objects.filter(organisation=organisation, retired=False, text__in=texts).values_list(
                "text", flat=True
            )
        )
        added = list({one.text: one for one in fresh if one.text not in known}.values())
        Question.objects.bulk_create(added, batch_size=1000, ignore_conflicts=True)
        record(
            actor, "learning.questions_imported", path=organisation.path, object_type="organisation",
            object_id=organisation.pk, object_name=organisation.name,
            detail={"added": len(added), "repeated": len(fresh) - len(added)},
        )  # fmt: skip
    return Imported(len(added), len(fresh) - len(added))
