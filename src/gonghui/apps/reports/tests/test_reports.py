"""A report is written, handed in, signed by another, issued, verified without the platform, and never changes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from gonghui.apps.casework.factories import make_all
from gonghui.apps.reports import queries, services
from gonghui.apps.reports.models import Correction, Quoted, Report
from gonghui.apps.reports.shipped import shipped
from gonghui.apps.reports.verify_report import check
from gonghui.kernel.factories import make_member, make_post, viewer_at
from gonghui.kernel.figures import services as figures
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.models import Organisation, TrailRecord
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db
TEXT = (
    "# {{单位}}报告\n## 一、组织\n会员{{会员总数}}，新入会{{新入会}}，{{新入会|增减}}。"
    "{{如果 会员总数 > 2}}不少{{否则}}不多{{结束}}。\n{{表|会员总数、基层工会|各下级}}\n{{图|会员总数|各期}}\n"
)


def begun(tree: Any, text: str = TEXT) -> tuple[Any, Report]:
    writer = viewer_at(tree.city, "organising")
    with acting(writer):
        row = services.begin(
            writer, organisation=tree.city, template=shipped()["brief"], period=around(timezone.localdate(), "year"),
            text=text,
        )  # fmt: skip
    return writer, row


def issued(tree: Any) -> Report:
    writer, row = begun(tree)
    leader = viewer_at(tree.city, "leader")
    with acting(writer):
        row = services.hand_in(writer, report=row, lock=row.lock)
    with acting(leader):
        row = services.sign(leader, report=row, lock=row.lock)
        return services.issue(leader, report=row, lock=row.lock, document_no="吉工发〔2026〕8号")


def content(row: Report) -> Any:
    with acting(SYSTEM):
        row.refresh_from_db()
        return queries.content_of(row.drafts.get(no=row.draft_no))


def words(said: Any) -> str:
    return "\n".join("".join(one.words for one in block.spans) for block in said.blocks)


def test_numbers_are_counted_and_open_their_records(tree: Any) -> None:
    _, row = begun(tree)
    said = content(row)
    assert said.mistakes == ()
    assert "会员5名，新入会0名，与上年同期持平。不少。" in words(said)
    table = next(block for block in said.blocks if block.kind == "table")
    assert table.rows[-1][0][0].words == "合计" and table.rows[-1][1][0].words == "5"
    assert all(span.number is not None for row_ in table.rows[1:] for cell in row_[1:] for span in cell)
    chart = next(block.chart for block in said.blocks if block.kind == "chart")
    assert len(chart.labels) == 12 and chart.values[-1] == 5


def test_what_cannot_be_filled_is_told_and_keeps_the_report_from_being_handed_in(tree: Any) -> None:
    writer, row = begun(tree, "# 题\n{{没有的数字}}和{{会员总数|月球县}}。\n{{表|会员总数|按血型}}\n")
    said = content(row)
    assert [line for line, _ in said.mistakes] == [2, 2, 3]
    with acting(writer), pytest.raises(Refusal, match="GH-REP-011"):
        services.hand_in(writer, report=row, lock=row.lock)


def test_nobody_signs_what_they_handed_in_and_drafts_are_kept(tree: Any) -> None:
    writer, row = begun(tree)
    chair = viewer_at(tree.city, "leader")
    both = viewer_at(tree.city, "grassroots_chair")
    with acting(both):
        services.save(both, report=row, text=TEXT, title=row.title, lock=row.lock)
        row.refresh_from_db()
    seen = row.lock
    with acting(writer):
        row = services.hand_in(writer, report=row, lock=seen)
    with acting(both), pytest.raises(Refusal, match="GH-REP-013"):
        services.sign(both, report=row, lock=row.lock)
    with acting(chair), pytest.raises(Refusal, match="GH-REP-003"):
        services.sign(chair, report=row, lock=seen)
    with acting(writer), pytest.raises(Refusal, match="GH-REP-002"):
        services.save(writer, report=row, text="改", title="改", lock=99)
    with acting(chair):
        with pytest.raises(Refusal, match="GH-REP-012"):
            services.give_back(chair, report=row, lock=row.lock, note=" ")
        services.give_back(chair, report=row, lock=row.lock, note="第二段再核实")
        row.refresh_from_db()
    with acting(writer):
        services.save(writer, report=row, text=TEXT + "再核实过。\n", title=row.title, lock=row.lock)
        assert [one.no for one in queries.drafts(writer, row)] == [4, 3, 2, 1]
        stale = row.lock
        with pytest.raises(Refusal, match="GH-REP-003"):
            services.save(writer, report=row, text=TEXT, title=row.title, lock=stale)


def test_an_issued_report_stays_while_its_records_change(tree: Any) -> None:
    row = issued(tree)
    before = content(row)
    with acting(SYSTEM):
        make_member(tree.union, "后来补登的")
        figures.drain()
        assert services.recheck_all(timezone.localdate() + timedelta(days=1)) > 0
        assert services.recheck_all(timezone.localdate() + timedelta(days=2)) == 0
        found = Correction.objects.select_related("quoted").filter(quoted__figure__key="members").first()
        assert found is not None and (found.said, found.came, found.went) == ("6名", 1, 0)
    assert content(row) == before
    with acting(SYSTEM):
        assert TrailRecord.objects.filter(verb="report.corrected").exists()


def bundle(tree: Any, row: Report) -> dict[str, bytes]:
    client = Client()
    with acting(SYSTEM):
        client.force_login(make_post(tree.city, "rights").account)
    answer = client.get(reverse("reports:bundle", args=[row.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def key() -> str:
    return (
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SIGNING_KEY)).public_key().public_bytes_raw().hex()
    )


def test_whatever_is_changed_in_an_issued_report_is_found_without_the_platform(tree: Any) -> None:
    parts = bundle(tree, issued(tree))
    said, wrong = check(parts, key())
    assert wrong == [] and said["number"] == "吉工发〔2026〕8号"
    for name in ("proof.json", "content.json", "report.docx", *(("report.pdf",) if "report.pdf" in parts else ())):
        changed = parts | {name: parts[name][:-20] + bytes([parts[name][-20] ^ 1]) + parts[name][-19:]}
        assert check(changed, key())[1], name
    digest = json.loads(parts["content.json"])["content"]["numbers"][0]["lineage"].encode()
    other = parts["content.json"].replace(digest, hashlib.sha256(b"others").hexdigest().encode())
    assert check(parts | {"content.json": other}, key())[1] == ["content.json与签发时不同"]
    assert check(parts, "00" * 32)[1]
    assert b'"keys"' not in parts["content.json"]


def test_what_was_issued_is_handed_out_whatever_its_body_is_called_later(tree: Any) -> None:
    row = issued(tree)
    with acting(SYSTEM):
        Organisation.objects.filter(pk=tree.city.pk).update(name="吉安市总工会（新）")
    assert check(bundle(tree, row), key())[1] == []


def test_what_the_tables_say_is_believed_only_when_it_is_signed(tree: Any) -> None:
    row = issued(tree)
    page = reverse("reports:verify", args=[row.token])
    forged = json.loads(row.proof) | {"word": hashlib.sha256(b"forged").hexdigest()}
    with acting(SYSTEM):
        Report.objects.filter(pk=row.pk).update(proof=json.dumps(forged))
    answer = Client().post(page, {"file": SimpleUploadedFile("r.docx", b"forged")}).content.decode()
    assert "完全一样" not in answer and "不能作为凭据" in answer


def test_of_another_body_only_what_was_signed_is_read(tree: Any) -> None:
    writer, leader = viewer_at(tree.county, "organising"), viewer_at(tree.county, "leader")
    above = viewer_at(tree.city, "leader")
    with acting(writer):
        row = services.begin(
            writer, organisation=tree.county, template=shipped()["brief"], text="# 县\n第一稿的话。\n",
            period=around(timezone.localdate(), "year"),
        )  # fmt: skip
    with acting(above):
        assert queries.report(above, row.pk) is None
    with acting(writer):
        services.save(writer, report=row, text="# 县\n第二稿的话。\n", title="县", lock=row.lock)
        row.refresh_from_db()
        services.comment(writer, report=row, line=2, quote="", words="内部的话")
        row = services.hand_in(writer, report=row, lock=row.lock)
    with acting(leader):
        row = services.sign(leader, report=row, lock=row.lock)
    with acting(above):
        seen = queries.report(above, row.pk)
        assert seen is not None and queries.draft(above, seen) is not None
        assert queries.draft(above, seen, 1) is None
        assert not queries.drafts(above, seen) and not queries.comments(above, seen) and not queries.acts(above, seen)


def test_few_are_told_by_no_way_of_asking(tree: Any) -> None:
    with acting(SYSTEM):
        make_all(tree.county, tree.insider.person, "刘细妹")
        figures.drain()
    asked = "\n".join(
        f"{{{{如果 在册困难职工 {sign} {n}}}}}是{{{{否则}}}}否{{{{结束}}}}"
        for sign in (">", "<", "=")
        for n in (0, 1, 2)
    )
    _, row = begun(
        tree, f"# 题\n{asked}\n{{{{在册困难职工}}}}；{{{{在册困难职工|增减}}}}；{{{{在册困难职工|同比}}}}。\n"
    )
    said = content(row)
    assert said.numbers == () and "是" not in words(said)
    assert "少于5户；不作比较；不作比较。" in words(said)


def test_until_a_day_is_from_the_years_beginning_for_what_happens(tree: Any) -> None:
    today = timezone.localdate()
    until = f"截至{today.year}年{today.month}月{today.day}日"
    _, row = begun(tree, f"# 题\n新入会{{{{新入会|{until}}}}}，会员{{{{会员总数|{until}}}}}。\n")
    periods = [one.period for one in content(row).numbers]
    assert periods == [f"{today.year}-01-01..{today.isoformat()}", today.isoformat()]


def test_the_word_file_is_laid_out_by_the_standard(tree: Any) -> None:
    parts = bundle(tree, issued(tree))
    file = Document(io.BytesIO(parts["report.docx"]))
    section = file.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    assert round(210 - section.left_margin.mm - section.right_margin.mm) == 156
    assert round(297 - section.top_margin.mm - section.bottom_margin.mm) == 225
    fonts = {
        run._element.rPr.rFonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia")
        for paragraph in file.paragraphs for run in paragraph.runs
        if run._element.rPr is not None and run._element.rPr.rFonts is not None
    }  # fmt: skip
    assert {"方正小标宋简体", "黑体", "仿宋_GB2312"} <= fonts
    assert file.settings.odd_and_even_pages_header_footer
    title = file.paragraphs[0]
    assert title.runs[0].font.size.pt == 22 and len(file.tables) == 1 and len(file.inline_shapes) == 2


def test_the_page_of_verification_knows_the_file_in_hand(tree: Any) -> None:
    row = issued(tree)
    parts = bundle(tree, row)
    page = reverse("reports:verify", args=[row.token])
    stranger = Client()
    assert "已印发" in stranger.get(page).content.decode()
    same = stranger.post(page, {"file": SimpleUploadedFile("r.docx", parts["report.docx"])})
    assert "完全一样" in same.content.decode()
    other = stranger.post(page, {"file": SimpleUploadedFile("r.docx", parts["report.docx"] + b" ")})
    assert "不一样" in other.content.decode()
    assert stranger.get(reverse("reports:verify", args=["nothing"])).status_code == 404


def test_the_pages_lead_from_begin_to_withdrawn(tree: Any) -> None:
    desk, leader = Client(), Client()
    with acting(SYSTEM):
        desk.force_login(make_post(tree.city, "organising").account)
        leader.force_login(make_post(tree.city, "leader").account)
    assert desk.get(reverse("reports:new")).status_code == 200
    answer = desk.post(reverse("reports:new"), {"template": "year", "period": "2026", "title": "二〇二六年报告"})
    with acting(SYSTEM):
        row = Report.objects.get()
    one = reverse("reports:one", args=[row.pk])
    assert answer.url == one
    page = desk.get(one)
    assert page.status_code == 200 and "个数字均可溯源" in page.content.decode()
    assert "数字从哪里来" in desk.get(one, {"number": 0}).content.decode()
    assert desk.get(reverse("reports:edit", args=[row.pk])).status_code == 200

    def lock() -> dict[str, int]:
        with acting(SYSTEM):
            return {"lock": Report.objects.get(pk=row.pk).lock}

    assert desk.post(reverse("reports:recount", args=[row.pk])).status_code == 422
    assert desk.post(reverse("reports:recount", args=[row.pk]), lock()).status_code == 302
    marked = desk.get(reverse("reports:marked", args=[row.pk])).content
    sent = desk.post(reverse("reports:upload", args=[row.pk]), {"file": SimpleUploadedFile("a.docx", marked)})
    assert sent.status_code == 302
    late = desk.post(
        reverse("reports:upload", args=[row.pk]), {"file": SimpleUploadedFile("a.docx", marked)}, follow=True
    )
    assert "别人动过" in late.content.decode()
    assert desk.post(reverse("reports:comment", args=[row.pk]), {"line": 3, "words": "核实"}).status_code == 302
    assert desk.post(reverse("reports:hand-in", args=[row.pk]), lock()).status_code == 302
    assert desk.post(reverse("reports:sign", args=[row.pk]), lock()).status_code in (403, 404)
    assert leader.post(reverse("reports:return", args=[row.pk]), {"note": ""} | lock()).status_code == 422
    for name, data in (("sign", {}), ("issue", {"document_no": ""}), ("withdraw", {"note": "数据有误"})):
        assert leader.post(reverse(f"reports:{name}", args=[row.pk]), data | lock()).status_code == 302, name
    assert "数据有误" in Client().get(reverse("reports:verify", args=[row.token])).content.decode()
    with acting(SYSTEM):
        assert Quoted.objects.filter(report=row).count() == len(content(row).numbers)
    assert desk.get(reverse("reports:word", args=[row.pk])).status_code == 200


def test_what_is_not_ones_own_does_not_exist(tree: Any) -> None:
    _, row = begun(tree)
    county = Client()
    with acting(SYSTEM):
        county.force_login(make_post(tree.county, "organising").account)
    for name in ("one", "edit", "word", "pdf", "marked", "bundle"):
        assert county.get(reverse(f"reports:{name}", args=[row.pk])).status_code == 404, name


def test_a_template_is_written_tried_and_used(tree: Any) -> None:
    desk = Client()
    with acting(SYSTEM):
        desk.force_login(make_post(tree.city, "organising").account)
    data = {"title": "月报", "occasion": "month", "text": "# 月报\n{{会员总数\n", "note": "", "lock": ""}
    made = desk.post(reverse("reports:template-new") + "?from=brief", data)
    page = made.url
    assert "没有成对" in desk.get(page).content.decode()
    pk = page.rstrip("/").rsplit("/", 1)[1]
    desk.post(reverse("reports:template-publish", args=[pk]))
    assert "月报" not in desk.get(reverse("reports:new")).content.decode()
    lock = desk.get(page).context["form"].initial["lock"]
    desk.post(page, data | {"text": "# 月报\n会员{{会员总数}}\n", "lock": lock})
    desk.post(reverse("reports:template-publish", args=[pk]))
    assert "月报" in desk.get(reverse("reports:new")).content.decode()
    county = Client()
    with acting(SYSTEM):
        county.force_login(make_post(tree.county, "organising").account)
    assert "月报" in county.get(reverse("reports:new")).content.decode()
