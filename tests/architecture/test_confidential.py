"""Nobody outside a case team can learn that a hardship, legal or desk case exists: not by a page, a count, a search, an
export, the trail, a due list, a refusal, the API; and not by the tables themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import override_settings

from gonghui.apps.casework import services as casework
from gonghui.apps.casework.choices import Category, Channel, Difficulty, LetterKind, TicketKind
from gonghui.apps.casework.factories import make_all, shipped_procedure
from gonghui.apps.casework.models import Aid, Case, HardshipFile
from gonghui.apps.casework.tests.conftest import HOUSEHOLD
from gonghui.kernel.factories import make_person
from gonghui.kernel.figures import services as figures
from gonghui.kernel.models import Organisation, Person
from gonghui.kernel.procedures import services as engine
from gonghui.kernel.procedures.factories import member_viewer, officer
from gonghui.kernel.procedures.models import Application, Clock, Doing, Step
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer
from gonghui.web.registry import shell
from gonghui.web.shell import Shell
from tests.matrix.actors import STAFF, Actor, Visitor, make_visitor
from tests.matrix.cells import text_of
from tests.matrix.objects import CONSTANTS
from tests.matrix.places import Site, make_sites
from tests.matrix.surface import Surface, surfaces
from tests.whole import WHOLE
from tests.whole import asked as asked_of

WORD = "甄密因"
"""Stands in every text of the cases and nowhere else."""

LEGAL = {
    "phone": "19900012345", "migrant": "是", "claim": "wages", "against": f"{WORD}公司", "facts": f"{WORD}没有发工资",
    "urgent": "否", "agreed": "是",
}  # fmt: skip


@dataclass
class Secret:
    """The cases, and every number, name and id by which they could be known."""

    sites: dict[str, Site]
    visitors: dict[Actor, Visitor] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    ids: dict[str, list[int]] = field(default_factory=dict)
    before: dict[tuple[Actor, str], str] = field(default_factory=dict)
    person: Person | None = None
    membership: int = 0


def outsiders() -> list[Actor]:
    """Every role at every place that is not of the team (the chair of the union, rights of its township and county)."""
    county = [Actor(role, "county") for role in STAFF if role != "rights"]
    above = [
        Actor(role, level) for level in ("province", "city") for role in ("rights", "leader", "auditor", "finance")
    ]
    beside = [Actor("rights", level) for level in ("sibling_county", "other_township", "union")]
    own = [Actor(role, "union") for role in ("organising", "leader", "auditor")]
    chairs = [Actor("grassroots_chair", level) for level in ("sibling_union", "cousin_union", "far_union")]
    everybody = [
        *county,
        *above,
        *beside,
        *own,
        *chairs,
        Actor("organising", "township"),
        Actor("member", "union"),
        Actor("outsider"),
    ]
    return everybody if WHOLE else [actor for actor in everybody if actor in NEAREST]


WHOLE_RANGE = (Actor("leader", "county"), Actor("rights", "city"), Actor("auditor", "province"))
"""Whose range holds every case of the county; asked of the tables themselves, in the short form too."""


NEAREST = (
    Actor("leader", "county"), Actor("rights", "sibling_county"), Actor("leader", "union"), Actor("member", "union"),
)  # fmt: skip
"""Whom a case is nearest to without being theirs; `make drills` asks everybody."""


def _team(sites: dict[str, Site], person: Person) -> tuple[Viewer, Viewer, Viewer, Viewer]:
    at = {key: sites[key].organisation for key in ("union", "township", "county")}
    return (
        member_viewer(person, "m-secret"),
        officer(at["union"], "grassroots_chair", "甄主席", "secret-chair"),
        officer(at["township"], "rights", "甄镇里", "secret-town"),
        officer(at["county"], "rights", "甄县里", "secret-county"),
    )


def _open(secret: Secret, me: Viewer, chair: Viewer, town: Viewer, county: Viewer) -> None:
    """A file with its aid, legal aid under way, a letter and a ticket, all by the services."""
    union = secret.sites["union"].organisation
    assert secret.person is not None

    def hand_in(key: str, typed: dict[str, Any]) -> Application:
        started = engine.start(me, procedure=shipped_procedure(key), organisation=union, person=secret.person)
        return engine.submit(me, application_id=started.application.pk, typed=typed)

    def approve(who: Viewer, row: Application, **given: Any) -> None:
        step = Step.objects.get(application=row, state="open")
        engine.approve(who, step_id=step.pk, note=f"{WORD}属实", given=given)

    hardship = hand_in("casework.hardship", HOUSEHOLD | {"story": f"{WORD}患病"})
    approve(chair, hardship)
    step = Step.objects.get(application=hardship, state="open")
    engine.record_visit(town, step_id=step.pk, on_site=f"{WORD}入户", good=True, given={"people": "3", "matches": "是"})
    approve(county, hardship)
    aid = hand_in("casework.aid", {"kind": "living", "story": WORD, "agreed": "是"})
    approve(chair, aid)
    approve(county, aid)
    running = hand_in("casework.legal_aid", LEGAL)
    late = Clock.objects.get(application=running, kind="step")
    engine.tick(late.warn_on)
    arrears = hand_in("casework.arrears", {
        "against": f"{WORD}公司", "since": "2026-03-01", "employed": "是", "facts": WORD, "agreed": "是",
        "claimants": [{"name": f"{WORD}甲", "claimed": "100"}],
    })  # fmt: skip
    approve(county, arrears)
    with acting(county):
        letter = casework.draft_letter(
            county, kind=LetterKind.HINT, recipient=f"{WORD}公司", body=f"{WORD}拖欠工资，要求改正"
        )
        casework.send_letter(county, letter_id=letter.pk)
        ticket = casework.receive(
            county, kind=TicketKind.HELP, channel=Channel.CALL, category=Category.PAY_ARREARS, difficulty=Difficulty.HARD,
            said=f"{WORD}拖欠工资", name=f"{WORD}乙", phone="19900054321",
        )  # fmt: skip
    take_scope_of(SYSTEM)
    rows = [hardship, aid, running, arrears]
    secret.words = [WORD, *(Application.objects.get(pk=row.pk).number for row in rows), ticket.number, "19900054321"]
    secret.ids = {
        "application": [row.pk for row in rows],
        "step": list(Step.objects.filter(application__in=rows).values_list("pk", flat=True)),
        "clock": list(Clock.objects.filter(application__in=rows).values_list("pk", flat=True)),
        "hardship_file": [HardshipFile.objects.get().pk], "aid": [Aid.objects.get().pk], "case": [Case.objects.get().pk],
        "letter": [letter.pk], "ticket": [ticket.pk],
    }  # fmt: skip


_CHANGING = re.compile(
    r'<path class="qrline"[^>]*>|csrfmiddlewaretoken" value="[^"]*"|csrf[^ ]*"[^"]*"|nonce[=-]"?[^" ;>]*|"X-CSRFToken": ?"[^"]*"|\d{4}-\d\d-\d\dT[\d:.+Z-]+|&amp;drawn=\d+'
    r'|data-now="[^"]*"|\d\d:\d\d(:\d\d)?|[A-Za-z0-9_-]{32,}|id=\d+|"request_id":"[^"]*"|/desk/trail/\d+'
)


def _same(text: str) -> str:
    """An answer without what differs between any two requests."""
    return _CHANGING.sub("·", text)


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('gonghui.lo', '', true), set_config('gonghui.hi', '', true), set_config('gonghui.person', '', true),"
            " set_config('gonghui.account', '', true), set_config('gonghui.seat', '', true)"
        )


def _ask(visitor: Visitor, surface: Surface, address: str, query: dict[str, str] | None = None) -> tuple[int, str]:
    """One GET, undone at once."""
    _forget()
    with transaction.atomic():
        response = visitor.ask("GET", address, api=surface.is_api, body=None if surface.is_api else query)
        said = text_of(response)
        transaction.set_rollback(True)
    return response.status_code, said


def shell_of_homes(request: HttpRequest) -> Shell:
    """What stands around a page, with its counts: the same on every page, so asked on the first ones alone."""
    return shell(request) if request.path in ("/desk/", "/m/", "/m/me/") else Shell()


def _gets() -> list[Surface]:
    return [one for one in surfaces() if one.method == "GET"]


def _plain(surface: Surface) -> bool:
    return not surface.parameters


def _none(surface: Surface) -> bool:
    return False


@pytest.fixture(scope="module")
def secret(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Secret]:
    params = [
        getattr(item, "callspec", None) for item in request.session.items if item.nodeid.startswith(request.node.nodeid)
    ]
    asked = {
        one.params["actor"] for one in params if one is not None and "actor" in one.params
    }  # a part of them, with -k
    homes = override_settings(GONGHUI_SHELL=f"{__name__}.shell_of_homes")
    with homes, django_db_blocker.unblock(), transaction.atomic():
        take_scope_of(SYSTEM)
        root, sites = make_sites()
        township = sites["cousin_union"].organisation.parent
        assert township is not None
        sites |= {
            "province": Site("province", root, "甄省"),
            "other_township": Site("other_township", township, "甄乡"),
        }
        one = Secret(sites)
        one.person = Person.objects.filter(name="刘细妹").get()
        one.membership = one.person.memberships.get().pk
        for key in ("hardship", "aid", "legal_aid", "arrears"):
            shipped_procedure(f"casework.{key}")
        team = _team(sites, one.person)
        one.visitors = {actor: make_visitor(actor, sites) for actor in {*outsiders(), *WHOLE_RANGE}}
        take_scope_of(SYSTEM)
        figures.fill()
        figures.drain()
        for actor, visitor in one.visitors.items():
            for surface in filter(_plain if actor in asked else _none, _gets()):
                one.before[actor, str(surface)] = _same(_ask(visitor, surface, "/" + surface.pattern)[1])
        take_scope_of(SYSTEM)
        _open(one, *team)
        take_scope_of(SYSTEM)
        figures.drain()
        yield one
        transaction.set_rollback(True)


def _candidates(secret: Secret, surface: Surface) -> Iterator[dict[str, Any]]:
    """Values for the parameters of an address: the secret's own ids wherever a number is asked for.

    An address of something else is asked with a part of them, and with all in `make drills`.
    """
    union, person = secret.sites["union"].organisation, secret.person
    assert person is not None
    near = {"organisation": union.pk, "public_organisation": union.pk, "person": person.pk}
    near |= {"membership": secret.membership}
    every = sorted({pk for ids in secret.ids.values() for pk in ids})
    kinds = dict(surface.parameters)
    part = [pk for pk in every if asked_of((surface.pattern, pk))] or every[:1]
    own = next((secret.ids[kind] for kind in kinds.values() if kind in secret.ids), part)
    for pk in own:
        yield {name: CONSTANTS.get(kind) or near.get(kind) or pk for name, kind in kinds.items()}
        if all(kind in near or kind in CONSTANTS for kind in kinds.values()):
            return


def _address(surface: Surface, values: dict[str, Any]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), surface.pattern)


def _told(secret: Secret, said: str) -> list[str]:
    return [word for word in secret.words if word in said]


@pytest.mark.parametrize("actor", outsiders(), ids=lambda actor: f"{actor.role}-{actor.level}")
def test_no_page_tells(secret: Secret, actor: Actor) -> None:
    """Lists, homes, counters and exports are the same as before there was a case; no address finds one by its id."""
    visitor, wrong, asked = secret.visitors[actor], [], 0
    for surface in _gets():
        if _plain(surface):
            status, said = _ask(visitor, surface, "/" + surface.pattern)
            asked += 1
            if status >= 500 or _told(secret, said):
                wrong.append(f"{surface}: {status} {_told(secret, said)}")
            elif _same(said) != secret.before[actor, str(surface)] and not _auditor_of_all(actor, surface):
                wrong.append(
                    f"{surface}: differs from before: {_difference(secret.before[actor, str(surface)], _same(said))}"
                )
            continue
        for values in _candidates(secret, surface):
            status, said = _ask(visitor, surface, _address(surface, values))
            asked += 1
            hidden = not any(kind in secret.ids for _, kind in surface.parameters) or status in (
                302,
                401,
                403,
                404,
                405,
            )
            if status >= 500 or not hidden or _told(secret, said):
                wrong.append(f"{surface} {values}: {status} {_told(secret, said)}")
    assert asked > 60
    assert not wrong, "\n".join(wrong[:30])


def _auditor_of_all(actor: Actor, surface: Surface) -> bool:
    """The root's auditor reads that acts were recorded at no place: never of whom, what or under which number."""
    return actor == Actor("auditor", "province") and "trail" in surface.pattern


