"""What is broken: told without a name, joined, mended in time or one tier up, answered always, thanked once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gonghui.apps.places import services
from gonghui.apps.places.choices import Outcome
from gonghui.apps.places.models import Consultation, Place, Report, Round, Ticket, TicketLine
from gonghui.apps.places.queries import desk, public
from gonghui.apps.places.services.tickets import hours
from gonghui.kernel.models import Post, Rule, TrailRecord
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import OUTSIDER, Viewer

from .conftest import PICTURE, Stage

pytestmark = pytest.mark.django_db


def refused(wanted: str, call: Any, *args: Any, **facts: Any) -> None:
    with pytest.raises(Refusal) as found:
        call(*args, **facts)
    assert found.value.code == wanted


@pytest.fixture
def station(stage: Stage) -> Place:
    return stage.station()


def fixed(actor: Viewer, row: Ticket) -> Ticket:
    return services.answer(actor, ticket_id=row.pk, outcome=Outcome.FIXED, text="换了电容，已经制冷", picture=PICTURE)


def test_told_mended_seen_and_thanked(stage: Stage, station: Place) -> None:
    with acting(OUTSIDER):
        told = services.report(place_id=station.pk, fault="aircon", text="不制冷", picture=PICTURE, sender="10.0.0.7")
        row = told.ticket
        assert row.due_at - row.opened_at == timedelta(hours=24)
        assert [one.pk for one in public.running(station)] == [row.pk]
        assert not Report.objects.exists() and not TicketLine.objects.exists()
    with acting(stage.keeper):
        assert [one.pk for one in desk.waiting(stage.keeper)] == [row.pk]
        services.take(stage.keeper, ticket_id=row.pk)
        refused("GH-PLC-043", services.answer, stage.keeper, ticket_id=row.pk, outcome=Outcome.FIXED, text="换了电容")
        done = fixed(stage.keeper, row)
        assert (done.state, done.outcome, done.late) == ("closed", "fixed", False)
        refused("GH-PLC-041", fixed, stage.keeper, row)
    with acting(OUTSIDER):
        found = public.report(told.code.lower())
        assert found is not None and found.ticket.answer == "换了电容，已经制冷"
        services.seen(code=told.code)
        services.thank(code=told.code)
        refused("GH-PLC-048", services.thank, code=told.code)
        refused("GH-PLC-049", services.unsolved, code=told.code)
        assert public.thanks(station) == 1
        refused("GH-PLC-047", services.thank, code="AAAAAAAAAAAAAAAA")
    with acting(stage.keeper):
        assert [one.act for one in row.lines.order_by("pk")] == ["opened", "taken", "fixed"]
        assert Report.objects.get().seen_at is not None


def test_the_same_thing_joins_one_ticket_and_all_are_told(stage: Stage, station: Place) -> None:
    codes = [services.report(place_id=station.pk, fault="water").code for _ in range(3)]
    row = Ticket.objects.get()
    assert row.reports == 3 and len(set(codes)) == 3
    services.report(place_id=station.pk, fault="other", text="灯不亮了")
    services.report(place_id=station.pk, fault="other", text="桌子缺一条腿")
    assert Ticket.objects.count() == 3
    services.answer(stage.keeper, ticket_id=row.pk, outcome=Outcome.FINE, text="查看时桶装水是满的")
    answers = [public.report(one).ticket.answer for one in codes]  # type: ignore[union-attr]
    assert answers == ["查看时桶装水是满的"] * 3
    again = services.report(place_id=station.pk, fault="water").ticket
    assert again.pk != row.pk


def test_nobody_is_known_and_nothing_stays(stage: Stage, station: Place) -> None:
    told = services.report(place_id=station.pk, fault="dirty", phone="139 0000 1234", sender="203.0.113.9")
    word = Report.objects.get()
    assert word.contact_mask == "139****1234"
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM place_report r UNION ALL SELECT t::text FROM place_ticket t")
        rows = " ".join(text for (text,) in cursor.fetchall())
    for secret in ("13900001234", "203.0.113.9", told.code, bytes("203.0.113.9", "ascii").hex()):
        assert secret not in rows
    trail = " ".join(f"{one.detail}{one.object_name}{one.actor_name}" for one in TrailRecord.objects.all())
    assert "203.0.113.9" not in trail and told.code not in trail and "1234" not in trail
    assert services.reveal_contact(stage.keeper, report_id=word.pk, reason="问清楚在哪一间") == "13900001234"
    assert TrailRecord.objects.filter(verb="places.contact_revealed", reason="问清楚在哪一间").exists()
    services.answer(stage.keeper, ticket_id=told.ticket.pk, outcome=Outcome.FINE, text="已经打扫干净")
    assert services.forget(stage.day(1)) == 1
    assert Report.objects.get().sender_mark is None and Report.objects.get().contact_sealed is not None
    assert services.forget(stage.day(40)) == 1
    word.refresh_from_db()
    assert (word.contact_sealed, word.contact_mask) == (None, "")
    refused("GH-PLC-045", services.reveal_contact, stage.keeper, report_id=word.pk, reason="再问一次看看")


def test_what_was_left_with_a_question_is_forgotten_too(stage: Stage) -> None:
    place = stage.station(kind="guidance", name="枫田镇产改指导站")
    services.ask(place_id=place.pk, question="夜校什么时候开班", phone="13900001234", sender="203.0.113.9")
    row = Consultation.objects.get()
    assert row.sender_mark is not None and row.contact_mask == "139****1234"
    assert services.forget(stage.day(1)) == 1
    services.answer_question(stage.keeper, consultation_id=row.pk, text="每周三晚上七点开班")
    assert services.forget(stage.day(2)) == 0
    assert services.forget(stage.day(40)) == 1
    row.refresh_from_db()
    assert (row.sender_mark, row.contact_sealed, row.contact_mask) == (None, None, "")
    refused("GH-PLC-045", services.reveal_asker, stage.keeper, consultation_id=row.pk, reason="再问一次看看")


def test_numbers_are_unmasked_so_often_a_day(stage: Stage) -> None:
    Rule.objects.create(
        path=stage.tree.county.path, organisation=stage.tree.county, key="reveal.daily_cap", value=2, version=1,
        valid_from=stage.day(-1), source="本地",
    )  # fmt: skip
    place = stage.station(kind="guidance", name="枫田镇产改指导站")
    services.report(place_id=place.pk, fault="dirty", phone="13900001234")
    services.ask(place_id=place.pk, question="夜校什么时候开班", phone="13900001235")
    word, asked = Report.objects.get(), Consultation.objects.get()
    why = {"reason": "问清楚在哪一间"}
    services.reveal_contact(stage.keeper, report_id=word.pk, **why)
    services.reveal_asker(stage.keeper, consultation_id=asked.pk, **why)
    refused("GH-PLC-052", services.reveal_contact, stage.keeper, report_id=word.pk, **why)
    refused("GH-PLC-052", services.reveal_asker, stage.keeper, consultation_id=asked.pk, **why)
    assert services.reveal_contact(stage.county, report_id=word.pk, **why) == "13900001234"


def test_a_network_has_its_share_of_a_day(stage: Stage, station: Place) -> None:
    Rule.objects.create(
        path=stage.tree.county.path, organisation=stage.tree.county, key="places.reports_daily", value=2, version=1,
        valid_from=stage.day(-1), source="本地",
    )  # fmt: skip
    for fault in ("water", "dirty"):
        services.report(place_id=station.pk, fault=fault, sender="198.51.100.4")
    refused("GH-PLC-046", services.report, place_id=station.pk, fault="closed", sender="198.51.100.4")
    services.report(place_id=station.pk, fault="closed", sender="198.51.100.5")


def test_what_is_wrong_has_to_be_said_and_the_place_open(stage: Stage, station: Place) -> None:
    refused("GH-PLC-011", services.report, place_id=station.pk, fault="fire")
    refused("GH-PLC-002", services.report, place_id=station.pk, fault="other", text="坏")
    refused("GH-PLC-004", services.report, place_id=station.pk, fault="water", phone="微信同号")
    refused("GH-PLC-040", services.report, place_id=0, fault="water")
    refused("GH-PLC-005", services.report, place_id=station.pk, fault="water", picture=b"GIF89a")
    assert not Ticket.objects.exists()


def test_late_goes_one_tier_up_each_time_and_stops_at_the_top(stage: Stage, station: Place) -> None:
    row = services.report(place_id=station.pk, fault="closed").ticket
    assert services.raise_late() == 0
    holders = []
    for _ in range(3):
        row.refresh_from_db()
        services.raise_late(row.due_at + timedelta(minutes=1))
        row.refresh_from_db()
        holders.append((row.holder_id, row.tier, row.late))
    county, city = stage.tree.county.pk, stage.tree.city.pk
    assert holders == [(county, 1, True), (city, 2, True), (city, 2, True)]
    assert services.raise_late(row.due_at + timedelta(minutes=1)) == 0
    with acting(stage.county):
        assert not desk.waiting(stage.county).exists()
    with acting(stage.keeper):
        assert [(one.pk, one.holder_name) for one in desk.tickets(stage.keeper)] == [(row.pk, stage.tree.city.name)]
        refused("GH-PLC-051", services.take, stage.keeper, ticket_id=row.pk)
        refused("GH-PLC-051", fixed, stage.keeper, row)
    with acting(stage.county):
        refused("GH-PLC-051", fixed, stage.county, row)
    with acting(stage.city):
        assert desk.waiting(stage.city).get() == row
        assert fixed(stage.city, row).late


def test_the_clock_follows_place_and_kind(stage: Stage, station: Place) -> None:
    Rule.objects.create(
        path=stage.tree.county.path, organisation=stage.tree.county, key="places.hours_water", value=2, version=1,
        valid_from=stage.day(-1), source="本地",
    )  # fmt: skip
    assert hours("water", station.path, stage.today) == 2
    assert hours("water", stage.tree.sibling_county.path, stage.today) == 24
    assert hours("dirty", station.path, stage.today) == 24
    assert hours("leak", station.path, stage.today) == 24


def test_not_solved_once_and_a_tier_higher(stage: Stage, station: Place) -> None:
    told = services.report(place_id=station.pk, fault="microwave")
    refused("GH-PLC-049", services.unsolved, code=told.code)
    services.answer(stage.keeper, ticket_id=told.ticket.pk, outcome=Outcome.FINE, text="试过了可以加热")
    again = services.unsolved(code=told.code)
    assert (again.before_id, again.holder_id, again.tier) == (told.ticket.pk, stage.tree.county.pk, 1)
    services.answer(stage.county, ticket_id=again.pk, outcome=Outcome.FINE, text="县里派人看过没有问题")
    refused("GH-PLC-049", services.unsolved, code=told.code)


def test_not_solved_goes_up_also_when_it_is_broken_anew(stage: Stage, station: Place) -> None:
    told = services.report(place_id=station.pk, fault="microwave")
    services.answer(stage.keeper, ticket_id=told.ticket.pk, outcome=Outcome.FINE, text="试过了可以加热")
    running = services.report(place_id=station.pk, fault="microwave").ticket
    Ticket.objects.filter(pk=running.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    again = services.unsolved(code=told.code)
    again.refresh_from_db()
    assert (again.pk, again.tier, again.holder_name) == (running.pk, 1, stage.tree.county.name)
    assert again.due_at > timezone.now() + timedelta(hours=23) and not again.late
    assert again.lines.get(act="raised").note == f"{told.ticket.number}的答复没有解决问题，转{stage.tree.county.name}"
    refused("GH-PLC-051", fixed, stage.keeper, again)


def test_what_is_put_off_comes_back_on_its_day(stage: Stage, station: Place) -> None:
    row = services.report(place_id=station.pk, fault="aircon").ticket
    words = {"ticket_id": row.pk, "outcome": Outcome.LATER, "text": "压缩机要从厂里调货"}
    refused("GH-PLC-044", services.answer, stage.keeper, **words)
    refused("GH-PLC-044", services.answer, stage.keeper, **words, until=stage.day(31))
    services.answer(stage.keeper, **words, until=stage.day(10))
    assert services.ask_again(stage.day(10)) == 0
    assert services.ask_again(stage.day(11)) == 1
    assert services.ask_again(stage.day(12)) == 0
    assert Ticket.objects.get(before=row).state == "open"


def put_off(stage: Stage, station: Place) -> services.Reported:
    told = services.report(place_id=station.pk, fault="aircon")
    services.answer(
        stage.keeper, ticket_id=told.ticket.pk, outcome=Outcome.LATER, text="压缩机要从厂里调货", until=stage.day(10)
    )
    return told


def test_what_was_mended_meanwhile_is_not_asked_again(stage: Stage, station: Place) -> None:
    put_off(stage, station)
    fixed(stage.keeper, services.report(place_id=station.pk, fault="aircon").ticket)
    assert services.ask_again(stage.day(11)) == 0 and Ticket.objects.count() == 2
    other = services.report(place_id=station.pk, fault="other", text="灯不亮了").ticket
    services.answer(stage.keeper, ticket_id=other.pk, outcome=Outcome.LATER, text="等电工排班再换", until=stage.day(10))
    fixed(stage.keeper, services.report(place_id=station.pk, fault="other", text="桌子缺一条腿").ticket)
    assert services.ask_again(stage.day(11)) == 1


def test_who_was_put_off_follows_what_goes_on_for_them(stage: Stage, station: Place) -> None:
    told = put_off(stage, station)
    running = services.report(place_id=station.pk, fault="aircon").ticket
    assert services.ask_again(stage.day(11)) == 0
    running.refresh_from_db()
    assert running.before_id == told.ticket.pk
    followed = public.report(told.code)
    assert followed is not None and followed.ticket == running
    refused("GH-PLC-048", services.thank, code=told.code)
    fixed(stage.keeper, running)
    services.thank(code=told.code)
    running.refresh_from_db()
    assert running.thanks == 1 and public.thanks(station) == 1


def test_two_that_were_put_off_follow_one(stage: Stage, station: Place) -> None:
    first, second = put_off(stage, station), put_off(stage, station)
    assert services.ask_again(stage.day(11)) == 1
    made = Ticket.objects.get(state="open")
    for told in (first, second):
        followed = public.report(told.code)
        assert followed is not None and followed.ticket == made


def test_a_round_makes_tickets_of_what_is_wrong(stage: Stage, station: Place) -> None:
    good = {"open": True, "water": True, "aircon": True, "microwave": True, "clean": True, "sign": True}
    refused("GH-PLC-050", services.record_round, stage.county, place_id=station.pk, results={"open": True})
    services.record_round(stage.county, place_id=station.pk, results=good)
    assert not Ticket.objects.exists()
    services.report(place_id=station.pk, fault="water")
    made = services.record_round(stage.county, place_id=station.pk, results=good | {"water": False, "sign": False})
    rows = {one.fault: one for one in Ticket.objects.all()}
    assert rows["water"].reports == 2 and rows["water"].source == "public"
    assert rows["other"].round == made and rows["other"].holder == stage.tree.township
    assert Round.objects.count() == 2
    late = desk.unseen(stage.keeper, stage.day(31))
    assert late.filter(pk=station.pk).exists() and not desk.unseen(stage.keeper, stage.day(29)).exists()


def test_a_place_with_an_open_problem_does_not_close(stage: Stage, station: Place) -> None:
    from gonghui.apps.places.choices import ChangeKind

    row = services.open_ticket(stage.keeper, place_id=station.pk, fault="dirty").ticket
    close = {"place_id": station.pk, "kind": ChangeKind.CLOSED, "reason": "房屋租期到期"}
    refused("GH-PLC-026", services.move, stage.county, **close)
    services.answer(stage.keeper, ticket_id=row.pk, outcome=Outcome.FINE, text="已经打扫干净")
    services.move(stage.county, **close)


def test_the_responsible_post_alone_is_asked(stage: Stage) -> None:
    place = stage.station(name="有专人的驿站", post=stage.post(stage.keeper))
    services.report(place_id=place.pk, fault="water")
    other = Viewer(
        role="organising", organisation_id=stage.tree.township.pk, post_id=0, lo=stage.keeper.lo, hi=stage.keeper.hi,
        permissions=stage.keeper.permissions,
    )  # fmt: skip
    assert desk.waiting(stage.keeper).count() == 1 and not desk.waiting(other).exists()
    Post.objects.filter(pk=stage.keeper.post_id).update(valid_to=stage.day(1))
    assert not desk.waiting(other).exists()
    Post.objects.filter(pk=stage.keeper.post_id).update(valid_to=stage.today)
    with acting(other):
        assert desk.waiting(other).count() == 1


def test_no_way_leads_to_a_closed_ticket_without_an_answer(stage: Stage, station: Place) -> None:
    row = services.report(place_id=station.pk, fault="water").ticket
    for facts in ({"state": "closed"}, {"state": "closed", "outcome": "fixed", "closed_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=row.pk).update(**facts)
    for text in ("", "  ", "好了"):
        refused("GH-PLC-002", services.answer, stage.keeper, ticket_id=row.pk, outcome=Outcome.FINE, text=text)


def test_who_may_not(stage: Stage, station: Place) -> None:
    row = services.report(place_id=station.pk, fault="water").ticket
    for actor in (stage.sibling, stage.union):
        with acting(actor):
            refused("GH-PLC-001", services.take, actor, ticket_id=row.pk)
            refused("GH-PLC-001", services.open_ticket, actor, place_id=station.pk, fault="water")
