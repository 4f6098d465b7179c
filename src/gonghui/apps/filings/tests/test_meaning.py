"""What a cell means is kept whole: whose, of which period, as per cent or not, told by what is known where it is filled."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.utils import timezone

from gonghui.apps.filings import example, forms, queries, services
from gonghui.apps.filings.choices import Back, Kind, TemplateState
from gonghui.apps.filings.models import Filing, FilledCell, Question
from gonghui.apps.filings.queries.filling import period_of
from gonghui.apps.filings.rules.mapping import Mapped
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import days, read
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_filings import QUARTER, SOON, begun

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 20)


def form(desk: Any, place: Any, cells: list[dict[str, Any]], data: bytes | None = None) -> Filing:
    """A filing of a small form with these cells."""
    made = services.receive(
        desk, organisation=place, data=data or example.workbook(["安福县", "遂川县"]), filename="表.xlsx",
        title="另一张", demanded_by="市发改委", rhythm="quarter",
    )  # fmt: skip
    services.map_cells(desk, template=made, cells=[{"sheet": example.MEANS, **one} for one in cells])
    made = services.put(desk, template=made, state=TemplateState.PUBLISHED)
    return services.begin(desk, organisation=place, template=made, period=QUARTER)


def stands(desk: Any, row: Filing) -> dict[str, FilledCell]:
    return {one.cell: one for one in queries.cells(desk, row)}


def test_what_is_asked_keeps_whose_it_is_and_of_which_period() -> None:
    data = {"sheet": "表", "cell": "C5", "kind": Kind.ASKED, "title": "驿站", "unit": "个", "number": True,
            "below": False, "label": "a5", "back": "year_before", "role": ""}  # fmt: skip
    given = forms.CellForm(data, figures=[])
    assert given.is_valid(), given.errors
    assert Mapped.model_validate(given.mapped()).model_dump()["back"] == Back.YEAR_BEFORE
    assert given.mapped()["label"] == "A5"


def test_last_years_number_is_asked_as_last_years(tree: Any) -> None:
    desk = viewer_at(tree.city, "organising")
    asked = {"kind": "asked", "title": example.HOMES, "unit": "个"}
    with acting(desk):
        row = form(desk, tree.city, [{"cell": "C7", **asked}, {"cell": "D7", "back": "year_before", **asked}])
        made = services.ask(desk, filing=row, due_on=SOON)
        assert {one.period for one in made} == {QUARTER.key, QUARTER.year_before().key}
        for one, number in zip(sorted(made, key=lambda one: one.period), (3, 5), strict=True):
            services.answer(desk, question=one, number=Decimal(number))
        assert {at: one.number for at, one in stands(desk, row).items()} == {"C7": 5, "D7": 3}


def test_a_row_of_a_body_below_asks_that_body(tree: Any) -> None:
    desk, county = viewer_at(tree.city, "organising"), viewer_at(tree.county, "organising")
    asked = {"sheet": example.BASE, "kind": "asked", "title": example.STATIONS, "unit": "个"}
    with acting(desk):
        row = form(desk, tree.city, [
            {"cell": "C7", "label": "B7", **asked}, {"cell": "C8", "label": "B8", **asked},
            {"cell": "D7", "label": "B6", **asked},
        ])  # fmt: skip
        own = services.ask(desk, filing=row, due_on=SOON)
        assert [one.rolls_up for one in own] == [True]
        mine = Question.objects.get(organisation=tree.county)
    with acting(county):
        services.answer(county, question=mine, number=Decimal(4))
    with acting(desk):
        found = stands(desk, row)
        assert (found["C7"].number, found["C8"].number, found["C8"].why) == (4, None, "还没有答复")
        assert found["D7"].why == "“合计”不是下级单位"
        levels = {one.cell: one.level for one in queries.findings(desk, row, list(found.values()))}
        assert levels == {"C8": "bad", "D7": "remark"}
        with pytest.raises(Exception, match="GH-FLG-050"):
            services.hand_in(desk, filing=row)


def test_one_question_serves_a_number_and_words(tree: Any) -> None:
    """What a form makes of an answer is no part of what is asked."""
    desk = viewer_at(tree.city, "organising")
    asked = {"kind": "asked", "title": example.HOMES, "unit": "个"}
    with acting(desk):
        row = form(desk, tree.city, [{"cell": "B9", "number": False, **asked}, {"cell": "C7", **asked}])
        made = services.ask(desk, filing=row, due_on=SOON)
        assert [one.numeric for one in made] == [True]
        services.answer(desk, question=made[0], number=Decimal(1200))
        found = stands(desk, row)
        assert (found["B9"].text, found["C7"].number) == ("1,200个", 1200)
        services.recount(desk, filing=row)
        assert cell_of(row, "B9").text == "1,200个"


def cell_of(row: Filing, at: str) -> FilledCell:
    return FilledCell.objects.get(filing=row, cell=at)


def test_a_number_that_was_asked_as_words_says_so(tree: Any) -> None:
    desk = viewer_at(tree.city, "organising")
    with acting(desk):
        row = form(desk, tree.city, [{"cell": "C7", "kind": "asked", "title": "做法"}])
        Question.objects.create(
            path=tree.city.path, organisation=tree.city, title="做法", numeric=False, period=QUARTER.key,
            form_title="表", asked_by_name="市", due_on=SOON, text="无", answered_at=timezone.now(),
        )  # fmt: skip
        services.recount(desk, filing=row)
        found = queries.findings(desk, row, queries.cells(desk, row))
    assert [(one.level, one.cell) for one in found] == [("remark", "C7")] and "文字" in found[0].sentence


def test_a_part_of_a_period_stands_beside_the_same_part_of_the_year_before() -> None:
    running = read("2026Q2")
    assert period_of(Back.YEAR_BEFORE, running, TODAY) == days(date(2025, 4, 1), date(2025, 5, 20))
    assert period_of(Back.YEAR_BEFORE, running, date(2026, 7, 3)) == read("2025Q2")
    assert period_of(Back.YEAR_BEFORE, running) == read("2025Q2")  # what is asked is of whole periods


def test_the_year_so_far_is_a_period_of_the_calendar_where_it_is_one() -> None:
    assert period_of(Back.YEAR, read("2026Q2")).key == "2026H1" and period_of(Back.YEAR, read("2026Q4")).key == "2026"
    assert period_of(Back.YEAR, read("2026Q1")).key == "2026Q1"
    assert period_of(Back.YEAR, read("2026Q3")) == days(date(2026, 1, 1), date(2026, 9, 30))


def percents() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet(example.MEANS)
    sheet.write("A1", "女会员占比")
    sheet.write_blank("B1", None, book.add_format({"num_format": "0.0%"}))
    sheet.write_blank("C1", None, book.add_format({"num_format": "0.0"}))
    sheet.write_blank("D1", None, book.add_format({"num_format": "0.0%"}))
    sheet.write_formula("E1", "=B1+D1", book.add_format({"num_format": "0.0%"}))
    book.close()
    return stream.getvalue()


def test_a_share_is_written_as_the_cell_shows_it(tree: Any) -> None:
    desk = viewer_at(tree.city, "organising")
    with acting(desk):
        share = next(one.key for one in figures.in_force(tree.city.path).values() if one.key == "members_women_share")
        row = form(desk, tree.city, [
            {"cell": "B1", "kind": "figure", "figure": share}, {"cell": "C1", "kind": "figure", "figure": share},
            {"cell": "D1", "kind": "asked", "title": "建会率", "unit": "%"},
        ], percents())  # fmt: skip
        FilledCell.objects.filter(filing=row, kind="figure").update(number=Decimal("92.3"))
        made = services.ask(desk, filing=row, due_on=SOON)
        services.answer(desk, question=made[0], number=Decimal("12.5"))
        FilledCell.objects.filter(filing=row, kind="figure").update(number=Decimal("92.3"))
        sheet = openpyxl.load_workbook(io.BytesIO(services.workbook(desk, row)), data_only=True)[example.MEANS]
    assert (sheet["B1"].value, sheet["C1"].value, sheet["D1"].value, sheet["E1"].value) == (0.923, 92.3, 0.125, None)


def test_rows_of_a_form_are_counted_by_the_definitions_of_who_fills_it(
    tree: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[Any] = []
    tables: list[int] = []
    values, by_place = figures.values, figures.by_place

    def kept(*given: Any, **more: Any) -> Any:
        known.append(more.get("known"))
        return values(*given, **more)

    def table(*given: Any, **more: Any) -> Any:
        known.append(more.get("known"))
        tables.append(1)
        return by_place(*given, **more)

    monkeypatch.setattr(figures, "values", kept)
    monkeypatch.setattr(figures, "by_place", table)
    begun(tree)
    with acting(SYSTEM):
        own = figures.in_force(tree.city.path)
    assert known and all(one == own for one in known)
    assert len(tables) == 1  # the bodies below, once, of all figures


def test_hidden_rows_are_hidden_by_all_siblings(tree: Any) -> None:
    _, row = begun(tree)
    with acting(SYSTEM):
        few = FilledCell.objects.filter(filing=row, sheet=example.AID, cell__startswith="B", kind="figure")
        assert few.count() == 3 and all(one.few and one.number is None for one in few)
