"""Pages: a session at the desk and on phones, and the nameless door."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.democracy.factories import make_all, make_contract, phone_for
from gonghui.apps.democracy.models import Ballot, Contract, Item, Motion, Session
from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import make_member
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer
from gonghui.web.registry import member_tasks, tasks

from .conftest import Hall

pytestmark = pytest.mark.django_db


def client_of(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"democracy:{name}", args=args)


def act(client: Client, name: str, pk: int, do: str, **fields: Any) -> str:
    data = {"do": do} | {f"{do}-{key}": value for key, value in fields.items()}
    answer = client.post(url(name, pk), data, follow=True)
    return str(answer.content.decode())


def test_a_session_on_pages(hall: Hall) -> None:
    desk, today = client_of(hall.chair), timezone.localdate()
    assert "民主管理" in desk.get(url("board")).content.decode()
    said = act(
        desk,
        "congress-act",
        hall.congress.pk,
        "plan",
        kind="ordinary",
        on=today.isoformat(),
        clock="09:00",
        place="三楼",
    )
    assert "接着添加议题" in said
    with acting(SYSTEM):
        row = Session.objects.get()
    assert "已添加第1项" in act(desk, "session-act", row.pk, "item", kind="pass", title="考勤办法")
    with acting(SYSTEM):
        item = Item.objects.get()
    draft = SimpleUploadedFile("办法.txt", b"text", "text/plain")
    assert "已上传" in act(desk, "session-act", row.pk, "paper", item=item.pk, file=draft)
    assert "送达全体代表" in act(desk, "session-act", row.pk, "deliver")
    seats = [hall.seats[5].pk, hall.seats[6].pk]
    assert "已登记2名代表签收" in act(desk, "session-act", row.pk, "hand", paper=item.papers.get().pk, delegates=seats)
    assert "须有5名以上出席" in act(desk, "session-act", row.pk, "open")
    with acting(SYSTEM):
        row.refresh_from_db()
        item.papers.update(delivered_on=today - timedelta(days=8))
    phone = client_of(hall.phones[0])
    page = phone.get(url("m-session", row.pk)).content.decode()
    assert "签到码" in page and "办法.txt" in page
    assert b"".join(phone.get(url("m-paper", item.papers.get().pk)).streaming_content) == b"text"  # type: ignore[arg-type]
    assert phone.post(url("m-session", row.pk), {"code": "nope"}).status_code == 422
    assert "已签到" in phone.post(url("m-session", row.pk), {"code": row.code}, follow=True).content.decode()
    act(desk, "session-act", row.pk, "register", delegates=[one.pk for one in hall.seats[1:6]])
    assert "开会" in act(desk, "session-act", row.pk, "open")
    assert "开始投票" in act(desk, "session-act", row.pk, "ballot", item=item.pk)
    with acting(SYSTEM):
        ballot = Ballot.objects.get()
    page = phone.get(url("m-ballot", ballot.pk)).content.decode()
    assert "vote.js" in page and "领纸质票" in page and str(ballot.token) in page
    mine = phone_for(ballot)
    told = phone.post(url("m-issue", ballot.pk), {"blinded": mine.blinded}).json()
    mine.unblind(told["signed"])
    vote = json.dumps({"token": mine.token, "signature": mine.signature, "choice": ["yes"]})
    withname = phone.post(url("cast", ballot.token), vote, content_type="application/json")
    assert withname.status_code == 400 and "登录信息" in withname.json()["words"]
    nameless = Client(enforce_csrf_checks=True)
    assert nameless.post(url("cast", ballot.token), vote, content_type="application/json").json() == {"words": "已投入"}
    assert not nameless.cookies
    again = nameless.post(url("cast", ballot.token), vote, content_type="application/json")
    assert again.status_code == 409 and again.json()["code"] == "GH-DEM-055"
    assert nameless.post(url("cast", ballot.token), "[", content_type="application/json").status_code == 400
    assert "不到10张" in nameless.get(url("public", ballot.token)).content.decode()
    assert nameless.get(url("data", ballot.token)).status_code == 404
    for viewer in hall.phones[1:3]:
        client_of(viewer).post(url("m-issue", ballot.pk), {"blinded": phone_for(ballot).blinded})
    assert "已计票，收到1票" in act(desk, "ballot-act", ballot.pk, "count")
    nameless = Client()
    page = nameless.post(url("public", ballot.token), {"token": mine.token}).content.decode()
    assert "赞成" in page and mine.token[:16] in page
    assert nameless.get(url("data", ballot.token)).json()["counts"] == {"yes": 1, "no": 0, "abstain": 0}
    assert b"def outcome" in nameless.get(url("recount")).content
    assert "已闭会" in act(desk, "session-act", row.pk, "close", summary="考勤办法未通过")
    assert "考勤办法未通过" in client_of(hall.worker).get(url("m-session", row.pk)).content.decode()


def test_every_page_of_every_thing_is_drawn(hall: Hall, django_assert_max_num_queries: Callable[..., Any]) -> None:
    with acting(SYSTEM):
        member = make_member(hall.tree.sibling_union, "康丽")
        made = make_all(hall.tree.sibling_union, member, "乙")
    county = client_of(hall.county)
    for name, key in {"congress": "congress", "session": "congress_session", "ballot": "ballot", "motion": "motion",
                      "contract": "contract", "bargain": "bargain", "paper": "congress_paper"}.items():  # fmt: skip
        assert county.get(url(name, made[key])).status_code == 200, name
    for name in ("board", "motions", "bargains", "contracts"):
        with django_assert_max_num_queries(45):
            assert county.get(url(name)).status_code == 200
    assert county.get(url("congress-new")).status_code == 403
    chair = client_of(hall.chair)
    assert chair.get(url("congress", made["congress"])).status_code == 404
    for name in ("congress-new", "bargain-new", "contract-new"):
        assert chair.get(url(name)).status_code == 200
    for name in ("m-home", "m-motions", "m-motion-new"):
        assert client_of(hall.phones[0]).get(url(name)).status_code == 200
    assert client_of(hall.worker).get(url("m-ballot", made["ballot"])).status_code == 404


def test_a_proposal_on_the_phone_and_its_answer(hall: Hall) -> None:
    author, other, desk = client_of(hall.phones[0]), client_of(hall.phones[1]), client_of(hall.chair)
    facts = {"kind": "proposal", "topic": "safety", "title": "更换除尘设备", "reason": "粉尘大"}
    assert author.post(url("m-motion-new"), facts).status_code == 422
    made = author.post(url("m-motion-new"), facts | {"advice": "年内更换"})
    assert made.status_code == 302
    with acting(SYSTEM):
        row = Motion.objects.get()
    assert "附议" in other.get(url("m-motion", row.pk)).content.decode()
    other.post(url("m-motion", row.pk), {"do": "second"})
    client_of(hall.phones[2]).post(url("m-motion", row.pk), {"do": "second"})
    with acting(hall.chair):
        assert any(one.title == "更换除尘设备" for one in tasks(hall.chair))
    act(desk, "motion-act", row.pk, "file", department="设备部")
    page = desk.get(url("motion", row.pk)).content.decode()
    assert "登记为职工意见" in page
    carried = desk.post(reverse("voice:new"), {"begin": "proposal", "text": f"{row.title}：{row.reason}"})
    words = carried.content.decode()
    assert carried.status_code == 200 and "更换除尘设备：粉尘大" in words and 'value="proposal" selected' in words
    act(desk, "motion-act", row.pk, "answer", text="九月更换", by="设备部")
    assert "登记为职工意见" not in desk.get(url("motion", row.pk)).content.decode()
    with acting(hall.phones[0]):
        assert any("评价答复" in one.title for one in member_tasks(hall.phones[0]))
    author.post(url("m-motion", row.pk), {"do": "content", "text": ""})
    with acting(SYSTEM):
        row.refresh_from_db()
    assert row.state == "closed"


def test_a_contract_is_renewed_from_the_old_one_on_pages(hall: Hall) -> None:
    desk = client_of(hall.chair)
    with acting(SYSTEM):
        old = make_contract(hall.tree.union, "2025年工资合同", ends_on=timezone.localdate() + timedelta(days=20))
    with acting(hall.chair):
        assert any("续签：2025年工资合同" in one.title for one in tasks(hall.chair))
    assert "续签2025年工资合同" in desk.get(url("bargain-new") + f"?old={old.pk}").content.decode()
    facts = {"kind": "wage", "scope": "enterprise", "title": "2026年工资合同", "firms": 1, "workers": 60,
             "inviter": "workers", "invited_on": timezone.localdate().isoformat(), "matter": "年度调整"}  # fmt: skip
    said = desk.post(url("bargain-new") + f"?old={old.pk}", facts, follow=True).content.decode()
    assert "已登记要约" in said
    assert "已公布" in act(desk, "contract-act", old.pk, "publish", on=timezone.localdate().isoformat())
    with acting(SYSTEM):
        assert Contract.objects.get().published_on
    assert "2025年工资合同" in client_of(hall.worker).get(url("m-home")).content.decode()
