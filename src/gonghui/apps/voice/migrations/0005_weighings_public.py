"""What members chose is published with the result, so that anybody may count again."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

COUNTED = """
CREATE POLICY public_read ON voice_weighing FOR SELECT USING (EXISTS (
  SELECT 1 FROM voice_selection s WHERE s.id = selection_id AND s.state IN ('deciding', 'published')));
"""


class Migration(migrations.Migration):
    dependencies = (("voice", "0004_figures_projects"),)

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(COUNTED, "DROP POLICY public_read ON voice_weighing;"),
    ]