def _difference(before: str, after: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    return f"…{before[max(at - 60, 0) : at + 60]!r} → {after[max(at - 60, 0) : at + 60]!r}"


SEARCHERS = outsiders() if WHOLE else list(NEAREST[:2])
"""Who looks for the words of a case and takes lists home; the others have seen above that no page differs."""


@pytest.mark.parametrize("actor", SEARCHERS, ids=lambda actor: f"{actor.role}-{actor.level}")
def test_no_search_or_export_tells(secret: Secret, actor: Actor) -> None:
    visitor, wrong = secret.visitors[actor], []
    for surface in filter(_plain, _gets()):
        if surface.is_api or not surface.pattern.startswith("desk/"):
            continue
        for query in ({"q": secret.words[1]}, {"q": WORD}, {"export": "xlsx"}):
            status, said = _ask(visitor, surface, "/" + surface.pattern, query)
            said = said.replace(query.get("q", "\0"), "") if "q" in query else said  # what was asked for is said again
            if status >= 500 or _told(secret, said):
                wrong.append(f"{surface} {query}: {status} {_told(secret, said)}")
    for word in secret.words:
        _forget()
        with transaction.atomic():
            said = text_of(visitor.ask("POST", "/desk/find", api=False, body={"q": word}))
            transaction.set_rollback(True)
        wrong += [f"find {word}" for number in secret.ids["application"] if f"/{number}/" in said]
    assert not wrong, "\n".join(wrong[:30])


def test_the_trail_names_neither_matter_nor_number(secret: Secret) -> None:
    """What is recorded of a case stands at no place and says no number, name or reason."""
    with connection.cursor() as cursor:
        take_scope_of(SYSTEM)
        cursor.execute("SELECT t::text FROM trail_record t")
        rows = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT path FROM trail_record WHERE verb LIKE 'casework.%%' OR (object_type = 'application' AND object_id = ANY(%s))",
            [[str(pk) for pk in secret.ids["application"]]],
        )
        paths = {row[0] for row in cursor.fetchall()}
    assert paths == {""}
    assert [row for row in rows if any(word in row for word in secret.words)] == []


