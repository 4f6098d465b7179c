"""What stands in the cells of a filing, what its sums come to, and what a check finds in it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import Period, read
from gonghui.kernel.viewer import Viewer

from ..choices import CLOSED, DONE, OPEN, PERCENT, WORDS_ASKED, Back, Kind
from ..models import Filing, FilledCell
from ..rules.checks import Finding, Remark, Seen, about, check
from ..rules.formulas import totals
from ..rules.mapping import Mapped, read_all
from ..rules.sheets import Key
from .answers import answers_of
from .filling import told_by
from .received import book_of


def seen(rows: Iterable[FilledCell], mapping: Iterable[Mapped]) -> list[Seen]:
    """Kept cells as the checks see them, in the order of the mapping."""
    kept = {(one.sheet, one.cell): one for one in rows}
    found = []
    for one in mapping:
        cell = kept.get(one.key)
        if cell is None:
            found.append(Seen(one, why="还没有计算"))
        else:
            settled = one.kind == Kind.ASKED and (
                cell.place_id is None or CLOSED in cell.why or cell.why == WORDS_ASKED
            )
            found.append(Seen(one, cell.number, cell.text, cell.few, cell.why, settled))
    return found


def cells(viewer: Viewer, row: Filing) -> list[FilledCell]:
    """What stands in the cells; while the filing is open, answers that have come in since stand in theirs."""
    rows = list(
        FilledCell.objects.visible(viewer).filter(filing=row).select_related("figure", "question").order_by("pk")
    )
    if row.state in OPEN:
        asked = [one for one in rows if one.kind == Kind.ASKED and one.place_id is not None]
        given = answers_of(viewer, {one.place_id or 0 for one in asked}, {one.period for one in asked})
        wanted = {one.key: one for one in read_all(row.mapping)}
        for one in asked:
            answer = given.get((one.place_id or 0, one.period, one.title, one.unit))
            if answer is not None:
                one.number, one.text, one.why = told_by(wanted[one.sheet, one.cell], answer)
                one.question = answer.question
    return rows


def sums(row: Filing, rows: Iterable[FilledCell]) -> dict[Key, Decimal]:
    """What the form's own plain sums come to."""
    kept = list(rows)
    numbers = {(one.sheet, one.cell): one.number or Decimal(0) for one in kept}  # whatever stood there when it came
    return totals(book_of(row), numbers, {(one.sheet, one.cell) for one in kept if one.few or one.unit == PERCENT})


def findings(viewer: Viewer, row: Filing, rows: list[FilledCell]) -> list[Finding]:
    """What a check finds in what stands in the cells."""
    mapping = read_all(row.mapping)
    remarks = {key: Remark(**one) for key, one in row.remarks.items()}
    before = _before(viewer, row, mapping, rows)
    return check(book_of(row), seen(rows, mapping), sums(row, rows), before, remarks, row.tolerance)


def spoken_of(viewer: Viewer, row: Filing, key: Key) -> str | None:
    """Which numbers a remark about a cell speaks of now; None where the cell is not mapped."""
    mapping, rows = read_all(row.mapping), cells(viewer, row)
    one = next((one for one in seen(rows, mapping) if one.mapped.key == key), None)
    return None if one is None else about(one, _before(viewer, row, mapping, rows))


def _before(viewer: Viewer, row: Filing, mapping: Iterable[Mapped], rows: list[FilledCell]) -> dict[Key, Decimal]:
    """Numbers of the same cells in the filing of the period before, each beside its like: what adds up over the year
    beside the filing of a year before, and nothing of a part of a period beside a whole one."""
    period = read(row.period)
    last, year_ago = _earlier(viewer, row, period)
    kept = {one.pk: _numbers(viewer, one) for one in (last, year_ago) if one is not None}
    flows = _flows(row, rows)
    found: dict[Key, Decimal] = {}
    for one in mapping:
        flow = one.kind == Kind.ASKED or one.key in flows
        beside = year_ago if flow and one.back == Back.YEAR else last
        if beside is None or (one.key in flows and (_running(row) or _running(beside))):
            continue
        number = kept[beside.pk].get(one.key)
        if number is not None:
            found[one.key] = number
    return found


def _earlier(viewer: Viewer, row: Filing, period: Period) -> tuple[Filing | None, Filing | None]:
    """The filings of the nearest earlier period and of a year before, signed, of periods as long as this one."""
    rows = Filing.objects.visible(viewer).filter(
        organisation_id=row.organisation_id, template_id=row.template_id, state__in=DONE
    )
    alike = [(read(one.period), one) for one in rows.exclude(pk=row.pk)]
    earlier = [pair for pair in alike if pair[0].kind == period.kind and pair[0].first < period.first]
    last = max(earlier, key=lambda pair: (pair[0].first, pair[1].version), default=None)
    year_ago = [one for at, one in earlier if at == period.year_before()]
    return last[1] if last is not None else None, max(year_ago, key=lambda one: one.version, default=None)


def _numbers(viewer: Viewer, row: Filing) -> dict[Key, Decimal]:
    kept = FilledCell.objects.visible(viewer).filter(filing=row, number__isnull=False)
    return {(one.sheet, one.cell): one.number for one in kept if one.number is not None}


def _running(row: Filing) -> bool:
    """Whether the period was not over when the cells were counted."""
    return row.counted_at is not None and timezone.localdate(row.counted_at) <= read(row.period).last


def _flows(row: Filing, rows: Iterable[FilledCell]) -> set[Key]:
    """Cells that count what happened during a period, and not what is there at its end."""
    known = figures.in_force(row.path)
    return {
        (one.sheet, one.cell) for one in rows
        if one.figure is not None
        and (one.figure.key not in known or figures.parts(known[one.figure.key], known).top.moment)
    }  # fmt: skip
