"""A place that is being used at this moment is not handed on as well."""

from importlib import import_module

from django.db import migrations

# The counter's lock does not keep a scan out, which holds the claim alone: what was read of the claim before may be
# old when its end is written. The end itself looks again.
BEFORE = import_module("gonghui.kernel.migrations.0023_quota_again").HAND_ON
END = "ended_why = '转给他人' WHERE id = c.id;"
HAND_ON = BEFORE.replace(
    END,
    END.replace(";", " AND state = 'held' AND used = 0;")
    + """
    IF NOT FOUND THEN
      RETURN QUERY SELECT 'gone', NULL::bigint; RETURN;
    END IF;""",
)
assert HAND_ON != BEFORE


class Migration(migrations.Migration):
    dependencies = [("kernel", "0035_lessons_and_disputes")]

    operations = [migrations.RunSQL(HAND_ON, BEFORE)]
