"""Files of an application are opened by who may see it, and by nobody else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gonghui.kernel.factories import Tree
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import make_procedure, member_viewer, officer
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.procedures.queries import applications
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope

FORM = {"sections": [{"title": "材料", "fields": [{"key": "paper", "title": "诊断证明", "kind": "files", "files": 2}]}]}
STEPS = [{"key": "first", "title": "审核", "kind": "decide", "tier": "county", "role": "rights"}]
PDF = b"%PDF-1.4 paper"


def test_files_of_a_case_are_opened_by_its_team_alone(tree: Tree) -> None:
    procedure = make_procedure(key="test.case", who="person", confidential=True, consent="同意", form=FORM, steps=STEPS)
    person = tree.insider.person
    me = member_viewer(person)
    started = services.start(me, procedure=procedure, organisation=tree.union, person=person)
    kept = services.attach(
        me, application_id=started.application.pk, field="paper", upload=SimpleUploadedFile("诊断.pdf", PDF)
    )
    services.submit(me, application_id=started.application.pk, typed={})
    for viewer, may in ((me, True), (officer(tree.county, "rights"), True), (officer(tree.county, "leader"), False)):
        with acting(viewer):
            assert StoredFile.objects.count() == 0, "a range shows no file of a case"
            if may:
                assert [one.file.name for one in applications.evidence(Application.objects.get())] == ["诊断.pdf"]
                assert services.open_evidence(viewer, evidence_id=kept.pk)[1].read() == PDF
            else:
                with pytest.raises(Refusal, match="GH-PRO-046"):
                    services.open_evidence(viewer, evidence_id=kept.pk)
    take_scope("", "~")


def test_a_file_is_what_its_bytes_say(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    started = services.start(chair, procedure=make_procedure(form=FORM), organisation=tree.union)
    for name, content, said in (
        ("假.pdf", b"<html>", "不是图片、PDF文件"),
        ("空.pdf", b"", "空文件"),
        ("大.pdf", PDF + b"0" * (10 * 1024 * 1024), "最大10MB"),
    ):
        with pytest.raises(Refusal, match=said):
            services.attach(
                chair, application_id=started.application.pk, field="paper", upload=SimpleUploadedFile(name, content)
            )
    with pytest.raises(Refusal, match="还没有上传"):
        services.submit(chair, application_id=started.application.pk, typed={})
