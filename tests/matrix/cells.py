"""The cells of the matrix: enumerated without asking anything, then asked one by one, each rolled back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from gonghui.kernel.models import Organisation
from gonghui.kernel.scope import take_scope, take_seat
from tests.whole import SHARE, asked

from . import bodies
from .actors import Actor, Visitor
from .expectations import Outcome, expected, outcome_of, placed
from .objects import CONSTANTS, Objects
from .places import LEVELS, Place, Site, within
from .surface import Surface, surfaces


@dataclass(frozen=True)
class Cell:
    """One request. A list without an object is one request and six cells: whose rows does it show?"""

    actor: Actor
    surface: Surface
    place: Place | None

    @property
    def weight(self) -> int:
        shows_rows = self.place is None and self.surface.door.kind in ("desk", "token", "member")
        return len(LEVELS[self.actor.level]) if shows_rows else 1

    def __str__(self) -> str:
        return f"{self.actor} · {self.surface} · {self.place or '—'}"


@lru_cache(maxsize=1)
def _surfaces() -> tuple[Surface, ...]:
    return tuple(surfaces())


TO_OWN_MEMBERS = ("democracy:m-",)
"""Pages where a member reads what their own body and the one above laid before their members; of others, nothing."""
AT_THE_DOOR = (Place.OWN, Place.SIBLING, Place.OTHER_CITY)
"""Who is turned away at the door, or asks with a method that a page does not take, gets there before any object is
looked at: three places show that none is."""


def cells(actor: Actor, whole: bool = False) -> Iterator[Cell]:
    """The cells of one actor: all of them, or the share that `make test` asks (see tests/whole.py).

    Who is turned away everywhere is asked a third as much, who is asked a second time elsewhere half as much.
    """
    share = SHARE * (3 if actor.state else 2 if actor.level == "union" else 1)
    yield from (cell for cell in _every(actor) if whole or asked(cell, share))


def _every(actor: Actor) -> Iterator[Cell]:
    for surface in _surfaces():
        kinds = placed(surface)
        turned_away = Outcome.ALLOWED not in expected(actor, surface, Place.OWN)
        if not kinds and surface.method != "GET" and surface.door.kind in ("desk", "token"):
            # the address names nothing, but the body may name things near and far
            yield Cell(actor, surface, Place.OWN)
            yield Cell(actor, surface, Place.OTHER_CITY)
        elif not kinds:
            yield Cell(actor, surface, None)
        elif turned_away or surface.not_taken:
            yield from (Cell(actor, surface, place) for place in AT_THE_DOOR)
        else:
            yield from (Cell(actor, surface, place) for place in LEVELS[actor.level])
            if "transfer" in kinds and not turned_away:
                yield Cell(actor, surface, Place.SHARED)


@dataclass
class World:
    """What the cells are asked about; made once per test process."""

    root: Organisation
    sites: dict[str, Site]
    objects: dict[str, Objects]
    shared: dict[str, Objects]
    visitors: dict[Actor, Visitor]
    fields: dict[str, dict[str, str]] = field(default_factory=dict)

    def at(self, actor: Actor, place: Place | None) -> Objects:
        """The objects of a place, seen from the actor's level."""
        own = self.objects[LEVELS[actor.level][Place.OWN]]
        if place is None:
            return own
        if place is Place.SHARED:
            return own | self.shared[actor.level]
        return self.objects[LEVELS[actor.level][place]]

    def strangers(self, actor: Actor, surface: Surface) -> list[str]:
        """Words that must not appear in an answer to the actor."""
        if actor.role == "member" and surface.name.startswith(TO_OWN_MEMBERS):
            line = {LEVELS[actor.level][place] for place in (Place.OWN, Place.PARENT)}
            return [site.word for key, site in self.sites.items() if key not in line]
        reaches = actor.role not in ("judge", "provider", "member", "outsider") and actor.state not in (
            "no_post",
            "expired",
            "not_yet",
            "asked",
            "revoked",
            "suspended",
        )
        return [site.word for key, site in self.sites.items() if not (reaches and within(actor.level, key, self.sites))]

    def forget(self) -> None:
        """No scope and no account, as at the beginning of a request."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('gonghui.lo', '', true), set_config('gonghui.hi', '', true),"
                " set_config('gonghui.person', '', true), set_config('gonghui.account', '', true),"
                " set_config('gonghui.seat', '', true)"
            )


def text_of(response: Any) -> str:
    """Everything an answer says: body, sheets of a workbook, the headers that lead on."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
    said = " ".join(
        response.headers.get(name, "") for name in ("Location", "HX-Redirect", "HX-Push-Url", "Content-Disposition")
    )
    return content.decode("utf-8", "replace") + said


_TABLES = """SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped AND a.attnum > 0
GROUP BY 1 HAVING bool_or(a.attname = 'path') ORDER BY 1"""


@lru_cache(maxsize=1)
def _scoped_tables() -> tuple[tuple[str, frozenset[str]], ...]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return tuple((name, frozenset(columns)) for name, columns in cursor.fetchall())


