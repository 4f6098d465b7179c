"""Pages of voices by clicks: the phone, the poster without log-in, the desk, what comes back wrong."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from gonghui.apps.voice import services
from gonghui.apps.voice.choices import Outcome, State, Visibility
from gonghui.apps.voice.models import Backer, Bulletin, PublicVoice, ReplyTemplate, Visit, Voice, VoiceFile
from gonghui.apps.voice.services import anonymous, grouping, indexing
from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import make_account, make_member, viewer_at
from gonghui.kernel.files.services import stored_bytes
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import Desks
from .test_course import REPLY


def client_of(viewer: Viewer) -> Client:
    take_scope_of(SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def phone(desks: Desks) -> Client:
    return client_of(desks.me)


@pytest.fixture
def chair(desks: Desks) -> Client:
    return client_of(desks.chair)


FORM = {
    "text": "二号宿舍的热水器坏了半个月没人修", "topic": "housing", "nature": "request", "visibility": "union",
    "may_hand_down": "1", "place": "二号宿舍",
}  # fmt: skip


def photo(width: int = 40) -> SimpleUploadedFile:
    out = io.BytesIO()
    picture = Image.new("RGB", (width, 30), "red")
    exif = Image.Exif()
    exif[0x010F] = "某牌手机"
    exif[0x8825] = {1: "N", 2: (27.0, 23.0, 1.0)}
    picture.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG_0001.jpg", out.getvalue(), "image/jpeg")


def test_from_the_phone_to_the_answer(desks: Desks, phone: Client, chair: Client) -> None:
    assert "有什么想对工会说的" in page(phone, "/m/voices/")
    answer = phone.post("/m/voices/new", {**FORM, "photos": [photo()]})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    take_scope_of(SYSTEM)
    voice = Voice.objects.get()
    kept = VoiceFile.objects.get()
    assert b"\xe6\x9f\x90\xe7\x89\x8c" not in stored_bytes(kept.file).read() and kept.file.name == "照片.jpg"
    assert "二号宿舍的热水器" in page(phone, f"/m/voices/{voice.pk}/")
    assert phone.get(f"/m/voices/{voice.pk}/files/{kept.pk}").status_code == 200
    listed = page(chair, "/desk/voices/")
    assert voice.number in listed and "1条待受理" in listed
    assert "受理" in page(chair, f"/desk/voices/{voice.pk}/")
    assert chair.post(f"/desk/voices/{voice.pk}/take").status_code == 302
    wrong = chair.post(f"/desk/voices/{voice.pk}/answer", {"outcome": "solved", "words": "好的"})
    assert wrong.status_code == 422 and "答复应在10至3000字之间" in wrong.content.decode()
    assert chair.post(f"/desk/voices/{voice.pk}/answer", {"outcome": "solved", "words": REPLY}).status_code == 302
    assert "有1条答复等您看" in page(phone, "/m/voices/")
    assert REPLY in page(phone, f"/m/voices/{voice.pk}/")
    take_scope_of(SYSTEM)
    voice.refresh_from_db()
    assert voice.told == "seen"
    assert phone.post(f"/m/voices/{voice.pk}/rate", {"score": "4"}).status_code == 302
    take_scope_of(SYSTEM)
    voice.refresh_from_db()
    assert voice.state == State.CLOSED


def test_what_is_wrong_is_said_beside_its_field(desks: Desks, phone: Client) -> None:
    wrong = phone.post("/m/voices/new", {**FORM, "text": "坏", "topic": ""})
    body = wrong.content.decode()
    assert wrong.status_code == 422 and "二号宿舍" in body
    bad = phone.post("/m/voices/new", {**FORM, "photos": [SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")]})
    assert bad.status_code == 422 and "不是能打开的照片" in bad.content.decode()
    take_scope_of(SYSTEM)
    assert not Voice.objects.exists()


def test_what_others_said_is_shown_first_and_joined(desks: Desks, phone: Client, chair: Client) -> None:
    voice, _ = desks.by_poster("饭堂的饭菜难吃，分量又少", visibility=Visibility.PUBLIC, may_hand_down=True)
    address = f"/desk/voices/{voice.pk}/publish"
    assert chair.post(address, {"title": "食堂饭菜难吃", "words": "饭堂的饭菜难吃，分量又少"}).status_code == 302
    shown = phone.post("/m/voices/new", {**FORM, "text": "食堂的伙食没胃口，分量不够", "topic": "canteen"})
    body = shown.content.decode()
    assert "是不是这件事？" in body and "食堂饭菜难吃" in body and "我也是" in body
    take_scope_of(SYSTEM)
    assert Voice.objects.count() == 1
    assert phone.post(f"/m/voices/public/{voice.pk}/join").status_code == 302
    assert phone.post(f"/m/voices/public/{voice.pk}/join").status_code == 302
    take_scope_of(SYSTEM)
    assert Backer.objects.count() == 1 and PublicVoice.objects.get().backers == 1
    assert "您已附议" in page(phone, f"/m/voices/public/{voice.pk}/")
    assert "食堂饭菜难吃" in page(phone, "/m/voices/public/") and "食堂饭菜难吃" in page(Client(), "/voices/")
    again = {**FORM, "text": "食堂的伙食没胃口，分量不够", "topic": "canteen", "seen": "1"}
    assert phone.post("/m/voices/new", again).status_code == 302


def test_a_poster_without_log_in_and_the_code(desks: Desks) -> None:
    someone, union = Client(), desks.tree.union
    assert "有话对工会说" in page(someone, f"/voices/{union.pk}/wall")
    assert "对工会说一说" in page(someone, f"/voices/{union.pk}/")
    done = someone.post(f"/voices/{union.pk}/", {**FORM, "name": "老刘", "phone": "13800138000"})
    assert done.status_code == 200
    code = re.search(r"<output>([0-9A-Z-]{19})</output>", done.content.decode())
    assert code is not None
    shown = someone.post("/voices/code/", {"code": code[1].lower()})
    assert "热水器" in shown.content.decode()
    services.answer(desks.chair, voice_id=_only().pk, outcome=Outcome.SOLVED, words=REPLY)
    assert REPLY in someone.post("/voices/code/", {"code": code[1]}).content.decode()
    done = someone.post("/voices/code/", {"code": code[1], "do": "unsolved", "text": "只修了一台"})
    assert "已登记" in done.content.decode()
    voice = _only()
    assert voice.state == State.RECEIVED and voice.handler_id == desks.tree.county.pk
    assert someone.post("/voices/code/", {"code": "0000-0000-0000-0000"}).status_code == 422


def _only() -> Voice:
    take_scope_of(SYSTEM)
    return Voice.objects.get()


def test_an_anonymous_one_goes_through_the_box(desks: Desks, phone: Client) -> None:
    union = desks.tree.union
    done = phone.post(f"/voices/{union.pk}/", {**FORM, "visibility": "anonymous", "photos": [photo()]})
    code = re.search(r"<output>([0-9A-Z-]{19})</output>", done.content.decode())
    assert code is not None
    take_scope_of(SYSTEM)
    assert not Voice.objects.exists()
    assert "正在登记" in phone.post("/voices/code/", {"code": code[1]}).content.decode()
    assert anonymous.sort() == 1
    voice = _only()
    assert voice.person_id is None and voice.received_at is None and VoiceFile.objects.count() == 1
    phone.post("/voices/code/", {"code": code[1], "do": "write", "text": "就是三楼那台"})
    assert anonymous.sort() == 1
    assert "就是三楼那台" in phone.post("/voices/code/", {"code": code[1]}).content.decode()


def test_a_special_matter_is_told_at_once(desks: Desks) -> None:
    someone, union = Client(), desks.tree.union
    done = someone.post(f"/voices/{union.pk}/", {**FORM, "visibility": "anonymous", "text": "我不想活了"})
    assert "12356" in done.content.decode()
    assert anonymous.sort(anonymous.BOX) == 0 and anonymous.sort(anonymous.URGENT) == 1
    voice = _only()
    rights, organising = client_of(desks.rights), client_of(desks.county)
    assert "我不想活了" in page(rights, f"/desk/voices/{voice.pk}/")
    page(organising, f"/desk/voices/{voice.pk}/", 404)
    assert voice.number not in page(organising, "/desk/voices/")
    assert voice.number in page(rights, "/desk/voices/")


def test_merging_by_ticks_and_handing_on(desks: Desks, chair: Client) -> None:
    lead = desks.raised("食堂的饭菜难吃，分量少")
    other, _ = desks.by_poster("饭堂的伙食没胃口，分量少", may_hand_down=True)
    indexing.count_terms()
    assert grouping.group() == 2
    shown = page(chair, f"/desk/voices/{lead.pk}/")
    assert "说的可能是同一件事" in shown and "饭堂的伙食没胃口" in shown
    assert chair.post(f"/desk/voices/{lead.pk}/merge", {"voices": [str(other.pk)]}).status_code == 302
    assert "并入的1条" in page(chair, f"/desk/voices/{lead.pk}/")
    assert "已并入" in page(chair, f"/desk/voices/{other.pk}/")
    assert chair.post(f"/desk/voices/{lead.pk}/up", {"reason": "涉及全县的配餐公司"}).status_code == 302
    county = client_of(desks.county)
    assert "待签收" in page(county, f"/desk/voices/{lead.pk}/")
    assert chair.post(f"/desk/voices/{lead.pk}/take").status_code == 302  # told on its page, changes nothing
    take_scope_of(SYSTEM)
    assert Voice.objects.get(pk=lead.pk).state == State.RECEIVED


def test_a_visit_with_what_was_heard(desks: Desks) -> None:
    county = client_of(desks.county)
    day = timezone.localdate().isoformat()
    form = {
        "target": desks.tree.union.name, "kind": "workshop", "visited_on": day, "met": "12", "hours": "2.5",
        "summary": "到总装车间和十二名职工座谈",
    }  # fmt: skip
    assert county.post("/desk/voices/visits/new", form).status_code == 302
    take_scope_of(SYSTEM)
    visit = Visit.objects.get()
    address = f"/desk/voices/visits/{visit.pk}/"
    heard = {"text": "班车太少，等一个小时", "topic": "commute", "nature": "request"}
    assert county.post(address, heard).status_code == 302
    shown = page(county, address)
    assert "职工反映的1件事" in shown and "班车太少" in shown
    assert desks.tree.union.name in page(county, "/desk/voices/visits/")
    late = county.post("/desk/voices/visits/new", {**form, "visited_on": "2099-01-01"})
    assert late.status_code == 422 and "在今天以后" in late.content.decode()


def test_what_goes_down_is_signed_below(desks: Desks) -> None:
    county, town = client_of(desks.county), client_of(viewer_at(desks.tree.township, "organising", "o.town"))
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    form = {"title": "做好高温天气劳动保护", "words": "各工会检查防暑降温用品和作息安排，本周内完成。", "due_on": day}
    wrong = county.post("/desk/voices/bulletins/new", form)
    assert wrong.status_code == 422
    done = county.post("/desk/voices/bulletins/new", {**form, "below": [str(desks.tree.township.pk)]})
    assert done.status_code == 302, done.content.decode()
    take_scope_of(SYSTEM)
    bulletin = Bulletin.objects.get()
    receipt = bulletin.receipts.get()
    assert "待签收" in page(town, "/desk/voices/bulletins/")
    assert town.post(f"/desk/voices/received/{receipt.pk}/", {"feedback": "已发放清凉饮料"}).status_code == 302
    shown = page(county, f"/desk/voices/bulletins/{bulletin.pk}/")
    assert "已发放清凉饮料" in shown and "1/1个单位已签收" in shown


def test_words_to_answer_with(desks: Desks, chair: Client) -> None:
    form = {"title": "食堂", "topic": "canteen", "words": "您好，您反映的（填写事情）已经解决，请监督。"}
    assert chair.post("/desk/voices/templates/", form).status_code == 302
    assert chair.post("/desk/voices/templates/", form).status_code == 422
    take_scope_of(SYSTEM)
    kept = ReplyTemplate.objects.get()
    voice = desks.raised()
    assert "（填写事情）" in page(chair, f"/desk/voices/{voice.pk}/")
    assert chair.post(f"/desk/voices/templates/{kept.pk}/drop").status_code == 302


def test_paper_forms_from_a_workbook(desks: Desks) -> None:
    county = client_of(desks.county)
    answer = county.get("/desk/voices/import/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.active
    assert sheet is not None
    name = desks.tree.union.name
    for row in (
        [name, "食堂伙食", "建议", "希望加一个素菜窗口", "", "", ""],
        ["没有的厂", "没有的主题", "建议", "好", "", "", ""],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    wrong = county.post("/desk/voices/import", {"file": SimpleUploadedFile("意见.xlsx", out.getvalue())})
    body = wrong.content.decode()
    assert wrong.status_code == 422 and "没有叫“没有的厂”的组织" in body and "3处要改" in body
    take_scope_of(SYSTEM)
    assert not Voice.objects.exists()
    sheet.delete_rows(4)
    out = io.BytesIO()
    book.save(out)
    done = county.post("/desk/voices/import", {"file": SimpleUploadedFile("意见.xlsx", out.getvalue())})
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", done.content.decode())
    assert code is not None and _only().channel == "paper"
    assert "希望加一个素菜窗口" in Client().post("/voices/code/", {"code": code[0]}).content.decode()


def test_a_name_is_seen_for_a_reason(desks: Desks) -> None:
    voice, _ = desks.by_poster(
        "班车太少", name="老刘", phone="13800138000", visibility=Visibility.UNION, may_hand_down=False
    )
    county = client_of(desks.county)
    assert "13800138000" not in page(county, f"/desk/voices/{voice.pk}/")
    seen = county.post(f"/desk/voices/{voice.pk}/reveal", {"reason": "电话告知办理结果"})
    assert "13800138000" in seen.content.decode()
    assert "13800138000" not in page(county, f"/desk/voices/{voice.pk}/")


def test_heat_counts_topics_and_no_persons(desks: Desks) -> None:
    desks.raised()
    desks.raised("宿舍没有热水", topic="housing")
    county = client_of(desks.county)
    shown = page(county, "/desk/voices/heat/?days=30")
    assert "食堂伙食" in shown and "刘细妹" not in shown


def test_another_member_does_not_see_it(desks: Desks) -> None:
    voice = desks.raised()
    take_scope_of(SYSTEM)
    other = make_member(desks.tree.union, "曾小红")
    account = make_account("m.other", "曾小红", "member", person=other.person)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    page(client, f"/m/voices/{voice.pk}/", 404)
    for act, data in (("rate", {"score": "5"}), ("write", {"text": "不是我的"}), ("unsolved", {"text": "不是我的"})):
        assert client.post(f"/m/voices/{voice.pk}/{act}", data).status_code == 404
