"""Members see their own and nothing else; visitors see what is public; a card proves itself and tells nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gonghui.apps.portal import queries, services
from gonghui.apps.portal.models import Correction
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, viewer_at
from gonghui.kernel.models import Person
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope, take_scope_of


def _chair(union: Any) -> Any:
    """A chair of a union, with the scope of that post."""
    take_scope("", "~")
    viewer = viewer_at(union, "grassroots_chair")
    take_scope_of(viewer)
    return viewer


@pytest.fixture
def phone(tree: Any) -> Client:
    """The phone of 刘细妹, logged in."""
    account = make_account("m-insider", "刘细妹", "member", tree.insider.person)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("address", ["/m/", "/m/card/", "/m/me/", "/m/me/looks/", "/m/me/corrections/", "/m/transfer/"])
def test_member_pages_show_the_member_and_no_number(phone: Client, tree: Any, address: str) -> None:
    page = phone.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert tree.insider.person.id_mask in text or "19900000" not in text
    assert "曾玉珍" not in text and "欧阳志强" not in text


@pytest.mark.parametrize("address", ["/m/", "/m/card/", "/m/me/corrections/"])
def test_a_visitor_is_sent_to_the_log_in(tree: Any, address: str) -> None:
    assert Client().get(address)["Location"].startswith("/m/login/")


def test_public_pages_name_unions_and_no_person(tree: Any) -> None:
    for address in ("/", f"/u/{tree.county.pk}/", f"/u/{tree.union.pk}/", f"/join/{tree.union.pk}/", "/find/?q=泸水河"):
        page = Client().get(address)
        assert page.status_code == 200, address
        assert "刘细妹" not in page.content.decode()


def test_an_unlisted_union_is_not_public(tree: Any) -> None:
    type(tree.union).objects.filter(pk=tree.union.pk).update(listed=False)
    assert Client().get(f"/u/{tree.union.pk}/").status_code == 404
    assert "泸水河" not in Client().get("/find/?q=泸水河").content.decode().split("<main")[1].replace(
        'value="泸水河"', ""
    )


def test_a_strangers_phone_verifies_the_card_without_private_data(tree: Any) -> None:
    token = people_queries.card_token(tree.insider)
    text = Client().get(f"/card/{token}/").content.decode()
    assert "这张会员卡有效" in text and tree.union.name[:6] in text
    assert "刘细妹" not in text and "19900000" not in text and tree.insider.person.id_mask not in text
    forged = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
    assert Client().get(f"/card/{forged}/").status_code == 404


def test_a_correction_is_asked_answered_and_written(phone: Client, tree: Any) -> None:
    answer = phone.post("/m/me/corrections/", {"field": "education", "wanted": "大学专科", "note": "已毕业"})
    assert answer.status_code == 302
    officer = _chair(tree.union)
    (row,) = queries.corrections(officer)
    services.answer_correction(officer, correction=row, accept=True, answer="")
    take_scope("", "~")
    assert Person.objects.get(pk=tree.insider.person_id).education == "30"
    assert "已更正" in phone.get("/m/me/corrections/").content.decode()


def test_a_sibling_union_neither_sees_nor_answers_it(phone: Client, tree: Any) -> None:
    phone.post("/m/me/corrections/", {"field": "education", "wanted": "大学专科", "note": ""})
    neighbour = _chair(tree.sibling_union)
    assert queries.corrections(neighbour).count() == 0
    assert Correction.objects.count() == 0  # row-level security alone says the same


def test_what_cannot_be_right_is_refused_beside_the_field(phone: Client, tree: Any) -> None:
    page = phone.post("/m/me/corrections/", {"field": "phone", "wanted": "1234", "note": ""})
    assert page.status_code == 422 and "1234" in page.content.decode()


def test_refusing_needs_a_reason(phone: Client, tree: Any) -> None:
    phone.post("/m/me/corrections/", {"field": "occupation", "wanted": "质检员", "note": ""})
    officer = _chair(tree.union)
    with pytest.raises(Refusal, match="GH-POR-005"):
        services.answer_correction(officer, correction=queries.corrections(officer)[0], accept=False, answer=" ")


def test_member_asks_another_union_to_take_them(phone: Client, tree: Any) -> None:
    answer = phone.post("/m/transfer/", {"union": tree.other_union.name, "reason": "换到瑞金工作"})
    assert answer.status_code == 302
    assert "待接收" in phone.get("/m/transfer/").content.decode()
    viewer = viewer_of_member(tree.insider.person.account)
    take_scope_of(viewer)
    assert [t.to_organisation_id for t in queries.own_transfers(viewer)] == [tree.other_union.pk]
