"""A form of three sheets is mapped once, filled from records, asked once, signed by another and sent in its layout."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.filings import example, queries, services
from gonghui.apps.filings.choices import TemplateState
from gonghui.apps.filings.factories import example_form
from gonghui.apps.filings.manifest import tasks
from gonghui.apps.filings.models import Filing, FilledCell, FormTemplate, Question
from gonghui.kernel.factories import make_member, make_post, viewer_at
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures import services as figure_services
from gonghui.kernel.figures.rules.periods import around, read
from gonghui.kernel.models import TrailRecord
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_books import same_but

pytestmark = pytest.mark.django_db
QUARTER = around(timezone.localdate(), "quarter")
SOON = timezone.localdate() + timedelta(days=3)


def client(place: Any, role: str, username: str | None = None) -> Client:
    made = Client()
    with acting(SYSTEM):
        made.force_login(make_post(place, role, username).account)
    return made


def begun(tree: Any, fillers: str = "own") -> tuple[Any, Filing]:
    desk = viewer_at(tree.city, "organising")
    with acting(desk):
        form = example_form(desk, tree.city, fillers=fillers)
        return desk, services.begin(desk, organisation=tree.city, template=form, period=QUARTER)


def cell(row: Filing, sheet: str, at: str) -> FilledCell:
    with acting(SYSTEM):
        return FilledCell.objects.get(filing=row, sheet=sheet, cell=at)


def test_a_form_of_three_sheets_is_mapped_and_filled_through_the_pages(tree: Any) -> None:
    desk, leader = client(tree.city, "organising"), client(tree.city, "leader")
    finance = client(tree.city, "finance")
    places = ["安福县", "遂川县", "吉安市物流行业工会联合会"]
    data = example.workbook(places)
    sent = desk.post(reverse("filings:form-new"), {
        "file": SimpleUploadedFile("季报.xlsx", data), "title": "基层工作情况季报", "demanded_by": "省总工会组织部",
        "rhythm": "quarter", "fillers": "own", "due_days": 10, "tolerance": 30, "note": "",
    })  # fmt: skip
    form_page = sent.url
    page = desk.get(form_page).content.decode()
    assert "猜出" in page and "公式" in page and example.AID in page
    with acting(SYSTEM):
        form = FormTemplate.objects.get()
    guess = reverse("filings:form-guess", args=[form.pk])
    assert "文字一样" in desk.get(guess).content.decode()
    wanted = [f"{example.BASE}!{column}{row}" for row in (7, 8, 9) for column in "CDEFGH"]
    assert desk.post(guess, {"cells": wanted}).status_code == 302
    for one in example.mapping(places):  # the rest is picked cell by cell
        if (one["sheet"], one["kind"]) != (example.BASE, "figure"):
            answer = desk.post(form_page, {"number": "on", **one} if one.get("number", True) else {**one, "number": ""})
            assert answer.status_code == 302, one
    with acting(SYSTEM):
        form.refresh_from_db()
        assert len(form.mapping) == len(example.mapping(places))
    picked = desk.get(form_page, {"sheet": example.BASE, "cell": "E7"}).content.decode()
    assert "安福县" in picked and "会员总数" in picked
    assert "自带的公式" in desk.get(form_page, {"sheet": example.BASE, "cell": "E6"}).content.decode()
    assert (
        desk.post(form_page, {"sheet": example.BASE, "cell": "E6", "kind": "figure", "figure": "members"}).status_code
        == 422
    )
    assert desk.post(reverse("filings:form-publish", args=[form.pk])).status_code == 302

    begin = desk.post(reverse("filings:new"), {"template": form.pk, "period": QUARTER.key, "due_on": ""})
    one = begin.url
    with acting(SYSTEM):
        row = Filing.objects.get()
    page = desk.get(one).content.decode()
    assert f"{reverse('figures:records', args=['members'])}?at={tree.county.pk}&period={QUARTER.key}" in page
    records = desk.get(reverse("figures:records", args=["members"]), {"at": tree.county.pk, "period": QUARTER.key})
    assert records.status_code == 200
    assert desk.post(reverse("filings:check", args=[row.pk])).status_code == 422  # questions are open
    assert desk.post(reverse("filings:ask", args=[row.pk]), {"due_on": SOON.isoformat()}).status_code == 302
    with acting(SYSTEM):
        asked = {(q.organisation_id, q.title): q for q in Question.objects.all()}
    income = asked[tree.city.pk, example.INCOME]
    assert desk.post(reverse("filings:question", args=[income.pk]), {"number": "1"}).status_code == 422
    assert finance.post(reverse("filings:question", args=[income.pk]), {"number": "123.5"}).status_code == 302
    for title, given in ((example.HOMES, {"number": "7"}), (example.WORDS, {"text": "建站先看货车停在哪里。"})):
        page_ = reverse("filings:question", args=[asked[tree.city.pk, title].pk])
        assert desk.post(page_, given).status_code == 302
    for place, number in ((tree.county, 4), (tree.sibling_county, 5), (tree.industry_union, 6)):
        below = client(place, "organising")
        page_ = reverse("filings:question", args=[asked[place.pk, example.STATIONS].pk])
        assert below.get(page_).status_code == 200
        assert below.post(page_, {"number": number}).status_code == 302
    page = desk.get(one, {"sheet": example.MEANS}).content.decode()
    assert "15" in page and "3个单位都已答复" in page
    assert explain_blanks(desk, row) == 0
    assert desk.post(reverse("filings:check", args=[row.pk])).status_code == 302
    assert desk.post(reverse("filings:sign", args=[row.pk])).status_code == 403
    assert leader.post(reverse("filings:return", args=[row.pk]), {"note": ""}).status_code == 422
    assert leader.post(reverse("filings:sign", args=[row.pk])).status_code == 302
    assert leader.post(reverse("filings:send", args=[row.pk])).status_code == 302
    file = desk.get(reverse("filings:file", args=[row.pk])).content
    with acting(SYSTEM):
        changed = {(c.sheet, c.cell) for c in FilledCell.objects.filter(filing=row)}
    same_but(data, file, changed | {(example.AID, "B17"), (example.AID, "C17")})  # sums of hidden numbers
    book = openpyxl.load_workbook(io.BytesIO(file), data_only=True)
    base, means = book[example.BASE], book[example.MEANS]
    assert (base["B2"].value, base["G2"].value, base["E7"].value, base["E6"].value) == (
        "吉安市总工会",
        QUARTER.said,
        5,
        5,
    )
    assert (means["C5"].value, means["C6"].value, means["C7"].value, means["C8"].value) == (123.5, 15, 7, 22)
    assert means["B9"].value == "建站先看货车停在哪里。" and base["E7"].number_format == "#,##0"


def explain_blanks(desk: Client, row: Filing) -> int:
    """Explains what has to be explained; how many stay."""
    left = 0
    page = desk.get(reverse("filings:one", args=[row.pk]))
    for one in page.context["findings"]:
        if one.level == "remark":
            said = {"sheet": one.sheet, "cell": one.cell, "words": "去年没有记录"}
            assert desk.post(reverse("filings:remark", args=[row.pk]), said).status_code == 302
    for one in desk.get(reverse("filings:one", args=[row.pk])).context["findings"]:
        left += one.level == "bad" or (one.level == "remark" and not one.remark)
    return left


def test_small_sensitive_numbers_are_not_written_but_told(tree: Any) -> None:
    desk, row = begun(tree)
    few = cell(row, example.AID, "C3")
    assert (few.few, few.number, few.top, few.text) == (True, None, None, "少于5")
    with acting(desk):
        file = services.workbook(desk, row)
        levels = {
            (f.level, f.cell) for f in queries.findings(desk, row, queries.cells(desk, row)) if f.sheet == example.AID
        }
    sheet = openpyxl.load_workbook(io.BytesIO(file))[example.AID]
    assert sheet["C3"].value == "少于5" and sheet["B14"].value == "少于5"
    assert sheet["B17"].value == "不单列"  # the form's own sum of them
    assert ("note", "C3") in levels
    page = client(tree.city, "publicity").get(reverse("filings:one", args=[row.pk]), {"sheet": example.AID})
    assert "没有写出的小数字" in page.content.decode() and "认出当事人" in page.content.decode()


def answered(desk: Any, row: Filing) -> None:
    """Every own question of a filing, by the platform's own hand."""
    with acting(SYSTEM):
        Question.objects.filter(numeric=True, rolls_up=False).update(number=2, answered_at=timezone.now())
        Question.objects.filter(numeric=False).update(text="无", answered_at=timezone.now())
    with acting(desk):
        for one in queries.findings(desk, row, queries.cells(desk, row)):
            if one.level == "remark":
                services.remark(desk, filing=row, sheet=one.sheet, cell=one.cell, words="核对过")
        row.refresh_from_db()


