"""Every source that figures count: what changes it is watched, whom it names is marked, who may open it is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Q

from gonghui.kernel.access.rules import PERMISSIONS
from gonghui.kernel.figures import registry
from gonghui.kernel.figures.shipped import bodies
from gonghui.kernel.sources import Source

ON = date(2026, 3, 6)
NAMES = ("name", "applicant_name", "assignee_name", "actor_name", "people", "person_name")
KEPT = 140
"""How many figures ship at the least."""


def _asked(source: Source) -> Iterator[Q]:
    """Every condition that a field of a source may ask for."""
    samples: dict[str, tuple[str, Any]] = {
        "number": ("at_least", 1),
        "yes_no": ("is", True),
        "organisation": ("under", 0),
    }
    for field in source.fields().values():
        choice = field.choices[0][0] if field.choices else ""
        operator, value = samples.get(field.kind, ("is", choice))
        yield field.build(operator, value, ON)


def _lookups(source: Source) -> Iterator[Any]:
    for moment in source.moments.values():
        yield moment.lookup
    if source.span is not None:
        yield source.span.start
        if source.span.end:
            yield source.span.end
    yield from (one.expression for one in source.amounts.values())
    yield from (one.lookup for one in source.distincts.values())
    for dimension in source.dimensions.values():
        yield dimension.expression(ON) if callable(dimension.expression) else dimension.expression


def tables(source: Source) -> set[str]:
    """The tables that a figure of the source may read, as Django joins them."""
    found = {source.table}
    queries = [source.rows().filter(one) for one in _asked(source)]
    queries += [source.rows().annotate(asked_=F(one) if isinstance(one, str) else one) for one in _lookups(source)]
    for query in queries:
        asked = query.query
        str(asked)  # joins are made when it is put into words; those that were not needed keep a count of 0
        found |= {one.table_name for alias, one in asked.alias_map.items() if asked.alias_refcount[alias]}
    return found


@pytest.mark.django_db
def test_what_a_figure_reads_marks_it_when_it_changes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
        )
        there = set(cursor.fetchall())
    missing = [
        (source.key, table)
        for source in registry.sources().values()
        for table in sorted(tables(source))
        if any((f"figure_{source.key}_{event}", table) not in there for event in ("insert", "update", "delete"))
    ]
    assert missing == []


def _columns(source: Source) -> set[tuple[str, str]]:
    """(table, column) of everything that the conditions, times and splits of a source read."""
    queries = [source.rows().filter(one).values("pk") for one in _asked(source)]
    queries += [
        source.rows().annotate(asked_=F(one) if isinstance(one, str) else one).values("asked_")
        for one in _lookups(source)
    ]
    return {pair for query in queries for pair in re.findall(r'"(\w+)"\."(\w+)"', str(query.query))}


@pytest.mark.django_db
def test_a_watch_that_names_columns_names_all_that_figures_read():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgargs, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'figure\\_%\\_update'"
        )
        rows = [(bytes(args).decode().split("\0"), table) for args, table in cursor.fetchall()]
    named = {(args[0], table): set(args[2].split(", ")) for args, table in rows}
    missing = [
        (source.key, table, column)
        for source in registry.sources().values()
        for table, column in sorted(_columns(source))
        if (watched := named.get((source.key, table))) and watched != {"*"} and column not in watched
    ]
    assert missing == []
    assert len(named) > 20


def _is_of_a_person(source: Source, key: str) -> bool:
    """Whether a column of a list names a person: by its name, on a person or on a record that has one."""
    *way, last = key.split(".")
    if way and way[-1] == "person":
        return True
    return (last in NAMES and last != "name") or (last == "name" and not way and _has(source, "person"))


def _has(source: Source, name: str) -> bool:
    return name in {one.name for one in apps.get_model(source.model)._meta.get_fields()}


def test_names_of_people_are_marked_personal():
    assert [
        (source.key, shown.key)
        for source in registry.sources().values()
        for shown in source.shown
        if _is_of_a_person(source, shown.key) and not shown.personal
    ] == []


def test_permissions_of_sources_exist():
    assert {one.permission for one in registry.sources().values()} - set(PERMISSIONS) == set()


def test_enough_figures_ship():
    assert len(bodies()) >= KEPT
