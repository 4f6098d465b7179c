"""What was answered to what a form asks: of the own body, or added up from those below."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from gonghui.kernel.org.rules import subtree
from gonghui.kernel.viewer import Viewer

from ..models import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """`total` bodies were asked in the end, `open_` have not answered, `late` of these are overdue.

    `number` and `text` are there only when everybody has answered.
    """

    question: Question
    number: Decimal | None
    text: str
    total: int
    open_: int
    late: int

    @property
    def why(self) -> str:
        """Why there is nothing yet."""
        if not self.open_:
            return ""
        return "还没有答复" if self.total == 1 else f"{self.total}个单位中{self.total - self.open_}个已答复"


def questions(viewer: Viewer) -> QuerySet[Question]:
    """Questions of the range, those due first."""
    rows = Question.objects.visible(viewer).select_related("organisation").order_by("due_on", "pk")
    return rows


def own_open(viewer: Viewer) -> QuerySet[Question]:
    """What the viewer's own body has not answered: asked of their post, or of nobody in particular."""
    rows = questions(viewer).filter(organisation_id=viewer.organisation_id or 0, answered_at=None, rolls_up=False)
    return rows.filter(role__in=["", viewer.role])


def question(viewer: Viewer, pk: int) -> Question | None:
    return questions(viewer).filter(pk=pk).first()


def answers(viewer: Viewer, organisation_id: int, period: str) -> dict[tuple[str, str], Answer]:
    """(title, unit) → answer, of everything that was asked of a body for a period."""
    own = list(questions(viewer).filter(organisation_id=organisation_id, period=period))
    below: dict[int, list[Question]] = defaultdict(list)
    rolled = [one for one in own if one.rolls_up]
    if rolled:
        lo, hi = subtree(rolled[0].path)
        rows = questions(viewer).filter(period=period, path__gt=lo, path__lt=hi)
        for one in rows.filter(title__in={one.title for one in rolled}, parent__isnull=False):
            below[one.parent_id or 0].append(one)
    today = timezone.localdate()
    return {(one.title, one.unit): _answer(one, below, today) for one in own}


def answer(viewer: Viewer, row: Question) -> Answer:
    """The answer to one question."""
    return answers(viewer, row.organisation_id, row.period)[row.title, row.unit]


def _answer(one: Question, below: dict[int, list[Question]], today: date) -> Answer:
    if not one.rolls_up:
        open_ = int(one.answered_at is None)
        return Answer(one, one.number, one.text, 1, open_, open_ if one.due_on < today else 0)
    parts = [_answer(child, below, today) for child in below[one.pk]]
    total, open_ = sum(part.total for part in parts), sum(part.open_ for part in parts)
    amount = sum((part.number or Decimal(0) for part in parts), Decimal(0))
    return Answer(one, None if open_ else amount, "", total, open_, sum(part.late for part in parts))


def below_of(viewer: Viewer, row: Question) -> list[Answer]:
    """The answers of those directly below, in the order of the tree."""
    rows = list(questions(viewer).filter(parent=row).order_by("path"))
    return [answer(viewer, one) for one in rows]