def test_two_persons_sign_and_what_is_signed_stays(tree: Any) -> None:
    desk, row = begun(tree)
    both, leader = viewer_at(tree.city, "grassroots_chair"), viewer_at(tree.city, "leader")
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
    answered(desk, row)
    with acting(both):
        services.hand_in(both, filing=row)
        with pytest.raises(Refusal, match="GH-FLG-053"):
            services.sign(both, filing=row)
        with pytest.raises(Refusal, match="GH-FLG-052"):
            services.give_back(both, filing=row, note=" ")
        with pytest.raises(Refusal, match="GH-FLG-035"):
            services.recount(both, filing=row)
    with acting(leader):
        with pytest.raises(Refusal, match="GH-FLG-035"):
            services.send(leader, filing=row)
        services.sign(leader, filing=row)
    with acting(SYSTEM):
        make_member(tree.union, "后来的")
        figure_services.drain()
    kept = cell(row, example.BASE, "E7")
    assert (kept.number, kept.top, kept.place_id, kept.version) == (5, 5, tree.county.pk, kept.figure.version)
    assert kept.frozen_at is not None and kept.period == QUARTER.key
    with acting(SYSTEM):
        figure_services.drain()
        found = figures.values(
            SYSTEM, figures.in_force(tree.city.path).values(), tree.city, around(timezone.localdate(), "month")
        )
    assert found["filings_signed"].top == found["filings_begun"].top == found["filings_per_body"].top == 1
    assert found["cells_asked"].top == 4
    assert found["cells_from_records"].top == found["cells_filled"].top - 4 > 30
    with acting(SYSTEM):
        verbs = set(TrailRecord.objects.filter(verb__startswith="form.").values_list("verb", flat=True))
    assert {"form.begun", "form.asked", "form.checked", "form.signed", "form.put"} <= verbs


