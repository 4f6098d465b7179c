"""The desk and the letters: every state, every clock, and the pages of staff who use them daily."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from docx import Document

from gonghui.apps.casework import queries, services
from gonghui.apps.casework.choices import Category, Channel, Difficulty, LetterKind, TicketKind
from gonghui.apps.casework.models import Letter, Ticket, TicketAct
from gonghui.apps.casework.sealing import CALLER, LETTER, opened
from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import Tree
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.calendar import add_working_days
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import today

SAID = "单位拖欠三个月工资，要求支付"


@pytest.fixture
def city(tree: Tree) -> Viewer:
    take_scope_of(SYSTEM)
    return officer(tree.city, "rights", "彭丽华")


@pytest.fixture
def county(tree: Tree) -> Viewer:
    take_scope_of(SYSTEM)
    return officer(tree.county, "rights", "刘春兰")


def receive(actor: Viewer, own: bool = True, **more: Any) -> Ticket:
    facts = {"kind": TicketKind.HELP, "channel": Channel.CALL, "category": Category.PAY_ARREARS, "said": SAID} | more
    facts = {"difficulty": Difficulty.GENERAL} | facts
    return services.receive(actor, own=own, name="王大生", phone="19900054321", **facts)


def test_a_call_from_the_city_to_the_county_and_back(tree: Tree, city: Viewer, county: Viewer) -> None:
    with acting(city):
        ticket = receive(city, own=False)
        assert (ticket.state, ticket.due_on) == ("dispatch", add_working_days(today(), 1))
        services.dispatch(city, ticket_id=ticket.pk, to=tree.county)
    with acting(county):
        assert services.take(county, ticket_id=ticket.pk).due_on == add_working_days(today(), 7)
        services.note_progress(county, ticket_id=ticket.pk, words="已与单位联系")
        with pytest.raises(Refusal, match="GH-CAS-037"):
            services.reply(county, ticket_id=ticket.pk, words="已办")
        assert services.reply(county, ticket_id=ticket.pk, words="单位已承诺月底前付清工资").state == "call_back"
        with pytest.raises(Refusal, match="GH-CAS-033"):
            services.call_back(county, ticket_id=ticket.pk, satisfaction=5)
    with acting(city):
        assert services.call_back(city, ticket_id=ticket.pk, satisfaction=2, again=True).state == "handle"
    with acting(county):
        services.reply(county, ticket_id=ticket.pk, words="工资已全部打到本人银行卡")
    with acting(city):
        assert services.call_back(city, ticket_id=ticket.pk, satisfaction=5).state == "check"
        closed = services.check_quality(city, ticket_id=ticket.pk, good=True, words="办理规范")
    assert (closed.state, closed.satisfaction) == ("closed", 5)
    acts = list(TicketAct.objects.filter(ticket=ticket).order_by("pk").values_list("act", flat=True))
    assert acts == [
        "received", "dispatched", "taken", "noted", "replied", "called_back", "reopened", "replied", "called_back", "checked",
    ]  # fmt: skip


@pytest.mark.parametrize(("difficulty", "days"), [("simple", 3), ("general", 7), ("hard", 15)])
def test_three_limits_by_difficulty(county: Viewer, difficulty: str, days: int) -> None:
    assert receive(county, difficulty=Difficulty(difficulty)).due_on == add_working_days(today(), days)


def test_what_is_late_goes_up(tree: Tree, city: Viewer, county: Viewer) -> None:
    ticket = receive(county, own=False)
    services.dispatch(county, ticket_id=ticket.pk, to=tree.township)
    ticket.refresh_from_db()
    assert services.escalate(ticket.due_on) == 0
    assert services.escalate(ticket.due_on + timedelta(days=1)) == 1
    ticket.refresh_from_db()
    assert (ticket.holder_id, ticket.state, ticket.late, ticket.breaches) == (tree.county.pk, "take", True, 1)
    handled = receive(county)
    services.escalate(handled.due_on + timedelta(days=1))
    handled.refresh_from_db()
    assert handled.holder_id == tree.county.pk and f"rights@{tree.city.pk}" in handled.seats
    with acting(city):
        assert queries.ticket_counts(city)["late"] == 2 or queries.ticket(city, handled.pk) is not None


def test_the_one_who_answered_does_not_check(tree: Tree, county: Viewer) -> None:
    ticket = receive(county)
    services.reply(county, ticket_id=ticket.pk, words="单位已承诺月底前付清工资")
    services.call_back(county, ticket_id=ticket.pk, satisfaction=4)
    with pytest.raises(Refusal, match="GH-CAS-040"):
        services.check_quality(county, ticket_id=ticket.pk, good=True, words="合格")
    other = officer(tree.county, "rights", "同岗")
    assert services.check_quality(other, ticket_id=ticket.pk, good=True, words="合格").state == "closed"


def test_earlier_calls_are_found_by_phone_in_the_own_team_alone(tree: Tree, city: Viewer, county: Viewer) -> None:
    ticket = receive(county)
    assert b"19900054321" not in bytes(ticket.caller) and opened(ticket.caller, CALLER)["phone"] == "19900054321"
    town = officer(tree.township, "rights", "镇里")
    for viewer, found in ((county, [ticket]), (city, []), (town, [])):
        with acting(viewer):
            assert queries.earlier(viewer, "19900054321") == found
            assert list(Ticket.objects.all()) == found


def test_a_body_beside_it_gets_nothing(tree: Tree, county: Viewer) -> None:
    ticket = receive(county, own=False)
    with pytest.raises(Refusal, match="GH-CAS-034"):
        services.dispatch(county, ticket_id=ticket.pk, to=tree.sibling_county)


def write(actor: Viewer, kind: LetterKind = LetterKind.HINT) -> Letter:
    return services.draft_letter(
        actor, kind=kind, recipient="江西安福泸水河食品有限公司",
        body="经查，你单位2026年3月至9月拖欠12名职工工资。\n请于收到本函后自查自改，付清拖欠的工资。",
    )  # fmt: skip


def test_a_letter_has_its_number_and_its_days(county: Viewer) -> None:
    first, second = write(county), write(county)
    services.send_letter(county, letter_id=first.pk)
    sent = services.send_letter(county, letter_id=second.pk)
    assert (sent.number, sent.state) == (f"工劳监提〔{today().year}〕2号", "sent")
    assert sent.due_on == add_working_days(today(), 15)
    with pytest.raises(Refusal, match="GH-CAS-022"):
        services.rewrite_letter(county, letter_id=sent.pk, recipient="别的单位", body="改了正文的内容，不行的")
    assert services.answer_letter(county, letter_id=sent.pk, answer="已付清全部工资").state == "answered"
    assert services.close_letter(county, letter_id=sent.pk).state == "closed"


def test_silence_and_refusal_bring_the_next_letter(county: Viewer) -> None:
    hint = services.send_letter(county, letter_id=write(county).pk)
    assert hint.due_on is not None
    assert services.letters_due(hint.due_on) == 0
    assert services.letters_due(hint.due_on + timedelta(days=1)) == 1
    assert services.letters_due(hint.due_on + timedelta(days=2)) == 0
    hint.refresh_from_db()
    opinion = Letter.objects.get(follows=hint)
    assert (hint.state, opinion.kind, opinion.state) == ("overdue", "opinion", "draft")
    assert "逾期没有书面答复" in opened(opinion.body, LETTER)
    services.send_letter(county, letter_id=opinion.pk)
    services.refuse_letter(county, letter_id=opinion.pk, because="认为已经付清")
    proposal = Letter.objects.get(follows=opinion)
    assert (proposal.kind, proposal.copied_to) == ("proposal", "人力资源社会保障局")
    services.send_letter(county, letter_id=proposal.pk)
    services.refuse_letter(county, letter_id=proposal.pk, because="不同意")
    assert Letter.objects.count() == 3  # nothing comes after the third


# -- pages --------------------------------------------------------------------------------------------------


def client_of(viewer: Viewer) -> Client:
    take_scope_of(SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


QUICK = {
    "phone": "19900054321", "name": "王大生", "channel": "call", "kind": "help", "category": "pay.arrears",
    "difficulty": "general", "said": SAID, "own": "1",
}  # fmt: skip


def test_the_quick_form_keeps_what_was_typed_and_says_what_is_wrong(county: Viewer) -> None:
    page = client_of(county)
    wrong = page.post("/desk/cases/tickets/new", QUICK | {"phone": "123", "category": ""})
    assert wrong.status_code == 422 and SAID in wrong.content.decode()
    done = page.post("/desk/cases/tickets/new", QUICK)
    assert done.status_code == 302
    take_scope_of(SYSTEM)
    ticket = Ticket.objects.get()
    said = page.get(f"/desk/cases/tickets/{ticket.pk}/").content.decode()
    assert SAID in said and "19900054321" not in said and "王*生" in said and "199****4321" in said
    assert ticket.number in page.post("/desk/cases/tickets/caller", {"phone": "19900054321"}).content.decode()


def test_a_whole_phone_number_needs_a_reason_and_leaves_a_record(county: Viewer) -> None:
    ticket = receive(county)
    page = client_of(county)
    assert page.post(f"/desk/cases/tickets/{ticket.pk}/reveal", {"reason": ""}).status_code == 422
    said = page.post(f"/desk/cases/tickets/{ticket.pk}/reveal", {"reason": "回访"}).content.decode()
    assert "19900054321" in said
    take_scope_of(SYSTEM)
    row = TrailRecord.objects.get(verb="casework.revealed")
    assert (row.object_id, row.path) == (str(ticket.pk), "")


def test_the_list_counts_by_state(tree: Tree, county: Viewer) -> None:
    page = client_of(county)
    assert "还没有职工诉求" in page.get("/desk/cases/tickets/").content.decode()
    take_scope_of(SYSTEM)
    receive(county)
    waits = receive(county, own=False)
    said = page.get("/desk/cases/tickets/").content.decode()
    assert (
        "2件等本单位办理" in said
        and waits.number in said
        and "王大生" not in said
        and "导出" not in said[said.index("<main") :]
    )
    assert page.get("/desk/cases/").status_code == 302
    done = page.post(f"/desk/cases/tickets/{waits.pk}/", {"act": "dispatch", "to": str(tree.township.pk), "words": ""})
    assert done.status_code == 302
    take_scope_of(SYSTEM)
    waits.refresh_from_db()
    assert (waits.state, waits.holder_id) == ("take", tree.township.pk)
    assert (
        client_of(officer(tree.sibling_county, "rights", "外县")).get(f"/desk/cases/tickets/{waits.pk}/").status_code
        == 404
    )


def test_a_letter_is_a_real_word_file(county: Viewer) -> None:
    letter, page = write(county), client_of(county)
    assert page.post(f"/desk/cases/letters/{letter.pk}/", {"act": "send"}).status_code == 302
    answer = page.get(f"/desk/cases/letters/{letter.pk}/word")
    assert answer["Content-Type"].endswith("wordprocessingml.document") and answer["Cache-Control"] == "no-store"
    file = Document(BytesIO(answer.content))
    texts = [paragraph.text for paragraph in file.paragraphs]
    assert f"工劳监提〔{today().year}〕1号" in texts and "江西安福泸水河食品有限公司：" in texts
    assert "收到本件后15个工作日内，将办理情况书面答复我会。" in texts
    assert f"{today().year}年{today().month}月{today().day}日" in texts
    fonts = {run.font.name for paragraph in file.paragraphs for run in paragraph.runs}
    assert fonts == {"仿宋", "方正小标宋简体"}
    assert page.get("/desk/cases/letters/").status_code == 200


def test_others_have_no_desk(tree: Tree) -> None:
    take_scope_of(SYSTEM)
    leader = officer(tree.county, "leader")
    for address in ("", "tickets/", "tickets/new", "letters/", "files/", "aids/", "rights/"):
        assert client_of(leader).get(f"/desk/cases/{address}").status_code == 403
