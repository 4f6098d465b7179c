"""Row-level security of imports: what hangs on an import is visible and writable where the import is."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

# Staged rows, problems and changes carry no path of their own: a move of the organisation in the middle of an
# import must not hide half of them. The subquery is answered once per statement and hashed.
WITH_IMPORT = "roster_id IN (SELECT id FROM roster_import)"


def with_import(table: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY with_import ON {table} USING ({WITH_IMPORT}) WITH CHECK ({WITH_IMPORT});
"""


# Staged rows are written once and read once; losing them in a crash costs one more reading of the file.
UNLOGGED = "ALTER TABLE roster_row SET UNLOGGED"


class Migration(migrations.Migration):
    dependencies = [("rosters", "0001_tables"), ("kernel", "0002_scope")]

    operations = [
        PutUnderScope("roster_import"),
        PutUnderScope("roster_mapping"),
        migrations.RunSQL(UNLOGGED, migrations.RunSQL.noop),
        *[
            migrations.RunSQL(with_import(table), migrations.RunSQL.noop)
            for table in ("roster_progress", "roster_row", "roster_problem", "roster_change")
        ],
    ]
