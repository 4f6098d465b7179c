"""The API does what the pages do, behind the same permissions and scope, and answers errors as problems."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.kernel.factories import id_number
from gonghui.kernel.models import Membership, Organisation
from gonghui.kernel.scope import take_scope

ODD = ["\x00", "\ud800", "𠮷", "a" * 100_000, "1e400", "%00", "../../etc/passwd", "=cmd|'/c'!A0", "<script>", "‮", " "]


def test_lists_only_the_own_subtree(api: Any, tree: Any) -> None:
    ids = {row["id"] for row in api.get("/organisations", limit=200).json()["items"]}
    assert tree.union.pk in ids
    assert not ids & {tree.city.pk, tree.sibling_county.pk, tree.other_union.pk}


def test_pages_by_cursor_visit_every_row_once(api: Any, tree: Any) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get("/organisations", limit=2, cursor=cursor).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(set(seen)) and len(seen) == 6


def test_without_with_wrong_and_with_expired_token_is_401(api_as: Callable[..., Any], tree: Any) -> None:
    assert Client().get("/api/v1/organisations").status_code == 401
    answer = Client().get("/api/v1/organisations", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (401, "application/problem+json")
    old = api_as(tree.county, expires=timezone.localdate() - timedelta(days=1))
    assert old.get("/organisations").status_code == 401


def test_token_ends_with_its_post(api: Any, tree: Any) -> None:
    from gonghui.kernel.models import Post

    take_scope("", "~")
    Post.objects.filter(organisation=tree.county, role="organising").update(valid_to=timezone.localdate())
    assert api.get("/organisations").status_code == 401


def test_role_without_the_permission_is_403(api_as: Callable[..., Any], tree: Any) -> None:
    answer = api_as(tree.county, "finance").get("/members")
    assert answer.status_code == 403 and "member.view" in answer.json()["detail"]


def test_member_is_admitted_once_and_the_key_decides(api: Any, tree: Any) -> None:
    body = {
        "organisation_id": tree.union.pk,
        "name": "邓丽萍",
        "id_number": id_number(77),
        "phone": "19911112222",
        "joined_on": "2024-05-01",
    }
    first = api.post("/members", body, **{"Idempotency-Key": "k-1"})
    again = api.post("/members", body, **{"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() and again["Idempotency-Replayed"] == "true"
    other = api.post("/members", body | {"name": "邓丽华"}, **{"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["code"]) == (422, "GH-API-002")
    assert api.post("/members", body).status_code == 409  # without the key it is a second admission
    take_scope("", "~")
    assert Membership.objects.filter(organisation=tree.union, valid_to=None).count() == 2


def test_a_refused_write_leaves_nothing(api: Any, tree: Any) -> None:
    take_scope("", "~")
    before = Organisation.objects.count()
    answer = api.post(
        "/organisations",
        {
            "parent_id": tree.township.pk,
            "name": "某厂工会委员会",
            "kind": "federation",
            "level": "unit",
            "on": "2024-01-01",
            "reason": "建会",
        },
    )
    assert answer.status_code in (409, 422) and answer.json()["code"].startswith("GH-ORG")
    take_scope("", "~")
    assert Organisation.objects.count() == before


def test_person_numbers_stay_masked_until_revealed_with_a_reason(api: Any, tree: Any) -> None:
    pk = tree.insider.person_id
    shown = api.get(f"/people/{pk}").json()
    assert "*" in shown["id_mask"] and "id_number" not in shown
    assert api.post(f"/people/{pk}/reveal", {"field": "phone", "reason": "短"}).status_code == 422
    answer = api.post(f"/people/{pk}/reveal", {"field": "phone", "reason": "电话核实是否在岗"})
    assert answer.status_code == 200 and answer.json()["value"].startswith("199")


def test_sibling_and_other_city_are_404(api: Any, tree: Any) -> None:
    for other in (tree.city, tree.sibling_county, tree.other_union):
        assert api.get(f"/organisations/{other.pk}").status_code == 404
    assert api.get(f"/people/{tree.outsider.person_id}").status_code == 404
    assert api.post(f"/memberships/{tree.outsider.pk}/end", {"on": "2024-01-01", "reason": "left"}).status_code == 404


def test_stale_version_is_refused_with_409(api: Any, tree: Any) -> None:
    assert (
        api.patch(f"/organisations/{tree.union.pk}", {"version": 1, "changes": {"headcount": 130}}).status_code == 200
    )
    answer = api.patch(f"/organisations/{tree.union.pk}", {"version": 1, "changes": {"headcount": 140}})
    assert answer.status_code == 409


@pytest.mark.parametrize("text", ODD)
def test_odd_text_never_breaks_it(api: Any, tree: Any, text: str) -> None:
    answers = [
        api.post("/people/find", {"text": text}),
        api.patch(f"/organisations/{tree.union.pk}", {"version": 1, "changes": {"address": text}}),
        api.get("/organisations", q=text.encode("utf-8", "replace").decode()),
        api.get("/organisations", cursor=text.encode("utf-8", "replace").decode()),
        api.post("/memberships/1/end", f'{{"on": {json.dumps(text[:20])}, "reason": 1e400}}'),
    ]
    assert [a.status_code for a in answers if a.status_code >= 500] == []
    assert all(a["Content-Type"].split(";")[0] == "application/problem+json" for a in answers if a.status_code >= 400)


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_odd_numbers_in_addresses_are_refused(api: Any, number: int) -> None:
    assert api.get(f"/organisations/{number}").status_code in (404, 422)


def test_documentation_page_names_every_operation(db: None) -> None:
    page = Client().get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200 and "/api/v1/members" in text and "<script" not in text.split("<main")[1]
