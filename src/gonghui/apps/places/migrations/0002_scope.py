"""Rows of places are seen where the place stands and above; anybody reads a place that is open and what becomes of it.

Reports, rounds, questions and the history of a ticket are the union's own: whoever reported reads the ticket by a code.
"""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.scope import PutUnderScope

OWN = ("place_change", "place_closure", "place_round", "place_report", "place_ticket_line", "place_consultation")
SHOWN = ("place_suspension", "place_photo", "place_ticket", "place_policy")
SEEN = "EXISTS (SELECT 1 FROM place p WHERE p.id = place_id AND p.state = 'open')"

PUBLIC = "CREATE POLICY for_all ON place FOR SELECT USING (state = 'open');" + "".join(
    f"CREATE POLICY for_all ON {table} FOR SELECT USING ({SEEN});" for table in SHOWN
)
KEPT = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {columns} OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();"
    for table, columns in (("place_change", 'kind, "on", text'), ("place_ticket_line", "act, note"))
)


class Migration(migrations.Migration):
    dependencies = (("places", "0001_tables"),)

    operations: ClassVar[list[Operation]] = [
        *(PutUnderScope(table) for table in ("place", *OWN, *SHOWN)),
        migrations.RunSQL(PUBLIC + KEPT, migrations.RunSQL.noop),
    ]
