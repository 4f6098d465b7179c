"""One member's identity number and phone through every way in and out: they come back from a reveal and nowhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gonghui.apps.membership.views import find as find_view
from gonghui.apps.rosters import services as rosters
from gonghui.apps.rosters.models import RosterImport
from gonghui.kernel.factories import CANARY_ID, CANARY_PHONE, make_post, make_tree
from gonghui.kernel.models import Account
from gonghui.kernel.people.models import Person
from gonghui.kernel.people.rules import check_id
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import SYSTEM
from gonghui.machine.postgres import OWNER
from tests.canary import SEEN_AS, WATCH, found_in
from tests.matrix.actors import make_token, session_of
from tests.matrix.bodies import fields_of

WRONG_ID = CANARY_ID[:17] + ("1" if CANARY_ID[17] != "1" else "2")
"""The same number with a wrong check digit: what a clerk mistypes is as personal as what is right."""


HANDED_BACK = re.compile(r"^officer GET /desk/rosters/\d+/report → 200$")
"""The workbook of rejected rows gives the officer the own rows back, to be corrected and fed in again; that it was taken
is on the trail."""


class Everything:
    """Everything that was answered, with who asked and whether the asker had typed a number."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, bool, Any, bytes]] = []

    def browser(self, who: str, account: Account | None, **options: Any) -> Browser:
        client = Client(raise_request_exception=False, **options)
        if account is not None:
            client.cookies["sessionid"] = session_of(account)
        return Browser(who, client, self)


class Browser:
    def __init__(self, who: str, client: Client, everything: Everything) -> None:
        self.who, self.client, self.everything = who, client, everything

    def ask(self, method: str, address: str, body: Any = None, typed: bool = False, **headers: str) -> Any:
        if method == "GET":
            response = self.client.get(address, headers=headers)
        elif isinstance(body, dict) and address.startswith("/api/"):
            response = self.client.post(address, json.dumps(body), "application/json", headers=headers)
        else:
            response = self.client.post(address, body or {}, headers=headers)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        self.everything.answers.append(
            (f"{self.who} {method} {address} → {response.status_code}", typed, response, content)
        )
        response.said = content
        return response

    def get(self, address: str, **headers: str) -> Any:
        return self.ask("GET", address, **headers)

    def post(self, address: str, body: Any, typed: bool = False, **headers: str) -> Any:
        return self.ask("POST", address, body, typed, **headers)


@pytest.fixture
def stage(
    own_database: str, django_db_blocker: Any
) -> Iterator[tuple[Any, Everything, dict[str, Browser], dict[str, str]]]:
    """Committed, because a worker reads the roster; browsers of several posts, and a token."""
    with WATCH.paused():
        with acting(SYSTEM):
            tree = make_tree()
            posts = {
                "officer": make_post(tree.county, "organising", "officer"),
                "auditor": make_post(tree.county, "auditor", "auditor"),
                "finance": make_post(tree.county, "finance", "finance"),
                "neighbour": make_post(tree.sibling_county, "organising", "neighbour"),
            }
            token = make_token(posts["officer"], "gh_test_canary")
            everything = Everything()
            browsers = {who: everything.browser(who, post.account) for who, post in posts.items()}
            browsers["stranger"] = everything.browser("stranger", None)
        yield tree, everything, browsers, {"Authorization": f"Bearer {token}"}


def _look(tree: Any, browsers: dict[str, Browser], token: dict[str, str]) -> None:
    """Reading: pages, searches, lists, exports, the API."""
    person, union = tree.insider.person_id, tree.union.pk
    officer = browsers["officer"]
    for address in (
        f"/desk/people/{person}/", f"/desk/people/{person}/edit/", "/desk/members/", f"/desk/organisations/{union}/members/",
        "/desk/members/?export=xlsx", "/desk/duplicates/", "/desk/", f"/desk/people/{person}/reveal/phone/",
    ):  # fmt: skip
        officer.get(address)
    for text in (CANARY_ID, CANARY_PHONE, CANARY_PHONE[-4:], "刘细妹", WRONG_ID):
        officer.post("/desk/find", {"q": text})
        officer.post("/desk/people/pick?field=person", {"person-typed": text, "person_typed": text})
        officer.post("/desk/members/", {"list": "filter", "q": text}, **{"HX-Request": "true"})
        officer.get(officer.post("/desk/members/", {"list": "filter", "q": text}).headers["Location"])
        officer.post("/api/v1/people/find", {"text": text}, False, **token)
    officer.post("/desk/rosters/export", {"kind": "members", "organisation": tree.county.name})
    for address in (f"/api/v1/people/{person}", f"/api/v1/people/{person}/memberships", "/api/v1/members"):
        officer.get(address, **token)
    for who in ("finance", "neighbour", "stranger", "auditor"):
        browsers[who].get(f"/desk/people/{person}/")
        browsers[who].post(f"/desk/people/{person}/reveal/phone/", {"reason": "电话核实是否在岗"})
        browsers[who].post("/desk/find", {"q": CANARY_ID})


