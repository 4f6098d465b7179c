"""Every write leaves a record of who, what and where; refused attempts too.

Each route that takes a write is asked with a body that would pass, as a post that may everything; then all tables are
compared with what they were. Whatever changed, the trail must have grown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from gonghui.kernel.scope import take_scope
from gonghui.kernel.trail import wording
from gonghui.kernel.trail.models import TrailRecord
from tests.matrix.actors import Actor, Visitor
from tests.matrix.cells import World, body_of, rows_written, written_since
from tests.matrix.conftest import no_shell
from tests.matrix.objects import CONSTANTS, Objects
from tests.matrix.surface import Surface, surfaces
from tests.matrix.unchecked import powerful_visitor
from tests.matrix.world import make_world

NOT_RECORDS = frozenset(
    {
        "django_session",
        "account_session",
        "trail_record",
        "trail_seal",
        "idempotency_key",
        "roster_progress",
        "login_code",
        "axes_accessattempt",
    }
)
"""Tables that hold no record of the union: sessions, keys of a retry, progress bars, codes that live five minutes."""

SILENT: dict[str, str] = {
    "access:logout": "ends one's own session; the log-in was recorded",
    "access:end_session": "ends one's own session",
    "access:switch_post": "only says which of one's posts is active",
    "rosters:commit": "hands the import to the worker, which records what it did",
    "api:commit": "hands the import to the worker, which records what it did",
    "rosters:sheet": "reads another sheet of the same file; what comes of it is recorded when it is imported",
}
"""Writes without a record, and why that is right. List settings (saved filters, columns) are matched by their table."""

OWN_SETTINGS = frozenset({"saved_list"})

BODIES: dict[str, dict[str, str]] = {
    "membership:membership-leave": {"reason": "left"},
    "membership:membership-retain": {"reason": "laid_off"},
    "rosters:undo": {"reason": "导错了文件，重新整理后再导"},
    "access:answer": {"act": "grant"},
    "portal:desk-corrections": {"accept": "1", "answer": "已核对"},
    "reform:item-act": {"act": "urge", "text": "本周内报进展"},
    "reform:brand-act": {"act": "register"},
}
"""Values that only one route takes."""

LEAST = 40
"""How many routes have to change something here, so that the test cannot pass by asking badly."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    bare = override_settings(
        GONGHUI_SHELL=f"{no_shell.__module__}.no_shell"
    )  # what stands around a page writes nothing
    with bare, django_db_blocker.unblock(), transaction.atomic():
        yield make_world(powerful_visitor, [Actor("finance"), Actor("outsider")])
        transaction.set_rollback(True)


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND c.relnamespace = 'public'::regnamespace AND has_table_privilege(c.oid, 'SELECT')"
            " AND c.relname NOT LIKE 'procrastinate%' AND c.relname NOT LIKE 'django_%' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall() if name not in NOT_RECORDS]


def _state(tables: list[str]) -> dict[str, Any]:
    """Digest of every table, seen with the scope of the whole tree."""
    take_scope("", "~")
    if not tables:
        return {}
    sums = [f"SELECT '{t}', count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM \"{t}\" t" for t in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sums))
        return {name: rest for name, *rest in cursor.fetchall()}


def _newest() -> int:
    take_scope("", "~")
    return TrailRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _send(world: World, visitor: Visitor, surface: Surface, objects: Objects) -> Any:
    body = body_of(world, surface, objects)
    if isinstance(body, dict) and surface.name in BODIES:
        body = body | BODIES[surface.name]
    media = (surface.body or {}).get("media", "")
    return visitor.ask(surface.method, surface.address(objects), api=surface.is_api, body=body, media=media)


def _one(
    world: World, visitor: Visitor, surface: Surface, site: str, before: dict[str, Any]
) -> tuple[set[str], list[TrailRecord], int]:
    """(tables that changed, new records, status) of one write, rolled back."""
    objects = world.objects[site] | CONSTANTS
    with transaction.atomic():
        newest, written = _newest(), rows_written()
        world.forget()
        status = _send(world, visitor, surface, objects).status_code
        after = _state([table for table in written_since(written) if table in before])
        added = list(TrailRecord.objects.filter(pk__gt=newest))
        transaction.set_rollback(True)
    return {table for table, rows in after.items() if before[table] != rows}, added, status


def test_every_write_leaves_a_record(world: Any) -> None:
    changed, wrong, idle = set(), [], []
    with transaction.atomic():
        take_scope("", "~")
        with powerful_visitor(world.root) as visitor:
            before = _state(_tables())  # what is asked is rolled back, so it stands before each
            for surface in surfaces():
                if surface.method == "GET":
                    continue
                for site in (
                    "union",
                    "sibling_county",
                ):  # what one place forbids (a county has no split) another allows
                    touched, added, status = _one(world, visitor, surface, site, before)
                    if touched - OWN_SETTINGS:
                        changed.add(surface.name)
                        if not added and surface.name not in SILENT:
                            wrong.append(f"{surface}: changes {sorted(touched)} and leaves no record")
                        wrong += [f"{surface}: {words}" for one in added for words in _missing(one)]
                    else:
                        idle.append(f"{surface} at {site}: {status}")
        transaction.set_rollback(True)
    print(f"\n{len(changed)} routes changed something; nothing changed at:\n" + "\n".join(idle))
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert len(changed) >= LEAST


def _missing(one: TrailRecord) -> list[str]:
    """Who, in which role, what, on what."""
    found = [name for name in ("verb", "actor_name", "role", "object_type", "path") if not getattr(one, name)]
    words = [f"the record of {one.verb} does not say {name}" for name in found]
    if one.verb not in wording.verbs():
        words.append(f"the verb {one.verb} has no Chinese words; add it to a manifest")
    if one.actor_id is None and one.role not in ("system", "outsider"):
        words.append(f"the record of {one.verb} names no account")
    return words


def test_a_refused_attempt_leaves_a_record(world: Any) -> None:
    visitor = world.visitors[Actor("finance")]
    objects = world.objects["county"] | CONSTANTS
    with transaction.atomic():
        newest = _newest()
        world.forget()
        answer = visitor.ask(
            "POST", f"/desk/organisations/{objects['organisation']}/rename/", api=False, body={"name": "甲"}
        )
        take_scope("", "~")
        added = TrailRecord.objects.filter(pk__gt=newest)
        told = [(one.verb, one.refused, one.actor_id, one.detail["permission"]) for one in added]
        transaction.set_rollback(True)
    assert answer.status_code == 403
    assert told == [("access.refused", True, visitor.account_id, "org.manage")]
