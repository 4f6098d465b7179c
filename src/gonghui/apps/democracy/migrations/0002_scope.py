"""Rows are seen from the union and from above; what a congress does is read by the members of its union."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.scope import PutUnderScope

TABLES = (
    "congress", "unit", "election", "delegate", "session", "item", "paper", "receipt", "attendance", "ballot", "issued",
    "vote", "motion", "second", "motion_step", "contract", "bargain", "representative", "meeting",
)  # fmt: skip
FOR_MEMBERS = (
    "congress", "unit", "delegate", "session", "item", "paper", "ballot", "motion", "second", "motion_step", "contract",
)  # fmt: skip
"""What a union's members read of their congress; receipts, attendance and issued ballots only of themselves."""

MEMBERS = """CREATE POLICY of_members ON democracy_{table} FOR SELECT USING (EXISTS (
  SELECT 1 FROM membership m
  WHERE m.person_id = nullif(current_setting('gonghui.person', true), '')::bigint AND m.valid_to IS NULL
    AND m.path >= democracy_{table}.path AND m.path < democracy_{table}.path || '~'))"""
OWN = """CREATE POLICY of_delegate ON democracy_{table} FOR SELECT USING (EXISTS (
  SELECT 1 FROM democracy_delegate d
  WHERE d.id = democracy_{table}.delegate_id
    AND d.person_id = nullif(current_setting('gonghui.person', true), '')::bigint))"""


class Migration(migrations.Migration):
    dependencies = (("democracy", "0001_tables"),)

    operations: ClassVar[list[Operation]] = [
        *(PutUnderScope(f"democracy_{name}") for name in TABLES),
        *(
            migrations.RunSQL(MEMBERS.format(table=name), f"DROP POLICY IF EXISTS of_members ON democracy_{name}")
            for name in FOR_MEMBERS
        ),
        *(
            migrations.RunSQL(OWN.format(table=name), f"DROP POLICY IF EXISTS of_delegate ON democracy_{name}")
            for name in ("receipt", "attendance", "issued")
        ),
    ]
