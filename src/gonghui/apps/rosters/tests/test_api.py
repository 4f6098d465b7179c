"""A roster over the API, from upload to undo, by a system that holds a token of the post."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gonghui.apps.rosters import services
from gonghui.apps.rosters.factories import as_csv, people
from gonghui.apps.rosters.models import RosterImport
from gonghui.kernel.access import rules
from gonghui.kernel.models import ApiToken, Post
from gonghui.kernel.people.models import Membership
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM


def client_of(viewer):
    with acting(SYSTEM):
        post = Post.objects.get(pk=viewer.post_id)
        ApiToken.objects.create(
            post=post,
            name="测试",
            prefix="gh_t",
            digest=rules.token_digest("gh_t_1"),
            created_by=post.account_id,
            expires_on=date(2099, 1, 1),
        )
    return Client(headers={"Authorization": "Bearer gh_t_1"})


def test_a_roster_goes_through_the_api_and_back(cast):
    tree, viewer = cast
    client = client_of(viewer)
    rows = [list(row) for row in people(8, [tree.union.name])]
    rows[2][1] = rows[2][1][:17]

    def send(key):
        sent = {
            "kind": "members",
            "organisation_id": tree.county.pk,
            "file": SimpleUploadedFile("名册.csv", as_csv(rows)),
        }
        return client.post("/api/v1/rosters", sent, headers={"Idempotency-Key": key})

    first, again = send("a"), send("a")
    assert first.status_code == again.status_code == 202, first.content.decode()
    assert first.json()["id"] == again.json()["id"] and again["Idempotency-Replayed"] == "true"
    with acting(viewer):
        assert RosterImport.objects.count() == 1
    base = f"/api/v1/rosters/{first.json()['id']}"
    services.run(first.json()["id"])
    matching = client.get(f"{base}/columns").json()
    assert matching["missing"] == [] and matching["columns"][0]["field"] == "name"
    assert client.post(f"{base}/columns", {}, "application/json").json()["state"] == "checking"
    services.run(first.json()["id"])
    problem = client.get(f"{base}/problems").json()["items"][0]
    assert (problem["row"], problem["column"], problem["code"]) == (4, "B", "GH-PER-102") and rows[2][1] not in str(
        problem
    )
    refused = client.post(f"{base}/commit", {"mode": "all_or_nothing"}, "application/json")
    assert refused.json()["code"] == "GH-IMP-506"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{base}/report").streaming_content)))
    assert book.active.max_row == 2
    assert client.post(f"{base}/commit", {}, "application/json").status_code == 202
    services.run(first.json()["id"])
    assert client.get(base).json()["new_rows"] == 7
    assert client.get(f"{base}/progress").json()["state"] == "done"
    assert client.post(f"{base}/undo", {"reason": "导入时选错了文件"}, "application/json").status_code == 202
    services.run(first.json()["id"])
    assert client.get("/api/v1/rosters?state=undone").json()["items"][0]["id"] == first.json()["id"]
    with acting(viewer):
        assert not Membership.objects.filter(start_reason="import").exists()
    outside = {"kind": "members", "organisation_id": tree.other_county.pk, "file": SimpleUploadedFile("a.csv", b"a\n")}
    assert client.post("/api/v1/rosters", outside).status_code == 404
