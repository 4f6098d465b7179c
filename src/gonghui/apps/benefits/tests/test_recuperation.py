"""Rest cures: the rules of the place before publishing, who may go again, companions, the group's list and its departure."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from gonghui.apps.benefits import queries, services
from gonghui.apps.benefits.factories import make_base, make_trip
from gonghui.apps.benefits.models import Base, Departure, Traveller, Trip
from gonghui.kernel.factories import id_number, make_member, viewer_at
from gonghui.kernel.models import Claim, Entry, Offer, Rule, TrailRecord
from gonghui.kernel.quotas import recompute
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.quotas.factories import SECRETS, make_witnesses
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import as_member
from .test_desk_pages import typed

NUMBER = id_number(411, date(1991, 2, 3))


def system():
    return acting(SYSTEM)


def refused(code: str, act) -> Refusal:
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code, found.value
    return found.value


# -- the list of bases --------------------------------------------------------------------------------------------


def test_a_base_is_named_corrected_and_retired(tree, desk):
    client = desk()
    assert "还没有疗休养基地" in client.get("/desk/benefits/bases/").content.decode()
    form = {
        "name": "黄山职工疗休养基地", "named_by": "安徽省总工会", "named_on": "2024-04-26", "region_code": "黄山市",
        "kind": "worker", "mutual": "on", "contact": "0559-2500000",
    }  # fmt: skip
    wrong = client.post("/desk/benefits/bases/new", form | {"region_code": "没有这个市"})
    assert wrong.status_code == 422 and "没有这个市县" in wrong.content.decode()
    client.post("/desk/benefits/bases/new", form)
    again = client.post("/desk/benefits/bases/new", form)
    assert again.status_code == 422 and "名单里已经有这个基地" in again.content.decode()
    with system():
        row = Base.objects.get()
        assert (row.region_code, row.mutual, row.path) == ("341000", True, tree.city.path)
    client.post(f"/desk/benefits/bases/{row.pk}/", form | {"kind": "both"})
    county = desk("publicity", tree.county, "county-editor")
    assert "黄山职工疗休养基地" in county.get("/desk/benefits/bases/").content.decode(), "bodies below may use it"
    assert county.post(f"/desk/benefits/bases/{row.pk}/", form).status_code == 404
    assert county.post(f"/desk/benefits/bases/{row.pk}/retire", {"reason": "不再合作了"}).status_code == 404
    short = client.post(f"/desk/benefits/bases/{row.pk}/retire", {"reason": "停"}, follow=True)
    assert "撤销要写明原因" in short.content.decode()
    client.post(f"/desk/benefits/bases/{row.pk}/retire", {"reason": "停业装修"})
    with system():
        row.refresh_from_db()
        assert (row.kind, row.active, row.retired_why) == ("both", False, "停业装修")
        assert TrailRecord.objects.filter(verb__startswith="benefits.base_").count() == 3
    for filters, found in (("active=True", False), ("active=False", True), ("q=云谷", False), ("q=黄山职工", True)):
        assert ("黄山职工疗休养基地" in client.get(f"/desk/benefits/bases/?{filters}").content.decode()) is found, (
            filters
        )
    other = desk("publicity", tree.other_city, "other-editor")
    assert other.get(f"/desk/benefits/bases/{row.pk}/").status_code == 404


# -- the offer ----------------------------------------------------------------------------------------------------


def trip_form(base: Base, **more):
    """The form of a rest cure as staff fill it in."""
    return typed(
        kind="recuperation", title="黄山职工疗休养", intro="五天四晚，食宿由工会承担。", price="200", subsidy="1800",
        **{"trip-base": str(base.pk), "trip-days": "5", "trip-day_price": "400", "trip-companions": "1",
           "trip-procurement": "吉工采〔2026〕3号", "trip-insurer": "人保财险"},
        **more,
    )  # fmt: skip


def test_the_checklist_says_each_breach_with_its_rule(tree, desk):
    client = desk()
    with system():
        inside, across = make_base(tree.city), make_base(tree.city, "黄山基地", "341000")
        Rule.objects.create(
            key="recuperation.day_cap", organisation=tree.city, path=tree.city.path, valid_from=date(2025, 1, 1),
            value=38_000, version=1, source="市疗休养通知",
        )  # fmt: skip
    text = client.post(
        "/desk/benefits/new",
        trip_form(inside) | {"trip-days": "6", "trip-insurer": "", "trip-procurement": ""}, follow=True,
    ).content.decode()  # fmt: skip
    for words in ("省内疗休养最多5天，这里写了6天", "每人每天不超过380元，这里写了400元", "市疗休养通知", "还没有写承保公司",
                  "还没有写公开采购文号", "两边要相等", "地方公开通知○"):  # fmt: skip
        assert words in text, words
    with system():
        offer = Offer.objects.get()
        assert (offer.kind, offer.trip.across) == ("recuperation", False)
    good = trip_form(across) | {"trip-day_price": "380", "subsidy": "1700", "version": ""}
    answer = client.post(f"/desk/benefits/{offer.pk}/edit/", good, follow=True)
    assert "可以发布" in answer.content.decode(), re.findall(r"<li class=.row.>.+?</li>", answer.content.decode())
    with system():
        offer.refresh_from_db()
        assert (offer.kind, offer.again_after_months, offer.trip.across) == ("recuperation_across", 36, True)
        Base.objects.update(active=False)
    assert "已经撤销，不在基地名单里" in client.get(f"/desk/benefits/{offer.pk}/publish/").content.decode()
    edit = client.get(f"/desk/benefits/{offer.pk}/edit/").content.decode()
    assert "黄山基地" in edit and "近12个月没有享受过同类项目，加几签" in edit and "一线职工，加几签" in edit
    client.post(f"/desk/benefits/{offer.pk}/edit/", typed(version=""))
    with system():
        assert not Trip.objects.exists(), "a course has no base"
    client.post(f"/desk/benefits/{offer.pk}/edit/", good | {"trip-base": ""})
    assert "还没有选疗休养基地" in client.get(f"/desk/benefits/{offer.pk}/publish/").content.decode()


def test_the_groups_that_come_first_weigh_in_a_balanced_draw(tree, desk, staff):
    client = desk()
    with system():
        base = make_base(tree.city)
        welder = make_member(tree.union, "焊某", occupation="二保焊工")
        clerk = make_member(tree.union, "文某", occupation="文员")
    form = trip_form(base) | {"allocation": "balanced", "weight_unserved": "0", "weight_front_line": "2"}
    client.post("/desk/benefits/new", form)
    with system():
        offer = Offer.objects.get()
        assert [(one["key"], one["tickets"]) for one in offer.weights] == [("front_line", 2)]
    assert 'name="weight_front_line" value="2"' in client.get(f"/desk/benefits/{offer.pk}/edit/").content.decode()
    with acting(staff):
        services.publish(staff, offer_id=offer.pk, parties=[("会员代表", None)], outside="开奖号码")
    with system():
        Offer.objects.update(opens_at=timezone.now() - timedelta(hours=1))
        party = offer.draw.parties.get()
    with acting(staff):
        quotas.commit(staff, party_id=party.pk, commitment=recompute.commitment(SECRETS[0]))
    for one in (welder, clerk):
        with acting(viewer := as_member_of(one)):
            quotas.enter(viewer, offer_id=offer.pk, choices=[], key=uuid4())
    with acting(staff), quotas.at(timezone.now() + timedelta(days=7)):
        quotas.lock_list(staff, offer_id=offer.pk)
    with system():
        tickets = dict(Entry.objects.values_list("person_id", "tickets"))
        assert tickets == {welder.person_id: 3, clerk.person_id: 1}


def as_member_of(membership):
    with system():
        return as_member(membership)


def test_what_the_union_pays_for_one_in_a_year_has_its_cap(tree, phone):
    client, member = phone()
    with system():
        Rule.objects.create(
            key="recuperation.year_cap", organisation=tree.city, path=tree.city.path, valid_from=date(2025, 1, 1),
            value=300_000, version=1, source="衢州通知",
        )  # fmt: skip
        first, second = make_trip(tree.city), make_trip(tree.city)
        viewer = as_member(member)
        quotas.take(viewer, session_id=first.sessions.get().pk, key=uuid4())
        said = refused("GH-BEN-070", lambda: quotas.take(viewer, session_id=second.sessions.get().pk, key=uuid4()))
    assert "今年已安排1,800元" in said.message and "3,000元" in said.message and "衢州通知" in said.message
    assert "最多承担3,000元" in client.get(f"/m/benefits/{second.pk}/").content.decode()


def test_two_trips_that_are_drawn_keep_the_cap_of_the_year(tree, phone, staff):
    """One enters two draws, each within the cap alone; winning both, the second place falls to the next."""
    client, member = phone()
    with system():
        Rule.objects.create(
            key="recuperation.year_cap", organisation=tree.city, path=tree.city.path, valid_from=date(2025, 1, 1),
            value=300_000, version=1, source="衢州通知",
        )  # fmt: skip
        trips = [make_trip(tree.city, 2, allocation="draw") for _ in "ab"]
        other = as_member(make_member(tree.union, "邻座某"))
        for trip in trips:
            make_witnesses(trip)
            quotas.enter(as_member(member), offer_id=trip.pk, choices=[], key=uuid4())
    with acting(other):
        quotas.enter(other, offer_id=trips[1].pk, choices=[], key=uuid4())
    with acting(staff), quotas.at(timezone.now() + timedelta(days=8)):
        for trip in trips:
            quotas.lock_list(staff, offer_id=trip.pk)
            for party, secret in zip(trip.draw.parties.order_by("order"), SECRETS, strict=True):
                quotas.reveal(staff, party_id=party.pk, value=secret)
        for trip in trips:
            quotas.run_draw(staff, offer_id=trip.pk)
    with system():
        won = dict(Claim.objects.filter(ended=0).values_list("offer_id", "person_id"))
        assert won == {trips[0].pk: member.person_id, trips[1].pk: other.person_id}
    text = client.get(f"/m/benefits/{trips[1].pk}/").content.decode()
    assert "轮到您了，按规则没有给名额" in text and "今年已安排1,800元" in text


def test_across_is_barred_by_across_alone_and_the_page_says_since_when(tree, phone):
    client, member = phone()
    with system():
        viewer = as_member(member)
        first = make_trip(tree.city, across=True)
        quotas.take(viewer, session_id=first.sessions.get().pk, key=uuid4())
        ago = timezone.now() - timedelta(days=365)
        first.sessions.update(starts_at=ago, ends_at=ago + timedelta(days=5))
        again, inside = make_trip(tree.city, across=True), make_trip(tree.city)
    text = client.get(f"/m/benefits/{again.pk}/").content.decode()
    assert "36个月内只能参加一次" in text and "起可以再参加" in text and "立即领取" not in text
    text = client.get(f"/m/benefits/{inside.pk}/").content.decode()
    assert (
        "立即领取" in text and "井冈山基地" in text and "5天" in text and "人保" in text and "每名自付2,000元" in text
    )


# -- companions and the group -------------------------------------------------------------------------------------


@pytest.fixture
def group(tree, phone, staff):
    """A session of a rest cure with two members, the first of whom has a phone."""
    client, member = phone()
    with system():
        offer = make_trip(tree.city, companions=1)
        session = offer.sessions.get()
        other = make_member(tree.union, "欧阳志强")
        for one in (member, other):
            quotas.take(as_member(one), session_id=session.pk, key=uuid4())
        claim = Claim.objects.get(person_id=member.person_id)
    return client, offer, session, claim


COMPANION = {"companion_name": "周小兰", "relation": "spouse", "paper": "identity_card", "number": NUMBER}


def test_a_member_names_who_comes_along_until_the_departure(group, phone):
    client, _, session, claim = group
    place = f"/m/benefits/tickets/{claim.pk}/"
    assert "每名自付2,000元" in client.get(place).content.decode()
    wrong = client.post(f"{place}companions", COMPANION | {"number": NUMBER[:-1]})
    assert wrong.status_code == 422 and "17位" in wrong.content.decode()
    client.post(f"{place}companions", COMPANION)
    text = client.get(place).content.decode()
    assert "周小兰" in text and "1名家属，出发前自付2,000元" in text and NUMBER not in text
    assert f"{NUMBER[:4]}**********{NUMBER[-4:]}" in text
    more = client.post(f"{place}companions", COMPANION | {"number": id_number(412)})
    assert more.status_code == 422 and "最多带1名家属" in more.content.decode()
    with system():
        row = Traveller.objects.get()
        assert NUMBER.encode() not in bytes(row.id_sealed) and row.person_id == claim.person_id
    stranger, _ = phone("别人")
    assert stranger.post(f"{place}companions", COMPANION).status_code == 404
    client.post(f"{place}companions", {"drop": row.pk})
    with system():
        assert not Traveller.objects.exists()
        Departure.objects.create(
            session=session, path=session.path, policy_no="P-1", departed_at=timezone.now(), leader="领队"
        )
    late = client.post(f"{place}companions", COMPANION)
    assert late.status_code == 422 and "已经出发" in late.content.decode()


def test_a_group_sets_off_only_when_everybody_is_insured(group, desk, staff):
    client, offer, session, claim = group
    client.post(f"/m/benefits/tickets/{claim.pk}/companions", COMPANION)
    editor, place = desk(), f"/desk/benefits/sessions/{session.pk}/group/"
    text = editor.get(place).content.decode()
    assert "3人，3人没有投保" in text and "刘*花的配偶" in text and "周*兰" in text and NUMBER not in text
    answer = editor.post(f"{place}depart", follow=True).content.decode()
    assert "没有写领队和电话" in answer and "没有写保险单号" in answer and "还有3人没有投保：刘*花" in answer
    wrong = editor.post(f"{place}lead", {"leader": "康美玲", "phone": "123", "meeting": "市总工会门口"})
    assert wrong.status_code == 422 and "手机号码应为11位" in wrong.content.decode()
    editor.post(f"{place}lead", {"leader": "康美玲", "phone": "19955511223", "meeting": "9点，市总工会门口"})
    assert "名单上3人记为已投保" in editor.post(f"{place}insure", {"policy_no": "PICC-1"}, follow=True).content.decode()
    ticket = client.get(f"/m/benefits/tickets/{claim.pk}/").content.decode()
    assert "19955511223" in ticket and "保险单PICC-1" in ticket and "9点，市总工会门口" in ticket
    assert "19955511223" not in editor.get(place).content.decode()
    with system():
        offer.sessions.update(starts_at=timezone.now() + timedelta(hours=9))
    assert "还没有到出团的时间" in editor.post(f"{place}depart", follow=True).content.decode()
    with system():
        offer.sessions.update(starts_at=timezone.now() + timedelta(hours=1))
        late = make_member(claim.person.memberships.get().organisation, "后来")
        quotas.take(as_member(late), session_id=session.pk, key=uuid4())
    assert "还有1人没有投保：后*" in editor.post(f"{place}depart", follow=True).content.decode()
    early = editor.post(f"{place}return", follow=True).content.decode()
    assert "还没有出发" in early
    editor.post(f"{place}insure", {"policy_no": "PICC-1"})
    assert "已登记出团" in editor.post(f"{place}depart", follow=True).content.decode()
    with system():
        claims = list(Claim.objects.filter(session=session).order_by("pk").values_list("pk", flat=True))
    back = editor.post(f"{place}return", {"claim": claims[:2]}, follow=True).content.decode()
    assert "2名会员记为到团" in back and "已返回" in back
    assert "提交评价" in client.get(f"/m/benefits/{offer.pk}/").content.decode()
    with system():
        assert Claim.objects.filter(used=1).count() == 2
        verbs = set(TrailRecord.objects.filter(verb__startswith="benefits.group_").values_list("verb", flat=True))
        assert verbs == {f"benefits.group_{one}" for one in ("led", "insured", "departed", "returned")}


def test_what_was_kept_of_a_companion_goes_when_it_has_served(group):
    client, offer, session, claim = group
    place = f"/m/benefits/tickets/{claim.pk}/"
    client.post(f"{place}companions", COMPANION)
    now = timezone.now()
    assert services.forget_companions(now + timedelta(days=99)) == 0
    client.post(f"{place}back")
    assert services.forget_companions(now) == 1, "the place was given back"
    client.post(f"/m/benefits/{offer.pk}/take", {"session": session.pk})
    with system():
        again = Claim.objects.get(person_id=claim.person_id, ended=0)
    client.post(f"/m/benefits/tickets/{again.pk}/companions", COMPANION)
    with system():
        Departure.objects.create(
            session=session, path=session.path, policy_no="P-1", departed_at=now, returned_at=now, leader="领队"
        )
    assert services.forget_companions(now + timedelta(days=59)) == 0
    assert services.forget_companions(now + timedelta(days=60)) == 1
    with system():
        assert not Traveller.objects.filter(companion=True).exists()


def test_the_list_goes_out_masked_with_a_reason_and_in_full_only_where_unmasking_is_allowed(group, desk, tree):
    client, _, session, claim = group
    client.post(f"/m/benefits/tickets/{claim.pk}/companions", COMPANION)
    place = f"/desk/benefits/sessions/{session.pk}/group/export"
    editor = desk()
    assert "导出理由至少写6个字" in editor.post(place, {"reason": "投保"}).content.decode()
    text = _cells(editor.post(place, {"reason": "交承保公司投保用", "full": "on"}))
    assert "周*兰" in text and NUMBER not in text and "刘*花" in text
    officer = desk("organising", tree.city, "reveals")
    text = _cells(officer.post(place, {"reason": "交承保公司投保用", "full": "on"}))
    assert NUMBER in text
    with system():
        records = TrailRecord.objects.filter(verb="benefits.group_exported").order_by("pk")
        assert [one.detail["full"] for one in records] == [False, True]
        assert {one.reason for one in records} == {"交承保公司投保用"}
        assert TrailRecord.objects.filter(verb="person.reveal", subject_id=claim.person_id).count() == 1


def _cells(answer) -> str:
    assert answer.status_code == 200, answer.content[:300]
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return " ".join(str(cell) for row in book["名单"].iter_rows(values_only=True) for cell in row)


def test_a_neighbour_sees_no_group_and_a_member_only_their_own(group, tree, phone):
    client, _, session, claim = group
    client.post(f"/m/benefits/tickets/{claim.pk}/companions", COMPANION)
    with system():
        Departure.objects.create(session=session, path=session.path, leader="领队")
        owner = as_member_of(claim.person.memberships.get())
        stranger = as_member_of(make_member(tree.union, "别人"))
        other = viewer_at(tree.other_city, "publicity")
    seen = {}
    for name, viewer in (("owner", owner), ("stranger", stranger), ("other city", other)):
        with acting(viewer):
            seen[name] = (Traveller.objects.count(), Departure.objects.count(), Trip.objects.count())
    assert seen == {"owner": (1, 1, 1), "stranger": (0, 0, 1), "other city": (0, 0, 1)}


def test_next_years_is_copied_with_its_base_and_without_its_papers(tree, staff):
    with system():
        offer = make_trip(tree.city)
    with acting(staff):
        made = services.copy(staff, offer_id=offer.pk)
        trip = queries.trips.trip(made)
        assert (trip.base.name, trip.days, trip.procurement, trip.insurer) == ("井冈山基地", 5, "", "")


def test_a_ticket_is_handed_on_from_phone_to_phone(tree, phone):
    (giver, member), (receiver, friend) = phone("甲某"), phone("乙某")
    with system():
        offer = make_trip(tree.city, transferable=True)
        quotas.take(as_member(member), session_id=offer.sessions.get().pk, key=uuid4())
        claim = Claim.objects.get()
    place = f"/m/benefits/tickets/{claim.pk}/"
    assert "转给别的会员" in giver.get(place).content.decode()
    wrong = giver.post(f"{place}hand-on", {"number": "12"})
    assert wrong.status_code == 422 and "手机号码应为11位" in wrong.content.decode()
    giver.post(f"{place}hand-on", {"number": friend.card_no})
    text = giver.get(place).content.decode()
    assert "等对方确认" in text and "乙" not in text and friend.card_no not in text
    notices = receiver.get("/m/notices/").content.decode()
    link = re.search(r"/m/benefits/handovers/\d+/", notices)[0]
    assert giver.get(link).status_code == 404
    assert "接受名额" in receiver.get(link).content.decode()
    answer = receiver.post(f"{link}answer", {"accept": "1"}, follow=True)
    assert "名额已经是您的" in answer.content.decode() and "核销二维码" in answer.content.decode()
    text = giver.get(place).content.decode()
    assert "转给他人" in text and "对方已接受" in text and "核销二维码" not in text
