"""What is due goes out once: quiet hours, the day's most, failures, a kill between sending and marking, two workers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from gonghui.kernel.access import senders
from gonghui.kernel.factories import make_member, make_person, make_tree
from gonghui.kernel.messages import rules, services
from gonghui.kernel.messages.models import Message
from gonghui.kernel.models import Person
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

_phones = iter(range(19956600000, 19956699999))
URGENT, ORDINARY = "quotas.called_off", "quotas.lost"


def noon(days: int = 0) -> datetime:
    """Noon of a day after this one, so that no message is too old and none is for later."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1 + days)


class Phone:
    """A sender that remembers what it brought."""

    name, local, tells = "file", True, True

    def __init__(self) -> None:
        self.told: list[tuple[str, senders.Notice]] = []
        self.fails: BaseException | None = None
        self.lock = threading.Lock()

    def send(self, phone: str, code: str, minutes: int) -> None:
        raise AssertionError("no codes here")

    def tell(self, phone: str, notice: senders.Notice) -> None:
        with self.lock:
            self.told.append((phone, notice))
        if self.fails is not None:
            raise self.fails


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    made = Phone()
    monkeypatch.setattr(senders, "sender", lambda openid_of: made)
    return made


@pytest.fixture
def tree(db: None) -> Iterator[Any]:
    with acting(SYSTEM):
        yield make_tree()


def somebody(tree: Any, name: str = "会员") -> Person:
    person = make_person(name, tree.union, phone=str(next(_phones)))
    make_member(tree.union, name, person)
    return person


def as_member(person: Person) -> Viewer:
    return Viewer(role="member", name="会员", account_id=person.pk, person_id=person.pk)


def rows(**facts: Any) -> list[Message]:
    return list(Message.objects.filter(**facts).order_by("pk"))


def test_the_same_thing_is_one_message(tree: Any, phone: Phone) -> None:
    person = somebody(tree)
    for _ in range(3):
        services.tell(URGENT, person.pk, about=5, title="职工夜校")
    services.tell(URGENT, person.pk, about=5, turn="2", title="职工夜校")
    services.tell(URGENT, person.pk, about=6, title="职工夜校")
    assert len(rows()) == 3
    assert services.send_due() == {"sent": 3} and services.send_due() == {}
    assert {one.state for one in rows()} == {"sent"} and all(one.sent_at and one.channel == "file" for one in rows())
    number, notice = phone.told[0]
    assert number.startswith("199566") and notice.words == "您领到的“职工夜校”取消了，原因在页面里"
    assert notice.url.endswith(f"/m/messages/{rows()[0].pk}/")


def test_what_is_urgent_goes_at_night_and_the_rest_in_the_morning(tree: Any, phone: Phone) -> None:
    person = somebody(tree)
    services.tell(ORDINARY, person.pk, about=1, title="一日游")
    services.tell(URGENT, person.pk, about=2, title="一日游")
    night = noon() + timedelta(hours=10)
    assert services.send_due(night) == {"sent": 1, "later": 1}
    assert phone.told[0][1].what == "场次取消"
    assert services.send_due(night + timedelta(hours=9)) == {}
    assert services.send_due(night + timedelta(hours=10)) == {"sent": 1}


def test_three_ordinary_messages_a_day_and_the_rest_later(tree: Any, phone: Phone) -> None:
    person, other = somebody(tree), somebody(tree, "别人")
    for number in range(5):
        services.tell(ORDINARY, person.pk, about=number, title="一日游")
    services.tell(ORDINARY, other.pk, about=1, title="一日游")
    assert services.send_due(noon()) == {"sent": 4, "later": 2}
    assert services.send_due(noon() + timedelta(hours=3)) == {}
    assert services.send_due(noon(1)) == {"sent": 2}


