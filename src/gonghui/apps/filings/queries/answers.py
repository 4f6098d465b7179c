"""What was answered to what a form asks: of the own body, or added up from those below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from gonghui.kernel.viewer import Viewer

from ..choices import CLOSED
from ..models import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """`total` bodies were asked in the end, `open_` have not answered, `late` of these are overdue; `closed` more are
    asked no longer.

    `number` and `text` are there only when everybody has answered.
    """

    question: Question
    number: Decimal | None
    text: str
    total: int
    open_: int
    late: int
    closed: int = 0

    @property
    def why(self) -> str:
        """Why there is nothing yet, or what is missing in it."""
        if not self.open_:
            if not self.total:
                return CLOSED if self.closed else "没有单位可问"
            return f"{self.closed}个单位{CLOSED}，没有计入" if self.closed else ""
        return "还没有答复" if self.total == 1 else f"{self.total}个单位中{self.total - self.open_}个已答复"


def questions(viewer: Viewer) -> QuerySet[Question]:
    """What was asked of the own body, and what it asked of those below; those due first."""
    own = viewer.organisation_id or 0
    return _all(viewer).filter(Q(organisation_id=own) | Q(parent__organisation_id=own))


def _all(viewer: Viewer) -> QuerySet[Question]:
    """Everything asked in the range: only to be added up."""
    rows = Question.objects.visible(viewer).select_related("organisation").order_by("due_on", "pk")
    return rows


def own_open(viewer: Viewer) -> QuerySet[Question]:
    """What the viewer's own body has not answered: asked of their post, or of nobody in particular."""
    rows = questions(viewer).filter(
        organisation_id=viewer.organisation_id or 0, answered_at=None, closed_at=None, rolls_up=False
    )
    return rows.filter(role__in=["", viewer.role])


def question(viewer: Viewer, pk: int) -> Question | None:
    return questions(viewer).filter(pk=pk).first()


def asker_of(viewer: Viewer, row: Question) -> int | None:
    """The body that asked; None where it lies above the reader's range."""
    if row.parent_id is None:
        return row.organisation_id
    above: Question | None = Question.objects.visible(viewer).filter(pk=row.parent_id).first()
    return above.organisation_id if above is not None else None


Asked = tuple[int, str, str, str]
"""(organisation, period, title, unit): what makes a question one and the same."""


def answers_of(viewer: Viewer, organisations: Iterable[int], periods: Iterable[str]) -> dict[Asked, Answer]:
    """The answers to everything that was asked of some bodies for some periods."""
    own = list(_all(viewer).filter(organisation_id__in=set(organisations), period__in=set(periods)))
    below: dict[int, list[Question]] = defaultdict(list)
    rolled = [one for one in own if one.rolls_up]
    if rolled:
        rows = _all(viewer).filter(period__in={one.period for one in rolled}, parent__isnull=False)
        for one in rows.filter(title__in={one.title for one in rolled}):
            below[one.parent_id or 0].append(one)
    today = timezone.localdate()
    return {(one.organisation_id, one.period, one.title, one.unit): _answer(one, below, today) for one in own}


def answers(viewer: Viewer, organisation_id: int, period: str) -> dict[tuple[str, str], Answer]:
    """(title, unit) → answer, of everything that was asked of a body for a period."""
    found = answers_of(viewer, [organisation_id], [period])
    return {(title, unit): one for (_, _, title, unit), one in found.items()}


def answer(viewer: Viewer, row: Question) -> Answer:
    """The answer to one question."""
    return answers(viewer, row.organisation_id, row.period)[row.title, row.unit]


def _answer(one: Question, below: dict[int, list[Question]], today: date) -> Answer:
    if one.closed_at:
        return Answer(one, None, "", 0, 0, 0, 1)
    if not one.rolls_up:
        open_ = int(one.answered_at is None)
        return Answer(one, one.number, one.text, 1, open_, open_ if one.due_on < today else 0)
    parts = [_answer(child, below, today) for child in below[one.pk]]
    total, open_ = sum(part.total for part in parts), sum(part.open_ for part in parts)
    amount = sum((part.number or Decimal(0) for part in parts), Decimal(0))
    late, closed = sum(part.late for part in parts), sum(part.closed for part in parts)
    return Answer(one, None if open_ or not total else amount, "", total, open_, late, closed)


def below_of(viewer: Viewer, row: Question) -> list[Answer]:
    """The answers of those directly below, in the order of the tree."""
    rows = list(questions(viewer).filter(parent=row).order_by("path"))
    found = answers_of(viewer, [one.organisation_id for one in rows], [row.period])
    return [found[one.organisation_id, one.period, one.title, one.unit] for one in rows]
