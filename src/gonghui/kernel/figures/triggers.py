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
  rows text := CASE
    WHEN TG_OP = 'INSERT' THEN 'SELECT * FROM added'
    WHEN TG_OP = 'DELETE' THEN 'SELECT * FROM gone'
    WHEN TG_ARGV[2] = '*' THEN 'SELECT * FROM added UNION ALL SELECT * FROM gone'
    ELSE format('(SELECT %1$s FROM added EXCEPT SELECT %1$s FROM gone)'
      ' UNION ALL (SELECT %1$s FROM gone EXCEPT SELECT %1$s FROM added)', TG_ARGV[2]) END;
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
    """Marks for one source by changes of one table.

    :param paths: SQL for the paths concerned, from `changed`: the old and new rows that differ. It should not join:
        a join over many changed rows is planned without knowing how many they are.
    :param columns: what counts as a change, `id` and `path` among them; all columns when none are named.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, source: str, table: str, paths: str = "SELECT path FROM changed", columns: str = "*") -> None:
        self.source, self.table, self.paths, self.columns = source, table, paths, columns

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.source, self.table, self.paths, self.columns], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models do not know about triggers."""

    def names(self) -> dict[str, str]:
        return {event: f"figure_{self.source}_{event.lower()}" for event in _TABLES}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        paths = self.paths.replace("'", "''").replace("%", "%%")
        for event, name in self.names().items():
            schema_editor.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {self.table} {_TABLES[event]} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION figure_mark_changes('{self.source}', '{paths}', '{self.columns}')"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in self.names().values():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {self.table}")

    def describe(self) -> str:
        return f"Changes of {self.table} mark figures of {self.source}"