def test_what_was_answered_once_is_used_in_another_form(tree: Any) -> None:
    desk, row = begun(tree)
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
    with acting(SYSTEM):
        asked = Question.objects.count()
    answered(desk, row)
    with acting(desk):
        other = services.receive(
            desk, organisation=tree.city, data=example.workbook(["安福县"]), filename="另一张.xlsx", title="阵地月报",
            demanded_by="市发改委", rhythm="quarter",
        )  # fmt: skip
        services.map_cells(desk, template=other, cells=[
            {"sheet": example.MEANS, "cell": "C7", "kind": "asked", "title": example.HOMES, "unit": "个"},
            {"sheet": example.MEANS, "cell": "C6", "kind": "asked", "title": example.STATIONS, "unit": "个", "below": True},
        ])  # fmt: skip
        other = services.put(desk, template=other, state=TemplateState.PUBLISHED)
        again = services.begin(desk, organisation=tree.city, template=other, period=QUARTER)
        with pytest.raises(Refusal, match="GH-FLG-041"):
            services.ask(desk, filing=again, due_on=SOON)
    assert cell(again, example.MEANS, "C7").number == 2 and cell(again, example.MEANS, "C6").number == 6
    with acting(SYSTEM):
        assert Question.objects.count() == asked


def test_a_question_goes_down_the_tree_and_its_answers_come_up(tree: Any) -> None:
    desk, row = begun(tree)
    county, town = viewer_at(tree.county, "organising"), viewer_at(tree.township, "organising")
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
    with acting(county):
        asked = Question.objects.visible(county).get(organisation=tree.county)
        assert [one.title for one in tasks(county)] == [f"答复：{example.STATIONS}（{QUARTER.said}）"]
        services.hand_down(county, question=asked, due_on=SOON)
        with pytest.raises(Refusal, match="GH-FLG-044"):
            services.answer(county, question=asked, number=Decimal(1))
        assert tasks(county) == []
    with acting(town):
        mine = Question.objects.visible(town).get(organisation=tree.township)
        assert (mine.asked_by_name, mine.parent_id) == ("安福县总工会", asked.pk)
        services.answer(town, question=mine, number=Decimal(9))
    with acting(desk):
        said = queries.answers(desk, tree.city.pk, QUARTER.key)[example.STATIONS, "个"]
        assert (said.number, said.total, said.open_) == (None, 3, 2) and said.why == "3个单位中1个已答复"
    answered(desk, row)
    with acting(desk):
        assert queries.answers(desk, tree.city.pk, QUARTER.key)[example.STATIONS, "个"].number == 6
    sibling = client(tree.sibling_county, "organising")
    assert sibling.get(reverse("filings:question", args=[mine.pk])).status_code == 404


