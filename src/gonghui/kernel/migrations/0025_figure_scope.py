"""Figures are read by everybody, written in the range; changes of the kernel's records mark their figures."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import FUNCTION, WatchForFigures
from gonghui.kernel.scope import PutUnderScope

# Published definitions are read by everybody: they say what is counted, and name nobody. Drafts are their body's.
FIGURE = """
ALTER TABLE figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE figure FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON figure TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY scope_read ON figure FOR SELECT USING (state <> 'draft' OR
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
CREATE POLICY scope_insert ON figure FOR INSERT WITH CHECK (path <> '' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
CREATE POLICY scope_update ON figure FOR UPDATE USING (path <> '' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
CREATE POLICY scope_delete ON figure FOR DELETE USING (path <> '' AND state = 'draft' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
"""

# What figures read of a table, where it has much else that changes often (last signs of life, versions).
MEMBERSHIP = (
    "id, path, person_id, organisation_id, status, valid_from, valid_to, start_reason, end_reason, retention_reason,"
    " worker_kind, new_form"
)
# A person's traits are marked where the person belongs now; unions of before follow at night.
PERSON = "id, path, sex, birth, education, skill_level"
ORGANISATION = "id, path, kind, level, industry, unit_kind, founded_on, ended_on"
IN_GROUP = "SELECT m.path FROM changed c JOIN organisation_group_member m ON m.group_id = c.id"
DIRECT = "SELECT path FROM changed"

WATCHED = (
    ("organisations", "organisation"), ("changes", "organisation_change"), ("employers", "employer"),
    ("groupings", "organisation_group_member"), ("groupings", "organisation_group", IN_GROUP),
    ("twins", "organisation_twin"), ("memberships", "membership", DIRECT, MEMBERSHIP),
    ("memberships", "person", DIRECT, PERSON), ("appointments", "appointment"),
    ("appointments", "person", DIRECT, PERSON), ("signs", "sign_of_life"), ("transfers", "transfer_request"),
    *((source, "organisation", DIRECT, ORGANISATION)
      for source in ("changes", "employers", "groupings", "memberships", "appointments", "signs")),
    ("offers", "offer"), ("sessions", "offer_session"), ("sessions", "offer"), ("claims", "offer_claim"),
    ("claims", "offer"), ("entries", "offer_entry"), ("entries", "offer"), ("check_ins", "offer_check_in"),
    ("check_ins", "offer"),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = (("kernel", "0024_figures"),)
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(FIGURE, migrations.RunSQL.noop),
        PutUnderScope("figure_value"),
        PutUnderScope("figure_mark"),
        PutUnderScope("figure_closing"),
        PutUnderScope("figure_correction"),
        PutUnderScope("target"),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION figure_mark_changes()"),
        *[WatchForFigures(*watched) for watched in WATCHED],
    ]
