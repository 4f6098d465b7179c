"""Every row of casework exists for the case team alone: over the range stands a policy that asks who takes part."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

APP = "gonghui_app"
SEAT = (
    "current_setting('gonghui.seat', true) = ANY (seats)"
    " OR ('#' || coalesce(current_setting('gonghui.account', true), '')) = ANY (seats)"
)
PLATFORM = "current_setting('gonghui.seat', true) = '*'"
WITH = "EXISTS (SELECT 1 FROM application a WHERE a.id = application_id)"
OF_APPLICATION = ("casework_file", "casework_aid", "casework_case", "casework_event", "casework_claimant")
SEATED = ("casework_letter", "casework_ticket")


def of_application(table: str) -> str:
    """Seen by who sees the application; an application that is hidden hides all that came of it."""
    return f"""
CREATE POLICY with_application ON {table} FOR SELECT USING ({WITH});
CREATE POLICY case_team ON {table} AS RESTRICTIVE TO {APP} USING ({PLATFORM} OR {WITH}) WITH CHECK (true);
"""


def seated(table: str) -> str:
    """Letters and tickets name their posts themselves; a post that takes part writes them wherever they began."""
    return f"""
CREATE POLICY seat_read ON {table} FOR SELECT USING ({SEAT});
CREATE POLICY seat_write ON {table} FOR UPDATE USING ({SEAT}) WITH CHECK (true);
CREATE POLICY case_team ON {table} AS RESTRICTIVE TO {APP} USING ({PLATFORM} OR {SEAT}) WITH CHECK (true);
"""


TICKET = "EXISTS (SELECT 1 FROM casework_ticket t WHERE t.id = ticket_id)"
ACTS = f"""
CREATE POLICY with_ticket ON casework_ticket_act FOR SELECT USING ({TICKET});
CREATE POLICY ticket_write ON casework_ticket_act FOR INSERT WITH CHECK ({TICKET});
CREATE POLICY case_team ON casework_ticket_act AS RESTRICTIVE TO {APP} USING ({PLATFORM} OR {TICKET}) WITH CHECK (true);
CREATE TRIGGER casework_event_append_only BEFORE UPDATE OR DELETE ON casework_event
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER casework_ticket_act_append_only BEFORE UPDATE OR DELETE ON casework_ticket_act
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_tables"), ("kernel", "0013_procedure_scope")]

    operations = [
        *(PutUnderScope(table) for table in (*OF_APPLICATION, *SEATED, "casework_ticket_act")),
        migrations.RunSQL(
            "".join(map(of_application, OF_APPLICATION)) + "".join(map(seated, SEATED)) + ACTS,
            migrations.RunSQL.noop,
        ),
    ]
