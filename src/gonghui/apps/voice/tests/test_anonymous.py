"""An anonymous author cannot be found: not by staff, not by whoever reads the database as the application does, not in
exports, logs or by the time that pages show. Each test tries, and would find a named one."""

from __future__ import annotations

import io
import itertools
import logging
import re
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client

from gonghui.apps.voice import services
from gonghui.apps.voice.choices import Nature, Outcome, Visibility
from gonghui.apps.voice.models import Voice, VoiceAct
from gonghui.apps.voice.services import anonymous
from gonghui.kernel.access.models import Account
from gonghui.kernel.box import services as box
from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.procedures.factories import member_viewer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.viewer import SYSTEM

from .conftest import Desks, said
from .test_course import REPLY
from .test_pages import FORM, client_of, page

SECRET = "班长排班总照顾亲戚，夜班都派给外地人"


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _tables() -> list[str]:
    return [
        name
        for (name,) in _rows(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
    ]


def test_while_somebody_writes_nothing_is_written(desks: Desks) -> None:
    """The only trace of the request is a slip that the application's role cannot read."""
    phone = client_of(desks.me)
    page(phone, f"/voices/{desks.tree.union.pk}/")
    take_scope_of(SYSTEM)
    before = {name: _rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in _tables()}
    done = phone.post(f"/voices/{desks.tree.union.pk}/", {**FORM, "visibility": "anonymous", "text": SECRET})
    assert done.status_code == 200
    take_scope_of(SYSTEM)
    after = {name: _rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in _tables()}
    assert after == before and box.count(anonymous.BOX) == 1
    named = phone.post("/m/voices/new", FORM)
    assert named.status_code == 302
    take_scope_of(SYSTEM)
    assert {name: _rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in _tables()} != before, "a named one is seen"


def test_nothing_in_the_database_ties_author_and_voice(own_database: str) -> None:
    """Eight members write one after another, each in a transaction of their own; then one batch. Who reads every
    column of every table, and the transaction numbers beneath, cannot order the voices or lead one to its author."""
    del own_database
    with acting(SYSTEM):
        tree = make_tree()
        members = [make_member(tree.union, f"职工{number}") for number in range(8)]
        people = [member_viewer(one.person) for one in members]
        viewer_at(tree.county, "organising", "organising.county")
    order = []
    for number, me in enumerate(people):
        with acting(me):  # each reads their own page first, as somebody who is logged in does
            assert me.person_id is not None
        text = f"第{number}件事：食堂的饭菜凉"
        with transaction.atomic():
            given = said(text, visibility=Visibility.ANONYMOUS, nature=Nature.SUGGEST, may_hand_down=False)
            code, _ = anonymous.drop_voice(tree.union.pk, given, "10.0.0.1")
            order.append(code)
    assert anonymous.sort() == 8
    with acting(SYSTEM):
        rows = list(Voice.objects.all())
        assert len(rows) == 8
        for row in rows:
            assert (row.person_id, row.contact, row.received_at) == (None, None, None)
        writers = _rows("SELECT DISTINCT xmin::text FROM voice UNION SELECT DISTINCT xmin::text FROM voice_act")
        assert len(writers) == 1, "all of a batch are written by one transaction"
        assert set(VoiceAct.objects.values_list("at", "account_id", "actor_name")) == {(None, None, "")}
        ids = {str(me.person_id) for me in people} | {str(me.account_id) for me in people}
        for name in ("voice", "voice_act", "voice_piece", "voice_file", "stored_file"):
            for line in _rows(f'SELECT t::text FROM "{name}" t'):
                found = set(re.split(r"[^0-9A-Za-z]+", line[0]))
                assert not {one for one in ids & found if len(one) > 3}, name
        from gonghui.apps.voice.queries.voices import said as words

        told = [int(re.findall(r"第(\d)件", words(row))[0]) for row in Voice.objects.order_by("pk")]
        physical = [
            int(re.findall(r"第(\d)件", words(Voice.objects.get(pk=pk)))[0])
            for (pk,) in _rows("SELECT id FROM voice ORDER BY ctid")
        ]
        for sequence in (told, physical):
            steps = sum(1 for one, other in itertools.pairwise(sequence) if other == one + 1)
            assert sequence != sorted(sequence) and steps < 6, "the order of chance tells nothing"
        trail = _rows("SELECT actor_id, actor_name, request_id FROM trail_record WHERE verb = 'voice.received'")
        assert {(one[0], one[1]) for one in trail} == {(None, SYSTEM.name)} and len(trail) == 8


@pytest.mark.parametrize("column", ["person_id", "contact", "received_at"])
def test_the_database_refuses_an_author_of_an_anonymous_one(desks: Desks, column: str) -> None:
    from django.db import IntegrityError

    anonymous.drop_voice(desks.tree.union.pk, said(SECRET, visibility=Visibility.ANONYMOUS), "a")
    anonymous.sort()
    take_scope_of(SYSTEM)
    value: Any = {"person_id": desks.tree.insider.person_id, "contact": b"x", "received_at": "2026-01-01T00:00Z"}[
        column
    ]
    with pytest.raises(IntegrityError, match="voice_anonymous_is_nobody"), transaction.atomic():
        Voice.objects.update(**{column: value})


def test_staff_see_the_day_and_nobody(desks: Desks) -> None:
    anonymous.drop_voice(desks.tree.union.pk, said(SECRET, visibility=Visibility.ANONYMOUS, may_hand_down=False), "a")
    anonymous.sort()
    take_scope_of(SYSTEM)
    voice = Voice.objects.get()
    county = client_of(desks.county)
    shown = page(county, f"/desk/voices/{voice.pk}/")
    main = shown[shown.index("<main") :]
    assert SECRET in main and "匿名" in main
    assert not re.search(r"\d{1,2}:\d{2}", main), "no moment of what the author did"
    assert "刘细妹" not in main and "查看称呼和电话" not in main
    with pytest.raises(Refusal, match="GH-VOI-045"):
        services.reveal_contact(desks.county, voice_id=voice.pk, reason="想知道是谁提的")
    answer = county.get("/desk/voices/?export=xlsx")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer["Content-Type"].startswith("application/vnd")
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [[str(cell.value) for cell in row] for sheet in book for row in sheet.iter_rows()]
    mine = next(row for row in rows if voice.number in row)
    assert not any("刘细妹" in cell for row in rows for cell in row)
    assert not any(re.search(r"[1-9]\d?:\d{2}|:[1-9]\d|0[1-9]:\d{2}", cell) for cell in mine), "a day, and no moment"


def test_logs_hold_neither_words_nor_code_nor_address(desks: Desks, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    someone = Client(REMOTE_ADDR="203.0.113.77")
    done = someone.post(f"/voices/{desks.tree.union.pk}/", {**FORM, "visibility": "anonymous", "text": SECRET})
    code = re.search(r"<output>([0-9A-Z-]{19})</output>", done.content.decode())
    assert code is not None
    someone.post("/voices/code/", {"code": code[1]})
    anonymous.sort()
    answered = someone.post("/voices/code/", {"code": code[1]})
    assert SECRET in answered.content.decode()
    kept = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    for word in (SECRET[:6], code[1], code[1].replace("-", ""), "203.0.113.77"):
        assert not any(word in line for line in kept)


def test_the_author_answers_through_the_box_alone(desks: Desks) -> None:
    code, _ = anonymous.drop_voice(
        desks.tree.union.pk, said(SECRET, visibility=Visibility.ANONYMOUS, may_hand_down=False), "a"
    )
    anonymous.sort()
    take_scope_of(SYSTEM)
    voice = Voice.objects.get()
    services.answer(desks.county, voice_id=voice.pk, outcome=Outcome.EXPLAINED, words=REPLY)
    take_scope_of(SYSTEM)
    before = _rows("SELECT v::text FROM voice v")
    someone = Client()
    assert REPLY in someone.post("/voices/code/", {"code": code}).content.decode()
    someone.post("/voices/code/", {"code": code, "do": "unsolved", "text": "只是解释，没有改"})
    take_scope_of(SYSTEM)
    assert _rows("SELECT v::text FROM voice v") == before
    assert anonymous.sort() >= 2
    take_scope_of(SYSTEM)
    voice.refresh_from_db()
    assert voice.reopened_on is not None and voice.handler_id == desks.tree.city.pk
    assert Account.objects.filter(person__isnull=False).exists()
