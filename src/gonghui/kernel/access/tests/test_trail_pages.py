"""The trail on screen: the auditor sees everything in range, the security officer log-ins and grants only."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gonghui.kernel.access.models import Account
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.factories import Tree, make_post, make_tree
from gonghui.kernel.scope import acting, take_scope
from gonghui.kernel.trail import rules, services, verifier
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer


def logged_in(post: Any) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=post.account_id))
    return client


def act(viewer: Viewer, path: str, verb: str = "person.reveal", name: str = "刘细妹") -> None:
    record(
        viewer,
        verb,
        path=path,
        object_type="person",
        object_id=1,
        object_name=name,
        reason="核对名册",
        detail={"字段": "手机号码"},
    )


@pytest.fixture
def history(tree: Tree) -> Tree:
    clerk = viewer_of_post((post := make_post(tree.city, "organising", "zhoumin")).account, post)
    act(clerk, tree.county.path)
    act(clerk, tree.county.path, "access.post_granted", "尹春生")
    act(clerk, tree.other_city.path, name="别市的人")
    act(clerk, tree.county.path, "vitality.something_new", "某工会")
    return tree


def test_auditor_sees_all_verbs_of_the_own_range_in_chinese(history: Tree) -> None:
    client = logged_in(make_post(history.city, "auditor", "luojing"))
    text = client.get("/desk/trail/").content.decode()
    assert "刘细妹" in text and "尹春生" in text and "别市的人" not in text
    assert "批准岗位" in text and "vitality.something_new" in text
    narrowed = client.get("/desk/trail/?verb=access.post_granted").content.decode()
    assert "尹春生" in narrowed and "刘细妹" not in narrowed
    assert client.get("/desk/trail/access/").status_code == 403


def test_security_officer_sees_logins_and_grants_only(history: Tree) -> None:
    client = logged_in(make_post(history.city, "security_officer", "huxiaofeng"))
    text = client.get("/desk/trail/access/").content.decode()
    assert "尹春生" in text and "刘细妹" not in text
    take_scope("", "~")
    foreign = TrailRecord.objects.get(object_name="刘细妹")
    assert client.get(f"/desk/trail/access/{foreign.pk}/").status_code == 404
    for path in ("/desk/trail/", f"/desk/trail/{foreign.pk}/", f"/desk/trail/{foreign.pk}/proof"):
        assert client.get(path).status_code == 403
    assert client.post("/desk/trail/export").status_code == 403


def test_record_page_waits_for_the_seal_and_stays_in_range(history: Tree) -> None:
    client = logged_in(make_post(history.city, "auditor", "luojing"))
    take_scope("", "~")
    here, away = (
        TrailRecord.objects.get(object_name="刘细妹"),
        TrailRecord.objects.get(object_name="别市的人"),
    )
    text = client.get(f"/desk/trail/{here.pk}/").content.decode()
    assert "核对名册" in text and "等待封存" in text and "手机号码" in text
    assert client.get(f"/desk/trail/{away.pk}/").status_code == 404
    assert client.get(f"/desk/trail/{here.pk}/proof").status_code == 404


@pytest.mark.parametrize("role", ["organising", "federation_admin", "leader", "rights"])
def test_other_roles_have_no_trail(tree: Tree, role: str) -> None:
    client = logged_in(make_post(tree.city, role, "somebody"))
    assert client.get("/desk/trail/").status_code == client.get("/desk/trail/access/").status_code == 403


def test_proof_and_export_of_a_sealed_record_hold(own_database: str, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with acting(SYSTEM):
        tree = make_tree()
        top = make_post(tree.province, "auditor", "top")
        city = make_post(tree.city, "auditor", "luojing")
        for number in range(5):
            act(viewer_of_post(city.account, city), tree.county.path, name=f"第{number}位")
        act(viewer_of_post(top.account, top), tree.other_city.path, name="别市的人")
    services.seal()
    services.hand_out()
    client = logged_in(city)
    with acting(SYSTEM):
        wanted = TrailRecord.objects.get(object_name="第2位")
    page = client.get(f"/desk/trail/{wanted.pk}/").content.decode()
    assert "已封存" in page and "第3条" in page
    proof = json.loads(client.get(f"/desk/trail/{wanted.pk}/proof").content)
    digest = rules.hash_named(proof["head"]["hash"])
    leaf = rules.leaf_hash(digest, proof["record"].encode())
    root = rules.root_of_inclusion(
        digest, leaf, proof["index"], proof["head"]["size"], [bytes.fromhex(node) for node in proof["path"]]
    )
    assert root is not None and root.hex() == proof["head"]["root"]

    def exported(by: Client) -> Path:
        answer = by.post("/desk/trail/export")
        target = tmp_path / f"{id(by)}.zip"
        target.write_bytes(b"".join(answer.streaming_content))
        return target

    part = exported(client)
    with zipfile.ZipFile(part) as archive:
        assert "别市的人" not in archive.read(verifier.PART).decode()
    assert verifier.verify([part, services.heads_file()]).ok
    whole = verifier.verify([exported(logged_in(top)), services.heads_file()])
    assert whole.ok and whole.sealed == 6, whole.text()
    key = Client().get("/trail/key?format=json").json()
    assert key["public_key"] == services.public_key() and key["head"]["size"] == 6
    assert "留痕公钥" in Client().get("/trail/key").content.decode()
    with acting(SYSTEM):
        assert TrailRecord.objects.filter(verb="trail.exported").count() == 2
