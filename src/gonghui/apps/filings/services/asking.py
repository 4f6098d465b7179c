"""What no record knows is asked of who knows it: once, with a deadline, added up from below where it is theirs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, Act, FilingState, Kind
from ..models import Filing, Question
from ..queries.answers import answers
from ..rules.mapping import Mapped, read_all
from .filling import act, count, place_of, taken

LARGEST = Decimal(10) ** 13


def ask(actor: Viewer, *, filing: Filing, due_on: date, note: str = "") -> list[Question]:
    """Asks what the form wants and nobody was asked yet for this period; what was asked before is used again.

    :returns: the new questions, without those handed on to bodies below.
    :raises Refusal: GH-FLG-030, 035; 040 a deadline that is over, 041 nothing is left to be asked, 042 nobody below.
    """
    require(actor, "form.fill")
    if due_on < timezone.localdate():
        raise Refusal("GH-FLG-040", "截止日期已经过了", "due_on", "选今天或以后")
    with transaction.atomic():
        row = taken(actor, filing, *OPEN)
        given = answers(actor, row.organisation_id, row.period)
        wanted: dict[tuple[str, str], Mapped] = {}
        for one in read_all(row.mapping):
            if one.kind == Kind.ASKED and (key := (one.title, one.unit if one.number else "")) not in given:
                wanted.setdefault(key, one)
        if not wanted and not any(one.open_ for one in given.values()):
            raise Refusal("GH-FLG-041", "没有要问的了：都已问过或者答过")
        place = place_of(row)
        made = [_asked(actor, row, place, one, due_on) for one in wanted.values()]
        count(actor, row)
        act(actor, row, Act.ASKED, note or f"问{len(made)}项", FilingState.ASKED)
    return made


def _asked(actor: Viewer, row: Filing, place: PublicOrganisation, one: Mapped, due_on: date) -> Question:
    made = Question.objects.create(
        path=row.path, organisation_id=place.pk, title=one.title, unit=one.unit if one.number else "",
        numeric=one.number, period=row.period, role=one.role, rolls_up=one.below, form_title=row.title,
        asked_by=actor.account_id, asked_by_name=place.name, due_on=due_on,
    )  # fmt: skip
    if one.below:
        _pass_on(actor, made, place, due_on)
    return made


def _pass_on(actor: Viewer, row: Question, place: PublicOrganisation, due_on: date) -> int:
    """The same question to every body directly below; what one of them was asked before for itself is used."""
    below = figures.children_of(place)
    if not below:
        raise Refusal("GH-FLG-042", f"{place.name}没有下级单位可以问", "below", "改成本单位答复")
    known = Question.objects.visible(actor).filter(
        organisation_id__in=[one.pk for one in below], period=row.period, title=row.title, unit=row.unit
    )
    had = set(known.values_list("organisation_id", flat=True))
    known.filter(parent__isnull=True).update(parent=row)
    Question.objects.bulk_create(
        Question(
            path=one.path, organisation_id=one.pk, title=row.title, unit=row.unit, numeric=row.numeric,
            period=row.period, parent=row, form_title=row.form_title, asked_by=actor.account_id,
            asked_by_name=place.name, due_on=due_on,
        )
        for one in below
        if one.pk not in had
    )  # fmt: skip
    return len(below)


def answer(actor: Viewer, *, question: Question, number: Decimal | None = None, text: str = "") -> Question:
    """The own body's answer, used by every form that wants it. It may be mended until somebody signs a form with it,
    and after: what was signed keeps what it had.

    :raises Refusal: GH-FLG-043 another body's or another post's, 044 handed on to those below, 045 no answer, 046 not
        a number that can be.
    """
    require(actor, "form.fill")
    with transaction.atomic():
        row = _own(actor, question)
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
        record(actor, "form.answered", path=row.path, object_type="form_question", object_id=row.pk,
               object_name=row.title, detail={"period": row.period})  # fmt: skip
    return row


def hand_down(actor: Viewer, *, question: Question, due_on: date) -> Question:
    """The own body does not know by itself: those below are asked, and their answers added up.

    :raises Refusal: GH-FLG-040, 042, 043; 047 answered or handed down before, or no number.
    """
    require(actor, "form.fill")
    if due_on < timezone.localdate():
        raise Refusal("GH-FLG-040", "截止日期已经过了", "due_on", "选今天或以后")
    with transaction.atomic():
        row = _own(actor, question)
        if row.rolls_up or row.answered_at or not row.numeric:
            raise Refusal("GH-FLG-047", "已经答复、已经分下去，或者不是数，不能再分给下级")
        place = PublicOrganisation.objects.get(pk=row.organisation_id)
        asked = _pass_on(actor, row, place, due_on)
        row.rolls_up = True
        row.save(update_fields=["rolls_up"])
        record(actor, "form.handed_down", path=row.path, object_type="form_question", object_id=row.pk,
               object_name=row.title, detail={"below": asked})  # fmt: skip
    return row


def _own(actor: Viewer, question: Question) -> Question:
    row: Question | None = (
        Question.objects.visible(actor).select_for_update(of=("self",)).filter(pk=question.pk).first()
    )
    if row is None or row.organisation_id != actor.organisation_id:
        raise Refusal("GH-FLG-043", "只能答复问本单位的事项", "organisation")
    if row.role and row.role != actor.role:
        raise Refusal("GH-FLG-043", "这一项问的是本单位别的岗位", "role", "由那个岗位的同志答复")
    return row
