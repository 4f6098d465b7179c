"""What staff write into an offer is what comes back: weekly lessons, what each course is, own rules of tickets, places."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from gonghui.apps.benefits.factories import make_benefit
from gonghui.apps.places.factories import make_place
from gonghui.kernel.factories import make_member
from gonghui.kernel.models import DrawParty, Entry, Offer, Session
from gonghui.kernel.quotas import registry
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import as_member
from .test_desk_pages import typed

pytestmark = pytest.mark.django_db


def sent_again(page: str) -> dict[str, str]:
    """The fields of the form as a browser sends the page back untouched."""
    fields = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s?([^<]*)</textarea>', page))
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (('type="radio"' not in tag and 'type="checkbox"' not in tag) or " checked" in tag):
            fields[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def test_lessons_and_what_a_course_is_survive_being_saved_again(tree, desk):
    client = desk()
    weeks = {"s-0-lessons": "8", "s-0-about": "从握笔到写春联，笔墨现场提供"}
    page = client.post("/desk/benefits/new", typed(**weeks), follow=True).content.decode()
    assert "可以发布" in page
    with acting(SYSTEM):
        offer = Offer.objects.get()
        assert offer.uses == 8  # a check-in for every lesson
    form = sent_again(client.get(f"/desk/benefits/{offer.pk}/edit/").content.decode())
    assert (form["s-0-lessons"], form["s-0-about"]) == ("8", weeks["s-0-about"])
    assert client.post(f"/desk/benefits/{offer.pk}/edit/", form).status_code == 302
    with acting(SYSTEM):
        session = Session.objects.get()
    assert (session.lessons, session.about) == (8, weeks["s-0-about"])
    month = timezone.localtime(session.starts_at + timedelta(days=21))
    text = client.get(f"/desk/benefits/calendar/?month={month:%Y-%m}").content.decode()
    assert "第4次，共8次" in text


def test_several_lessons_need_a_first_time(tree, desk):
    answer = desk().post("/desk/benefits/new", typed(**{"s-0-lessons": "8", "s-0-starts_at": "", "s-0-ends_at": ""}))
    assert answer.status_code == 422 and "要写第一次什么时候开始" in answer.content.decode()


def test_lessons_of_weeks_to_come_clash_too(tree, desk):
    begins = timezone.now() + timedelta(days=10)
    facts = {"place": "302室", "teacher": "王秀英"}
    with acting(SYSTEM):
        first, second = (make_benefit(tree.city, title=title) for title in ("书法", "茶艺"))
        first.sessions.update(starts_at=begins, ends_at=begins + timedelta(hours=2), lessons=8, **facts)
        later = begins + timedelta(days=28, hours=1)
        second.sessions.update(starts_at=later, ends_at=later + timedelta(hours=2), **facts | {"teacher": "别人"})
    client = desk()
    for offer, other in ((first, "茶艺"), (second, "书法")):
        text = client.get(f"/desk/benefits/{offer.pk}/").content.decode()
        assert f"“{other}·第1场”" in text and "同在302室" in text and "都是王秀英老师" not in text


def test_what_a_kind_has_besides_and_more_pictures_are_seen_with_the_offer(tree, desk, phone):
    client, (mobile, _) = desk(), phone()
    wrong = client.post("/desk/benefits/new", typed(facts="参会企业：48家\n没有冒号的一行"))
    assert wrong.status_code == 422 and "第2行要写成“名称：内容”" in wrong.content.decode()
    client.post("/desk/benefits/new", typed(facts="参会企业：48家\n\n岗位: 1,200个"))
    with acting(SYSTEM):
        offer = Offer.objects.get()
        assert offer.page.facts == [{"title": "参会企业", "text": "48家"}, {"title": "岗位", "text": "1,200个"}]
    again = sent_again(client.get(f"/desk/benefits/{offer.pk}/edit/").content.decode())
    assert again["facts"] == "参会企业：48家\n岗位：1,200个"
    where = f"/desk/benefits/{offer.pk}/pictures/"
    picture = ContentFile(b"\x89PNG\r\n\x1a\n" + bytes(64), "hall.png")
    assert client.post(where, {"picture": picture, "alt": "会场大厅"}).status_code == 302
    wrong = client.post(where, {"picture": ContentFile(b"GIF89a", "a.gif"), "alt": "动图"})
    assert wrong.status_code == 422 and "JPG或PNG" in wrong.content.decode()
    assert client.post(where, {"alt": "没有图"}).status_code == 422
    with acting(SYSTEM):
        kept = offer.pictures.get()
    address = f"/benefits/pictures/{kept.pk}"
    assert mobile.get(address).status_code == 404  # a draft's
    client.post(f"/desk/benefits/{offer.pk}/publish/")
    assert mobile.get(address).status_code == 200
    text = mobile.get(f"/m/benefits/{offer.pk}/").content.decode()
    assert "1,200个" in text and 'alt="会场大厅"' in text
    copied = client.post(f"/desk/benefits/{offer.pk}/copy")
    number = int(copied["Location"].split("/")[3])
    with acting(SYSTEM):
        assert Offer.objects.get(pk=number).pictures.get().alt == "会场大厅"
        [other] = Offer.objects.get(pk=number).pictures.all()
    client.post(where, {"drop": other.pk})  # of another offer: not touched from here
    with acting(SYSTEM):
        assert Offer.objects.get(pk=number).pictures.exists()
    assert client.post(where, {"drop": kept.pk}).status_code == 302
    assert "还没有更多图片" in client.get(where).content.decode() and mobile.get(address).status_code == 404


OWN = {
    "allocation": "balanced", "waits": "0", "own0-weight_title": "货车司机", "own0-pair": "new_form=truck_driver",
    "own0-tickets": "2", "own1-weight_title": "偏远乡镇", "own1-tickets": "3",
}  # fmt: skip


def test_own_rules_of_tickets_are_published_and_counted(tree, desk, staff):
    client = desk()
    form = typed(**OWN, **{"own1-unions": tree.township.name, "weight_unserved": "0"})
    assert client.post("/desk/benefits/new", form).status_code == 302
    with acting(SYSTEM):
        offer = Offer.objects.get()
    again = sent_again(client.get(f"/desk/benefits/{offer.pk}/edit/").content.decode())
    assert again["own1-unions"] == tree.township.name and again["own0-pair"] == "new_form=truck_driver"
    assert client.post(f"/desk/benefits/{offer.pk}/edit/", again).status_code == 302
    with acting(SYSTEM):
        offer.refresh_from_db()
        assert [(one["title"], one["tickets"]) for one in offer.weights] == [("货车司机", 2), ("偏远乡镇", 3)]
        driver = make_member(tree.union, "货车师傅", new_form="truck_driver")  # below the township
        other = make_member(tree.sibling_county, "城里的")
        near = make_member(tree.other_union, "城里的司机", new_form="truck_driver")
    with acting(staff):
        quotas.publish(staff, offer_id=offer.pk, parties=[("会员代表", None), ("公证处", None)])
    with acting(SYSTEM):
        Offer.objects.update(opens_at=timezone.now() - timedelta(hours=1))
        session = Session.objects.get()
        in_city = [one for one in (driver, other, near) if one.path.startswith(tree.city.path)]
    for one in in_city:
        viewer = as_member(one)
        with acting(viewer):
            quotas.enter(viewer, offer_id=offer.pk, choices=[session.pk], key=uuid4())
    with acting(SYSTEM):
        Offer.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
        DrawParty.objects.update(commitment="0" * 64, committed_at=timezone.now())
    with acting(staff):
        quotas.lock_list(staff, offer_id=offer.pk)
    with acting(SYSTEM):
        found = dict(Entry.objects.values_list("person_id", "tickets"))
    assert found[driver.person_id] == 6 and found[other.person_id] == 1
    assert "偏远乡镇" in client.get(f"/draws/{offer.number}/").content.decode()


def test_a_rule_without_a_name_or_a_condition_says_so(tree, desk):
    answer = desk().post("/desk/benefits/new", typed(**OWN | {"own0-weight_title": ""}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "写这条规则的名称" in text and "选一个条件，或写所属工会" in text
    half = {"own0-tickets": "", "share0-share_title": "货车司机", "share0-pair": "new_form=truck_driver"}
    text = desk("rights").post("/desk/benefits/new", typed(**OWN | half)).content.decode()
    assert "写加几签" in text and "写每场留几个" in text, "what is half typed is not thrown away"


def test_a_room_of_a_registered_place_is_found_by_how_far_it_is(tree, desk, phone):
    with acting(SYSTEM):
        hall = make_place(tree.county, "安福县工人文化宫", lon="114.620000", lat="27.390000", address="城东大道8号")
        make_place(tree.county, "安福县工人文化宫报告厅", lon="114.630000", lat="27.380000", address="城东大道8号北楼")
        make_place(tree.other_county, "安福县工人文化宫舞蹈室")  # of another city, only called alike
        assert registry.numbers_of_venues(tree.city.path, {"安福县工人文化宫舞蹈室", "别处"}) == {
            "安福县工人文化宫舞蹈室": hall.pk
        }
    client, (mobile, _) = desk(), phone()
    page = client.get("/desk/benefits/new").content.decode()
    assert '<option value="安福县工人文化宫报告厅">' in page
    opened = timezone.localtime() + timedelta(minutes=1)
    for number, place in enumerate(("安福县工人文化宫302室", "安福县工人文化宫报告厅", "河边广场")):
        form = typed(title=f"夜校{number}", opens_at=f"{opened:%Y-%m-%dT%H:%M}", **{"s-0-place": place})
        client.post("/desk/benefits/new", form)
    with acting(SYSTEM):
        for offer in Offer.objects.all():
            client.post(f"/desk/benefits/{offer.pk}/publish/")
        Offer.objects.update(opens_at=timezone.now() - timedelta(hours=1))
        first = Offer.objects.order_by("pk").first()
    text = mobile.get("/m/benefits/").content.decode()
    assert 'data-points="114.620000,27.390000"' in text and 'data-points="114.630000,27.380000"' in text
    assert text.count("data-points") == 2 and "按离我远近排" in text
    assert "城东大道8号" in mobile.get(f"/m/benefits/{first.pk}/").content.decode()


def test_two_places_of_one_name_are_nobodys(tree):
    with acting(SYSTEM):
        make_place(tree.county, "职工之家")
        make_place(tree.sibling_county, "职工之家")
        assert registry.numbers_of_venues(tree.city.path, {"职工之家二楼"}) == {}
        assert len(registry.numbers_of_venues(tree.county.path, {"职工之家二楼"})) == 1


def test_who_was_never_served_is_listed_behind_the_number(tree, desk, staff):
    with acting(SYSTEM):
        offer = make_benefit(tree.city, title="观影券")
        served, never = make_member(tree.union, "领过的"), make_member(tree.union, "没领过的")
        make_member(tree.other_union, "外市的")
        session = offer.sessions.get()
    with acting(staff):
        quotas.grant(staff, session_id=session.pk, person_id=served.person_id, why="窗口集中办理")
    year = timezone.localdate().year
    client = desk("organising")
    report = client.get("/desk/benefits/fairness/").content.decode()
    links = re.findall(r'href="(/desk/benefits/fairness/never/\?[^"]+)"[^>]*>(?:<[^>]+>)*[^<]*', report)
    assert any("by=place" in one for one in links) and any("by=age" in one for one in links)
    for link in links:
        text = client.get(link.replace("&amp;", "&")).content.decode()
        assert "外市的" not in text and ">领过的<" not in text
    text = client.get(f"/desk/benefits/fairness/never/?year={year}&by=all").content.decode()
    assert "没领过的" in text and f"/{never.person_id}/" in text
    assert client.get(f"/desk/benefits/fairness/never/?year={year}&by=place&key=999999").status_code == 404
    assert client.get(f"/desk/benefits/fairness/never/?year={year}&by=name&key=x").status_code == 404
    assert f"{year}年" in client.get("/desk/benefits/fairness/never/?year=12").content.decode()


def test_whoever_applied_is_told_that_it_was_called_off_and_why(tree, phone, staff):
    mobile, member = phone()
    with acting(SYSTEM):
        offer = make_benefit(tree.city, 2, allocation="draw", title="疗休养")
    viewer = as_member(member)
    with acting(viewer):
        quotas.enter(viewer, offer_id=offer.pk, choices=[offer.sessions.get().pk], key=uuid4())
    with acting(staff):
        quotas.call_off(staff, offer_id=offer.pk, reason="基地停业整修，明年再办")
    text = mobile.get(f"/m/benefits/{offer.pk}/").content.decode()
    assert "这个项目取消了：基地停业整修，明年再办" in text and "您的报名一并取消" in text
    assert "没有摇到" not in text
    assert "已取消：基地停业整修" in mobile.get(f"/draws/{offer.number}/").content.decode()
