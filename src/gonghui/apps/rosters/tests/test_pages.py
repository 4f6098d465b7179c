"""The pages of the import centre, walked through as staff do, with the worker's steps in between."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gonghui.apps.rosters import services
from gonghui.apps.rosters.factories import as_csv, checked, identity, imported, people
from gonghui.apps.rosters.models import RosterImport
from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.people.models import Membership
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM


@pytest.fixture
def staff(cast):
    tree, viewer = cast
    return tree, viewer, signed_in(viewer)


def signed_in(viewer):
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def the_only(viewer):
    with acting(viewer):
        return RosterImport.objects.get()


def send(client, content, organisation, kind="members", name="名册.csv"):
    return client.post(
        "/desk/rosters/new",
        {"kind": kind, "organisation": organisation.name, "file": SimpleUploadedFile(name, content)},
    )


def test_a_roster_is_walked_from_upload_to_report_and_back(staff):
    tree, viewer, client = staff
    assert "还没有导入过名册" in client.get("/desk/rosters/").content.decode()
    rows = [list(row) for row in people(30, [tree.union.name])]
    rows[4][3] = "没有这个工会委员会"
    answer = send(client, as_csv(rows), tree.county)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    roster = the_only(viewer)
    page = f"/desk/rosters/{roster.pk}/"
    assert answer["Location"] == page
    waiting = client.get(page).content.decode()
    assert "可以离开本页" in waiting and f"{page}progress" in waiting
    services.run(roster.pk)
    assert client.get(f"{page}progress")["HX-Refresh"] == "true"
    columns = client.get(page).content.decode()
    assert "核对每一列对应的内容" in columns and identity(0) not in columns and "19900000000" not in columns
    assert client.post(f"{page}columns", form_data(columns)).status_code == 302
    assert services.run(roster.pk) == "ready"
    preview = client.get(page).content.decode()
    assert "29行可以导入，1行有问题" in preview and "没有叫“没有这个工会委员会”的组织" in preview
    assert client.get(f"{page}rows/new/?page=2").status_code == 200
    assert "GH" not in client.get(f"{page}problems/?serious=1").content.decode().split("<tbody")[-1][:50]
    report = client.get(f"{page}report")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(report.streaming_content)))
    assert book.active.max_row == 2
    assert client.post(f"{page}commit", {"mode": "good_only"}).status_code == 302
    assert services.run(roster.pk) == "done"
    done = client.get(page).content.decode()
    assert "已导入：新增29行" in done and f"{page}undo" in done
    question = client.get(f"{page}undo", headers={"HX-Request": "true"}).content.decode()
    assert "撤销导入" in question and "<html" not in question
    assert "写明为什么撤销" in client.post(f"{page}undo", {"reason": ""}).content.decode()
    assert client.post(f"{page}undo", {"reason": "导入时选错了文件"}).status_code == 302
    assert services.run(roster.pk) == "undone"
    assert "已撤销，记录恢复到导入之前" in client.get(page).content.decode()
    assert "名册.csv" in client.get("/desk/rosters/").content.decode()
    with acting(viewer):
        assert not Membership.objects.filter(start_reason="import").exists()


def form_data(html):
    """What a browser would send of the columns form: the selected option of every select."""
    import re

    data = {}
    for name, inner in re.findall(r'<select name="(column_\d+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        data[name] = chosen[1] if chosen else ""
    assert data
    return data


def test_columns_can_be_corrected_and_are_remembered(staff):
    tree, viewer, client = staff
    headers = ("谁", "号", "手机号码", "单位里的分会")
    rows = [(r[0], r[1], r[2], r[3]) for r in people(5, [tree.union.name])]
    send(client, as_csv(rows, headers), tree.county)
    roster = the_only(viewer)
    services.run(roster.pk)
    with acting(viewer):
        roster.refresh_from_db()
    page = f"/desk/rosters/{roster.pk}/"
    if roster.state == "failed":  # a header nobody knows is refused with the way out
        assert "表头" in client.get(page).content.decode()
        return
    data = {"column_0": "name", "column_1": "id_number", "column_2": "phone", "column_3": "phone"}
    assert "有两列都对应" in client.post(f"{page}columns", data).content.decode()
    data["column_3"], data["column_0"] = "organisation", ""
    assert "还没有找到“姓名”这一列" in client.post(f"{page}columns", data).content.decode()
    data["column_0"] = "name"
    assert client.post(f"{page}columns", data).status_code == 302
    assert services.run(roster.pk) == "ready"
    send(client, as_csv(rows[:2], headers), tree.union)
    with acting(viewer):
        again = RosterImport.objects.latest("pk")
    services.run(again.pk)
    with acting(viewer):
        assert services.matching_of(RosterImport.objects.get(pk=again.pk)).mapping["name"] == 0


def test_problems_of_the_upload_form_stand_beside_their_field(staff):
    tree, _, client = staff
    answer = client.post("/desk/rosters/new", {"kind": "members", "organisation": "没有的组织"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "还没有选文件" in text and "管理范围内没有叫" in text
    outside = send(client, b"a,b\n1,2\n", tree.other_county)
    assert outside.status_code == 422 and "管理范围内没有叫" in outside.content.decode()
    empty = send(client, b"", tree.county)
    assert empty.status_code == 422 and "一个字节也没有" in empty.content.decode()


def test_an_unreadable_file_says_what_it_is(staff):
    tree, viewer, client = staff
    send(client, b"%PDF-1.7 something", tree.county, name="名册.pdf")
    roster = the_only(viewer)
    assert services.run(roster.pk) == "failed"
    text = client.get(f"/desk/rosters/{roster.pk}/").content.decode()
    assert "没有导入" in text and "PDF" in text


def test_templates_and_exports_are_files(staff):
    tree, viewer, client = staff
    for kind in ("members", "organisations", "officers"):
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/desk/rosters/template/{kind}").content))
        assert book.sheetnames[0].endswith("名册")
    imported(viewer, tree.county, as_csv(people(3, [tree.union.name])))
    answer = client.post("/desk/rosters/export", {"kind": "members", "organisation": tree.union.name})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    text = str([[cell.value for cell in row] for row in book.active.iter_rows()])
    assert book.active.max_row == 5 and identity(0) not in text and "3608****" in text


def test_an_import_of_another_range_is_not_there(cast):
    tree, viewer = cast
    roster = checked(viewer, tree.county, as_csv(people(2, [tree.union.name])))
    with acting(SYSTEM):
        stranger = viewer_at(tree.other_city, "organising")
        leader = viewer_at(tree.county, "leader")
    other = signed_in(stranger)
    for tail in ("", "progress", "report", "problems/", "rows/new/", "undo"):
        assert other.get(f"/desk/rosters/{roster.pk}/{tail}").status_code == 404, tail
    for tail in ("columns", "commit", "cancel", "choose", "sheet", "undo"):
        assert other.post(f"/desk/rosters/{roster.pk}/{tail}", {"choice": "file"}).status_code == 404, tail
    assert signed_in(leader).get("/desk/rosters/").status_code == 403


def test_stopping_while_the_worker_is_busy_is_asked_for_and_shown(staff):
    tree, viewer, client = staff
    send(client, as_csv(people(5, [tree.union.name])), tree.county)
    roster = the_only(viewer)
    page = f"/desk/rosters/{roster.pk}/"
    client.post(f"{page}cancel")
    assert "正在停止" in client.get(f"{page}progress").content.decode()
    assert services.run(roster.pk) == "cancelled"
    assert "已停止，什么都没有改动" in client.get(page).content.decode()
