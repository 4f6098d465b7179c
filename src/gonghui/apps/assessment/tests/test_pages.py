"""Every page of assessments opens for whom it is meant, keeps what was typed, and is not there for others."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from gonghui.apps.assessment import factories, services
from gonghui.apps.assessment.manifest import panels
from gonghui.apps.assessment.models import GradeRecord, ItemSheet, Standard
from gonghui.apps.assessment.queries import simulation
from gonghui.apps.assessment.rules import must_read
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.factories import Tree, make_post
from gonghui.kernel.models import Organisation
from gonghui.kernel.procedures.models import Application, Step
from gonghui.kernel.scope import take_scope


@pytest.fixture
def desk(tree: Tree) -> Any:
    """Logs in whoever holds a post."""

    def opened(place: Organisation, role: str = "organising") -> tuple[Client, Any]:
        take_scope("", "~")
        post = make_post(place, role)
        client = Client()
        client.force_login(post.account)
        return client, viewer_of_post(post.account, post)

    return opened


def test_staff_without_code_make_a_local_standard(tree: Tree, desk: Any) -> None:
    client, _ = desk(tree.county)
    shipped = Standard.objects.get(key="six_norms", path="")
    assert "六规范" in client.get("/desk/standards/").content.decode()
    page = client.get(f"/desk/standards/{shipped.pk}/").content.decode()
    assert "本地模板" in page and "复制到本级" in page
    answer = client.post(f"/desk/standards/{shipped.pk}/copy")
    take_scope("", "~")
    draft = Standard.objects.get(path=tree.county.path)
    assert answer["Location"] == f"/desk/standards/{draft.pk}/edit/"
    address = f"/desk/standards/{draft.pk}/item/?group=home"
    typed = {
        "group": "home",
        "title": "设立女职工关爱室",
        "points": "4",
        "kind": "yes_no",
        "evidence": ["photo"],
        "mandatory": "on",
    }
    wrong = client.post(address, typed | {"bands": "很多"})
    assert wrong.status_code == 422 and "应写成“起点=得分”" in wrong.content.decode()
    assert client.post(address, typed).status_code == 302
    page = client.get(f"/desk/standards/{draft.pk}/edit/").content.decode()
    assert "各项分值相加是104分，应为100分，多4分" in page
    take_scope("", "~")
    item = next(one for one in must_read(draft.body).items() if one.key == "place")
    change = {"group": "home", "title": item.title, "points": "2", "kind": "evidence", "evidence": ["photo"]}
    assert client.post(f"/desk/standards/{draft.pk}/item/?key=place", change).status_code == 302
    assert client.post(f"/desk/standards/{draft.pk}/move", {"key": "local_1", "way": "up"}).status_code == 302
    trial = client.get(f"/desk/standards/{draft.pk}/try/?percent=100").content.decode()
    assert "试算：2家工会按这一版评定" in trial and tree.union.name[:6] in trial
    early = client.post(f"/desk/standards/{draft.pk}/publish", {"valid_from": "2020-01-01"})
    assert early.status_code == 422 and "施行日期不能早于今天" in early.content.decode()
    day = timezone.localdate().isoformat()
    assert client.post(f"/desk/standards/{draft.pk}/publish", {"valid_from": day}).status_code == 302
    assert client.get(f"/desk/standards/{draft.pk}/export").content.decode().startswith("gonghui_standards: 1")
    assert client.get(f"/desk/standards/{draft.pk}/edit/").status_code == 404
    stranger, _ = desk(tree.sibling_county)
    for way in ("copy", "publish", "retire", "discard", "edit/", "item/", "move", "try/"):
        method = stranger.get if way.endswith("/") else stranger.post
        assert method(f"/desk/standards/{draft.pk}/{way}").status_code == 404, way


def test_a_sheet_from_the_chair_to_the_county(tree: Tree, desk: Any) -> None:
    client, _ = desk(tree.union, "grassroots_chair")
    answer = client.post("/desk/assessment/start", {"family": "six"})
    take_scope("", "~")
    sheet = ItemSheet.objects.get()
    address = f"/desk/assessment/fill/{sheet.application_id}/"
    assert answer["Location"] == address and client.post("/desk/assessment/start")["Location"] == address
    assert "还有12项没有填写" in client.get(address).content.decode()
    take_scope("", "~")
    standard = must_read(sheet.standard.body)
    given = {f"v-{key}": str(one.value) for key, one in simulation.assumed_answers(standard, 100).items()}
    early = client.post(address, given | {"act": "submit", **factories.TYPED})
    assert early.status_code == 422 and "有12项得分没有佐证" in early.content.decode()
    files = {f"f-{key[2:]}": factories.paper() for key in given}
    done = client.post(address, given | files | {"act": "submit", **factories.TYPED})
    assert done["Location"] == f"/desk/assessment/sheets/{sheet.pk}/"
    assert client.get(address).status_code == 404
    page = client.get(f"/desk/assessment/sheets/{sheet.pk}/").content.decode()
    assert "待提升" in page and "必备项" in page  # no chair on record
    town, _ = desk(tree.township)
    take_scope("", "~")
    step = Step.objects.get(state="open")
    assert f"/desk/assessment/check/{step.pk}/" in town.get("/desk/assessment/").content.decode()
    check = f"/desk/assessment/check/{step.pk}/"
    bare = town.post(check, given | {"v-place": "3", "act": "approve"})
    assert bare.status_code == 422 and "改了分，没有写理由" in bare.content.decode()
    passed = town.post(check, given | {"v-place": "3", "n-place": "没有常开放", "act": "approve"})
    assert passed.status_code == 302
    take_scope("", "~")
    application = Application.objects.get(pk=sheet.application_id)
    assert (
        int(application.score or 0) == ItemSheet.objects.get().score
        and ItemSheet.objects.get().claimed != application.score
    )
    paper = ItemSheet.objects.get().evidence.first()
    assert paper is not None
    assert town.get(f"/desk/assessment/evidence/{paper.pk}/").status_code == 200
    stranger, _ = desk(tree.other_county)
    for other in (f"sheets/{sheet.pk}/", f"check/{step.pk}/", f"evidence/{paper.pk}/", f"fill/{application.pk}/"):
        assert stranger.get(f"/desk/assessment/{other}").status_code == 404, other


def test_grades_and_demotion(tree: Tree, desk: Any) -> None:
    standard = Standard.objects.get(key="six_norms", path="")
    day = timezone.localdate()
    record = GradeRecord.objects.create(
        path=tree.union.path, organisation=tree.union, family="six", standard=standard, kind="graded", score=95,
        grade="示范", rank=1, point="city", graded_on=day, valid_until=day,
    )  # fmt: skip
    client, _ = desk(tree.city)
    assert "示范" in client.get("/desk/assessment/?point=city").content.decode()
    page = f"/desk/assessment/grades/{record.pk}/"
    assert "只撤销市级示范点" in client.get(page).content.decode()
    assert client.post(page, {"to": "合格", "reason": "差"}).status_code == 422
    assert client.post(page, {"to": "合格", "reason": "职工之家长期关闭"}).status_code == 302
    take_scope("", "~")
    assert GradeRecord.objects.get(ended_on__isnull=True).grade == "合格"
    chair, _ = desk(tree.union, "grassroots_chair")
    assert chair.post(page, {"to": "", "reason": "自愿放弃"}).status_code == 404


def test_a_pack_is_brought_by_its_page(tree: Tree, desk: Any) -> None:
    client, viewer = desk(tree.other_city)
    shipped = Standard.objects.get(key="six_haves", path="")
    text = services.export_pack(viewer, standards=[shipped], name="标准包")
    wrong = client.post("/desk/standards/import", {"file": SimpleUploadedFile("a.yaml", b"a: 1")})
    assert wrong.status_code == 422 and "读不出标准包" in wrong.content.decode()
    assert (
        client.post("/desk/standards/import", {"file": SimpleUploadedFile("a.yaml", text.encode())}).status_code == 302
    )
    take_scope("", "~")
    assert Standard.objects.filter(path=tree.other_city.path, state="draft").count() == 1


def test_the_sheet_is_a_part_of_the_application(tree: Tree, desk: Any) -> None:
    _, chair = desk(tree.union, "grassroots_chair")
    sheet = factories.start_sheet(chair, tree.union)
    (panel,) = panels(chair, sheet.application)
    drawn = render_to_string(panel.template, panel.context)
    assert f"/desk/assessment/fill/{sheet.application_id}/" in drawn and "工会主席在任" in drawn
    factories.answer_all(chair, sheet)
    done = services.submit(chair, application_id=sheet.application_id, typed=factories.TYPED)
    _, town = desk(tree.township)
    (panel,) = panels(town, done)
    step = Step.objects.get(application=done, state="open")
    assert f"/desk/assessment/check/{step.pk}/" in render_to_string(panel.template, panel.context)
    assert panels(town, Application(key="funds.performance_grant")) == []
