"""The sealed box: the application may drop a slip and take all of a box at once, and never look into it."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

FUNCTIONS = """
CREATE FUNCTION box_drop(the_box text, the_key bytea, the_content bytea) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH put AS (
    INSERT INTO public.box_slip (id, box, key, content) VALUES (gen_random_uuid(), the_box, the_key, the_content)
    ON CONFLICT (box, key) DO NOTHING RETURNING 1)
  SELECT EXISTS (SELECT 1 FROM put)
$$;
CREATE FUNCTION box_take(the_box text) RETURNS TABLE (content bytea)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH gone AS (DELETE FROM public.box_slip s WHERE s.box = the_box RETURNING s.content)
  SELECT gone.content FROM gone ORDER BY random()
$$;
CREATE FUNCTION box_count(the_box text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT count(*) FROM public.box_slip s WHERE s.box = the_box
$$;
CREATE FUNCTION box_holds(the_box text, the_key bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.box_slip s WHERE s.box = the_box AND s.key = the_key)
$$;
ALTER TABLE box_slip ENABLE ROW LEVEL SECURITY;
ALTER TABLE box_slip FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON box_slip TO CURRENT_USER USING (true) WITH CHECK (true);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kernel", "0028_placement_over")]

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="BoxSlip",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("box", models.TextField(db_collation="C", verbose_name="投递箱")),
                ("key", models.BinaryField(null=True, verbose_name="唯一键")),
                ("content", models.BinaryField(verbose_name="内容")),
            ],
            options={"db_table": "box_slip"},
        ),
        migrations.AddConstraint(
            model_name="boxslip",
            constraint=models.UniqueConstraint(fields=("box", "key"), name="box_key_once"),
        ),
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION box_drop; DROP FUNCTION box_take; DROP FUNCTION box_count; DROP FUNCTION box_holds;",
        ),
    ]
