"""The member's page of messages and its settings; how sending fares, without persons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.apps.benefits.factories import make_benefit
from gonghui.apps.benefits.services import forget, remind
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, make_member, make_post, make_tree
from gonghui.kernel.messages import services
from gonghui.kernel.messages.models import Message
from gonghui.kernel.models import Claim, Membership, TrailRecord
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

Phone = tuple[Client, Membership, Viewer]
LIST, SETTINGS, DESK = "/m/notices/", "/m/messages/settings/", "/desk/messages/"


@pytest.fixture
def tree(db: None) -> Iterator[Any]:
    with acting(SYSTEM):
        yield make_tree()


@pytest.fixture
def phone(tree: Any) -> Callable[..., Phone]:
    def opened(name: str = "刘春花", organisation: Any = None) -> Phone:
        with acting(SYSTEM):
            membership = make_member(organisation or tree.union, name)
            account = make_account(f"m{membership.person_id}", name, "member", membership.person)
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client, membership, viewer_of_member(account)

    return opened


def desk(organisation: Any, role: str) -> Client:
    with acting(SYSTEM):
        post = make_post(organisation, role)
    client = Client()
    client.force_login(post.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def bell(client: Client) -> int:
    found = re.search(r'aria-label="消息，(\d+)条待看"', text(client, "/m/"))
    return int(found[1]) if found else 0


def test_a_message_is_marked_until_it_was_opened_and_is_its_members_alone(phone: Callable[..., Phone]) -> None:
    (mine, me, _), (others, _, _) = phone(), phone("别人")
    assert "还没有收到消息" in text(mine) and bell(mine) == 0
    services.tell("quotas.lost", me.person_id, about=7, title="庐陵一日游")
    with acting(SYSTEM):
        row = Message.objects.get()
    said = text(mine)
    assert "“庐陵一日游”摇号没有中签" in said and "1件事等您看" in said and "未读" in said and bell(mine) == 1
    assert "庐陵一日游" not in text(others) and bell(others) == 0
    assert others.get(f"/m/messages/{row.pk}/").status_code == 404
    answer = mine.get(f"/m/messages/{row.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/m/benefits/7/")
    said = text(mine)
    assert "庐陵一日游" in said and "未读" not in said and "没有新消息" in said and bell(mine) == 0
    assert Client().get(f"/m/messages/{row.pk}/").status_code == 302


def test_one_thing_is_said_once(tree: Any, phone: Callable[..., Phone]) -> None:
    (_, _, holder), (mine, me, viewer) = phone("甲某"), phone()
    offer = make_benefit(tree.city, 1, waits=3)
    quotas.take(holder, session_id=offer.sessions.get().pk, key=uuid4())
    quotas.wait(viewer, session_id=offer.sessions.get().pk, key=uuid4())
    with acting(SYSTEM):
        claim = Claim.objects.get()
    quotas.give_back(holder, claim_id=claim.pk)
    assert bell(mine) == 1
    said = text(mine)
    assert "1件事等您看" in said and "等您确认" in said and "未读" not in said and "前确认" not in said
    with acting(SYSTEM):
        place = Claim.objects.get(person_id=me.person_id)
    quotas.answer(viewer, claim_id=place.pk, accept=True)
    said = text(mine)
    assert "没有新消息" in said and "前确认，过期给下一位" in said and bell(mine) == 0


def test_a_member_turns_ordinary_kinds_off_and_the_trail_knows(phone: Callable[..., Phone]) -> None:
    client, me, _ = phone()
    page = text(client, SETTINGS)
    assert page.count(" checked") == page.count('type="checkbox"') >= 8
    assert "候补轮到您了" in page and 'value="quotas.offered"' not in page
    wanted = [one for one in re.findall(r'name="kind" value="([\w.]+)"', page) if one != "quotas.lost"]
    for _ in range(2):  # saving the same again writes nothing
        assert client.post(SETTINGS, {"kind": wanted}, follow=True).status_code == 200
    page = text(client, SETTINGS)
    assert page.count(" checked") == page.count('type="checkbox"') - 1
    with acting(SYSTEM):
        [record] = TrailRecord.objects.filter(verb="messages.chosen", subject_id=me.person_id)
    assert record.detail == {"muted": ["quotas.lost"]}


def test_staff_see_counts_and_reasons_of_their_range_and_nobody(tree: Any, phone: Callable[..., Phone]) -> None:
    (_, me, _), (_, far, _) = phone("刘春花"), phone("曾玉珍", tree.other_union)
    services.tell("quotas.lost", me.person_id, about=7, title="庐陵一日游")
    services.tell("quotas.won", far.person_id, about=8, title="别处的项目")
    services.tell("procedures.decided", me.person_id, about=9, title="")
    with acting(SYSTEM):
        Message.objects.filter(kind="quotas.lost").update(state="failed", reason="短信服务没有接受（isv.X）")
    said = text(desk(tree.county, "federation_admin"), DESK)
    assert "摇号没有中签" in said and "短信服务没有接受（isv.X）" in said and "摇号中签" not in said
    assert "申请有了结果" not in said, "that there is a confidential matter is not told by a count either"
    assert not any(word in said for word in ("刘春花", "庐陵一日游", me.card_no, me.person.phone_mask))
    assert desk(tree.county, "organising").get(DESK).status_code == 403


def test_a_reminder_comes_half_an_hour_before_unless_it_was_taken_back(
    tree: Any, phone: Callable[..., Phone], settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    (_, me, viewer), (_, other, second) = phone(), phone("别人")
    opens = timezone.now() + timedelta(hours=2)
    offer = make_benefit(tree.city, 5, opens_at=opens, closes_at=opens + timedelta(days=1))
    near = timezone.now() + timedelta(minutes=10)
    soon = make_benefit(tree.city, 5, opens_at=near, closes_at=opens + timedelta(days=1))
    for who in (viewer, second):
        remind(who, offer_id=offer.pk)
        remind(who, offer_id=soon.pk)
    forget(second, offer_id=offer.pk)
    with acting(SYSTEM):
        rows = list(Message.objects.order_by("pk"))
    assert [(one.person_id, one.due_at, one.until) for one in rows] == [
        (me.person_id, opens - timedelta(minutes=30), opens),
        (other.person_id, opens - timedelta(minutes=30), opens),
    ]
    assert services.send_due(opens - timedelta(minutes=31)) == {}
    assert services.send_due(opens - timedelta(minutes=30)) == {"sent": 1, "dropped": 1}
