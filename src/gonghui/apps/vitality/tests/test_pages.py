"""The pages of the review: lists of each kind, acts with their question, one finding, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gonghui.apps.vitality.choices import FindingKind
from gonghui.apps.vitality.models import Finding
from gonghui.kernel.factories import make_account, make_organisation, make_post
from gonghui.kernel.scope import take_scope


def _client(organisation: Any, role: str) -> Client:
    take_scope("", "~")
    client = Client()
    client.force_login(make_post(organisation, role).account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(tree: Any) -> Client:
    """A county desk after its first review: the cast has no signs of life, so everything is listed."""
    client = _client(tree.county, "organising")
    assert client.post("/desk/vitality/review").status_code == 302
    take_scope("", "~")
    return client


def test_each_kind_has_its_list(desk: Client, tree: Any) -> None:
    assert Finding.objects.filter(kind="paper_union").count() == 2
    for kind in FindingKind.values:
        page = desk.get(f"/desk/vitality/{kind}/")
        assert page.status_code == 200
    assert tree.union.name in desk.get("/desk/vitality/paper_union/").content.decode().replace("<wbr>", "")
    assert desk.get("/desk/vitality/nonsense/").status_code == 404


def test_a_bulk_act_asks_first_and_then_acts(desk: Client) -> None:
    ids = list(Finding.objects.filter(kind="paper_union").values_list("pk", flat=True))
    asked = desk.post("/desk/vitality/paper_union/act", {"bulk": "warn", "ids": ids, "query": ""})
    assert asked.status_code == 200 and "警示2项" in asked.content.decode()
    take_scope("", "~")
    assert Finding.objects.filter(state="warned").count() == 0
    done = desk.post(
        "/desk/vitality/paper_union/act",
        {"bulk": "warn", "answered": "warn", "ids": ids, "query": "", "ask-note": "请核对"},
    )
    assert done.status_code == 302
    take_scope("", "~")
    assert Finding.objects.filter(state="warned").count() == 2


def test_one_finding_shows_why_and_takes_a_contact(desk: Client, tree: Any) -> None:
    pk = Finding.objects.filter(kind="paper_union", organisation=tree.union).values_list("pk", flat=True)[0]
    assert "近24个月无缴费" in desk.get(f"/desk/vitality/{pk}/").content.decode()
    assert desk.post(f"/desk/vitality/{pk}/contact", {"reached": "0", "note": "电话无人接听"}).status_code == 302
    assert "电话无人接听" in desk.get(f"/desk/vitality/{pk}/").content.decode()
    assert desk.post(f"/desk/vitality/{pk}/contact", {"reached": "0", "note": ""}).status_code == 422


def test_the_chair_appeals_and_the_leader_only_reads(desk: Client, tree: Any) -> None:
    pk = Finding.objects.filter(kind="paper_union", organisation=tree.union).values_list("pk", flat=True)[0]
    chair, leader = _client(tree.union, "grassroots_chair"), _client(tree.county, "leader")
    assert "本会列入活力核查" in chair.get("/desk/").content.decode()
    assert chair.post(f"/desk/vitality/{pk}/confirm", {"text": "8月组织体检62人"}).status_code == 302
    assert "8月组织体检62人" in chair.get(f"/desk/vitality/{pk}/").content.decode()
    assert chair.post(f"/desk/vitality/{pk}/appeal", {"text": "企业在正常生产，工会有活动"}).status_code == 302
    assert leader.get("/desk/vitality/").status_code == 200
    assert leader.post("/desk/vitality/review").status_code == 403
    other = Finding.objects.filter(organisation=tree.sibling_union).values_list("pk", flat=True)
    take_scope("", "~")
    assert chair.get(f"/desk/vitality/{next(iter(other))}/").status_code == 404


def test_the_list_asks_as_many_queries_for_three_rows_as_for_one(tree: Any) -> None:
    client = _client(tree.sibling_county, "organising")
    asked = []
    for number in range(3):
        take_scope("", "~")
        make_organisation(f"遂川县第{number}纸厂工会委员会", parent=tree.sibling_county)
        client.post("/desk/vitality/review")
        client.get("/desk/vitality/paper_union/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/vitality/paper_union/")
        asked.append(len(queries))
    assert asked[2] == asked[0] <= 30


def test_a_member_is_told_and_appeals_from_the_phone(desk: Client, tree: Any) -> None:
    finding = Finding.objects.create(
        path=tree.union.path,
        review=Finding.objects.first().review,
        kind="paper_member",
        organisation=tree.union,
        membership=tree.insider,
        person_id=tree.insider.person_id,
        reasons=[{"code": "no_sign", "text": "近24个月无缴费、无活动", "rule": "vitality.member_months"}],
    )
    phone = Client()
    account = make_account("m-1", "刘细妹", "member", tree.insider.person)
    phone.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert "您的会籍列入核查" in phone.get("/m/notices/").content.decode()
    assert phone.post(f"/m/vitality/{finding.pk}/", {"text": "我还在车间上班"}).status_code == 302
    assert "等工会答复" in phone.get(f"/m/vitality/{finding.pk}/").content.decode()
    stranger = Client()
    other = make_account("m-2", "曾玉珍", "member", tree.outsider.person)
    stranger.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.get(f"/m/vitality/{finding.pk}/").status_code == 404
