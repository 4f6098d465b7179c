"""Applications are seen in the range, by who takes part and by their person; confidential ones by who takes part alone."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

APP = "gonghui_app"

SEAT = (
    "current_setting('gonghui.seat', true) = ANY (seats)"
    " OR ('#' || coalesce(current_setting('gonghui.account', true), '')) = ANY (seats)"
)

# Confidential rows exist for the platform itself (after it authorised a step), for who takes part, and for the person.
APPLICATION = f"""
CREATE POLICY seat_read ON application FOR SELECT USING ({SEAT});
CREATE POLICY case_team ON application AS RESTRICTIVE TO {APP} USING (
  NOT confidential OR current_setting('gonghui.seat', true) = '*' OR {SEAT}
  OR person_id = nullif(current_setting('gonghui.person', true), '')::bigint) WITH CHECK (true);
"""

# Rows that belong to an application are seen by who sees it. Steps and clocks are listed by the thousand, so the
# question is asked only where it matters.
CHILDREN = (
    "application_submission", "application_doing", "application_evidence", "public_notice", "notice_objection",
    "application_decision", "application_effect", "application_step", "application_clock",
)  # fmt: skip
LISTED = ("application_step", "application_clock")
WITH = "EXISTS (SELECT 1 FROM application a WHERE a.id = application_id)"


def child(table: str) -> str:
    open_to_range = f"NOT confidential OR {WITH}" if table in LISTED else WITH
    return f"""
CREATE POLICY with_application ON {table} FOR SELECT USING ({WITH});
CREATE POLICY case_team ON {table} AS RESTRICTIVE TO {APP} USING ({open_to_range}) WITH CHECK (true);
"""


# An account reads and ends what it declared or delegated itself, and what was delegated to it, wherever its post is.
OWN = """
CREATE POLICY own_delegation ON delegation FOR SELECT USING (
  nullif(current_setting('gonghui.account', true), '')::bigint IN (account_id, to_account_id));
CREATE POLICY own_interest ON declared_interest FOR SELECT USING (
  account_id = nullif(current_setting('gonghui.account', true), '')::bigint);
"""

# Published definitions are read by everybody; drafts too: they say how something will be done, and name nobody.
PROCEDURE = """
ALTER TABLE procedure ENABLE ROW LEVEL SECURITY;
ALTER TABLE procedure FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON procedure TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY scope_read ON procedure FOR SELECT USING (true);
CREATE POLICY scope_insert ON procedure FOR INSERT WITH CHECK (path <> '' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
CREATE POLICY scope_update ON procedure FOR UPDATE USING (path <> '' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
CREATE POLICY scope_delete ON procedure FOR DELETE USING (path <> '' AND state = 'draft' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
"""

# History and decisions are never rewritten: what a state adds up to must stay as it happened.
FROZEN = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'path' - 'result') = (to_jsonb(OLD) - 'path' - 'result') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
    f" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();\n"
    for table in ("application_doing", "application_decision", "application_effect", "application_submission")
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0012_procedures")]

    operations = [
        PutUnderScope("application", person="person_id"),
        *(PutUnderScope(table) for table in CHILDREN),
        PutUnderScope("delegation"),
        PutUnderScope("declared_interest"),
        migrations.RunSQL(
            APPLICATION + "".join(map(child, CHILDREN)) + OWN + PROCEDURE + FROZEN, migrations.RunSQL.noop
        ),
    ]
