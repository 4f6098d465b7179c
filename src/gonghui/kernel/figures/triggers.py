"""Migration operation: changes of a table mark where the figures of a source are out of date.

One statement-level trigger an event, so that a bulk import writes a handful of marks and not a million; the marks are
written by the function's owner, whoever made the change.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

FUNCTION = """
CREATE FUNCTION figure_mark_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  rows text := CASE TG_OP WHEN 'INSERT' THEN 'SELECT * FROM added' WHEN 'DELETE' THEN 'SELECT * FROM gone'
    ELSE 'SELECT * FROM added UNION ALL SELECT * FROM gone' END;
BEGIN
  EXECUTE format('INSERT INTO figure_mark (source, path) SELECT DISTINCT %L, p.path FROM (WITH changed AS (%s) %s) p',
    TG_ARGV[0], rows, TG_ARGV[1]);
  RETURN NULL;
END $$;
"""
_TABLES = {
    "INSERT": "REFERENCING NEW TABLE AS added",
    "UPDATE": "REFERENCING NEW TABLE AS added OLD TABLE AS gone",
    "DELETE": "REFERENCING OLD TABLE AS gone",
}


class WatchForFigures(Operation):
    """`paths` gives the paths concerned from `changed`, the old and new rows of the table."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, source: str, table: str, paths: str = "SELECT path FROM changed") -> None:
        self.source, self.table, self.paths = source, table, paths

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.source, self.table, self.paths], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models do not know about triggers."""

    def names(self) -> dict[str, str]:
        return {event: f"figure_{self.source}_{event.lower()}" for event in _TABLES}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        paths = self.paths.replace("'", "''").replace("%", "%%")
        for event, name in self.names().items():
            schema_editor.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {self.table} {_TABLES[event]} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION figure_mark_changes('{self.source}', '{paths}')"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in self.names().values():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {self.table}")

    def describe(self) -> str:
        return f"Changes of {self.table} mark figures of {self.source}"