def rows_written() -> dict[str, int]:
    """How often rows of each table were written in this transaction, whether or not that changed them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(h.inhparent::regclass::text, s.relname), sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint"
            " FROM pg_stat_xact_user_tables s LEFT JOIN pg_inherits h ON h.inhrelid = s.relid GROUP BY 1"
        )
        return dict(cursor.fetchall())


def written_since(before: dict[str, int]) -> set[str]:
    """The tables written since `rows_written` was asked, to look only at those."""
    return {table for table, times in rows_written().items() if times != before.get(table, 0)}


def elsewhere(
    own: Organisation | None, visitor: Visitor, upto: int, only: Container[str] | None = None
) -> dict[str, Any]:
    """Table → digest of everything outside a subtree (None: of everything), read with the scope of the whole tree.

    :param only: the tables to look at; all when none is given.

    What is the visitor's own is left out wherever it lies: a member's own rows, one's account and tokens, and the
    transfers of which one end is in the subtree. Of the trail, to which anybody may add, only what stood before.
    """
    take_scope("", "~")
    take_seat("*", None)
    parts = []
    for table, columns in _scoped_tables():
        if table == "figure_mark":  # made by triggers wherever a row is written: it is the row that is looked at
            continue
        where = "NOT (path >= %(lo)s AND path < %(hi)s)"
        if "from_path" in columns:
            where += " AND NOT (from_path >= %(lo)s AND from_path < %(hi)s)"
        if "person_id" in columns and visitor.person_id:
            where += " AND person_id IS DISTINCT FROM %(person)s"
        if table == "trail_record":
            where += " AND id <= %(upto)s"
        parts.append((table, f"{table} t WHERE {where}"))
    foreign = "account_id <> %(account)s AND NOT (p.path >= %(lo)s AND p.path < %(hi)s)"
    parts.append(("account", f"account t WHERE id IN (SELECT account_id FROM post p WHERE {foreign})"))
    parts.append(("api_token", f"api_token t WHERE post_id IN (SELECT id FROM post p WHERE {foreign})"))
    sums = [
        f"SELECT '{name}', count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM {rows}"
        for name, rows in parts
        if only is None or name in only
    ]
    if not sums:
        return {}
    lo, hi = (own.path, own.path + "~") if own else ("~", "~")
    values = {"lo": lo, "hi": hi, "upto": upto, "person": visitor.person_id, "account": visitor.account_id}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sums), values)
        return {name: rest for name, *rest in cursor.fetchall()}


def body_of(world: World, surface: Surface, objects: Objects) -> Any:
    if surface.body is not None:
        return bodies.api_body(surface.body, objects)
    if surface.is_api or surface.method == "GET":
        return None
    return bodies.page_body(world.fields.get(surface.pattern, {}), objects)


def ask(world: World, cell: Cell, *, body_from: Objects | None = None) -> Any:
    """Send one cell's request. The caller rolls back."""
    objects = world.at(cell.actor, cell.place) | CONSTANTS
    address = (world.at(cell.actor, Place.OWN) | CONSTANTS) if not cell.surface.kinds else objects
    body = body_of(world, cell.surface, body_from or objects)
    visitor = world.visitors[cell.actor]
    media = (cell.surface.body or {}).get("media", "")
    return visitor.ask(
        cell.surface.method, cell.surface.address(address), api=cell.surface.is_api, body=body, media=media
    )


def check(world: World, cell: Cell) -> list[str]:
    """Ask one cell and say what is wrong with the answer; nothing of it stays."""
    wrong: list[str] = []
    with transaction.atomic():
        response = ask(world, cell)
        outcome, right = outcome_of(response), expected(cell.actor, cell.surface, cell.place)
        if outcome not in right:
            wanted = " or ".join(sorted(o for o in right if o is not Outcome.METHOD))
            wrong.append(f"{cell}: {response.status_code} {outcome}, should be {wanted}")
        said = text_of(response)
        wrong += [f"{cell}: shows {word}" for word in world.strangers(cell.actor, cell.surface) if word in said]
        if cell.surface.method == "GET" and "export=xlsx" in said and outcome is Outcome.ALLOWED:
            wrong += _check_export(world, cell)
        transaction.set_rollback(True)
    return wrong


def _check_export(world: World, cell: Cell) -> list[str]:
    """The same list as a file."""
    world.forget()
    address = cell.surface.address(world.at(cell.actor, cell.place) | CONSTANTS) + "?export=xlsx"
    said = text_of(world.visitors[cell.actor].ask("GET", address, api=False))
    return [f"{cell}, exported: shows {word}" for word in world.strangers(cell.actor, cell.surface) if word in said]


def learn_forms(world: World, powerful: Visitor) -> None:
    """Read the fields of every page that is also written to, as a post that may everything everywhere."""
    written = {one.pattern for one in _surfaces() if one.method == "POST" and not one.is_api and not one.not_taken}
    for surface in _surfaces():
        if surface.method != "GET" or surface.not_taken or surface.pattern not in written:
            continue
        with transaction.atomic():
            response = powerful.ask("GET", surface.address(world.objects["union"] | CONSTANTS), api=False)
            if response.status_code == 200 and "text/html" in response.headers.get("Content-Type", ""):
                world.fields[surface.pattern] = bodies.fields_of(text_of(response))
            transaction.set_rollback(True)
