"""Pages: a stranger's phone, the desk that mends, a file of places, a guide station; who sees what."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.apps.places import services, sheets
from gonghui.apps.places.choices import Outcome
from gonghui.apps.places.models import Consultation, Place, Report, Round, Suspension, Ticket
from gonghui.kernel.access.models import Account
from gonghui.kernel.models import Post, TrailRecord
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer
from gonghui.web.registry import tasks

from .conftest import FACTS, PICTURE, Stage

pytestmark = pytest.mark.django_db


class Phone(Client):
    """A browser; what the test asks after a page sees everything again."""

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        take_scope_of(SYSTEM)
        return answer


def client_of(viewer: Viewer) -> Phone:
    client = Phone()
    client.force_login(Account.objects.get(pk=viewer.account_id))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"places:{name}", args=args)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_2022.jpg", PICTURE, "image/jpeg")


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def code_on(page: str) -> str:
    """The code that is shown once."""
    found = re.findall("<output>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</output>", page)
    assert len(found) == 1, page[:2000]
    return str(found[0])


def test_a_stranger_reports_staff_mend_and_the_stranger_thanks(stage: Stage) -> None:
    place, phone, keeper = stage.station(workday="24小时", weekend="24小时"), Phone(), client_of(stage.keeper)
    page = text(phone.get(url("place", place.pk)))
    assert (
        "24小时开放" in page and "空调坏" in page and "微波炉坏" in page and 'href="geo:27.393000,114.620100"' in page
    )
    wrong = text(phone.post(url("report-new", place.pk), {"fault": "other"}), 422)
    assert "写明是什么问题" in wrong
    sent = {"fault": "aircon", "text": "一直滴水", "phone": "13900001234", "picture": picture()}
    told = text(phone.post(url("report-new", place.pk), sent))
    code = code_on(told)
    assert "前答复" in told and "还有" not in told
    joined = text(Phone().post(url("report-new", place.pk), {"fault": "aircon"}))
    assert "和别人反映的并在一起处理" in joined and "还有1次同样的反映" in joined
    ticket = Ticket.objects.get()
    assert "正在修" in text(phone.get(url("place", place.pk)))
    assert [one.title for one in tasks(stage.keeper) if one.category == "小修小补"] == ["空调坏：枫田镇户外劳动者驿站"]

    page = text(keeper.get(url("ticket", ticket.pk)))
    assert "139****1234" in page and "13900001234" not in page and "一直滴水" in page
    word = Report.objects.exclude(contact_mask="").get()
    assert "没有填写" in text(keeper.post(url("ticket-reveal", ticket.pk), {"report": word.pk}), 422)
    revealed = text(keeper.post(url("ticket-reveal", ticket.pk), {"report": word.pk, "reason": "问清楚漏水的位置"}))
    assert "13900001234" in revealed
    taken = b"".join(keeper.get(url("report-picture", word.pk)).streaming_content)  # type: ignore[arg-type]
    assert taken and b"GPS" not in taken
    keeper.post(url("ticket-take", ticket.pk))
    assert "正在处理" in text(phone.post(url("code"), {"code": code}))
    assert Report.objects.exclude(contact_mask="").get().seen_at is None
    answer = {"outcome": "fixed", "text": "接好了排水管"}
    assert "要附一张照片" in text(keeper.post(url("ticket-answer", ticket.pk), answer), 422)
    keeper.post(url("ticket-answer", ticket.pk), answer | {"picture": picture()})
    page = text(phone.post(url("code"), {"code": code.lower().replace("-", " ")}))
    assert "已修好，用时1分钟" in page and "接好了排水管" in page
    assert phone.get(url("fixed", ticket.pk)).status_code == 200
    thanked = text(phone.post(url("code"), {"code": code, "do": "thanks"}))
    assert "已送出感谢" in thanked and "谢谢，好用了" not in thanked
    assert "收到1次感谢" in text(phone.get(url("place", place.pk)))
    assert "已看到答复" in text(keeper.get(url("ticket", ticket.pk)))
    assert not TrailRecord.objects.filter(verb="places.reported").exclude(actor_id=None).exists()


def test_what_went_up_stays_on_the_desk_that_keeps_the_place(stage: Stage) -> None:
    place, keeper = stage.station(), client_of(stage.keeper)
    row = services.report(place_id=place.pk, fault="aircon").ticket
    assert "接手处理" in text(keeper.get(url("ticket", row.pk)))
    assert services.raise_late(row.due_at + timedelta(minutes=1)) == 1
    page = text(keeper.get(url("ticket", row.pk)))
    assert "接手处理" not in page and "等安福县总工会答复" in re.sub("<[^>]+>", "", page)
    for listed in (keeper.get(url("tickets")), keeper.get(url("one", place.pk))):
        assert url("ticket", row.pk) in text(listed) and "安福县总工会" in re.sub("<[^>]+>", "", text(listed))
    answer = {"outcome": "fine", "text": "县里查看没有问题"}
    assert "已转安福县总工会办理" in text(keeper.post(url("ticket-answer", row.pk), answer), 422)
    client_of(stage.county).post(url("ticket-answer", row.pk), answer)
    assert Ticket.objects.get().state == "closed"


def test_even_who_is_logged_in_is_not_named(stage: Stage) -> None:
    place = stage.station()
    client_of(stage.city).post(url("report-new", place.pk), {"fault": "dirty"})
    row = TrailRecord.objects.get(verb="places.reported")
    assert (row.actor_id, row.role) == (None, "outsider")


def test_not_solved_goes_up_and_a_wrong_code_leads_nowhere(stage: Stage) -> None:
    place, phone = stage.station(), Phone()
    code = code_on(text(phone.post(url("report-new", place.pk), {"fault": "closed"})))
    services.answer(stage.keeper, ticket_id=Ticket.objects.get().pk, outcome=Outcome.FINE, text="当时在换班，已经提醒")
    page = text(phone.post(url("code"), {"code": code, "do": "unsolved"}))
    assert "已转上一级处理" in page and "已转安福县总工会办理" in re.sub("<[^>]+>", "", page)
    assert "还没有答复，或您已经说过结果" in text(phone.post(url("code"), {"code": code, "do": "unsolved"}))
    for wrong in ("AAAABBBBCCCCDDDD", "AAAA", "'"):
        assert "没有这个码" in text(phone.post(url("code"), {"code": wrong, "do": "thanks"}), 422)
    asked = text(phone.get(url("code"), {"code": code}))
    assert place.name not in asked and "当时在换班" not in asked, "a code in an address leads nowhere"


def test_nearby_is_found_without_a_position(stage: Stage) -> None:
    place = stage.station()
    stage.station(name="枫田镇职工之家", kind="home")
    services.register(stage.county, organisation=stage.tree.township, **FACTS | {"name": "还没有建的驿站"})
    page = text(Phone().get(url("nearby")))
    assert "1处" in page and place.name in page and "枫田镇职工之家" not in page and "还没有建" not in page
    points = re.search(r'data-points="[\d.]+,27\.393000"', page)
    assert points and "27.39" not in page.replace(points[0], "")
    county = stage.tree.county.pk
    assert "枫田镇" in text(Phone().get(url("nearby"), {"county": county, "town": "枫田镇", "service": "aircon"}))
    assert "没有找到" in text(Phone().get(url("nearby"), {"county": county, "service": "toilet"}))
    assert "枫田镇职工之家" in text(Phone().get(url("nearby"), {"kind": "home"}))
    assert text(Phone().get(url("nearby"), {"county": "x", "town": "\x00", "kind": "bar"}))


def test_the_desk_registers_corrects_suspends_and_closes(stage: Stage) -> None:
    desk, phone = client_of(stage.keeper), Phone()
    assert "还没有登记阵地" in text(desk.get(url("list")))
    wrong = FACTS | {"workday": "九点到五点", "opened_on": stage.day(-3).isoformat()}
    assert "看不懂" in text(desk.post(url("new"), wrong), 422)
    made = desk.post(url("new"), FACTS | {"opened_on": stage.day(-3).isoformat()})
    place = Place.objects.get()
    assert made.url == url("one", place.pk) and place.organisation == stage.tree.township
    edited = {key: value for key, value in FACTS.items() if value is not None} | {
        "version": 1, "workday": "07:00-19:00", "post": stage.post(stage.keeper).pk,
    }  # fmt: skip
    assert "工作日：08:00-18:00 → 07:00-19:00" in text(desk.post(url("edit", place.pk), edited, follow=True))
    assert "别人刚修改过" in text(desk.post(url("edit", place.pk), edited), 422)
    desk.post(url("photo", place.pk), {"picture": picture(), "alt": "门口有红色的牌子"})
    photo = place.photos.get()
    assert phone.get(url("picture", photo.pk))["Cache-Control"] == "public, max-age=86400"
    assert 'alt="门口有红色的牌子"' in text(phone.get(url("place", place.pk)))
    pause = {"starts_on": stage.day(1).isoformat(), "ends_on": stage.day(2).isoformat(), "reason": "更换空调"}
    assert "将暂停开放" in text(desk.post(url("suspend", place.pk), pause, follow=True))
    assert "暂停开放：更换空调" in text(phone.get(url("place", place.pk)))
    desk.post(url("lift", place.pk), {"suspension": Suspension.objects.get().pk})
    assert "更换空调" not in text(phone.get(url("place", place.pk)))
    desk.post(url("star", place.pk), {"stars": "4", "on": stage.today.isoformat(), "basis": ""})
    assert "4星" in text(phone.get(url("place", place.pk)))
    assert "扫码点一下" in text(phone.get(url("poster", place.pk)))
    desk.post(url("photo", place.pk), {"drop": photo.pk})
    assert phone.get(url("picture", photo.pk)).status_code == 404
    assert "写明关闭的原因" in text(
        desk.post(url("move", place.pk), {"act": "closed", "on": stage.today.isoformat()}), 422
    )
    desk.post(url("move", place.pk), {"act": "closed", "on": stage.today.isoformat(), "reason": "房屋租期到期"})
    assert phone.get(url("place", place.pk)).status_code == 404
    assert "重新开放" in text(desk.get(url("one", place.pk)))
    assert client_of(stage.sibling).get(url("one", place.pk)).status_code == 404


def test_a_responsible_post_that_ended_is_said(stage: Stage) -> None:
    place, desk = stage.station(post=stage.post(stage.keeper)), client_of(stage.county)
    assert "已离任" not in text(desk.get(url("one", place.pk)))
    Post.objects.filter(pk=stage.keeper.post_id).update(valid_to=stage.today)
    assert "已离任，由本单位各岗位处理" in text(desk.get(url("one", place.pk)))


def test_pictures_of_what_is_not_open_are_kept_nowhere(stage: Stage) -> None:
    place = services.register(stage.county, organisation=stage.tree.township, **FACTS)
    row = services.add_photo(stage.keeper, place_id=place.pk, content=PICTURE, alt="工地的样子")
    assert Phone().get(url("picture", row.pk)).status_code == 404
    assert client_of(stage.keeper).get(url("picture", row.pk))["Cache-Control"] == "private, no-store"


def test_a_round_on_the_phone(stage: Stage) -> None:
    place, desk = stage.station(), client_of(stage.county)
    assert "急救药品" not in text(desk.get(url("inspect", place.pk)))
    said = {"open": "1", "water": "0", "aircon": "1", "microwave": "1", "clean": "1"}
    assert "还没有选择" in text(desk.post(url("inspect", place.pk), said), 422)
    page = text(desk.post(url("inspect", place.pk), said | {"sign": "1", "note": "桶装水空了"}, follow=True))
    assert "1项不好，已立件处理" in page and Round.objects.get().note == "桶装水空了"
    assert "1项不好：有水、有杯子" in text(desk.get(url("rounds")))
    assert "巡查发现" in text(desk.get(url("ticket", Ticket.objects.get().pk)))
    told = client_of(stage.keeper).post(url("ticket-new", place.pk), {"fault": "dirty", "words": "来电反映"})
    assert told["Cache-Control"] == "no-store"
    assert "脏" in text(Phone().post(url("code"), {"code": code_on(text(told))}))
    page = text(desk.get(url("ticket", Ticket.objects.get(fault="dirty").pk)))
    assert "工作人员登记" in page and "来电反映" in page


def book(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate((sheets.HEAD, *rows)):
            sheet.write_row(at, 0, row)
    return SimpleUploadedFile("阵地.xlsx", out.getvalue())


GOOD = (
    "安福县枫田镇总工会", "爱心驿站", "车田驿站", "街道", "", "枫田镇", "枫田镇车田街12号", "114.62", "27.39", "30",
    "饮水、充电", "8:00-18:00", "休息", "", "0796-7620000", "2025-05-01",
)  # fmt: skip


def test_places_come_from_a_file_or_every_mistake_is_named(stage: Stage) -> None:
    desk = client_of(stage.county)
    bad = [
        ("瑞金市总工会", *GOOD[1:]),
        (GOOD[0], "网吧", *GOOD[2:]),
        (*GOOD[:7], "27.39", "114.62", *GOOD[9:]),
        (*GOOD[:9], "三十", *GOOD[10:]),
        (*GOOD[:10], "桑拿", *GOOD[11:]),
        (*GOOD[:11], "九点", *GOOD[12:]),
        (*GOOD[:14], "13900001234", GOOD[15]),
        (*GOOD[:15], "2999-01-01"),
        GOOD,
        GOOD,
    ]
    page = text(desk.post(url("import"), {"file": book(*bad)}), 422)
    for words in ("有9处要改", "没有叫“瑞金市总工会”", "没有“网吧”", "经纬度不在国内", "不是面积", "没有“桑拿”", "看不懂",
                  "个人手机", "晚于今天", "和第10行是同一处"):  # fmt: skip
        assert words in page, words
    assert not Place.objects.exists()
    page = text(desk.post(url("import"), {"file": book(GOOD, (*GOOD[:2], "车田二站", *GOOD[3:15], ""))}, follow=True))
    assert "已登记2处" in page
    assert dict(Place.objects.values_list("name", "state")) == {"车田驿站": "open", "车田二站": "planned"}
    again = text(desk.post(url("import"), {"file": book(GOOD)}, follow=True))
    assert "已登记0处，已有的1处没有重复登记" in again
    assert "列名和模板不一样" in text(
        desk.post(url("import"), {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")}), 422
    )
    exported = sheets.read("模板.xlsx", sheets.template(), lambda names: {"安福县枫田镇总工会": [stage.tree.township]})
    assert exported.mistakes == [] and len(exported.rows) == 1
    page = text(desk.get(url("map")))
    assert "2处" in page and "<circle" in page and "不作为行政区域界线依据" in page


def test_a_guide_station_publishes_collects_and_answers(stage: Stage) -> None:
    place = stage.station(kind="guidance", name="枫田镇产改指导站")
    desk, phone = client_of(stage.keeper), Phone()
    paper = SimpleUploadedFile("办法.pdf", b"%PDF-1.4", "application/pdf")
    said = {"title": "技能提升补贴办法", "summary": "取得高级工证书的补贴1500元", "file": paper}
    desk.post(url("policies", place.pk), said)
    page = text(phone.get(url("place", place.pk)))
    assert "技能提升补贴办法" in page
    policy = place.policies.get()
    assert phone.get(url("policy", policy.pk)).content == b"%PDF-1.4"
    assert "至少4个字" in text(phone.post(url("ask", place.pk), {"question": "啊"}), 422)
    page = text(phone.post(url("ask", place.pk), {"question": "退役军人能不能申请补贴", "issue": "on"}))
    row, code = Consultation.objects.get(), code_on(page)
    assert row.issue and "已收到" in page
    assert any(one.category == "指导站咨询" for one in tasks(stage.keeper))
    assert "待答复" in text(desk.get(url("questions"), {"state": "waiting"}))
    desk.post(url("question", row.pk), {"text": "可以，带退役证和技能证书到站里办"})
    assert Consultation.objects.get().seen_at is None
    assert "带退役证和技能证书" in text(phone.post(url("code"), {"code": code}))
    assert "已看到答复" in text(desk.get(url("questions")))
    said = {"way": "phone", "question": "夜校什么时候开班", "phone": "13900001234"}
    assert "咨询码" in text(desk.post(url("question-new", place.pk), said))
    second = Consultation.objects.latest("pk")
    page = text(desk.get(url("question", second.pk)))
    assert "139****1234" in page and "13900001234" not in page
    assert "没有填写" in text(desk.post(url("question-reveal", second.pk), {}), 422)
    assert "13900001234" in text(desk.post(url("question-reveal", second.pk), {"reason": "问清想上哪一门课"}))
    assert TrailRecord.objects.filter(verb="places.asker_revealed", reason="问清想上哪一门课").exists()
    desk.post(url("policy-withdraw", place.pk), {"policy": policy.pk})
    assert phone.get(url("policy", policy.pk)).status_code == 404
    ordinary = stage.station(name="普通驿站")
    assert "问一问" not in text(phone.get(url("place", ordinary.pk)))
    assert phone.post(url("ask", ordinary.pk), {"question": "夜校什么时候开班"}).status_code == 404


def test_many_places_ask_no_more_questions_than_few(stage: Stage) -> None:
    counts = []
    for more in range(2):
        for number in range(1 + more * 20):
            stage.station(name=f"第{more}{number}驿站")
        with CaptureQueriesContext(connection) as asked:
            text(Phone().get(url("nearby")))
            text(client_of(stage.county).get(url("list")))
        counts.append(len(asked))
    assert counts[0] == counts[1]
