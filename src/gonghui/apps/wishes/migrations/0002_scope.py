"""A wish that is shown may be read by everybody, unless it is sensitive; whose it is and who claimed it may not.

A claim is read where the wish is, by the volunteer, and by the union that claimed. Who had claimed a wish that was
taken off the wall still reads it: they have to know that nothing is to be brought.
"""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.scope import PutUnderScope

RANGE = (
    "claimant_path <> '' AND claimant_path >= current_setting('gonghui.lo', true)"
    " AND claimant_path < current_setting('gonghui.hi', true)"
)
OWN = (
    "EXISTS (SELECT 1 FROM wish_owner o WHERE o.wish_id = wish.id"
    " AND o.person_id = nullif(current_setting('gonghui.person', true), '')::bigint)"
)
READ = f"""
CREATE POLICY on_the_wall ON wish FOR SELECT
  USING (NOT sensitive AND state IN ('shown', 'claimed', 'delivered', 'done'));
CREATE POLICY own_wish ON wish FOR SELECT USING ({OWN});
CREATE POLICY claimed_wish ON wish FOR SELECT USING (state = 'down'
  AND EXISTS (SELECT 1 FROM wish_claim c WHERE c.wish_id = wish.id AND c.state = 'ended'));
CREATE POLICY claimant_read ON wish_claim FOR SELECT USING ({RANGE});
"""


class Migration(migrations.Migration):
    dependencies = (("wishes", "0001_tables"),)

    operations: ClassVar[list[Operation]] = [
        PutUnderScope("wish"),
        PutUnderScope("wish_owner", person="person_id"),
        PutUnderScope("wish_claim", person="person_id"),
        migrations.RunSQL(READ, migrations.RunSQL.noop),
    ]
