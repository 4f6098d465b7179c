"""From a text with marks to a report with numbers: looks names up, counts together what can be, and words the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.choices import TargetState
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.queries.targets import targets
from gonghui.kernel.figures.rules import periods
from gonghui.kernel.figures.rules.periods import Period
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import Viewer

from ..rules import marks as m
from ..rules import wording
from ..rules.content import Block, Cell, Chart, Content, Number, Span
from ..rules.text import Block as Line
from ..rules.text import Choice, Piece, Text

COLUMNS, ROWS, POINTS, MARKS, TIES = 8, 60, 12, 500, 3
"""Columns of a table, rows of a table or bars of a chart, periods of a line, marks of a text, equals named beyond the
places of a ranking."""
Value = figures.Value


def fill(viewer: Viewer, text: Text, place: PublicOrganisation, period: Period, today: date | None = None) -> Content:
    """The report that a text makes at a place for a period; what cannot be filled is a mistake and a blank."""
    return _Filler(viewer, text, place, period, today or timezone.localdate()).content()


class _Filler:
    """One filling: what was looked up and counted so far, and the numbers cited in order of reading."""

    def __init__(self, viewer: Viewer, text: Text, place: PublicOrganisation, period: Period, today: date) -> None:
        self.viewer, self.text, self.place, self.period, self.today = viewer, text, place, period, today
        self.numbers: list[Number] = []
        self.cited: dict[tuple[str, int, str, str], int] = {}
        self.mistakes = [(one.line, one.sentence) for one in text.mistakes]
        self.rows = figures.in_force(place.path)
        self.by_title = {row.title: row for row in reversed(list(self.rows.values()))}
        self.places = figures.named_below(viewer, place, (mark.place for _, mark in text.marks() if mark.place))
        self.counted: dict[tuple[int, str], dict[str, Value]] = {}
        self.tables: dict[tuple[tuple[str, ...], int, str], dict[str, dict[int, Value]]] = {}
        if sum(1 for _ in text.marks()) > MARKS:
            self.mistakes.append((1, f"标记超过{MARKS}个，拆成几份报告"))
            self.text = Text([Line("paragraph", 1, ("标记太多，没有统计。",))])
        self._count_together()

    # -- looking up --------------------------------------------------------------------------------------------

    def _figure(self, name: str) -> Figure:
        row = self.by_title.get(name) or self.rows.get(name)
        if row is None:
            raise m.WrongMark(f"没有叫“{name}”的数字，改正文时从右边的数字里挑选")
        return row

    def _place(self, mark: m.Mark) -> PublicOrganisation:
        if not mark.place:
            return self.place
        found = self.places.get(mark.place)
        if found is None:
            raise m.WrongMark(f"“{mark.place}”不是{self.place.name}的下级单位，也不是期间或写法")
        return found

    def _period(self, mark: m.Mark) -> Period:
        if mark.period == "year_before":
            return self._past()
        if mark.period == "before":
            return self.period.before()
        if not mark.period.startswith("until:"):
            return periods.read(mark.period) if mark.period else self.period
        last = periods.read(mark.period.removeprefix("until:")).last
        moments = any(one.moment for one in figures.parts(self._figure(mark.names[0]), self.rows).measures)
        return periods.days(date(last.year, 1, 1), last) if moments else periods.around(last, "day")

    def _past(self, period: Period | None = None) -> Period:
        return (period or self.period).so_far(self.today).year_before()

    # -- counting ----------------------------------------------------------------------------------------------

    def _count_together(self) -> None:
        """Numbers of one place and period are asked in one go, those they are compared with too."""
        together: dict[tuple[int, str], dict[str, Figure]] = defaultdict(dict)
        places: dict[int, PublicOrganisation] = {}
        for _, mark in self.text.marks():
            if mark.kind != "number":
                continue
            try:
                row, place, period = self._figure(mark.names[0]), self._place(mark), self._period(mark)
            except m.WrongMark:
                continue  # told where it stands
            places[place.pk] = place
            together[place.pk, period.key][row.key] = row
            for other in self._compared(mark, period):
                together[place.pk, other.key][row.key] = row
        for _, one in self._trends():
            together[self.place.pk, self._past(self.period).key][one.key] = one
            places[self.place.pk] = self.place
        for (pk, key), rows in together.items():
            self.counted[pk, key] = figures.values(
                self.viewer, rows.values(), places[pk], periods.read(key), self.today
            )

    def _compared(self, mark: m.Mark, period: Period) -> list[Period]:
        if mark.show in ("同比", "增减"):
            return [self._past(period)]
        return [self._just_before(period)] if mark.show == "环比" else []

    def _just_before(self, period: Period) -> Period:
        """The period before, cut as the running one is: five months are compared with five."""
        passed = period.so_far(self.today).last - period.first
        whole = period.before()
        return whole if period.last <= self.today else periods.days(whole.first, min(whole.last, whole.first + passed))

    def _trends(self) -> list[tuple[Choice, Figure]]:
        """Conditions that ask how a number changed."""
        found = []
        for block in self.text.blocks:
            for piece in block.pieces:
                if isinstance(piece, Choice) and piece.condition.operator in ("增长", "下降", "持平"):
                    try:
                        found.append((piece, self._figure(piece.condition.mark.names[0])))
                    except m.WrongMark:
                        continue
        return found

    def _value(self, row: Figure, place: PublicOrganisation, period: Period) -> Value:
        known = self.counted.setdefault((place.pk, period.key), {})
        if row.key not in known:
            known |= figures.values(self.viewer, [row], place, period, self.today)
        return known[row.key]

    # -- citing ------------------------------------------------------------------------------------------------

    def _cite(self, value: Value, place: PublicOrganisation, said: str) -> int:
        """The number's place among those cited; the same number in the same words is cited once. What is not to be
        told is never cited: what is cited is frozen, opened and handed out."""
        if value.few or value.number is None:
            raise AssertionError(f"{value.figure.key} is not to be told")
        asked = (value.figure.key, place.pk, value.period.key, said)
        if asked not in self.cited:
            row = value.figure
            self.cited[asked] = len(self.numbers)
            self.numbers.append(
                Number(
                    figure=row.pk, key=row.key, version=row.version, digest=row.digest, title=row.title, place=place.pk,
                    place_name=place.name, path=place.path, period=value.period.key, said=said,
                    unit=value.definition.unit, top=value.top, bottom=value.bottom,
                    plain=wording.official(value.number) + value.definition.unit,
                )
            )  # fmt: skip
        return self.cited[asked]

    def _span(self, value: Value, place: PublicOrganisation, bare: bool = False, rounded: bool = False) -> Span:
        if value.few or value.number is None:
            unit = value.definition.unit if value.said.startswith("少于") and not bare else ""
            return Span(value.said + unit)
        said = wording.official(value.number, rounded) + value.definition.unit
        if bare:  # in tables all digits stand: numbers of one column are compared
            said = wording.plain(value.number)
        return Span(said, self._cite(value, place, said))

    # -- pieces ------------------------------------------------------------------------------------------------

    def _pieces(self, pieces: Sequence[Piece], line: int) -> Cell:
        found: list[Span] = []
        for piece in pieces:
            try:
                found += self._piece(piece, line)
            except m.WrongMark as wrong:
                self.mistakes.append((line, str(wrong)))
                found.append(Span("□"))
        return tuple(found)

    def _piece(self, piece: Piece, line: int) -> Sequence[Span]:
        if isinstance(piece, str):
            return [Span(piece)]
        if isinstance(piece, m.Said):
            return [Span(self._said(piece.what))]
        if isinstance(piece, Choice):
            return self._pieces(piece.then if self._holds(piece.condition) else piece.otherwise, line)
        if piece.kind in ("table", "chart"):
            raise m.WrongMark("表和图要单独占一行，不能放在句子或者表格里")
        return self._ranking(piece) if piece.kind == "ranking" else [self._number(piece)]

    def _said(self, what: str) -> str:
        seen = self.period.as_seen(self.today)
        return {
            "单位": self.place.name,
            "期间": self.period.said,
            "截止日期": f"{seen.year}年{seen.month}月{seen.day}日",
            "年份": str(self.period.last.year),
        }[what]

    def _number(self, mark: m.Mark) -> Span:
        row, place, period = self._figure(mark.names[0]), self._place(mark), self._period(mark)
        value = self._value(row, place, period)
        unit, percent = value.definition.unit, value.definition.unit == "%"
        if mark.show in ("目标", "完成率"):
            return self._target(mark.show, value, place, period)
        if mark.show in ("同比", "环比", "增减"):
            then = self._value(row, place, self._compared(mark, period)[0])
            if value.few or then.few:
                return Span("不作比较")
            if value.number is None or then.number is None:
                return Span("无数据可比")
            if mark.show == "增减":
                said = wording.difference(value.number, then.number, unit, percent)
            else:
                said = wording.change(value.number, then.number, mark.show, percent)
            return Span(said, self._cite(value, place, said))
        return self._span(value, place, bare=mark.show == "数", rounded=mark.show == "万")

    def _target(self, show: str, value: Value, place: PublicOrganisation, period: Period) -> Span:
        row = (
            targets(self.viewer)
            .filter(organisation_id=place.pk, key=value.figure.key, period=period.key)
            .filter(state=TargetState.ACCEPTED)
            .first()
        )
        if row is None:
            raise m.WrongMark(f"{place.name}没有已确认的{period.said}“{value.figure.title}”的目标")
        if show == "目标":
            return Span(wording.official(row.amount.normalize()) + value.definition.unit)
        if value.few or value.number is None:
            return Span("不单列" if value.few else "无数据")
        part = value.number / row.amount * 100
        said = wording.plain(part.quantize(Decimal("0.1"), ROUND_HALF_UP)) + "%"
        return Span(said, self._cite(value, place, said))

    def _holds(self, condition: m.Condition) -> bool:
        """Whether the first wording stands. Of numbers that are not to be told, or not there, the second does:
        a condition would tell them."""
        mark = condition.mark
        row, place, period = self._figure(mark.names[0]), self._place(mark), self._period(mark)
        value = self._value(row, place, period)
        if value.few or value.number is None:
            return False
        number = value.number
        compared = condition.operator in ("增长", "下降", "持平") or mark.show in ("同比", "环比", "增减")
        if compared:
            before = self._value(row, place, self._just_before(period) if mark.show == "环比" else self._past(period))
            if before.few or before.number is None:
                return False
            then = before.number
            number = (number - then) / then * 100 if mark.show in ("同比", "环比") and then else number - then
        amount = Decimal(condition.amount)
        return {
            ">": number > amount, ">=": number >= amount, "<": number < amount, "<=": number <= amount,
            "=": number == amount, "增长": number > 0, "下降": number < 0, "持平": number == 0,
        }[condition.operator]  # fmt: skip

    def _below(self, rows: Sequence[Figure], place: PublicOrganisation, period: Period) -> Mapping[str, Any]:
        children = figures.children_of(place)
        if not children:
            raise m.WrongMark(f"{place.name}没有下级单位")
        asked = (tuple(row.key for row in rows), place.pk, period.key)
        if asked not in self.tables:
            self.tables[asked] = figures.by_place(self.viewer, rows, children, period, self.today, self.rows)
        return {"children": children, "values": self.tables[asked]}

    def _ranking(self, mark: m.Mark) -> Sequence[Span]:
        row, place, period = self._figure(mark.names[0]), self._place(mark), self._period(mark)
        below = self._below([row], place, period)
        told = [(one, below["values"][row.key][one.pk]) for one in below["children"]]
        ranked = sorted(
            ((one, value) for one, value in told if not value.few and value.number is not None),
            key=lambda pair: (-(pair[1].number or 0), pair[0].path),
        )
        ranked = [pair for pair in ranked if pair[1].number]  # nobody is first with nothing
        if not ranked:
            raise m.WrongMark(f"“{row.title}”在{place.name}的各下级都没有可以排名的数")
        found: list[Span] = []
        last = ranked[: mark.first][-1][1].number
        equal = [pair for pair in ranked if (pair[1].number or 0) >= (last or 0)]  # equals stand together
        for one, value in equal[: mark.first + TIES]:
            found += [Span(f"{'、' if found else ''}{figures.short(one.name)}（"), self._span(value, one), Span("）")]
        return found if len(equal) <= mark.first + TIES else [*found, Span(f"等{len(equal)}家")]

    # -- blocks ------------------------------------------------------------------------------------------------

    def content(self) -> Content:
        blocks = tuple(block for line in self.text.blocks if (block := self._block(line)) is not None)
        now: datetime = timezone.localtime()
        return Content(
            blocks, tuple(self.numbers), tuple(sorted(set(self.mistakes))), now.isoformat(timespec="seconds"),
            self.period.as_seen(self.today).isoformat(),
        )  # fmt: skip

    def _block(self, line: Line) -> Block | None:
        if line.kind == "table":
            return Block("table", line.line, rows=tuple(
                tuple(self._pieces(cell, line.line) for cell in row) for row in line.rows
            ))  # fmt: skip
        if line.kind != "figure":
            return Block(line.kind, line.line, self._pieces(line.pieces, line.line))
        mark = line.pieces[0]
        assert isinstance(mark, m.Mark)
        try:
            block = self._table(mark) if mark.kind == "table" else self._chart(mark)
        except m.WrongMark as wrong:
            self.mistakes.append((line.line, str(wrong)))
            return Block("paragraph", line.line, (Span("□"),))
        return replace(block, line=line.line)

    def _axis(self, mark: m.Mark, rows: Sequence[Figure]) -> list[tuple[str, PublicOrganisation, list[Value]]]:
        """(label, place, values of the figures) along what a table or chart goes by."""
        place, period = self._place(mark), self._period(mark)
        if mark.by == "below":
            below = self._below(rows, place, period)
            if len(below["children"]) > ROWS:
                raise m.WrongMark(f"{place.name}有{len(below['children'])}个下级，放不下，改用{{{{排名|…|前10}}}}")
            return [(one.name, one, [below["values"][row.key][one.pk] for row in rows]) for one in below["children"]]
        if mark.by == "time":
            past = figures.before(period, POINTS)
            lists = [figures.series(self.viewer, row, place, past) for row in rows]
            return [(one.said, place, [values[n] for values in lists]) for n, one in enumerate(past)]
        if len(rows) != 1:
            raise m.WrongMark("按某项分的时候只写一个数字")
        ways = figures.ways(figures.parts(rows[0], self.rows))
        key = next((name for name, title in ways.items() if title == mark.by), None)
        if key is None:
            known = "、".join(f"按{title}" for title in ways.values()) or "没有可选的"
            raise m.WrongMark(f"“{rows[0].title}”不能按{mark.by}分，可选：{known}")
        return [(label, place, [one]) for _, label, one in
                figures.by_dimension(self.viewer, rows[0], place, period, key, self.today)]  # fmt: skip

    def _cell(self, value: Value, place: PublicOrganisation, by: str) -> Span:
        """A number in a table; parts by a dimension are not cited, their whole is."""
        if by not in ("below", "time") and not value.few and value.number is not None:
            return Span(wording.plain(value.number))
        return self._span(value, place, bare=True)

    def _table(self, mark: m.Mark) -> Block:
        if len(mark.names) > COLUMNS:
            raise m.WrongMark(f"一张表最多{COLUMNS}个数字，分成两张")
        rows = [self._figure(name) for name in mark.names]
        axis = self._axis(mark, rows)
        place, period = self._place(mark), self._period(mark)
        whole = [self._value(row, place, period) for row in rows]
        first = {"below": "单位", "time": "期间"}.get(mark.by, mark.by)
        head: list[Cell] = [(Span(first),)]
        for row, value in zip(rows, whole, strict=True):
            head.append((Span(f"{row.title}（{value.definition.unit}）"),))
            if mark.show and mark.by == "below":
                head.append((Span("比上年同期"),))
        past = self._below(rows, place, self._past(period))["values"] if mark.show and mark.by == "below" else {}
        body = [self._line(label, at, values, mark.by, past) for label, at, values in axis]
        if mark.by == "below":
            then = {row.key: {place.pk: self._value(row, place, self._past(period))} for row in rows} if past else {}
            body.append(self._line("合计", place, whole, mark.by, then))
        titles = "、".join(row.title for row in rows)
        return Block("table", 0, rows=(tuple(head), *body), caption=f"{place.name}{period.said}{titles}")

    def _line(
        self, label: str, at: PublicOrganisation, values: list[Value], by: str, past: Mapping[str, Any]
    ) -> tuple[Cell, ...]:
        cells: list[Cell] = [(Span(figures.short(label) if by == "below" else label),)]
        for value in values:
            cells.append((self._cell(value, at, by),))
            if past:
                then = past[value.figure.key].get(at.pk)
                known = then is not None and not (then.few or value.few) and None not in (then.number, value.number)
                apart = value.number - then.number if known else None
                cells.append((Span("—" if apart is None else f"{apart:+f}" if apart else "0"),))
        return tuple(cells)

    def _chart(self, mark: m.Mark) -> Block:
        row = self._figure(mark.names[0])
        axis = self._axis(mark, [row])
        if len(axis) < 2:
            raise m.WrongMark("图里至少要有两项才能比较，改成一句话或者表")
        labels, shown, numbers = [], [], []
        for label, at, (value,) in axis:
            told = not value.few and value.number is not None
            labels.append(figures.short(label) if mark.by == "below" else label)
            shown.append(float(value.number) if told and value.number is not None else None)
            cited = told and mark.by in ("below", "time")
            numbers.append(self._cite(value, at, wording.official(value.number or Decimal(0))) if cited else None)
        unit = axis[0][2][0].definition.unit
        chart = Chart(
            f"{figures.short(self._place(mark).name)}{row.title}", "line" if mark.by == "time" else "bars", unit,
            tuple(labels), tuple(shown), tuple(numbers),
        )  # fmt: skip
        return Block("chart", 0, chart=chart, caption=f"{chart.title}（{unit}）")