def test_what_is_over_is_not_sent(tree: Any, phone: Phone) -> None:
    person = somebody(tree)
    services.tell(URGENT, person.pk, about=1, title="一日游", until=noon())
    services.tell(URGENT, person.pk, about=2, title="一日游", at=timezone.now() - timedelta(days=30))
    assert services.send_due(noon()) == {"dropped": 1} and not phone.told
    assert [(one.state, one.reason) for one in rows()] == [("dropped", rules.OVER)] * 2


def test_a_place_that_was_answered_meanwhile_is_not_announced(tree: Any, phone: Phone) -> None:
    services.tell("quotas.offered", somebody(tree).pk, about=404, title="职工夜校")
    assert services.send_due() == {"dropped": 1} and not phone.told
    assert rows()[0].reason == rules.GONE


def test_one_is_for_later_and_not_seen_before(tree: Any, phone: Phone) -> None:
    from gonghui.kernel.messages import queries

    person = somebody(tree)
    services.tell(URGENT, person.pk, about=1, title="一日游", due=noon())
    with acting(as_member(person)):
        assert queries.newest(as_member(person)) == []
    assert services.send_due() == {} and services.send_due(noon()) == {"sent": 1}


def test_a_member_chooses_and_what_is_urgent_comes_anyway(tree: Any, phone: Phone) -> None:
    person = somebody(tree)
    services.choose(as_member(person), wanted=["quotas.won"])
    services.tell(ORDINARY, person.pk, about=1, title="一日游")
    services.tell(URGENT, person.pk, about=2, title="一日游")
    assert services.send_due(noon()) == {"sent": 1, "dropped": 1}
    assert [one.reason for one in rows(state="dropped")] == [rules.MUTED]
    services.choose(as_member(person), wanted=["quotas.won", ORDINARY])
    services.tell(ORDINARY, person.pk, about=3, title="一日游")
    assert services.send_due(noon()) == {"sent": 1}


def test_without_a_phone_or_a_template_it_stays_on_the_site(tree: Any, phone: Phone) -> None:
    person = somebody(tree)
    Person.objects.filter(pk=person.pk).update(phone_sealed=None, phone_hash=None, phone_mask="")
    services.tell(URGENT, person.pk, about=1, title="一日游")
    services.send_due()
    services.tell(URGENT, person.pk, about=2, title="一日游")
    phone.tells = False
    services.send_due()
    assert [one.reason for one in rows(state="dropped")] == [rules.NO_PHONE, rules.NO_CHANNEL] and not phone.told


def test_what_fails_is_tried_again_later_and_less_often_then_has_failed(tree: Any, phone: Phone) -> None:
    services.tell(URGENT, somebody(tree).pk, about=1, title="一日游", until=noon(9))
    phone.fails, now, pauses = senders._not_told("短信服务没有接受（isv.BUSINESS_LIMIT_CONTROL）"), noon(), []
    while (row := rows()[0]).state == "waiting":
        now = max(now, row.next_at)
        services.send_due(now)
        pauses.append(rows()[0].next_at - now)
        assert services.send_due(now) == {}
    assert row.tries == len(phone.told) == 6 and pauses[:5] == list(rules.PAUSES)
    assert (row.state, row.reason) == ("failed", "短信服务没有接受（isv.BUSINESS_LIMIT_CONTROL）")


def test_one_that_cannot_be_sent_holds_up_no_other(tree: Any, phone: Phone) -> None:
    first, second = somebody(tree), somebody(tree, "别人")
    Person.objects.filter(pk=first.pk).update(phone_sealed=b"\x01\x02aaaa")
    for one in (first, second):
        services.tell(URGENT, one.pk, about=1, title="一日游")
    assert services.send_due() == {"waits": 1, "sent": 1}
    assert rows()[0].reason.startswith("发送时出错") and len(phone.told) == 1


def test_who_is_not_bound_to_wechat_reads_it_on_the_site(tree: Any, phone: Phone) -> None:
    phone.fails = Refusal(senders.NOT_BOUND, "这个手机号还没有绑定微信")
    services.tell(URGENT, somebody(tree).pk, about=1, title="一日游")
    assert services.send_due() == {"dropped": 1} and rows()[0].reason == rules.UNBOUND


