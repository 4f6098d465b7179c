"""Each act holds its row; two persons sign; what was signed may be given back; questions are changed by who asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.apps.filings import example, queries, services
from gonghui.apps.filings.factories import example_form
from gonghui.apps.filings.manifest import tasks
from gonghui.apps.filings.models import Filing, FilingAct, Question
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures import services as figure_services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .test_filings import QUARTER, SOON, answered, begun, client

pytestmark = pytest.mark.django_db
LATER = SOON + timedelta(days=9)


NAMES = count()


def at(place: Any, role: str) -> Viewer:
    with acting(SYSTEM):
        return viewer_at(place, role, f"clerk-{next(NAMES)}")


def of_county(tree: Any) -> tuple[Any, Filing]:
    """A county's filing of the city's form, signed."""
    desk, county, chair = (at(tree.city, "organising"), at(tree.county, "organising"),
                           at(tree.county, "leader"))  # fmt: skip
    with acting(desk):
        form = example_form(desk, tree.city, fillers="children")
    with acting(county):
        row = services.begin(county, organisation=tree.county, template=form, period=QUARTER)
        services.ask(county, filing=row, due_on=SOON)
    answered(county, row)
    with acting(county):
        services.hand_in(county, filing=row)
    with acting(chair):
        return desk, services.sign(chair, filing=row)


def locks(work: Callable[[], Any]) -> bool:
    with CaptureQueriesContext(connection) as found:
        work()
    return any("FOR UPDATE" in one["sql"] and '"filing' in one["sql"] for one in found)


def test_every_act_holds_its_row(tree: Any) -> None:
    desk, row = begun(tree)
    leader = at(tree.city, "leader")
    with acting(desk):
        assert locks(lambda: services.ask(desk, filing=row, due_on=SOON))
        own = Question.objects.get(title=example.HOMES)
        assert locks(lambda: services.extend(desk, question=own, due_on=LATER))
        assert locks(lambda: services.redirect(desk, question=own, role="rights"))
    answered(desk, row)
    with acting(desk):
        assert locks(lambda: services.hand_in(desk, filing=row))
    with acting(leader):
        assert locks(lambda: services.give_back(leader, filing=row, note="再核对"))
    with acting(desk):
        services.hand_in(desk, filing=row)
    with acting(leader):
        assert locks(lambda: services.sign(leader, filing=row))
        assert locks(lambda: services.reopen(leader, filing=row, note="少一张表", due_on=SOON))


def test_whoever_handed_in_or_filled_does_not_sign(tree: Any) -> None:
    desk, row = begun(tree)
    chair, leader = at(tree.city, "grassroots_chair"), at(tree.city, "leader")
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
    answered(desk, row)
    with acting(chair):
        services.hand_in(chair, filing=row)
    with acting(leader):
        services.give_back(leader, filing=row, note="再核对")
    with acting(desk):
        services.hand_in(desk, filing=row)
    with acting(chair), pytest.raises(Refusal, match="GH-FLG-053"):
        services.sign(chair, filing=row)
    with acting(leader):
        assert services.sign(leader, filing=row).state == "signed"


def test_where_nobody_is_below_the_own_body_answers(tree: Any) -> None:
    desk, town = at(tree.city, "organising"), at(tree.sibling_union, "grassroots_chair")
    with acting(desk):
        form = example_form(desk, tree.city, fillers="all")
    with acting(town):
        row = services.begin(town, organisation=tree.sibling_union, template=form, period=QUARTER)
        services.ask(town, filing=row, due_on=SOON)
        asked = Question.objects.visible(town).get(title=example.STATIONS)
        assert not asked.rolls_up
        services.answer(town, question=asked, number=Decimal(3))
        assert queries.answer(town, asked).number == 3


def test_who_asked_gives_more_time_or_asks_no_more(tree: Any) -> None:
    desk, row = begun(tree)
    county = at(tree.county, "organising")
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
        below = {one.organisation_id: one for one in Question.objects.filter(title=example.STATIONS)}
        services.extend(desk, question=below[tree.city.pk], due_on=LATER)
        with pytest.raises(Refusal, match="GH-FLG-054"):
            services.close(desk, question=below[tree.county.pk], reason=" ")
        services.close(desk, question=below[tree.county.pk], reason="已并入别的县")
    with acting(SYSTEM):
        assert set(Question.objects.filter(title=example.STATIONS).values_list("due_on", flat=True)) == {LATER}
    with acting(county):
        assert not [one for one in tasks(county) if "答复" in one.title]
        for work in (
            lambda: services.answer(county, question=below[tree.county.pk], number=Decimal(1)),
            lambda: services.hand_down(county, question=below[tree.county.pk], due_on=SOON),
            lambda: services.extend(county, question=below[tree.county.pk], due_on=LATER),
        ):
            with pytest.raises(Refusal, match=r"GH-FLG-04[789]"):
                work()
    answered(desk, row)
    with acting(SYSTEM):
        Question.objects.filter(pk=below[tree.county.pk].pk).update(answered_at=None, number=None)
    with acting(desk):
        said = queries.answer(desk, below[tree.city.pk])
        assert (said.number, said.total, said.closed) == (4, 2, 1) and said.why == "1个单位不再问，没有计入"
        found = queries.findings(desk, row, queries.cells(desk, row))
        assert ("remark", "C6") in {(one.level, one.cell) for one in found if one.sheet == example.MEANS}
        services.extend(desk, question=below[tree.county.pk], due_on=SOON)
        assert queries.answer(desk, below[tree.city.pk]).open_ == 1


def test_a_question_asked_no_more_leaves_a_blank_to_explain(tree: Any) -> None:
    desk, row = begun(tree)
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
        services.close(desk, question=Question.objects.get(title=example.HOMES), reason="今年起不报")
        found = {one.cell: one for one in queries.findings(desk, row, queries.cells(desk, row)) if one.level != "note"}
    assert found["C7"].level == "remark" and "不再问" in found["C7"].sentence


def test_another_post_answers_what_was_passed_to_it(tree: Any) -> None:
    desk, row = begun(tree)
    rights = at(tree.city, "rights")
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
        asked = Question.objects.get(title=example.INCOME)
        with pytest.raises(Refusal, match="GH-FLG-055"):
            services.redirect(desk, question=asked, role="member")
        services.redirect(desk, question=asked, role="rights")
    with acting(at(tree.county, "organising")) as county, pytest.raises(Refusal, match="GH-FLG-043"):
        services.redirect(county, question=asked, role="")
    with acting(rights):
        services.answer(rights, question=asked, number=Decimal(5))
    with acting(desk), pytest.raises(Refusal, match="GH-FLG-047"):
        services.redirect(desk, question=asked, role="")


def test_what_is_asked_is_changed_on_its_page(tree: Any) -> None:
    desk, row = begun(tree)
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
        asked = Question.objects.get(title=example.HOMES)
    city = client(tree.city, "organising", "clerk")
    page = reverse("filings:question", args=[asked.pk])
    assert "转交" in city.get(page).content.decode()
    for name, data in (("redirect", {"role": "rights"}), ("extend", {"due_on": LATER.isoformat()}),
                       ("close", {"reason": "今年起不报"})):  # fmt: skip
        address = reverse(f"filings:question-{name}", args=[asked.pk])
        assert city.post(address, {"role": "no", "reason": ""}).status_code == 422
        assert city.post(address, data).status_code == 302
    assert "今年起不报" in city.get(page).content.decode()


def test_what_was_signed_is_given_back_as_a_new_version(tree: Any) -> None:
    _, row = of_county(tree)
    head, county = at(tree.city, "leader"), at(tree.county, "organising")
    with acting(at(tree.county, "leader")) as chair:
        services.send(chair, filing=row)
    with acting(head):
        with pytest.raises(Refusal, match="GH-FLG-052"):
            services.reopen(head, filing=row, note=" ", due_on=SOON)
        made = services.reopen(head, filing=row, note="会员数和名册不符", due_on=SOON)
        with pytest.raises(Refusal, match="GH-FLG-035"):
            services.reopen(head, filing=row, note="再退一次", due_on=SOON)
        assert queries.filing(head, made.pk) is None
        old = queries.filing(head, row.pk)
    assert old is not None and (old.state, old.version) == ("returned", 1) and old.sent_file is not None
    assert (made.state, made.version, made.replaces_id, made.due_on) == ("draft", 2, row.pk, SOON)
    with acting(county):
        assert any(one.title.startswith("续填：") for one in tasks(county))
        assert {one.number for one in queries.cells(county, old)} == {one.number for one in queries.cells(county, made)}
        services.recount(county, filing=made)
    with acting(SYSTEM):
        assert old.cells.filter(frozen_at=None).count() == 0 and made.cells.exclude(frozen_at=None).count() == 0
        figure_services.drain()
        found = figures.values(SYSTEM, figures.in_force(tree.city.path).values(), tree.city, QUARTER)
        assert found["filings_begun"].top == 1
    page = client(tree.county, "organising", "clerk").get(reverse("filings:one", args=[made.pk])).content.decode()
    assert "会员数和名册不符" in page and "第2版" in page


def test_only_the_two_bodies_of_a_form_give_back(tree: Any) -> None:
    _, row = of_county(tree)
    other = at(tree.province, "leader")
    with acting(at(tree.sibling_county, "leader")) as sibling, pytest.raises(Refusal, match="GH-FLG-056"):
        services.reopen(sibling, filing=row, note="退回", due_on=SOON)
    with acting(other), pytest.raises(Refusal, match="GH-FLG-056"):
        services.reopen(other, filing=row, note="退回", due_on=SOON)
    city = client(tree.city, "leader", "clerk")
    assert "退回重报" in city.get(reverse("filings:one", args=[row.pk])).content.decode()
    address = reverse("filings:reopen", args=[row.pk])
    assert city.post(address, {"note": "", "due_on": SOON.isoformat()}).status_code == 422
    assert city.post(address, {"note": "少一张表", "due_on": SOON.isoformat()}).status_code == 302


def test_a_superior_sees_what_was_handed_in_and_no_more(tree: Any) -> None:
    city, row = of_county(tree)
    with acting(SYSTEM):
        FilingAct.objects.create(path=row.path, filing=row, act="returned", by_name="县", note="内部的话")
        asked = Question.objects.filter(organisation=tree.county)
        assert asked.count() > 1
    with acting(city):
        assert not queries.questions(city).filter(organisation=tree.county).exists()
        assert {one.act for one in queries.acts(city, row)} == {"signed"}
    page = client(tree.city, "organising", "clerk")
    shown = page.get(reverse("filings:one", args=[row.pk]), {"sheet": example.MEANS}).content.decode()
    assert "内部的话" not in shown and "问来的</h2>" not in shown and "/desk/filings/questions/" not in shown
    with acting(SYSTEM):
        one = asked.first()
        assert one is not None
    assert page.get(reverse("filings:question", args=[one.pk])).status_code == 404


def test_who_is_asked_by_two_at_once_is_joined(tree: Any) -> None:
    """A county that asked itself the same is one of those below, whenever its row came."""
    desk, row = begun(tree)
    with acting(SYSTEM):
        mine = Question.objects.create(
            path=tree.county.path, organisation=tree.county, title=example.STATIONS, unit="个", period=QUARTER.key,
            form_title="县里的表", asked_by_name="县", due_on=SOON,
        )  # fmt: skip
    with acting(desk):
        services.ask(desk, filing=row, due_on=SOON)
        mine.refresh_from_db()
        assert mine.parent is not None and mine.parent.organisation_id == tree.city.pk