def _write(tree: Any, browsers: dict[str, Browser], token: dict[str, str]) -> None:
    """Typing the numbers where they are refused: a form may keep what was typed, a problem document may not."""
    officer, person, union = browsers["officer"], tree.insider.person_id, tree.union.pk
    row = {"organisation_id": union, "name": "刘细妹", "joined_on": "2024-05-01"}
    for number in (CANARY_ID, WRONG_ID):
        officer.post("/api/v1/members", row | {"id_number": number, "phone": CANARY_PHONE}, False, **token)
    officer.post("/api/v1/members", row | {"id_number": "X" * 50, "phone": CANARY_PHONE}, False, **token)
    officer.post("/api/v1/people/find", {"text": CANARY_ID * 9}, False, **token)
    officer.post(f"/api/v1/organisations/{union}", {CANARY_ID: CANARY_PHONE}, False, **token)
    form = {
        "organisation": union,
        "name": "刘细妹",
        "id_kind": "identity_card",
        "worker_kind": "regular",
        "joined_on": "2024-05-01",
        "on": "2024-05-01",
    }
    for number in (CANARY_ID, WRONG_ID):
        officer.post("/desk/members/new", form | {"id_number": number, "phone": CANARY_PHONE}, True)
    officer.post(
        f"/desk/people/{person}/edit/",
        {"version": 1, "name": "刘细妹", "id_kind": "identity_card", "id_number": WRONG_ID, "sex": "1"},
        True,
    )
    browsers["neighbour"].post("/desk/members/new", form | {"id_number": CANARY_ID, "phone": CANARY_PHONE}, True)


def _reveal(tree: Any, browsers: dict[str, Browser], token: dict[str, str]) -> list[Any]:
    """The one place where the numbers come back."""
    officer, person = browsers["officer"], tree.insider.person_id
    assert CANARY_PHONE.encode() not in officer.post(f"/desk/people/{person}/reveal/phone/", {"reason": "看"}).said
    reason = {"reason": "电话核实是否在岗"}
    shown = [
        officer.post(f"/desk/people/{person}/reveal/phone/", reason),
        officer.post(f"/desk/people/{person}/reveal/id_number/", reason),
        officer.post(
            f"/api/v1/people/{person}/reveal",
            {"field": "id_number", **reason},
            **token,
            **{"Idempotency-Key": "k-reveal"},
        ),
    ]
    for answer, number in zip(shown, (CANARY_PHONE, CANARY_ID, CANARY_ID), strict=True):
        assert answer.said.decode().count(number) == 1
        assert "no-store" in answer.headers["Cache-Control"]
    return shown


def _codes() -> list[dict[str, Any]]:
    folder = Path(settings.DATA_DIR) / "outbox"
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def _member(everything: Everything, tree: Any, browsers: dict[str, Browser]) -> None:
    """The member's own way: code, own data, a correction; the officer's answer to it."""
    phone = everything.browser("member", None)
    before = len(_codes())
    assert phone.post("/m/login/", {"phone": CANARY_PHONE}).status_code == 302
    sent = _codes()[before:]
    assert len(sent) == 1 and not found_in(json.dumps(sent))
    phone.get("/m/login/code/")
    phone.post("/m/login/code/", {"code": "000000" if sent[0]["code"] != "000000" else "111111"})
    assert phone.post("/m/login/code/", {"code": sent[0]["code"]}).headers["Location"] == "/m/"
    for address in ("/m/", "/m/card/", "/m/me/", "/m/me/looks/", "/m/me/corrections/", "/m/transfer/"):
        assert phone.get(address).status_code == 200, address
    assert (
        phone.post("/m/me/corrections/", {"field": "phone", "wanted": CANARY_PHONE, "note": "换过号"}).status_code
        == 302
    )
    phone.get("/m/me/corrections/")
    officer = browsers["officer"]
    listed = officer.get("/desk/corrections/").said.decode()
    pk = re.search(r'name="pk" value="(\d+)"', listed)
    assert pk is not None
    assert officer.post("/desk/corrections/", {"pk": pk[1], "accept": "1", "answer": "已核对"}).status_code == 302


