"""Row-level security: the one policy shape, its migration operation, and how a transaction takes a scope."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations.operations.base import Operation

from .viewer import ALL_HI, ALL_LO, Viewer


class PathField(models.TextField):  # type: ignore[type-arg]
    """The organisation path a row belongs to; byte order, so that a subtree is one range."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


class ScopedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Adds the literal range of the viewer, which drives the index; the policy below it is the floor."""

    def visible(self, viewer: Viewer) -> ScopedQuerySet:
        return self.filter(path__gte=viewer.lo, path__lt=viewer.hi)


class Scoped(models.Model):
    """A table whose rows belong to an organisation.

    `follows_organisation`: the rows move along when the organisation gets another parent. Records of what
    happened do not: they stay with those who were responsible then.
    """

    follows_organisation = True

    path = PathField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


# The settings are read in place, not through a sub-select: the planner folds a stable function into its estimates
# and so knows how many rows a post reaches. A sub-select is opaque to it: every table is then guessed to hold one
# row, and joins of lists become nested loops of minutes. The sub-select costs less per row, which only sums over a
# single table want.
RANGE = "path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true)"
RANGE_ONCE = (
    "path >= (SELECT current_setting('gonghui.lo', true)) AND path < (SELECT current_setting('gonghui.hi', true))"
)
SELF = "{column} = nullif(current_setting('gonghui.person', true), '')::bigint"


def policy_sql(
    table: str,
    *,
    person: str | None = None,
    read_all: bool = False,
    append_only: bool = False,
    summed: bool = False,
) -> str:
    """SQL that puts a table under the one policy shape.

    :param person: column naming the person a row is about; that person reads the row wherever it is.
    :param read_all: everybody may read (public parameters); writing stays within the range.
    :param append_only: any post may add a row about any place (the trail), nobody changes one.
    :param summed: a table that is summed over its range and never joined.
    """
    read = "true" if read_all else RANGE_ONCE if summed else RANGE
    write_check = "true" if append_only else RANGE
    lines = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY owner_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY scope_read ON {table} FOR SELECT USING ({read})",
        f"CREATE POLICY scope_insert ON {table} FOR INSERT WITH CHECK ({write_check})",
        f"CREATE POLICY scope_update ON {table} FOR UPDATE USING ({RANGE}) WITH CHECK ({RANGE})",
        f"CREATE POLICY scope_delete ON {table} FOR DELETE USING ({RANGE})",
    ]
    if person:
        lines.append(f"CREATE POLICY self_read ON {table} FOR SELECT USING ({SELF.format(column=person)})")
    return ";\n".join(lines) + ";"


class PutUnderScope(Operation):
    """Migration operation: enable and force row-level security on a table that carries a path."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, **options: Any) -> None:
        self.table, self.options = table, options

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table], self.options)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models do not know about policies."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in policy_sql(self.table, **self.options).split(";\n"):
            schema_editor.execute(statement.rstrip(";"))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in ("owner_all", "scope_read", "scope_insert", "scope_update", "scope_delete", "self_read"):
            schema_editor.execute(f"DROP POLICY IF EXISTS {name} ON {self.table}")
        schema_editor.execute(f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY")

    def describe(self) -> str:
        return f"Put {self.table} under row-level security"


def _take(**settings: str) -> None:
    """What the policies read of the running transaction, set in one statement."""
    parts = ", ".join(f"set_config('gonghui.{name}', %s, true)" for name in settings)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", list(settings.values()))


def take_scope(lo: str, hi: str, person_id: int | None = None) -> None:
    """Give the running transaction a range of paths; it ends with the transaction."""
    _take(lo=lo, hi=hi, person=str(person_id or ""))


def take_account(account_id: int, person_id: int | None = None) -> None:
    """Let the running transaction read the posts of one account, before it has a scope.

    With the account's person also that person's own rows: a post ends with the office it was granted for.
    """
    _take(account=str(account_id), **({} if person_id is None else {"person": str(person_id)}))


def take_scope_of(viewer: Viewer) -> None:
    """The range of a viewer, and their seat: what confidential matters ask for besides the range."""
    _take(
        lo=viewer.lo,
        hi=viewer.hi,
        person=str(viewer.person_id or ""),
        seat=viewer.seat,
        account=str(viewer.account_id or ""),
    )


def take_seat(seat: str, account_id: int | None) -> None:
    """Which post ("rights@12") and account take part; "*" is the platform itself, after it has authorised a step."""
    _take(seat=seat, account=str(account_id or ""))


@contextmanager
def acting(viewer: Viewer) -> Iterator[Viewer]:
    """A transaction with the scope of `viewer`: how jobs, commands and tests act."""
    with transaction.atomic():
        take_scope_of(viewer)
        yield viewer


_SETTINGS = ("lo", "hi", "person", "seat", "account")
# The former values are a materialised row: it is there before the new ones are set beside it.
_WIDEN = (
    "WITH former AS MATERIALIZED (SELECT "
    + ", ".join(f"coalesce(current_setting('gonghui.{name}', true), '') AS {name}" for name in _SETTINGS)
    + ") SELECT former.*, set_config('gonghui.lo', %s, true), set_config('gonghui.hi', %s, true),"
    " set_config('gonghui.seat', %s, true) FROM former"
)


@contextmanager
def widened() -> Iterator[None]:
    """Whole-tree scope for one step of a service that must cross the actor's range.

    Only for steps that were authorised row by row before (a transfer accepted by the other union, finding the
    same natural person elsewhere). tests/architecture lists who may call this. The former scope is put back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WIDEN, [ALL_LO, ALL_HI, "*"])
        former = dict(zip(_SETTINGS, cursor.fetchone(), strict=False))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _take(**former)
