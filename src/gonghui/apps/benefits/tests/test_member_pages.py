"""The phone: what is for me, one button for each situation, the slow door, the line, the code, the household."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gonghui.apps.benefits import services
from gonghui.apps.benefits.factories import make_benefit
from gonghui.apps.benefits.models import CalendarFeed, OfferPage, Photo, Rating, Reminder
from gonghui.kernel.factories import make_member
from gonghui.kernel.files.services import store
from gonghui.kernel.models import CheckIn, Claim, Counter, Entry, Offer, TrailRecord
from gonghui.kernel.quotas import contract
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.quotas.factories import SECRETS, make_witnesses
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import as_member

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 400


def system():
    return acting(SYSTEM)


def page_of(client, offer):
    answer = client.get(f"/m/benefits/{offer.pk}/")
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


def test_the_list_shows_what_is_for_me_and_asks_a_fixed_number_of_times(tree, phone, django_assert_num_queries):
    client, _ = phone(new_form="truck_driver")
    make_benefit(tree.city, title="货车司机体检", audience={"field": "new_form", "is": "truck_driver"})
    make_benefit(tree.city, title="快递员体检", audience={"field": "new_form", "is": "courier"})
    make_benefit(tree.sibling_county, title="遂川县的课程")
    client.get("/m/benefits/")
    with CaptureQueriesContext(connection) as first:
        text = client.get("/m/benefits/").content.decode()
    assert "货车司机体检" in text and "快递员体检" not in text and "遂川县的课程" not in text
    with system():
        make_benefit(tree.county, title="安福夜校")
        make_benefit(
            tree.county, title="下周的讲座", opens_at=timezone.now() + timedelta(days=7),
            closes_at=timezone.now() + timedelta(days=9),
        )  # fmt: skip
    with django_assert_num_queries(len(first)):
        text = client.get("/m/benefits/").content.decode()
    assert "安福夜校" in text and "即将开始" in text and "下周的讲座" in text


def test_an_open_course_is_claimed_at_the_slow_door_and_shows_a_turning_code(tree, phone):
    client, member = phone()
    offer = make_benefit(tree.city, 1)
    text = page_of(client, offer)
    assert "立即领取" in text and "还剩" in text
    told = json.loads(re.search(r'id="claiming" type="application/json">(.+?)</script>', text)[1])
    assert told["gate"] == settings.GATE_URL
    [tickets] = told["tickets"].values()
    ticket = contract.verify(
        contract.gate_key(settings.SECRET_KEY), tickets[0]["token"].encode(), timezone.now().timestamp()
    )
    assert (ticket.offer, ticket.person) == (offer.pk, member.person_id)
    answer = client.post(f"/m/benefits/{offer.pk}/take", {"key": str(uuid4())}, follow=True)
    assert "核销二维码" in answer.content.decode()
    with system():
        claim = Claim.objects.get()
    code = client.get(f"/m/benefits/tickets/{claim.pk}/code")
    assert code.status_code == 200 and "GH2:" in code.content.decode() and code["Cache-Control"] == "no-store"
    other, _ = phone("欧阳志强")
    assert other.get(f"/m/benefits/tickets/{claim.pk}/").status_code == 404
    assert other.get(f"/m/benefits/tickets/{claim.pk}/code").status_code == 404


def test_several_sessions_of_one_offer_are_taken_one_by_one_up_to_the_number(tree, phone):
    client, _ = phone()
    offer = make_benefit(tree.city, 2, title="健身时段", sessions=12, each=2, page={"kind": "gym"})
    sessions = list(offer.sessions.order_by("order"))
    begins = timezone.localtime() + timedelta(days=2)
    with system():
        for n, session in enumerate(sessions):
            session.starts_at, session.ends_at = begins + timedelta(days=n), begins + timedelta(days=n, hours=2)
            session.save()
        sessions[11].starts_at, sessions[11].ends_at = begins - timedelta(days=4), begins - timedelta(days=3)
        sessions[11].save()
    text = page_of(client, offer)
    assert "每人最多约2场" in text and "再往后的1场" in text and "第12场" not in text  # the one that is over
    for n in range(2):
        answer = client.post(
            f"/m/benefits/{offer.pk}/take", {"key": str(uuid4()), "session": sessions[n].pk}, follow=True
        )
        assert "核销二维码" in answer.content.decode()
        text = page_of(client, offer)
        assert f"您约到{n + 1}场" in text
        assert ("约这一场" in text) == (n == 0) and ("已经约满" in text) == (n == 1)
    answer = client.post(f"/m/benefits/{offer.pk}/take", {"key": str(uuid4()), "session": sessions[2].pk}, follow=True)
    assert "您已经约满" in answer.content.decode()
    with system():
        first = Claim.objects.get(session=sessions[0])
    client.post(f"/m/benefits/tickets/{first.pk}/back")
    assert "还能约1场" in page_of(client, offer)


def test_a_full_course_offers_the_line_and_a_place_given_back_is_confirmed(tree, phone):
    (first, _), (second, _) = phone("甲某"), phone("乙某")
    offer = make_benefit(tree.city, 1, waits=3)
    session = offer.sessions.get()
    first.post(f"/m/benefits/{offer.pk}/take")
    text = page_of(second, offer)
    assert "加入候补" in text and "data-go hidden>立即领取" in text
    second.post(f"/m/benefits/{offer.pk}/wait", {"session": session.pk})
    assert "候补中，您在第1位" in page_of(second, offer)
    with system():
        claim = Claim.objects.get()
    first.post(f"/m/benefits/tickets/{claim.pk}/back")
    assert "去确认名额" in page_of(second, offer)
    home = second.get("/m/benefits/").content.decode()
    assert "1个候补名额等您确认" in home
    assert "等您确认" in second.get("/m/notices/").content.decode()
    with system():
        offered = Claim.objects.get(state="offered")
    second.post(f"/m/benefits/tickets/{offered.pk}/answer", {"accept": "1"})
    assert "查看票券" in page_of(second, offer)


def test_before_the_opening_one_may_be_reminded(tree, phone):
    client, member = phone()
    soon = timezone.now() + timedelta(minutes=30)
    offer = make_benefit(tree.city, 5, opens_at=soon, closes_at=soon + timedelta(days=1))
    assert "到点提醒我" in page_of(client, offer)
    client.post(f"/m/benefits/{offer.pk}/remind")
    assert "已登记提醒" in page_of(client, offer)
    with system():
        assert Reminder.objects.get().person_id == member.person_id
    if timezone.localtime(soon).date() == timezone.localdate():
        assert "今天" in client.get("/m/notices/").content.decode()
    client.post(f"/m/benefits/{offer.pk}/remind", {"off": "1"})
    with system():
        assert not Reminder.objects.exists()
    answer = client.post(f"/m/benefits/{offer.pk}/take", follow=True)
    assert "还没有开始" in answer.content.decode()


def test_who_is_not_meant_is_told_whom_it_is_for(tree, phone):
    client, _ = phone()
    offer = make_benefit(tree.city, audience={"field": "new_form", "is": "truck_driver"})
    text = page_of(client, offer)
    assert "这个项目面向：吉安市总工会会员" in text and "立即领取" not in text
    answer = client.post(f"/m/benefits/{offer.pk}/tickets")
    assert answer.status_code == 422 and "面向" in answer.json()["words"]
    stranger, _ = phone("曾某", organisation=tree.other_union)
    assert "面向" in page_of(stranger, offer)
    with system():
        Offer.objects.update(state="draft")
    assert client.get(f"/m/benefits/{offer.pk}/").status_code == 404


def test_sessions_are_chosen_and_tickets_fetched_for_them(tree, phone):
    client, _ = phone()
    offer = make_benefit(tree.city, 2, sessions=2)
    one, two = offer.sessions.order_by("order")
    told = client.post(f"/m/benefits/{offer.pk}/tickets", {"session": two.pk}).json()
    with system():
        assert [row["counter"] for row in told["tickets"]] == [Counter.objects.get(session=two).pk]
    assert client.post(f"/m/benefits/{offer.pk}/tickets", {"session": 999_999}).status_code == 422
    answer = client.post(f"/m/benefits/{offer.pk}/take", follow=True)
    assert "选一个场次" in answer.content.decode()
    client.post(f"/m/benefits/{offer.pk}/take", {"session": one.pk})
    with system():
        assert Claim.objects.get().session_id == one.pk


def test_a_draw_is_entered_ranked_withdrawn_and_explained(tree, staff, phone):
    client, _ = phone()
    offer = make_benefit(
        tree.city, 1, allocation="ranked", sessions=2, title="疗休养", closes_at=timezone.now() + timedelta(hours=1)
    )
    one, two = offer.sessions.order_by("order")
    text = page_of(client, offer)
    assert "第1志愿" in text and "提交报名" in text
    answer = client.post(f"/m/benefits/{offer.pk}/enter", {"wish1": ""}, follow=True)
    assert answer.status_code == 422 and "还没有选场次" in answer.content.decode()  # beside the field, nothing lost
    client.post(f"/m/benefits/{offer.pk}/enter", {"wish1": two.pk, "wish2": one.pk})
    with system():
        entry = Entry.objects.get()
        assert entry.choices == [two.pk, one.pk]
    text = page_of(client, offer)
    assert entry.tag in text and "撤回报名" in text
    client.post(f"/m/benefits/entries/{entry.pk}/withdraw")
    client.post(f"/m/benefits/{offer.pk}/enter", {"wish1": one.pk})
    with acting(staff), quotas.at(timezone.now() + timedelta(hours=2)):
        parties = make_witnesses(offer)
        quotas.lock_list(staff, offer_id=offer.pk)
        for party, secret in zip(parties, SECRETS, strict=True):
            quotas.reveal(staff, party_id=party.pk, value=secret)
        quotas.run_draw(staff, offer_id=offer.pk)
    text = page_of(client, offer)
    assert "摇到了“第1场”" in text and "您的数在它前面" in text and "查看票券" in text


def test_the_household_is_started_and_joined_with_its_code(tree, phone):
    (first, _), (second, _) = phone("甲某"), phone("乙某")
    first.post("/m/benefits/household/", {"act": "start"})
    code = re.search(r'class="no" translate="no">(\w+)<', first.get("/m/benefits/household/").content.decode())[1]
    wrong = second.post("/m/benefits/household/", {"act": "join", "code": "NOSUCHCODE"})
    assert wrong.status_code == 422 and "没有这个邀请码" in wrong.content.decode()
    second.post("/m/benefits/household/", {"act": "join", "code": code})
    text = second.get("/m/benefits/household/").content.decode()
    assert "2人同住" in text and "甲某" in text
    second.post("/m/benefits/household/", {"act": "leave"})
    assert "还没有登记" in second.get("/m/benefits/household/").content.decode()


def test_own_sessions_go_to_the_calendar(tree, phone):
    client, _ = phone()
    offer = make_benefit(tree.city)
    begins = timezone.now() + timedelta(days=3)
    offer.sessions.update(starts_at=begins, ends_at=begins + timedelta(hours=2), place="吉安市工人文化宫，302室")
    client.post(f"/m/benefits/{offer.pk}/take")
    answer = client.get("/m/benefits/calendar.ics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar") and text.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:职工夜校·八段锦" in text and all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_only_who_was_there_rates_once_and_photos_show_after_a_look(tree, staff, phone, desk):
    client, member = phone()
    offer = make_benefit(tree.city)
    client.post(f"/m/benefits/{offer.pk}/take")
    assert "提交评价" not in page_of(client, offer)
    with system(), pytest.raises(Refusal) as refused:
        services.rate(as_member(member), offer_id=offer.pk, stars=5)
    assert refused.value.code == "GH-BEN-030"
    with acting(staff):
        quotas.check_in(staff, key=uuid4(), claim_id=Claim.objects.get().pk)
    client.post(f"/m/benefits/{offer.pk}/rate", {"stars": "4", "words": "老师教得细"})
    again = client.post(f"/m/benefits/{offer.pk}/rate", {"stars": "1"}, follow=True)
    assert "已经评价过" in again.content.decode()
    text = page_of(client, offer)
    assert "4.0星，1人评价" in text and "老师教得细" not in text

    def give(**more):
        upload = SimpleUploadedFile("x.jpg", JPEG, "image/jpeg")
        return client.post(
            f"/m/benefits/{offer.pk}/photos", {"photo": upload, "alt": "同学们在练习", **more}, follow=True
        )

    assert "要同意展示" in give().content.decode()
    assert "工作人员看过后展示" in give(consent="on").content.decode()
    with system():
        photo = Photo.objects.get()
        assert OfferPage.objects.get().average == 4.0 and Rating.objects.count() == 1
    other, _ = phone("别人")
    assert other.get(f"/benefits/photos/{photo.pk}").status_code == 404
    assert client.get(f"/benefits/photos/{photo.pk}").status_code == 200
    editor = desk("organising")
    assert "1张照片待审核" in editor.get("/desk/benefits/photos/").content.decode()
    editor.post("/desk/benefits/photos/", {"photo": photo.pk, "show": "1"})
    address = f"/benefits/photos/{photo.pk}"
    seen = other.get(address)
    assert seen.status_code == 200
    again = other.get(address, headers={"If-None-Match": seen["ETag"]})
    assert (again.status_code, seen["Cache-Control"]) == (304, "private, no-cache")
    assert "照片墙" in page_of(other, offer)
    refused = editor.post("/desk/benefits/photos/", {"photo": photo.pk, "show": "down", "reason": ""}, follow=True)
    assert "要写明原因" in refused.content.decode()
    editor.post("/desk/benefits/photos/", {"photo": photo.pk, "show": "down", "reason": "照片里的人不同意"})
    assert other.get(address, headers={"If-None-Match": seen["ETag"]}).status_code == 404
    page = client.get(f"/m/benefits/{offer.pk}/").content.decode()
    assert "工作人员撤下" in page and "照片里的人不同意" in page
    with system():
        assert TrailRecord.objects.filter(verb="benefits.rated", subject_id=member.person_id).exists()
        assert CheckIn.objects.count() == 1


def test_who_gave_a_photo_takes_it_back_at_once(tree, phone, desk):
    (client, member), (other, _) = phone("刘春花"), phone("郭建平")
    with acting(SYSTEM):
        offer = make_benefit(tree.city)
        stored = store(
            SYSTEM, path=offer.path, name="图片.png", kind="benefit_photo", content=b"\x89PNG", content_type="image/png"
        )
        photo = Photo.objects.create(
            path=offer.path, offer=offer, person_id=member.person_id, file=stored, alt="同学们", state="shown",
            consent_at=timezone.now(),
        )  # fmt: skip
    address, back = f"/benefits/photos/{photo.pk}", f"/m/benefits/photos/{photo.pk}/back"
    assert other.get(address).status_code == 200 and other.post(back).status_code == 404
    assert back in client.get(f"/m/benefits/{offer.pk}/").content.decode()
    for _ in range(2):
        assert "已撤下" in client.post(back, follow=True).content.decode()
    assert [one.get(address).status_code for one in (other, client, desk())] == [404] * 3
    assert address not in other.get(f"/m/benefits/{offer.pk}/").content.decode()
    with acting(SYSTEM):
        photo.refresh_from_db()
        assert photo.state == "gone" and TrailRecord.objects.filter(verb="benefits.photo_taken_back").count() == 1


def test_members_see_nothing_of_others(tree, phone):
    client, _ = phone()
    other = make_member(tree.union, "别人")
    offer = make_benefit(tree.city)
    with system():
        quotas.take(as_member(other), session_id=offer.sessions.get().pk, key=uuid4())
    text = page_of(client, offer) + client.get("/m/benefits/tickets/").content.decode()
    assert "别人" not in text and "没有可以用的票券" in text


def test_the_history_of_tickets_is_read_to_its_end(tree, phone):
    client, member = phone()
    with system():
        for n in range(23):
            offer = make_benefit(tree.city, title=f"往期{n:02}")
            session = offer.sessions.get()
            Claim.objects.create(
                path=offer.path, offer=offer, session=session, counter=offer.counters.get(), person=member.person,
                member_path=member.path, state="used", used=1, source="page", key=uuid4(),
            )  # fmt: skip
    first, second = (client.get(f"/m/benefits/tickets/?page={n}").content.decode() for n in (1, 2))
    assert first.count("往期") == 20 and "1 / 2" in first
    assert [n for n in range(23) if f"往期{n:02}" in second] == [0, 1, 2]


def test_a_calendar_follows_by_a_link_until_it_is_given_up(tree, phone, client):
    mine, _ = phone("有日程的")
    other, _ = phone("别人")
    offer = make_benefit(tree.city, 5, title="八段锦晚课")
    begins = timezone.now() + timedelta(days=3)
    offer.sessions.update(starts_at=begins, ends_at=begins + timedelta(hours=2), place="工人文化宫302")
    mine.post(f"/m/benefits/{offer.pk}/take", {"key": str(uuid4())})
    text = mine.post("/m/benefits/calendar/").content.decode()
    [link] = re.findall(r'value="http://testserver(/calendar/[^"]+)"', text)
    assert "webcal://testserver/calendar/" in text
    told = client.get(link)  # nobody is logged in
    assert told["Content-Type"].startswith("text/calendar") and told["Cache-Control"] == "no-store"
    assert "SUMMARY:八段锦晚课" in told.content.decode() and "有日程的" not in told.content.decode()
    with system():
        assert not CalendarFeed.objects.filter(token_digest__contains=link[10:20]).exists()  # only its digest is kept
    assert link not in mine.get("/m/benefits/calendar/").content.decode()
    other.post("/m/benefits/calendar/")
    assert "SUMMARY" in client.get(link).content.decode()
    [newer] = re.findall(
        r'value="http://testserver(/calendar/[^"]+)"', mine.post("/m/benefits/calendar/").content.decode()
    )
    assert client.get(link).status_code == 404 and client.get(newer).status_code == 200
    with system():
        claim = Claim.objects.get()
    mine.post(f"/m/benefits/tickets/{claim.pk}/back")
    assert "SUMMARY" not in client.get(newer).content.decode()
    mine.post("/m/benefits/calendar/", {"act": "close"})
    assert client.get(newer).status_code == 404
