"""Menus of courses: votes and their cap, thresholds, clashes, reasons that members read, costs."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from gonghui.apps.benefits import queries, services
from gonghui.apps.benefits.models import Dish, Menu, Vote
from gonghui.apps.benefits.rules import lessons
from gonghui.apps.benefits.services import Course
from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.models import Offer, Session, TrailRecord
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import as_member

WORDS = "零基础可学，晚上上课"


def refused(code, act):
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code, caught.value
    return caught.value


def make_menu(tree, staff, *titles, votes=3, threshold=2):
    today = timezone.localdate()
    with acting(staff):
        menu = services.create_menu(
            staff, organisation=tree.city, title="秋季点课菜单", opens_on=today, closes_on=today + timedelta(days=10),
            votes=votes, threshold=threshold,
        )  # fmt: skip
        made = [services.add_dish(staff, menu_id=menu.pk, title=title, about=WORDS) for title in titles]
        services.open_menu(staff, menu_id=menu.pk)
    return menu, made


def course(hours=2, **facts):
    starts = (timezone.now() + timedelta(hours=hours)).replace(microsecond=0)
    return Course(**{
        "teacher": "王秀英", "place": "工人文化宫302室", "starts_at": starts, "ends_at": starts + timedelta(hours=2),
        "capacity": 10, "cost": 100_000, "intro": WORDS + "，结业发证书", "contact": "宣教部", **facts,
    })  # fmt: skip


def votes(viewer, *dishes):
    with acting(viewer):
        for one in dishes:
            services.vote(viewer, dish_id=one.pk)


def opened(staff, dish, plan=None, **how):
    with acting(staff):
        return services.open_course(staff, dish_id=dish.pk, course=plan or course(), **how)


def members(tree, count):
    with acting(SYSTEM):
        return [as_member(make_member(tree.union, name)) for name in "甲乙丙丁戊"[:count]]


def test_the_rule_gives_the_numbers_and_an_empty_menu_does_not_open(tree, staff):
    today = timezone.localdate()
    with acting(staff):
        menu = services.create_menu(staff, organisation=tree.city, title="菜单", opens_on=today, closes_on=today)
        assert (menu.votes, menu.threshold, menu.state) == (3, 15, "draft")
        refused("GH-MNU-007", lambda: services.open_menu(staff, menu_id=menu.pk))
        refused(
            "GH-MNU-002",
            lambda: services.create_menu(
                staff, organisation=tree.city, title="菜单", opens_on=today, closes_on=today - timedelta(days=1)
            ),
        )
        refused("GH-MNU-001", lambda: services.close_menu(staff, menu_id=menu.pk))
    with acting(SYSTEM):
        other = viewer_at(tree.other_city, "publicity")
    with acting(other):
        refused("GH-MNU-001", lambda: services.open_menu(other, menu_id=menu.pk))


def test_votes_are_capped_and_come_back(tree, staff):
    menu, dishes = make_menu(tree, staff, "瑜伽", "书法", "烘焙", votes=2)
    [one] = members(tree, 1)
    votes(one, dishes[0], dishes[1], dishes[0])
    with acting(one):
        assert "收回" in refused("GH-MNU-024", lambda: services.vote(one, dish_id=dishes[2].pk)).hint
        services.unvote(one, dish_id=dishes[0].pk)
        services.unvote(one, dish_id=dishes[0].pk)
        services.vote(one, dish_id=dishes[2].pk)
        assert sorted(Vote.objects.values_list("slot", flat=True)) == [1, 2]
    with acting(SYSTEM):
        assert list(Dish.objects.order_by("pk").values_list("votes", flat=True)) == [0, 1, 1]
        assert TrailRecord.objects.filter(verb="benefits.voted").count() == 3
        stranger = as_member(tree.outsider)
    with acting(stranger):
        refused("GH-MNU-022", lambda: services.vote(stranger, dish_id=dishes[0].pk))
        refused("GH-MNU-020", lambda: services.propose(stranger, menu_id=menu.pk, title="篆刻", about=WORDS))
        assert not Vote.objects.exists(), "votes are read by who gave them and by the range alone"
    with quotas.at(timezone.now() + timedelta(days=12)), acting(one):
        refused("GH-MNU-023", lambda: services.unvote(one, dish_id=dishes[1].pk))


def test_two_taps_at_once_never_give_one_vote_too_many(own_database):
    with acting(SYSTEM):
        tree = make_tree()
        staff = viewer_at(tree.city, "publicity", "editor")
    _, dishes = make_menu(tree, staff, *(f"课程{n}" for n in range(6)), votes=2)
    [one] = members(tree, 1)
    gate, answers = threading.Barrier(6), []

    def tap(dish):
        try:
            gate.wait(10)
            with acting(one):
                services.vote(one, dish_id=dish.pk)
            answers.append("voted")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    taps = [threading.Thread(target=tap, args=(dish,)) for dish in dishes]
    for each in taps:
        each.start()
    for each in taps:
        each.join(20)
    assert sorted(answers) == ["GH-MNU-024"] * 4 + ["voted"] * 2
    with acting(SYSTEM):
        assert Vote.objects.count() == 2 and sum(Dish.objects.values_list("votes", flat=True)) == 2
    connections.close_all()


def test_a_wish_is_approved_or_declined_with_a_reason_that_is_read(tree, staff):
    menu, _ = make_menu(tree, staff, "瑜伽")
    one, other = members(tree, 2)
    with acting(one):
        wish = services.propose(one, menu_id=menu.pk, title="爵士舞", about=WORDS)
        bad = services.propose(one, menu_id=menu.pk, title="驾照培训", about=WORDS)
        refused("GH-MNU-006", lambda: services.propose(one, menu_id=menu.pk, title="瑜伽", about=WORDS))
        refused("GH-MNU-005", lambda: services.propose(one, menu_id=menu.pk, title="剪纸", about="好"))
        services.propose(one, menu_id=menu.pk, title="剪纸", about=WORDS)
        refused("GH-MNU-021", lambda: services.propose(one, menu_id=menu.pk, title="茶艺", about=WORDS))
    with acting(other):
        assert not Dish.objects.filter(state="proposed").exists()
        refused("GH-MNU-022", lambda: services.vote(other, dish_id=wish.pk))
    with acting(staff):
        assert queries.menus.proposals(staff).count() == 3
        refused("GH-MNU-009", lambda: services.review_dish(staff, dish_id=bad.pk, approve=False, reason="不"))
        services.review_dish(staff, dish_id=bad.pk, approve=False, reason="考驾照要有资质的驾校")
        services.review_dish(staff, dish_id=wish.pk, approve=True, threshold=4)
        refused("GH-MNU-004", lambda: services.review_dish(staff, dish_id=wish.pk, approve=True))
    votes(other, wish)
    with acting(one):
        [sheet] = queries.menus.sheets(one, timezone.now())
        assert [card.dish.reason for card in sheet.refused] == ["考驾照要有资质的驾校"]
        assert {card.dish.title: card.wished for card in sheet.voting} == {"爵士舞": True, "瑜伽": False}
    with acting(staff):
        services.review_dish(staff, dish_id=wish.pk, approve=False, reason="没有找到老师")
        assert list(Vote.objects.values_list("slot", flat=True)) == [None], "the vote is given back"


def test_a_course_opens_at_its_threshold_or_with_a_reason(tree, staff):
    _, (yoga, ink) = make_menu(tree, staff, "瑜伽", "书法")
    one, two = members(tree, 2)
    votes(one, yoga)
    refused("GH-MNU-031", lambda: opened(staff, yoga))
    votes(two, yoga)
    refused("GH-MNU-030", lambda: opened(staff, yoga, course(teacher="")))
    with acting(staff):
        assert [row.pk for row in queries.menus.ready(staff)] == [yoga.pk]
    row = opened(staff, yoga, course(lessons=4))
    assert (row.state, row.reason, row.offer.uses, row.offer.state) == ("opened", "", 4, "published")
    refused("GH-MNU-004", lambda: opened(staff, yoga))
    early = opened(staff, ink, course(place="图书馆", teacher="李敏"), reason="老师只有这个月有空")
    assert early.reason == "老师只有这个月有空"
    with acting(one):
        assert [dish.title for dish in queries.menus.opened_for_voter(one, timezone.now())] == ["瑜伽"]
        quotas.take(one, session_id=yoga_session(row), key=uuid4())
        assert queries.menus.opened_for_voter(one, timezone.now()) == []


def yoga_session(dish):
    return Session.objects.get(offer=dish.offer_id).pk


def test_clashes_of_every_week_are_found_and_must_be_known(tree, staff):
    _, (yoga, ink, tea) = make_menu(tree, staff, "瑜伽", "书法", "茶艺", threshold=1)
    [one] = members(tree, 1)
    votes(one, yoga, ink, tea)
    first = course(lessons=4)
    opened(staff, yoga, first)
    week = timedelta(days=14)
    later = course(teacher="李敏", starts_at=first.starts_at + week, ends_at=first.ends_at + week)
    with acting(staff):
        [met] = queries.clashing.clashes(
            staff, later.starts_at, later.ends_at, count=1, place=later.place, teacher=later.teacher
        )
        assert (met.title, met.place, met.teacher, met.other) == ("瑜伽", True, False, later.starts_at)
        same = queries.clashing.clashes(
            staff, first.starts_at, first.ends_at, count=6, place="别处", teacher=first.teacher
        )
        assert [one.when for one in same] == [begin for begin, _ in lessons.times(first.starts_at, first.ends_at, 4)]
    assert "1处" in refused("GH-MNU-033", lambda: opened(staff, ink, later)).message
    assert opened(staff, ink, later, despite_clashes=True).state == "opened"
    with acting(SYSTEM):
        assert Offer.objects.count() == 2


def test_closing_answers_what_is_left(tree, staff):
    menu, (yoga, ink) = make_menu(tree, staff, "瑜伽", "书法")
    one, two = members(tree, 2)
    votes(one, yoga)
    votes(two, yoga)
    with acting(one):
        services.propose(one, menu_id=menu.pk, title="爵士舞", about=WORDS)
    with acting(staff):
        refused("GH-MNU-010", lambda: services.close_menu(staff, menu_id=menu.pk))
        services.close_menu(staff, menu_id=menu.pk, reason="场地正在维修")
        assert Menu.objects.get().state == "closed"
        assert dict(Dish.objects.values_list("title", "reason")) == {
            "瑜伽": "场地正在维修", "书法": "投票的人不够开课票数", "爵士舞": "菜单已经关闭，没有来得及审核",
        }  # fmt: skip
    refused("GH-MNU-004", lambda: opened(staff, ink, reason="补开一次"))


def test_cost_per_head_counts_persons_not_attendances(tree, staff):
    _, [yoga] = make_menu(tree, staff, "瑜伽", threshold=1)
    one, two = members(tree, 2)
    votes(one, yoga)
    row = opened(staff, yoga, course(lessons=2, cost=100_000))
    with acting(SYSTEM):
        session = row.offer.sessions.get()
    for viewer, times in ((one, 2), (two, 1)):
        with acting(viewer):
            taken = quotas.take(viewer, session_id=session.pk, key=uuid4())
        with acting(staff):
            for _ in range(times):
                quotas.check_in(staff, key=uuid4(), claim_id=taken.claim)
    with acting(staff):
        [line] = queries.menus.rows_of(staff, [Dish.objects.get()])
    assert (line.people, line.visits, line.head) == (2, 3, 500.0)
    assert lessons.per_head(100_000, 0) is None and lessons.per_head(100_001, 2) == 50_000


def test_every_lesson_of_a_course_stands_at_the_door_of_its_day(tree, staff):
    _, [yoga] = make_menu(tree, staff, "瑜伽", threshold=1)
    one, two = members(tree, 2)
    votes(one, yoga)
    row, now = opened(staff, yoga, course(lessons=3)), timezone.now()
    session = Session.objects.get(offer=row.offer_id)
    claims = []
    for viewer in (one, two):
        with acting(viewer):
            claims.append(quotas.take(viewer, session_id=session.pk, key=uuid4()).claim)
    week = timedelta(days=7)
    with acting(one):
        assert [claim.pk for claim in queries.member.to_know(one, now + week - timedelta(days=1))] == [claims[0]]
    with acting(staff):
        found = [queries.desk.sessions_of_day(staff, now + week * n) for n in range(4)]
        assert [[door.lesson.words for door in doors] for doors in found] == [
            ["第1次课，共3次"], ["第2次课，共3次"], ["第3次课，共3次"], []
        ]  # fmt: skip
        assert found[1][0].lesson.at == session.starts_at + week
        assert queries.desk.sessions_of_day(staff, now + week / 2) == []
        with quotas.at(session.starts_at):
            quotas.tick_off(staff, session_id=session.pk, claims=claims)
        with quotas.at(session.starts_at + week):
            quotas.tick_off(staff, session_id=session.pk, claims=claims[1:])
        came = [queries.desk.arrivals(staff, session, session.starts_at + week * n)["arrived"] for n in range(3)]
        assert came == [2, 1, 0]
        assert [claim.here for claim in queries.desk.expected(staff, session, session.starts_at + week)] == [
            False,
            True,
        ]
        offers = queries.desk.offers(staff)
        closed = session.starts_at + timedelta(days=1)
        assert queries.desk.in_phase(offers, "given", closed).exists(), "two lessons are still to come"
        assert queries.desk.in_phase(offers, "over", closed + 3 * week).exists()