TABLES = (
    "application", "application_step", "application_clock", "application_doing", "application_decision", "application_effect",
    "application_submission", "application_evidence", "casework_file", "casework_aid", "casework_case", "casework_event",
    "casework_claimant", "casework_letter", "casework_ticket", "casework_ticket_act",
)  # fmt: skip


def _rows(viewer: Viewer | None, lo: str, hi: str) -> dict[str, int]:
    """What the application's own role sees in each table."""
    found = {}
    with transaction.atomic(), connection.cursor() as cursor:
        _forget()
        if viewer is not None:
            take_scope_of(viewer)
        cursor.execute("SELECT set_config('gonghui.lo', %s, true), set_config('gonghui.hi', %s, true)", [lo, hi])
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        transaction.set_rollback(True)
    return found


def test_the_tables_alone_keep_the_secret(secret: Secret) -> None:
    """With the range of the whole county, or of everything, and no seat in the team: no row of any table."""
    take_scope_of(SYSTEM)
    county, city = secret.sites["county"].organisation, secret.sites["city"].organisation
    none = dict.fromkeys(TABLES, 0)
    assert _rows(None, county.path, county.path + "~") == none
    assert _rows(None, "", "~") == none
    for actor in WHOLE_RANGE:
        take_scope_of(SYSTEM)
        post_account = secret.visitors[actor].account_id
        organisation = secret.sites[actor.level].organisation
        viewer = Viewer(role=actor.role, account_id=post_account, post_id=1, organisation_id=organisation.pk)
        assert _rows(viewer, city.path, city.path + "~") == none
    team = Viewer(role="rights", account_id=None, post_id=1, organisation_id=county.pk)
    seen = _rows(team, county.path, county.path + "~")
    assert all(seen[table] for table in TABLES if table != "application_evidence")