def test_a_late_question_is_late_everywhere(tree: Any) -> None:
    desk, row = begun(tree)
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
        with pytest.raises(Refusal, match="GH-FLG-040"):
            services.ask(desk, filing=row, due_on=SOON - timedelta(days=9))
    with acting(SYSTEM):
        Question.objects.update(due_on=timezone.localdate() - timedelta(days=2))
        figure_services.drain()
        value = figures.value(
            SYSTEM, figures.in_force(tree.county.path)["form_questions_overdue"], tree.county, QUARTER
        )
        assert value.top == 1
    county = client(tree.county, "organising")
    assert "逾期2天" in county.get(reverse("filings:questions")).content.decode()
    with acting(viewer_at(tree.county, "rights")) as viewer:
        assert [(one.due, one.due_tone) for one in tasks(viewer)] == [("逾期2天", "bad")]
    page = client(tree.city, "publicity").get(reverse("filings:one", args=[row.pk]))
    assert "已逾期" in page.content.decode()


def test_a_leap_since_the_last_filing_has_to_be_explained(tree: Any) -> None:
    desk, row = begun(tree)
    leader = viewer_at(tree.city, "leader")
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
    answered(desk, row)
    with acting(desk):
        services.hand_in(desk, filing=row)
    with acting(leader):
        services.sign(leader, filing=row)
    with acting(SYSTEM):
        for n in range(4):
            make_member(tree.union, f"新{n}")
        figure_services.drain()
    following = around(QUARTER.last + timedelta(days=1), "quarter")
    with acting(desk):
        later = services.begin(desk, organisation=tree.city, template=row.template, period=following)
        found = queries.findings(desk, later, queries.cells(desk, later))
    leap = next(one for one in found if (one.sheet, one.cell) == (example.BASE, "E7"))
    assert leap.level == "remark" and "+80.0%" in leap.sentence


def test_a_superiors_form_waits_for_those_below_and_is_theirs_to_fill(tree: Any) -> None:
    desk, row = begun(tree, "children")
    county, town = viewer_at(tree.county, "organising"), viewer_at(tree.township, "organising")
    with acting(town):
        assert queries.template(town, row.template_id) is None and tasks(town) == []
    with acting(county):
        form = queries.template(county, row.template_id)
        assert form is not None
        assert any(one.title.startswith("填报：") for one in tasks(county))
        mine = services.begin(county, organisation=tree.county, template=form, period=QUARTER.before())
        assert queries.mapping_of(mine) == queries.mapping_of(row)
        titles = [one.title for one in tasks(county)]
        assert titles == [f"续填：{example.TITLE}（{QUARTER.before().said}）"]  # begun, and due long ago
        with pytest.raises(Refusal, match="GH-FLG-020"):
            services.map_cells(county, template=form, cells=[])
        with pytest.raises(Refusal, match="GH-FLG-032"):
            services.begin(county, organisation=tree.county, template=form, period=QUARTER.before())
        with pytest.raises(Refusal, match="GH-FLG-033"):
            services.begin(county, organisation=tree.county, template=form, period=read("2026"))
    with acting(desk):
        assert queries.filing(desk, mine.pk) is None  # not signed: still the county's own
    assert cell(mine, example.BASE, "E8").why == "“遂川县”不是下级单位" and cell(mine, example.BASE, "E7").number == 5
    assert cell(mine, example.BASE, "B2").text == "安福县总工会"


def test_odd_files_are_refused_on_the_page(tree: Any) -> None:
    desk = client(tree.city, "organising")
    facts = {
        "title": "表",
        "demanded_by": "上级",
        "rhythm": "month",
        "fillers": "own",
        "due_days": 10,
        "tolerance": 30,
        "note": "",
    }
    for name, data, words in (("表.xlsx", b"%PDF-1.7", "PDF"), ("大.xlsx", b"PK" + b"0" * 10_000_001, "10MB")):
        answer = desk.post(reverse("filings:form-new"), facts | {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 422 and words in answer.content.decode()
    with acting(SYSTEM):
        assert not FormTemplate.objects.exists()


def test_what_is_not_ones_own_does_not_exist(tree: Any) -> None:
    _, row = begun(tree, "all")
    county = client(tree.county, "organising")
    for name in ("one", "file"):
        assert county.get(reverse(f"filings:{name}", args=[row.pk])).status_code == 404
    other = client(tree.other_city, "organising")
    assert other.get(reverse("filings:form", args=[row.template_id])).status_code == 404
    assert county.get(reverse("filings:form", args=[row.template_id])).status_code == 200


@pytest.mark.parametrize("name", ["list", "new", "forms", "form-new", "questions"])
def test_pages_open_while_there_is_nothing(tree: Any, name: str) -> None:
    assert client(tree.county, "organising").get(reverse(f"filings:{name}")).status_code == 200
