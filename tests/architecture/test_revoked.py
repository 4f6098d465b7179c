"""What is taken away is gone with the next request, while the browser stays open."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access import services as access
from gonghui.kernel.factories import make_post, viewer_at
from gonghui.kernel.models import Post
from gonghui.kernel.org import services as org
from gonghui.kernel.people import services as people
from gonghui.kernel.people.models import Membership
from gonghui.kernel.scope import take_scope
from tests.matrix.actors import make_token, session_of


def _open(post: Post) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = session_of(post.account)
    return client


def _now(client: Client, address: str) -> int:
    """The status of the next request; the test sees the whole tree again afterwards."""
    status = client.get(address).status_code
    take_scope("", "~")
    return status


def test_a_revoked_post_and_its_token_end_with_the_next_request(tree: Any) -> None:
    post = make_post(tree.county, "organising", "officer")
    token = {"Authorization": f"Bearer {make_token(post, 'gh_test_revoked')}"}
    client, officer = _open(post), viewer_at(tree.city, "security_officer", "guard")
    assert (_now(client, "/desk/organisations/"), Client().get("/api/v1/organisations", headers=token).status_code) == (
        200,
        200,
    )
    take_scope("", "~")
    access.revoke_post(officer, post=post, reason="调离岗位，收回授权")
    assert (_now(client, "/desk/organisations/"), Client().get("/api/v1/organisations", headers=token).status_code) == (
        403,
        401,
    )


def test_a_suspended_account_ends_with_the_next_request(tree: Any) -> None:
    post = make_post(tree.county, "organising", "officer")
    token = {"Authorization": f"Bearer {make_token(post, 'gh_test_suspended')}"}
    client, officer = _open(post), viewer_at(tree.city, "security_officer", "guard")
    assert _now(client, "/desk/organisations/") == 200
    access.suspend_account(officer, account=post.account, reason="账号异常，先停用")
    assert (_now(client, "/desk/organisations/"), Client().get("/api/v1/organisations", headers=token).status_code) == (
        302,
        401,
    )


def test_a_member_who_moved_on_is_out_of_sight_at_once(tree: Any) -> None:
    before, after = (
        _open(make_post(tree.union, "organising", "one")),
        _open(make_post(tree.sibling_union, "organising", "two")),
    )
    page = f"/desk/people/{tree.insider.person_id}/"
    assert (_now(before, page), _now(after, page)) == (200, 404)
    people.transfer_within(
        viewer_at(tree.county, "organising", "mover"), membership=Membership.objects.get(pk=tree.insider.pk),
        to_organisation=tree.sibling_union, on=timezone.localdate(), reason="换了工作单位",
    )  # fmt: skip
    assert (_now(before, page), _now(after, page)) == (404, 200)


def test_a_union_that_moved_is_out_of_sight_at_once(tree: Any) -> None:
    before = _open(make_post(tree.county, "organising", "one"))
    after = _open(make_post(tree.sibling_county, "organising", "two"))
    page = f"/desk/organisations/{tree.union.pk}/"
    assert (_now(before, page), _now(after, page)) == (200, 404)
    org.move(
        viewer_at(tree.city, "organising", "mover"), organisation=tree.union, parent=tree.sibling_county, on=timezone.localdate(), reason="企业迁址",
    )  # fmt: skip
    assert (_now(before, page), _now(after, page)) == (404, 200)


@pytest.mark.parametrize("ends", ["today", "office"])
def test_a_post_that_ran_out_is_worth_nothing(tree: Any, ends: str) -> None:
    post = make_post(tree.county, "organising", "officer")
    client = _open(post)
    assert _now(client, "/desk/organisations/") == 200
    if ends == "today":
        Post.objects.filter(pk=post.pk).update(valid_to=timezone.localdate())
    else:
        office = people.appoint(
            viewer_at(tree.city, "organising", "maker"), organisation=tree.county, person=tree.insider.person, office="committee_member",
            on=timezone.localdate(), reason="选调",
        )  # fmt: skip
        Post.objects.filter(pk=post.pk).update(appointment=office)
        type(office).objects.filter(pk=office.pk).update(valid_from="2020-01-01", valid_to=timezone.localdate())
    assert _now(client, "/desk/organisations/") == 403
