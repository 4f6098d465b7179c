"""Checked, signed by somebody else, sent in the layout that was received."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.files import services as files
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists.xlsx import CONTENT_TYPE as XLSX

from ..books.receiving import written
from ..books.writing import Content, Percent
from ..choices import DONE, FILLED_BY, OPEN, PERCENT, Act, FilingState
from ..models import Filing, FilledCell
from ..queries import cells, filed_with, findings, sums
from ..queries.received import book_of, bytes_of
from ..rules.formulas import WITHHELD, withheld
from ..rules.sheets import Key
from .filling import act, count, in_state, locked, taken


def hand_in(actor: Viewer, *, filing: Filing, note: str = "") -> Filing:
    """Counts once more and checks: what is signed is exactly this.

    :raises Refusal: GH-FLG-030, 035; 050 what has to be mended, 051 what has to be explained.
    """
    require(actor, "form.fill")
    with transaction.atomic():
        row = taken(actor, filing, *OPEN)
        count(actor, row)
        found = findings(actor, row, cells(actor, row))
        wrong = [one for one in found if one.level == "bad"]
        if wrong:
            first = wrong[0]
            raise Refusal("GH-FLG-050", f"有{len(wrong)}处要改：{first.sheet}{first.cell}，{first.sentence}")
        silent = [one for one in found if one.level == "remark" and not one.remark]
        if silent:
            first = silent[0]
            raise Refusal("GH-FLG-051", f"有{len(silent)}处要说明：{first.sheet}{first.cell}，{first.sentence}")
        row.checked_by = actor.account_id
        return act(actor, row, Act.CHECKED, note, FilingState.CHECKED)


def give_back(actor: Viewer, *, filing: Filing, note: str) -> Filing:
    """:raises Refusal: GH-FLG-030, 035; 052 no reason."""
    require(actor, "form.sign")
    if not note.strip():
        raise Refusal("GH-FLG-052", "没有写退回的理由", "note", "写明哪里要改")
    with transaction.atomic():
        row = taken(actor, filing, FilingState.CHECKED)
        return act(actor, row, Act.RETURNED, note, FilingState.DRAFT)


def sign(actor: Viewer, *, filing: Filing, note: str = "") -> Filing:
    """Freezes the cells with figure, version, place, period and what they were counted from.

    :raises Refusal: GH-FLG-030, 035; 053 by the one who filled or handed it in.
    """
    require(actor, "form.sign")
    with transaction.atomic():
        row = taken(actor, filing, FilingState.CHECKED)
        filled_by = row.acts.filter(act__in=FILLED_BY).values_list("by", flat=True)
        if actor.account_id in (row.checked_by, row.made_by, *filled_by):
            raise Refusal("GH-FLG-053", "填报的人不能签发自己填的报表", hint="由另一位有签发权限的同志签发")
        row.signed_by, row.signed_at = actor.account_id, timezone.now()
        FilledCell.objects.filter(filing=row).update(frozen_at=row.signed_at)
        return act(actor, row, Act.SIGNED, note, FilingState.SIGNED)


def send(actor: Viewer, *, filing: Filing) -> Filing:
    """The signed form as a file in the layout that was received, kept with the filing.

    :raises Refusal: GH-FLG-030, 035 not signed.
    """
    require(actor, "form.sign")
    with transaction.atomic():
        row = taken(actor, filing, FilingState.SIGNED)
        kept = files.store(
            actor, path=row.path, name=name_of(row), kind="form.filed", content=workbook(actor, row), content_type=XLSX
        )
        row.sent_file, row.sent_at = kept.pk, timezone.now()
        return act(actor, row, Act.SENT, "", FilingState.SENT)


def reopen(actor: Viewer, *, filing: Filing, note: str, due_on: date) -> Filing:
    """Gives back what was signed, by the body whose form it is, or by the own body when who demanded it gave it back.
    What was signed stays as it is; the new version begins with the same cells and is filled by its own body.

    :returns: the new version.
    :raises Refusal: GH-FLG-035 not signed, 040 a deadline that is over, 052 no reason, 056 neither of the two bodies.
    """
    require(actor, "form.sign")
    if not note.strip():
        raise Refusal("GH-FLG-052", "没有写退回的理由", "note", "写明哪里要改")
    if due_on < timezone.localdate():
        raise Refusal("GH-FLG-040", "截止日期已经过了", "due_on", "选今天或以后")
    with transaction.atomic():
        row = locked(actor, filing)
        if row is None or not filed_with(actor, row):
            raise Refusal("GH-FLG-056", "只有发下这份表的单位和填报单位自己可以退回", "organisation")
        in_state(row, *DONE)
        act(actor, row, Act.REOPENED, note, FilingState.RETURNED)
        made = Filing.objects.get(pk=row.pk)
        made.pk, made.replaces, made.version, made.due_on = None, row, row.version + 1, due_on
        made.state, made.made_at, made.remarks = FilingState.DRAFT, timezone.now(), {}
        made.checked_by = made.signed_by = made.signed_at = made.sent_at = made.sent_file = None
        made._state.adding = True
        made.save(force_insert=True)
        kept = list(FilledCell.objects.filter(filing=row))
        for one in kept:
            one.pk, one.filing, one.frozen_at, one.first = None, made, None, False
        FilledCell.objects.bulk_create(kept)
        act(actor, made, Act.REOPENED, note)
    return made


def name_of(row: Filing) -> str:
    done = "" if row.state in DONE else "（已退回）" if row.state == FilingState.RETURNED else "（未签发）"
    return f"{row.title}（{row.organisation.name}，{read(row.period).said}）{done}.xlsx"


def workbook(viewer: Viewer, row: Filing) -> bytes:
    """The form filled with what is kept. Small numbers are said to be few instead of being written, and formulas that
    speak of them are withheld."""
    rows = cells(viewer, row)
    values = {(one.sheet, one.cell): _content(one) for one in rows}
    hidden = {(one.sheet, one.cell) for one in rows if one.few}
    withhold: dict[Key, Content | None] = dict.fromkeys(withheld(book_of(row), hidden), WITHHELD)
    return written(bytes_of(row), values, sums(row, rows) | withhold)


def _content(one: FilledCell) -> Content | None:
    if one.number is None:
        return one.text or None
    return Percent(one.number) if one.unit == PERCENT else one.number
