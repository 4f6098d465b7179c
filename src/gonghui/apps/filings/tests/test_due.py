"""Who never began is overdue as well; answers that were used again are not counted as asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.filings import example, queries, services
from gonghui.apps.filings.choices import TemplateState
from gonghui.apps.filings.factories import example_form
from gonghui.apps.filings.manifest import tasks
from gonghui.apps.filings.models import Filing, FilledCell, FormTemplate
from gonghui.apps.filings.rules import deadlines
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures import services as figure_services
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_acts import at
from .test_filings import QUARTER, SOON, answered, begun, client

pytestmark = pytest.mark.django_db


def test_a_form_that_was_never_begun_is_overdue(tree: Any) -> None:
    desk, county = viewer_at(tree.city, "organising"), viewer_at(tree.county, "organising")
    with acting(desk):
        form = example_form(desk, tree.city, fillers="children")
    before = QUARTER.before()
    with acting(SYSTEM):  # in use for two quarters
        FormTemplate.objects.filter(pk=form.pk).update(published_on=before.first)
    for viewer in (county, desk):  # whose form it is files it too
        with acting(viewer):
            found = queries.expected(viewer)
            assert [one.period for one in found] == [before.before(), before]
            assert found[0].due_on == before.before().last + timedelta(days=10)
            waiting = [one for one in tasks(viewer) if one.title.startswith("填报：")]
            assert [one.due_tone for one in waiting] == ["bad", "bad"] and "逾期" in waiting[0].due
    with acting(county):
        services.begin(county, organisation=tree.county, template=form, period=before.before())
        assert [one.period for one in queries.expected(county)] == [before]
    with acting(desk):
        services.put(desk, template=form, state=TemplateState.RETIRED)
    with acting(county):
        assert queries.expected(county) == []


def test_a_form_is_expected_from_when_it_came_into_use(tree: Any) -> None:
    desk = viewer_at(tree.city, "organising")
    with acting(desk):
        form = example_form(desk, tree.city)
        assert form.published_on == timezone.localdate()
        assert [one.period for one in queries.expected(desk)] == [QUARTER.before()]


def test_deadlines_are_said_as_everywhere() -> None:
    today = date(2026, 5, 20)
    assert [deadlines.said(today + timedelta(days=n), today) for n in (4, 0, -2)] == ["剩4天", "今天到期", "逾期2天"]
    assert [deadlines.tone(today + timedelta(days=n), today) for n in (4, 3, 0, -2)] == ["", "wait", "bad", "bad"]


def test_an_answer_that_is_used_again_was_not_asked_again(tree: Any) -> None:
    desk, row = begun(tree)
    leader = at(tree.city, "leader")
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
        other = services.receive(
            desk, organisation=tree.city, data=example.workbook(["安福县"]), filename="另一张.xlsx", title="阵地月报",
            demanded_by="市发改委", rhythm="quarter",
        )  # fmt: skip
        services.map_cells(desk, template=other, cells=[
            {"sheet": example.MEANS, "cell": "C7", "kind": "asked", "title": example.HOMES, "unit": "个"},
        ])  # fmt: skip
        other = services.put(desk, template=other, state=TemplateState.PUBLISHED)
        again = services.begin(desk, organisation=tree.city, template=other, period=QUARTER)
    answered(desk, row)
    for one in (row, again):
        with acting(desk):
            services.hand_in(desk, filing=one)
        with acting(leader):
            services.sign(leader, filing=one)
    with acting(SYSTEM):
        assert FilledCell.objects.get(filing=again).reused
        assert not FilledCell.objects.filter(filing=row, reused=True).exists()
        figure_services.drain()
        found = figures.values(SYSTEM, figures.in_force(tree.city.path).values(), tree.city, QUARTER)
        assert found["cells_asked"].top == 4


def test_a_superior_sees_how_far_those_below_are(tree: Any) -> None:
    desk, county = viewer_at(tree.city, "organising"), viewer_at(tree.county, "organising")
    with acting(desk):
        form = example_form(desk, tree.city, fillers="children")
    with acting(county):
        row = services.begin(county, organisation=tree.county, template=form, period=QUARTER.before())
    with acting(desk):
        found = {one.pk: one for one in queries.standing(desk, form, QUARTER.before())}
    assert set(found) == {tree.county.pk, tree.sibling_county.pk, tree.industry_union.pk}
    assert (found[tree.county.pk].filing_state, found[tree.sibling_county.pk].filing_state) == ("draft", None)
    assert found[tree.sibling_county.pk].filing_due == QUARTER.before().last + timedelta(days=10)
    city = client(tree.city, "leader")
    address = reverse("filings:form-standing", args=[form.pk])
    page = city.get(address).content.decode()
    assert "安福县" in page and "填写中" in page and "未开始" in page and "逾期" in page
    assert reverse("filings:one", args=[row.pk]) not in page
    assert "未开始" not in city.get(address, {"period": QUARTER.before().key, "handed": "1"}).content.decode()
    assert "安福县" in city.get(address, {"handed": "0"}).content.decode()
    with acting(SYSTEM):
        Filing.objects.filter(pk=row.pk).update(state="signed")
    assert reverse("filings:one", args=[row.pk]) in city.get(address).content.decode()
    assert client(tree.county, "leader").get(address).status_code == 404