def test_neither_number_nor_name_lies_in_the_outbox(tree: Any, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    person = somebody(tree, "刘细妹")
    services.tell("procedures.decided", person.pk, about=1, title="")
    services.send_due(noon())
    [file] = (tmp_path / "outbox").iterdir()
    said = json.loads(file.read_text())
    assert said["words"] == rules.PLAIN and said["to"].count("*") >= 4
    assert "刘细妹" not in file.read_text()
    assert {type(value) for value in vars(rows()[0]).values()} and "199566" not in str(vars(rows()[0]))


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


def test_a_kill_between_sending_and_marking_repeats_that_one_alone(own_database: str, phone: Phone) -> None:
    with acting(SYSTEM):
        tree = make_tree()
        people = [somebody(tree, f"会员{n}") for n in range(6)]
        for one in people:
            services.tell(URGENT, one.pk, about=1, title="一日游")
    brought = phone.tell

    def third_kills(number: str, notice: senders.Notice) -> None:
        brought(number, notice)
        if len(phone.told) == 3:
            raise Killed

    phone.tell = third_kills  # type: ignore[method-assign]
    with pytest.raises(Killed):
        services.send_due()
    assert services.send_due() == {"sent": 4}
    told = [number for number, _ in phone.told]
    assert len(told) == 7 and len(set(told)) == 6 and told.count(told[2]) == 2
    connections.close_all()


def test_two_workers_at_once_send_each_message_once(own_database: str, phone: Phone) -> None:
    with acting(SYSTEM):
        tree = make_tree()
        people = [somebody(tree, f"会员{n}") for n in range(12)]
        for one in people:
            for number in range(5):
                services.tell(ORDINARY, one.pk, about=number, title="一日游")
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        try:
            services.send_due(noon())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    services.send_due(noon())  # what one had in hand while the other came by
    urls = [notice.url for _, notice in phone.told]
    assert len(urls) == len(set(urls)) == 12 * rules.A_DAY, "once each, and nobody more than a day's messages"
    connections.close_all()


def test_only_its_person_and_the_platform_see_a_message(tree: Any) -> None:
    one, other = somebody(tree), somebody(tree, "别人")
    services.tell(URGENT, one.pk, about=1, title="一日游")
    services.choose(as_member(one), wanted=[])
    from gonghui.kernel.messages.models import Mute

    with acting(as_member(one)):
        assert Message.objects.count() == 1 and Mute.objects.count() > 1
    county = Viewer(role="rights", lo="", hi="~", post_id=1, organisation_id=1)
    for stranger in (as_member(other), county):
        with acting(stranger):
            assert not Message.objects.exists() and not Mute.objects.exists()
            assert Message.objects.update(title="改") == 0 and Message.objects.all().delete()[0] == 0


def test_a_day_is_that_of_the_union(tree: Any, phone: Phone) -> None:
    """Three sent late in the evening do not count in the morning."""
    person = somebody(tree)
    for number in range(6):
        services.tell(ORDINARY, person.pk, about=number, title="一日游")
    assert services.send_due(noon() + timedelta(hours=8, minutes=59)) == {"sent": 3, "later": 3}
    assert services.send_due(noon() + timedelta(hours=20)) == {"sent": 3}


def test_what_is_long_over_goes_and_what_still_waits_stays(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gonghui.kernel.messages.services.keeping._BATCH", 2)
    person, now = somebody(tree), timezone.now()
    for number in range(7):
        services.tell(ORDINARY, person.pk, about=number, title="一日游")
    old = Message.objects.filter(about__lt=5)
    old.update(made_at=now - rules.KEPT - timedelta(hours=1), state="sent", sent_at=now)
    old.filter(about=1).update(state="waiting", sent_at=None)
    assert services.forget_old(now) == 4
    assert list(Message.objects.order_by("about").values_list("about", flat=True)) == [1, 5, 6]
    assert services.forget_old(now) == 0
