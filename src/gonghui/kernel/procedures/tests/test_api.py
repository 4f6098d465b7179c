"""The API does with applications what the pages do, and keeps quiet where they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gonghui.kernel.access.models import Post
from gonghui.kernel.factories import Tree
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import make_procedure, officer
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.scope import take_scope, take_seat
from gonghui.kernel.viewer import Viewer
from tests.api.conftest import Api
from tests.matrix.actors import make_token

from .test_handling_pages import secret
from .test_running import hand_in, noticed, open_step


class Client(Api):
    """A token's client; the test's own scope is put back after each request."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(make_token(Post.objects.get(pk=viewer.post_id), f"gh_test_{viewer.post_id}"))

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ("get", "post", "patch"):
            return found

        def asked(*args: Any, **kwargs: Any) -> Any:
            answer = found(*args, **kwargs)
            take_scope("", "~")
            take_seat("*", None)
            return answer

        return asked


@pytest.fixture
def api() -> Callable[[Viewer], Client]:
    return Client


def test_an_application_from_draft_to_decision(tree: Tree, api: Any, happened: list[int]) -> None:
    make_procedure()
    chair = api(officer(tree.union, "grassroots_chair"))
    shown = chair.get("/procedures", organisation=tree.union.pk).json()
    mine = next(one for one in shown if one["key"] == "test.simple")
    form = chair.get(f"/procedures/{mine['id']}").json()
    assert [(one["key"], one["filled"]) for one in form["fields"]] == [
        ("members", True),
        ("reason", False),
        ("amount", False),
    ]
    made = chair.post("/applications", {"procedure": "test.simple", "organisation_id": tree.union.pk})
    assert made.status_code == 201 and made.json()["state"] == "draft"
    pk = made.json()["id"]
    refused = chair.post(f"/applications/{pk}/submit", {})
    assert refused.json()["code"] == "GH-PRO-020"
    assert "理由还没有填写" in refused.json()["detail"]
    chair.patch(f"/applications/{pk}", {"values": {"reason": "会员要求", "amount": "12.50"}})
    done = chair.post(f"/applications/{pk}/submit", {}).json()
    assert (done["state"], done["number"][:2]) == ("running", "CS")
    town, county = api(officer(tree.township)), api(officer(tree.county))
    waiting = town.get("/inbox").json()["items"]
    assert [(one["number"], one["title"]) for one in waiting] == [(done["number"], "乡镇审核")]
    back = town.post(f"/steps/{waiting[0]['id']}/send-back", {"missing": [{"field": "reason", "note": "写明人数"}]})
    assert back.json()["state"] == "paused"
    chair.post(f"/applications/{pk}/submit", {"values": {"reason": "会员12人要求", "amount": "12.50"}})
    assert town.post(f"/steps/{waiting[0]['id']}/approve", {"note": "属实"}).status_code == 200
    last = county.get("/inbox").json()["items"][0]
    assert (
        county.post(f"/steps/{last['id']}/approve", {"document_no": "安工发〔2026〕3号"}).json()["outcome"]
        == "approved"
    )
    whole = county.get(f"/applications/{pk}").json()
    assert (whole["state"], whole["document"]["amount"], [one["outcome"] for one in whole["steps"]], happened) == (
        "approved", 1250, ["approved", "approved"], [pk],
    )  # fmt: skip


def test_the_same_key_acts_once(tree: Tree, api: Any) -> None:
    make_procedure(once="")
    chair = api(officer(tree.union, "grassroots_chair"))
    body = {"procedure": "test.simple", "organisation_id": tree.union.pk, "values": {"reason": "会员要求"}}
    first, again = (chair.post("/applications", body, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert first.json() == again.json() and again["Idempotency-Replayed"] == "true"
    assert Application.objects.count() == 1


def test_a_step_of_others_is_not_there_and_a_refusal_is_a_problem(tree: Tree, api: Any) -> None:
    done = hand_in(tree, make_procedure(), officer(tree.union, "grassroots_chair"))
    step = open_step(done)
    for other in (officer(tree.county), officer(tree.sibling_county)):
        assert api(other).post(f"/steps/{step.pk}/approve", {}).status_code == 404
    town = officer(tree.township)
    services.declare_interest(town, kind="亲属", organisation=tree.union)
    answer = api(town).post(f"/steps/{step.pk}/reject", {"note": "不符合"})
    assert (answer.status_code, answer.json()["code"]) == (422, "GH-PRO-014")
    assert answer["Content-Type"].startswith("application/problem+json")
    assert open_step(done).pk == step.pk
    assert api(officer(tree.county, "auditor")).get("/inbox").status_code == 403


def test_a_withdrawn_application_is_over(tree: Tree, api: Any) -> None:
    viewer = officer(tree.union, "grassroots_chair")
    done = hand_in(tree, make_procedure(), viewer)
    assert api(viewer).post(f"/applications/{done.pk}/withdraw", {"reason": "不办了"}).json()["state"] == "withdrawn"
    assert api(officer(tree.sibling_county)).post(f"/applications/{done.pk}/withdraw", {}).status_code == 404


def test_confidential_applications_are_those_of_their_seats(tree: Tree, api: Any) -> None:
    done = secret(tree)
    for role, sees in (("rights", True), ("leader", False), ("organising", False)):
        client = api(officer(tree.county, role))
        ids = {one["id"]: one["applicant"] for one in client.get("/applications").json()["items"]}
        assert ids == ({done.pk: ""} if sees else {}), role
        answer = client.get(f"/applications/{done.pk}")
        assert answer.status_code == (200 if sees else 404) and "1234" not in answer.content.decode(), role


def test_notices_of_the_range(tree: Tree, api: Any) -> None:
    _, notice = noticed(tree)
    shown = api(officer(tree.city)).get("/notices").json()["items"]
    assert [(one["title"], one["url"].endswith(f"/notice/{notice.token}/")) for one in shown] == [(notice.title, True)]
    assert api(officer(tree.sibling_county)).get("/notices").json()["items"] == []
    assert api(officer(tree.city, name="乙")).get("/notices", state="ended").json()["items"] == []
