"""What no record knows is asked of who knows it: once, with a deadline, added up from below where it is theirs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import subtree
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import ASKED_ROLES, OPEN, Act, FilingState, Kind
from ..models import Filing, Question
from ..queries.answers import answers_of, asker_of
from ..queries.filling import period_of
from ..rules.mapping import Mapped, read_all
from .filling import act, count, place_of, taken

LARGEST = Decimal(10) ** 13


def ask(actor: Viewer, *, filing: Filing, due_on: date, note: str = "") -> list[Question]:
    """Asks what the form wants and nobody was asked yet for this period; what was asked before is used again.

    :returns: the new questions, without those handed on to bodies below.
    :raises Refusal: GH-FLG-030, 035; 040 a deadline that is over, 041 nothing is left to be asked.
    """
    require(actor, "form.fill")
    _ahead(due_on)
    with transaction.atomic():
        row = taken(actor, filing, *OPEN)
        place, wanted = place_of(row), _wanted(row)
        given = answers_of(actor, [place.pk], {key[0] for key in wanted})
        made, below = [], 0
        for (period, title, unit), cells in wanted.items():
            if (place.pk, period, title, unit) not in given or any(one.label for one in cells):
                question, new, passed_on = _asked(actor, row, place, period, cells, due_on)
                made += [question] if new else []
                below += passed_on
        if not made and not below and not any(one.open_ for one in given.values()):
            raise Refusal("GH-FLG-041", "没有要问的了：都已问过或者答过")
        count(actor, row)
        act(actor, row, Act.ASKED, note or f"问{len(made)}项", FilingState.ASKED)
    return made


def _ahead(due_on: date) -> None:
    if due_on < timezone.localdate():
        raise Refusal("GH-FLG-040", "截止日期已经过了", "due_on", "选今天或以后")


def _wanted(row: Filing) -> dict[tuple[str, str, str], list[Mapped]]:
    """(period, title, unit) → the cells that want it. Words or a number: it is asked once."""
    period = read(row.period)
    found: dict[tuple[str, str, str], list[Mapped]] = {}
    for one in read_all(row.mapping):
        if one.kind == Kind.ASKED:
            found.setdefault((period_of(one.back, period).key, one.title, one.unit), []).append(one)
    return found


def _asked(
    actor: Viewer, row: Filing, place: PublicOrganisation, period: str, cells: list[Mapped], due_on: date
) -> tuple[Question, bool, int]:
    """(the question, whether it is new, how many below are newly asked). A body with nobody below answers by itself
    what would be added up."""
    first = next((one for one in cells if one.number), cells[0])
    labelled = any(one.label for one in cells)
    below = (labelled or any(one.below for one in cells)) and bool(figures.children_of(place))
    made, new = Question.objects.get_or_create(
        organisation_id=place.pk, title=first.title, unit=first.unit, period=period,
        defaults={
            "path": row.path, "numeric": first.number, "role": "" if below else first.role, "rolls_up": below,
            "form_title": row.title, "filing": row, "asked_by": actor.account_id, "asked_by_name": place.name,
            "due_on": due_on,
        },
    )  # fmt: skip
    passed_on = _pass_on(actor, made, place, due_on, row) if below and made.numeric and (new or labelled) else 0
    return made, new, passed_on


def _pass_on(
    actor: Viewer, row: Question, place: PublicOrganisation, due_on: date, filing: Filing | None = None
) -> int:
    """The same question to every body directly below; what one of them was asked before for itself is used.

    :returns: how many were not asked before.
    """
    below = figures.children_of(place)
    if not below:
        raise Refusal("GH-FLG-042", f"{place.name}没有下级单位可以问", "below", "改成本单位答复")
    same = Question.objects.visible(actor).filter(
        organisation_id__in=[one.pk for one in below], period=row.period, title=row.title, unit=row.unit
    )
    had = same.count()
    Question.objects.bulk_create([  # who is asked the same by itself at this moment keeps its row, and it is joined
        Question(
            path=one.path, organisation_id=one.pk, title=row.title, unit=row.unit, numeric=row.numeric,
            period=row.period, parent=row, form_title=row.form_title, asked_by=actor.account_id,
            asked_by_name=place.name, due_on=due_on, filing=filing,
        )
        for one in below
    ], ignore_conflicts=True)  # fmt: skip
    same.filter(parent__isnull=True).update(parent=row)
    return len(below) - had


def answer(actor: Viewer, *, question: Question, number: Decimal | None = None, text: str = "") -> Question:
    """The own body's answer, used by every form that wants it. It may be mended until somebody signs a form with it,
    and after: what was signed keeps what it had.

    :raises Refusal: GH-FLG-043 another body's or another post's, 044 handed on to those below, 045 no answer, 046 not
        a number that can be, 048 closed.
    """
    require(actor, "form.fill")
    with transaction.atomic():
        row = _own(actor, question)
        if row.closed_at:
            raise Refusal("GH-FLG-048", "这一项已经不再问")
        if row.rolls_up:
            raise Refusal("GH-FLG-044", "这一项已分给下级单位，由各单位的答复相加")
        if row.numeric:
            if number is None:
                raise Refusal("GH-FLG-045", "没有填数", "number", "没有发生就填0")
            if abs(number) >= LARGEST:
                raise Refusal("GH-FLG-046", "数太大了，核对单位", "number", f"这一项的单位是“{row.unit or '个'}”")
        elif not text.strip():
            raise Refusal("GH-FLG-045", "没有写答复", "text", "没有就写“无”")
        row.number, row.text = (number, "") if row.numeric else (None, text.strip()[:500])
        row.answered_by, row.answered_by_name, row.answered_at = actor.account_id, actor.name, timezone.now()
        row.save()
        _recorded(actor, row, "form.answered", {})
    return row


def hand_down(actor: Viewer, *, question: Question, due_on: date) -> Question:
    """The own body does not know by itself: those below are asked, and their answers added up.

    :raises Refusal: GH-FLG-040, 043; 042 nobody below, 047 answered, closed or handed down before, or no number.
    """
    require(actor, "form.fill")
    _ahead(due_on)
    with transaction.atomic():
        row = _own(actor, question)
        if row.rolls_up or row.answered_at or row.closed_at or not row.numeric:
            raise Refusal("GH-FLG-047", "已经答复、已经分下去、不再问，或者不是数，不能再分给下级")
        place = PublicOrganisation.objects.get(pk=row.organisation_id)
        asked = _pass_on(actor, row, place, due_on)
        row.rolls_up = True
        row.save(update_fields=["rolls_up"])
        record(actor, "form.handed_down", path=row.path, object_type="form_question", object_id=row.pk,
               object_name=row.title, detail={"below": asked})  # fmt: skip
    return row


def extend(actor: Viewer, *, question: Question, due_on: date) -> Question:
    """More time, given by the body that asked; what it asked of those below for the same answer has as much. What was
    closed is asked again.

    :raises Refusal: GH-FLG-040; 049 asked by another body, 047 answered before.
    """
    require(actor, "form.fill")
    _ahead(due_on)
    with transaction.atomic():
        row = _asked_by(actor, question)
        if row.closed_at:
            lo, hi = subtree(row.path)
            Question.objects.visible(actor).filter(
                period=row.period, title=row.title, unit=row.unit, closed_at=row.closed_at, path__gte=lo, path__lt=hi
            ).update(closed_at=None, closed_why="", due_on=due_on)
        row.due_on, row.closed_at, row.closed_why = due_on, None, ""
        row.save(update_fields=["due_on", "closed_at", "closed_why"])
        if row.organisation_id == actor.organisation_id:
            _open_below(actor, [row.pk]).update(due_on=due_on)
        _recorded(actor, row, "form.extended", {"due_on": due_on.isoformat()})
    return row


def close(actor: Viewer, *, question: Question, reason: str) -> Question:
    """Asked no more, by the body that asked; nor of those below it who have not answered yet.

    :raises Refusal: GH-FLG-049; 047 answered or closed before, 054 no reason.
    """
    require(actor, "form.fill")
    if not reason.strip():
        raise Refusal("GH-FLG-054", "没有写不再问的理由", "reason")
    with transaction.atomic():
        row = _asked_by(actor, question)
        if row.closed_at:
            raise Refusal("GH-FLG-047", "这一项已经不再问")
        now, why, these = timezone.now(), reason.strip()[:300], [row.pk]
        while these:
            Question.objects.visible(actor).filter(pk__in=these).update(closed_at=now, closed_why=why)
            these = list(_open_below(actor, these).values_list("pk", flat=True))
        row.closed_at, row.closed_why = now, why
        _recorded(actor, row, "form.closed", {}, why)
    return row


def redirect(actor: Viewer, *, question: Question, role: str) -> Question:
    """Another post of the own body answers: whoever was asked does not know.

    :raises Refusal: GH-FLG-043 another body's, 047 answered, closed or handed down, 055 no post that may answer.
    """
    require(actor, "form.fill")
    if role not in ("", *ASKED_ROLES):
        raise Refusal("GH-FLG-055", "这个岗位不能答复填报事项", "role")
    with transaction.atomic():
        row = _locked(actor, question)
        if row is None or row.organisation_id != actor.organisation_id:
            raise Refusal("GH-FLG-043", "只能转交问本单位的事项", "organisation")
        if row.answered_at or row.closed_at or row.rolls_up:
            raise Refusal("GH-FLG-047", "已经答复、已经分下去，或者不再问，不能转交")
        row.role = role
        row.save(update_fields=["role"])
        _recorded(actor, row, "form.redirected", {"role": role})
    return row


def _locked(actor: Viewer, question: Question) -> Question | None:
    row: Question | None = (
        Question.objects.visible(actor).select_for_update(of=("self",)).filter(pk=question.pk).first()
    )
    return row


def _asked_by(actor: Viewer, question: Question) -> Question:
    """An unanswered question that the actor's own body asked: of a post of its own, or of a body below."""
    row = _locked(actor, question)
    if row is None or asker_of(actor, row) != actor.organisation_id:
        raise Refusal("GH-FLG-049", "这一项是别的单位问的", "organisation", "请询问单位延期或者不再问")
    if row.answered_at:
        raise Refusal("GH-FLG-047", "这一项已经答复")
    return row


def _open_below(actor: Viewer, parents: list[int]) -> QuerySet[Question]:
    rows: QuerySet[Question] = Question.objects.visible(actor).filter(
        parent_id__in=parents, answered_at=None, closed_at=None
    )
    return rows


def _recorded(actor: Viewer, row: Question, verb: str, detail: dict[str, str], reason: str = "") -> None:
    record(actor, verb, path=row.path, object_type="form_question", object_id=row.pk, object_name=row.title,
           reason=reason, detail={"period": row.period, **detail})  # fmt: skip


def _own(actor: Viewer, question: Question) -> Question:
    row = _locked(actor, question)
    if row is None or row.organisation_id != actor.organisation_id:
        raise Refusal("GH-FLG-043", "只能答复问本单位的事项", "organisation")
    if row.role and row.role != actor.role:
        raise Refusal("GH-FLG-043", "这一项问的是本单位别的岗位", "role", "由那个岗位的同志答复，或者转交")
    return row
