"""Who is told of a place from the line, of a draw, of what was called off and of a place that is handed on."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from gonghui.kernel.factories import viewer_at
from gonghui.kernel.messages.models import Message
from gonghui.kernel.messages.queries import line
from gonghui.kernel.models import Claim, Entry
from gonghui.kernel.quotas import rules, services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.quotas.services import entering, telling

from .test_draws import drawn, enter_all, lock, reveal_all
from .test_handing_on import as_member, handed, somebody, taken, tree  # noqa: F401


def told(**facts: Any) -> list[tuple[str, int, int]]:
    rows = Message.objects.filter(**facts).order_by("pk")
    return [(one.kind, one.person_id, one.about) for one in rows]


def jobs() -> list[tuple[str, dict[str, int]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs WHERE task_name LIKE 'quotas.tell%' ORDER BY id")
        return [(name, given if isinstance(given, dict) else json.loads(given)) for name, given in cursor]


def test_a_place_from_the_line_is_told_at_once_and_when_it_is_over(tree: Any) -> None:  # noqa: F811
    offer = make_offer(tree.city, 1, waits=5)
    (holder, _), (first, _), (second, _) = somebody(tree), somebody(tree), somebody(tree)
    claim = taken(offer, holder)
    for one in (first, second):
        services.wait(as_member(one), session_id=offer.sessions.get().pk, key=uuid4())
    assert told() == []
    services.give_back(as_member(holder), claim_id=claim.pk)
    place = Claim.objects.get(offer=offer, person=first, state="offered")
    assert told() == [("quotas.offered", first.pk, place.pk)]
    row = Message.objects.get()
    assert row.urgent and row.until == place.answer_by and "前确认" in line(row).words
    assert line(row).page == f"/m/benefits/tickets/{place.pk}/"
    Claim.objects.filter(pk=place.pk).update(answer_by=timezone.now() - timedelta(minutes=1))
    entering.expire(timezone.now())
    next_one = Claim.objects.get(offer=offer, person=second, state="offered")
    assert set(told()[1:]) == {("quotas.expired", first.pk, place.pk), ("quotas.offered", second.pk, next_one.pk)}


def test_a_draw_tells_everybody_once_what_came_of_it(tree: Any) -> None:  # noqa: F811
    offer, people, staff = drawn(tree, 9, 3, waits=2)
    enter_all(offer, people)
    lock(offer, staff)
    reveal_all(offer, staff)
    services.run_draw(staff, offer_id=offer.pk)
    assert jobs() == [(telling.DRAWN_JOB, {"offer": offer.pk})] and told() == []
    telling.tell_drawn(offer.pk)
    telling.tell_drawn(offer.pk)
    assert {one[1] for one in told()} == set(people) and len(told()) == 9
    won = Claim.objects.filter(offer=offer, source="draw").values_list("person_id", "pk")
    assert {one[1:] for one in told(kind="quotas.won")} == set(won)
    lined = set(Entry.objects.filter(offer=offer, state="waiting").values_list("person_id", flat=True))
    assert {one[1] for one in told(kind="quotas.lined")} == lined and len(lined) == 2
    assert len(told(kind="quotas.lost")) == 4


def test_what_is_called_off_is_told_to_who_had_a_place_in_it(tree: Any) -> None:  # noqa: F811
    offer = make_offer(tree.city, 5, sessions=2)
    first, second = offer.sessions.order_by("order")
    (one, _), (two, _), (back, _) = somebody(tree), somebody(tree), somebody(tree)
    for person, session in ((one, first), (two, second), (back, first)):
        services.take(as_member(person), session_id=session.pk, key=uuid4())
    gone = Claim.objects.get(person=back)
    services.give_back(as_member(back), claim_id=gone.pk)
    staff = viewer_at(tree.city, "publicity")
    services.call_off_session(staff, session_id=first.pk, reason="老师临时出差")
    [(job, given)] = jobs()
    assert job == telling.CALLED_OFF_JOB
    telling.tell_called_off(given["offer"], given["session"])
    assert told() == [("quotas.called_off", one.pk, Claim.objects.get(person=one).pk)]
    services.call_off(staff, offer_id=offer.pk, reason="场馆检修停用")
    telling.tell_called_off(offer.pk, 0)
    assert [who for _, who, _ in told()] == [one.pk, two.pk]


def test_whoever_had_entered_a_draw_is_told_that_it_is_called_off(tree: Any) -> None:  # noqa: F811
    offer = make_offer(tree.city, 1, allocation="draw", waits=1)
    session, staff = offer.sessions.get(), viewer_at(tree.city, "publicity")
    (first, _), (second, _), (back, _) = somebody(tree), somebody(tree), somebody(tree)
    for person in (first, second, back):
        entry = services.enter(as_member(person), offer_id=offer.pk, choices=[session.pk], key=uuid4())
    services.withdraw(as_member(back), entry_id=entry.pk)
    services.call_off(staff, offer_id=offer.pk, reason="场馆检修停用")
    for _ in range(2):
        telling.tell_called_off(offer.pk, 0)
    assert told() == [("quotas.entry_called_off", one.pk, offer.pk) for one in (first, second)]
    assert set(Entry.objects.values_list("person_id", "state")) == {
        (first.pk, "called_off"), (second.pk, "called_off"), (back.pk, "withdrawn")
    }  # fmt: skip


def test_a_handover_is_told_to_the_receiver_alone(tree: Any) -> None:  # noqa: F811
    _, claim, _, receiver, row = handed(tree)
    assert told() == [("quotas.handover", receiver.pk, row.pk)]
    services.ask_to_take_over(as_member(claim.person_id), claim_id=claim.pk, number="19900009999")
    assert len(told()) == 1


def test_counselling_and_what_is_for_women_has_no_title_on_the_phone() -> None:
    assert rules.told_title("course", "职工夜校·八段锦", {}) == "职工夜校·八段锦"
    assert rules.told_title("counselling", "法律咨询", {}) == ""
    assert rules.told_title("checkup", "两癌筛查", {}) == ""
    nested = {"all": [{"field": "age", "at_least": 35}, {"any": [{"field": "sex", "is": "2"}]}]}
    assert rules.told_title("checkup", "免费体检", nested) == ""
