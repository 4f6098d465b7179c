"""Rewriting the paths of a subtree in every table whose rows follow their organisation."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import connection

from ...scope import PathField
from ..models import Organisation, Tally
from ..rules import subtree


@cache
def following() -> tuple[tuple[str, str], ...]:
    """(table, column) of every path that follows its organisation; the organisations themselves come first.

    Found from the models, so that a new table cannot be forgotten. The tally is left to its trigger.
    """
    found = []
    for model in apps.get_models():
        if not model._meta.managed or model is Tally or not getattr(model, "follows_organisation", True):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, PathField):
                found.append((model is not Organisation, model._meta.db_table, str(field.column)))
    return tuple((table, column) for _, table, column in sorted(found))


def rewrite_paths(old: str, new: str) -> dict[str, int]:
    """Move every row of the subtree `old` to `new`: one UPDATE a table. Returns the rows changed by table.

    The organisations are changed first, with the lock that keeps newcomers out until all tables are done.
    """
    if old == new:
        return {}
    lo, hi = subtree(old)
    changed: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table, column in following():
            name, path = connection.ops.quote_name(table), connection.ops.quote_name(column)
            cursor.execute(
                f"UPDATE {name} SET {path} = %s || substr({path}, %s) WHERE {path} >= %s AND {path} < %s",
                [new, len(old) + 1, lo, hi],
            )
            if cursor.rowcount > 0:
                changed[table] = changed.get(table, 0) + cursor.rowcount
    return changed
