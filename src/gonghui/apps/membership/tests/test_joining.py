"""Joining from outside: which union is suggested and why, and the page from the first question to the number."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.apps.membership import fitting
from gonghui.apps.membership.suggesting import (
    Asked,
    Body,
    Found,
    facts_of,
    order_trades,
    short_place,
    suggest,
    trade_words,
)
from gonghui.kernel.factories import Tree, id_number, make_organisation
from gonghui.kernel.models import Employer, Membership
from gonghui.kernel.procedures import services, shipped
from gonghui.kernel.procedures.factories import make_procedure, officer
from gonghui.kernel.procedures.models import Application, Step
from gonghui.kernel.rules.models import Rule
from gonghui.kernel.scope import take_scope

TODAY = timezone.localdate
JOIN = next(body for body in shipped.bodies() if body["key"] == "membership.join")
PAPER = id_number(311, date(1995, 4, 12), region="362429")
TYPED = {
    "name": "罗小勇", "id_kind": "identity_card", "id_number": PAPER, "phone": "19900001234", "employer": "",
    "work": "food_rider", "platforms": "美团", "agree": "on",
}  # fmt: skip


def names(
    tree: Tree, employer: str = "", trade: str = "", county: Any = None, place: str = ""
) -> list[tuple[str, str]]:
    asked = fitting.asked_of(employer, trade, county.pk if county else None, place)
    return [(one.body.name, one.by) for one in fitting.fitting(asked, TODAY())]


@pytest.fixture
def served(tree: Tree) -> Tree:
    Employer.objects.create(
        organisation=tree.union, path=tree.union.path, name="江西安福泸水河食品有限公司", uscc="91350100M000100Y43"
    )
    make_organisation(
        "吉安市物流行业工会联合会安福货运分会", "branch", "branch", tree.industry_union, region_code="360829"
    )
    make_organisation(
        "吉安市物流行业工会联合会遂川货运分会", "branch", "branch", tree.industry_union, region_code="360827"
    )
    make_organisation("安福县快递行业工会联合会", "industry_union", "county", tree.county, region_code="360829")
    make_organisation("遂川县快递行业工会联合会", "industry_union", "county", tree.sibling_county, region_code="360827")
    return tree


def test_the_employer_comes_first(served: Tree) -> None:
    by_name = names(served, employer="泸水河食品", county=served.county)
    assert by_name[0] == (served.union.name, "employer")
    assert by_name[-1] == (served.county.name, "fallback")
    assert names(served, employer="91350100m000100y43") == [(served.union.name, "employer")]
    assert names(served, employer="泸水河食品", county=served.sibling_county) == [
        (served.sibling_county.name, "fallback")
    ]


def test_then_the_trades_union_of_the_place(served: Tree) -> None:
    drivers = names(served, trade="truck_driver", county=served.county)
    assert drivers == [
        ("吉安市物流行业工会联合会安福货运分会", "trade"), ("吉安市物流行业工会联合会", "trade"),
        (served.county.name, "fallback"),
    ]  # fmt: skip
    couriers = names(served, trade="courier", county=served.county)
    assert couriers[0] == ("安福县快递行业工会联合会", "trade") and "遂川" not in str(couriers)
    assert names(served, trade="truck_driver") == [("吉安市物流行业工会联合会", "trade")]
    assert names(served, trade="regular") == []


def test_then_the_joint_union_of_the_township_and_at_last_the_fallback(served: Tree) -> None:
    found = names(served, trade="flexible", county=served.county, place="枫田镇")
    assert found == [(served.sibling_union.name, "place"), (served.township.name, "fallback")]
    assert names(served, county=served.sibling_county, place="泉江") == [(served.sibling_county.name, "fallback")]


def test_the_fallback_is_a_rule_of_the_place(served: Tree) -> None:
    Rule.objects.create(
        organisation=served.county, path=served.county.path, key="membership.fallback", value="吉安市物流行业工会联合会",
        version=1, valid_from=date(2020, 1, 1),
    )  # fmt: skip
    assert names(served, county=served.county)[-1] == ("吉安市物流行业工会联合会", "fallback")


def test_pure_rules_of_suggesting() -> None:
    city, branch = (
        Body(1, "市物流行业工会", "industry_union", "city", "a"),
        Body(2, "市物流行业工会安福分会", "branch", "branch", "ab"),
    )
    elsewhere = Body(3, "市物流行业工会遂川分会", "branch", "branch", "ac")
    county = Body(9, "安福县总工会", "federation", "county", "b")
    assert [one.pk for one in order_trades([elsewhere, city, branch], Asked(county=county))] == [2, 1]
    same = suggest(Asked(trade="courier"), Found(trades=(city,), joints=(city,), fallback=city, fallback_why="兜底"))
    assert [one.by for one in same] == ["trade"]  # a union is offered once, for the strongest reason
    assert [short_place(name) for name in ("安福县总工会", "吉安市总工会", "峡江县总工会", "枫田镇总工会")] == [
        "安福", "吉安", "峡江", "枫田",
    ]  # fmt: skip
    assert trade_words("a=甲、乙；b = 丙;坏") == {"a": ("甲", "乙"), "b": ("丙",)}
    assert facts_of("courier") == {"worker_kind": "new_form", "new_form": "courier", "occupation": "快递员"}
    assert facts_of("migrant") == {"worker_kind": "migrant"} and facts_of("?") == {"worker_kind": "regular"}


# -- pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def outbox(settings: Any, tmp_path: Path) -> Path:
    settings.GONGHUI_DATA = str(tmp_path)
    settings.DEMO = True
    return tmp_path


def shown_code(page: Any) -> str:
    text = page.content.decode()
    return str(text.split("data-demo-code")[1].split('translate="no">')[1][:6])


def test_the_suggestion_page_says_why(served: Tree) -> None:
    page = Client().get(f"/join/?trade=truck_driver&county={served.county.pk}")
    text = page.content.decode()
    assert page.status_code == 200 and "您可以加入这家工会" in text and "货车司机归这家行业工会" in text
    assert "/apply/?trade=truck_driver" in text
    assert "还没有找到合适的工会" in Client().get("/join/?employer=没有这家").content.decode()
    assert "我该加入哪家工会" in Client().get("/join/").content.decode()
    assert Client().get("/join/?county=999999999&trade=x").status_code == 200


def test_the_join_page_leads_to_the_form(tree: Tree) -> None:
    make_procedure(JOIN)
    take_scope("", "")
    page = Client().get(f"/join/{tree.union.pk}/").content.decode()
    assert f'href="/join/{tree.union.pk}/apply/"' in page and page.count("btn-main") == 1
    form = Client().get(f"/join/{tree.union.pk}/apply/?trade=courier&employer=甲公司")
    assert form.status_code == 200 and 'value="courier" selected' in form.content.decode()
    assert Client().get("/join/999999999/apply/").status_code == 404


def test_a_rider_joins_on_the_phone(tree: Tree, outbox: Path) -> None:
    make_procedure(JOIN)
    chair = officer(tree.union, "grassroots_chair")
    client = Client()
    sent = client.post(f"/join/{tree.union.pk}/apply/", TYPED)
    assert (sent.status_code, sent["Location"]) == (302, "/join/code/")
    take_scope("", "~")
    assert Application.objects.get(key="membership.join").state == "draft"
    wrong = client.post("/join/code/", {"code": "000000"})
    assert wrong.status_code == 422 and "验证码不对" in wrong.content.decode()
    done = client.post("/join/code/", {"code": shown_code(client.get("/join/code/"))}, follow=True)
    text = done.content.decode()
    assert done.redirect_chain[-1][0] == "/join/done/" and "已提交入会申请" in text and 'href="/a/' in text
    take_scope("", "~")
    row = Application.objects.get(key="membership.join")
    assert row.state == "running" and row.number in text and PAPER not in json.dumps(row.document)
    services.approve(chair, step_id=Step.objects.get(application=row, state="open").pk)
    take_scope("", "~")
    assert Membership.objects.filter(person__name="罗小勇", organisation=tree.union, valid_to__isnull=True).exists()


def test_what_is_wrong_stands_beside_its_question(tree: Tree, outbox: Path) -> None:
    make_procedure(JOIN)
    page = Client().post(f"/join/{tree.union.pk}/apply/", TYPED | {"id_number": PAPER[:17], "agree": "", "phone": "12"})
    text = page.content.decode()
    assert page.status_code == 422 and "有3处要改" in text and "现在是17位" in text and "罗小勇" in text
    assert "要勾选同意才能提交" in text
    take_scope("", "~")
    assert not Application.objects.filter(key="membership.join").exists()


def test_nothing_is_shown_without_the_steps_before(tree: Tree) -> None:
    for address in ("/join/code/", "/join/done/"):
        assert Client().get(address)["Location"] == "/join/"


def test_a_place_that_asks_more_leads_to_the_general_form(tree: Tree) -> None:
    longer = json.loads(json.dumps(JOIN))
    longer["form"]["sections"][0]["fields"].append({"key": "photo", "title": "照片", "kind": "files"})
    longest = make_procedure(longer)
    answer = Client().get(f"/join/{tree.union.pk}/apply/")
    assert answer["Location"] == f"/services/{tree.union.pk}/{longest.pk}/"