def test_every_table_of_casework_is_in_the_list(secret: Secret) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename::text FROM pg_policies WHERE tablename LIKE 'casework%%' AND policyname = 'case_team'"
            " AND permissive = 'RESTRICTIVE' ORDER BY 1"
        )
        restricted = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT tablename::text FROM pg_tables WHERE tablename LIKE 'casework%%' ORDER BY 1")
        assert (
            restricted == [row[0] for row in cursor.fetchall()] == sorted(t for t in TABLES if t.startswith("casework"))
        )


def test_a_refusal_says_the_same_whether_there_is_a_case_or_not(secret: Secret) -> None:
    """A rights officer above may apply on behalf: from what is refused nothing can be learned of a person's file."""
    take_scope_of(SYSTEM)
    union: Organisation = secret.sites["union"].organisation
    probing = officer(secret.sites["city"].organisation, "rights", "甄试探", "secret-probe")
    said = []
    for person in (secret.person, make_person("王无事", union)):
        take_scope_of(SYSTEM)
        for key, typed in (
            ("casework.aid", {"kind": "living", "story": "困难", "agreed": "是"}),
            ("casework.legal_aid", LEGAL),
        ):
            with transaction.atomic():
                try:
                    made = engine.start(probing, procedure=shipped_procedure(key), organisation=union, person=person)
                    engine.submit(probing, application_id=made.application.pk, typed=typed)
                    said.append((key, "handed in"))
                except Refusal as refusal:
                    said.append((key, str(refusal)))
                transaction.set_rollback(True)
    assert said[:2] == said[2:]


def test_inserts_of_others_cannot_place_a_case_with_a_team(secret: Secret) -> None:
    """The makers used elsewhere keep to the same policies: what is made at a sibling is seen there alone."""
    take_scope_of(SYSTEM)
    with transaction.atomic():
        far = secret.sites["far_union"].organisation
        made = make_all(far, make_person("王远人", far), "甄远处")
        county = secret.sites["sibling_county"].organisation
        seen = _rows(Viewer(role="rights", post_id=1, organisation_id=county.pk), county.path, county.path + "~")
        assert made and {table: seen[table] for table in TABLES if table.startswith("casework")} == {
            table: 0 for table in TABLES if table.startswith("casework")
        }
        assert Doing.objects.count() >= 0
        transaction.set_rollback(True)