def _import(tree: Any, browsers: dict[str, Browser]) -> None:
    """A roster with the number right, mistyped, and turned into a float by a spreadsheet."""
    officer = browsers["officer"]
    rows = [
        f"刘细妹,{CANARY_ID},{CANARY_PHONE},{tree.union.name}",
        f"刘细妹,{WRONG_ID},{CANARY_PHONE},{tree.union.name}",
        f"刘细妹,{float(CANARY_ID[:17] + '0'):.6e},{CANARY_PHONE}1,{tree.union.name}",
    ]
    content = ("姓名,身份证号码,手机号码,所在工会\n" + "\n".join(rows) + "\n").encode()
    file = SimpleUploadedFile("名册.csv", content, "text/csv")
    answer = officer.post("/desk/rosters/new", {"kind": "members", "organisation": tree.county.name, "file": file})
    assert answer.status_code == 302, answer.said.decode()[:2000]
    pk = int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[1])
    rosters.run(pk)
    columns = fields_of(officer.get(f"/desk/rosters/{pk}/").said.decode())
    officer.post(
        f"/desk/rosters/{pk}/columns", {name: value for name, value in columns.items() if name.startswith("column_")}
    )
    rosters.run(pk)
    for page in ("", "problems/", "report", "rows/new/", "rows/changed/", "progress"):
        officer.get(f"/desk/rosters/{pk}/{page}")
    officer.post(f"/desk/rosters/{pk}/commit", {"mode": "good_only"})
    rosters.run(pk)
    with acting(SYSTEM):
        assert RosterImport.objects.get(pk=pk).state in ("done", "ready", "failed")
    officer.get(f"/desk/rosters/{pk}/")


def _errors(browsers: dict[str, Browser], everything: Everything, account: Account) -> None:
    """Error pages: a crash in the middle, a missing page, a form without its token."""
    officer = browsers["officer"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find_view.people_queries, "search", lambda viewer, text, limit: [][len(text)])
        assert officer.post("/desk/find", {"q": CANARY_ID}).status_code == 500
    officer.post("/desk/nothing-here/", {"q": CANARY_ID})
    checked = everything.browser("officer", account, enforce_csrf_checks=True)
    assert checked.post("/desk/find", {"q": CANARY_ID}).status_code == 403


def _audit(browsers: dict[str, Browser]) -> None:
    """The trail as the auditor reads and exports it, and what anybody may read of the API."""
    auditor = browsers["auditor"]
    auditor.get("/desk/trail/")
    auditor.post("/desk/trail/export", {})
    for address in ("/api/v1/openapi.json", "/api/v1/docs", "/", "/trail/key"):
        browsers["stranger"].get(address)


def _in_clear(cluster: Any, database: str) -> list[str]:
    """Tables of the whole database, jobs and sessions too, in which a number stands readable."""
    with psycopg.connect(cluster.url(OWNER, database)) as owner:
        tables = owner.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
        ).fetchall()
        assert len(tables) > 50
        return [
            name
            for (name,) in tables
            if any(found_in(row) for (row,) in owner.execute(f"SELECT t::text FROM {name} t"))
        ]


def test_the_numbers_come_back_from_a_reveal_and_nowhere_else(
    stage: Any, own_database: str, cluster: Any, capfd: Any, caplog: Any
) -> None:
    tree, everything, browsers, token = stage
    caplog.set_level("INFO")
    account = Account.objects.get(username="officer")
    _look(tree, browsers, token)
    _write(tree, browsers, token)
    opened = _reveal(tree, browsers, token)
    _member(everything, tree, browsers)
    _import(tree, browsers)
    _errors(browsers, everything, account)
    _audit(browsers)
    assert len(everything.answers) > 90
    wrong = [
        words
        for words, typed, response, content in everything.answers
        if found_in(content)
        and not any(response is one for one in opened)
        and not (typed and response.status_code in (200, 422))
        and not HANDED_BACK.search(words)
    ]
    wrong += [
        f"{words}: in a header"
        for words, _, response, _ in everything.answers
        if any(map(found_in, response.headers.values()))
    ]
    assert wrong == []
    with acting(SYSTEM):
        verbs = set(TrailRecord.objects.values_list("verb", flat=True))
    assert {
        "person.reveal",
        "roster.uploaded",
        "roster.report",
        "correction.asked",
        "access.member_login",
        "access.refused",
    } <= verbs
    assert _in_clear(cluster, own_database) == []
    out, err = capfd.readouterr()
    assert not found_in(out) and not found_in(err) and not found_in(caplog.text)
    assert [one for one in _server_log() if found_in(one)] == []


def _server_log() -> Iterator[str]:
    """The database server's own log; a statement that fails is written there with its values."""
    for path in sorted(Path(settings.DATA_DIR).glob("postgres/log/*.log")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            yield from lines


def test_the_canary_would_be_seen() -> None:
    """The numbers are well formed, unique to the cast, and the watch sees each part and what lies in workbooks."""
    assert check_id("identity_card", CANARY_ID).number == CANARY_ID
    with pytest.raises(Refusal):
        check_id("identity_card", WRONG_ID)
    assert all(found_in(f"（{part}）") for part in SEEN_AS)
    assert not found_in("9900**********2491，199****0417") and not found_in(b"PK")


def test_the_cast_carries_the_canary(tree: Any) -> None:
    person = Person.objects.get(pk=tree.insider.person_id)
    assert not found_in(f"{person.id_mask} {person.phone_mask}")
    assert timezone.localdate() > person.birth
