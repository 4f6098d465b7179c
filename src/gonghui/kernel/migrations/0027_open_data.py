"""Read-only views of figures for a city's own analysis, in a schema of their own.

They run with the rights of the tables' owner and show what `view_reader` grants to the log-in of the session. That name
(`session_user`) is not a setting: nobody but a superuser can change it, neither by SET nor by SET ROLE. The rest of the
database is closed to such a log-in: it has no right on any table, and functions may no longer be called by everybody.
"""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import gonghui.kernel.scope
from gonghui.kernel.scope import PutUnderScope

GRANTED = """EXISTS (SELECT 1 FROM public.view_reader r WHERE r.login = session_user::text AND r.until >= current_date
    AND {path} >= r.path AND {path} < r.path || '~')"""

# Measures that add up are kept by month; their quarters, halves and years are summed here. What is kept reaches back to
# the beginning of last year (figures/queries/keeping.kept_from); older rows that a rebuild left are not told.
KEPT = "extract(year FROM current_date)::int - 1"
SUMMED = """SELECT k.period, sum(v.total) AS total, max(v.at) AS at
      FROM public.figure_value v CROSS JOIN LATERAL unnest(CASE WHEN {measure}.adds_up AND v.period <> ''
        THEN ARRAY[v.period, left(v.period, 4) || 'Q' || (right(v.period, 2)::int + 2) / 3,
          left(v.period, 4) || CASE WHEN right(v.period, 2)::int <= 6 THEN 'H1' ELSE 'H2' END, left(v.period, 4)]
        ELSE ARRAY[v.period] END) k(period)
      WHERE v.path = o.path AND v.measure_id = {measure}.id AND (v.period = '' OR v.period >= ({kept})::text)
      GROUP BY k.period"""

VIEWS = f"""
CREATE SCHEMA bi;
CREATE VIEW bi.organisations WITH (security_barrier = true) AS
  SELECT o.id, o.parent_id, o.name, o.short_name, o.kind, o.level, o.state, o.region_code, o.founded_on
  FROM public.organisation o
  WHERE o.kind <> 'party_body' AND {GRANTED.format(path="o.path")};
CREATE VIEW bi.figures WITH (security_barrier = true) AS
  SELECT g.key AS figure, g.title, g.area, g.body ->> 'unit' AS unit, g.body ->> 'note' AS note, g.version, f.decimals,
    f.adds_up, CASE WHEN t.body ->> 'time' LIKE 'during:%' THEN make_date({KEPT}, 1, 1) END AS kept_from,
    g.organisation_id AS published_by
  FROM public.open_figure f JOIN public.figure g ON g.id = f.figure_id JOIN public.figure_measure t ON t.id = f.top_id
  WHERE f.shown AND EXISTS (SELECT 1 FROM public.view_reader r WHERE r.login = session_user::text
    AND r.until >= current_date
    AND (starts_with(r.path, f.path) OR f.path >= r.path AND f.path < r.path || '~'));
CREATE VIEW bi.figure_values WITH (security_barrier = true) AS
  SELECT f.key AS figure, g.title, g.body ->> 'unit' AS unit, o.id AS organisation_id, o.name AS organisation,
    o.region_code, nullif(v.period, '') AS period,
    CASE WHEN f.bottom_id IS NULL THEN round(v.total / f.per, f.decimals::int)
      WHEN coalesce(b.total, 0) = 0 THEN NULL
      ELSE round((v.total / f.per) / (b.total / f.bottom_per) * f.scale, f.decimals::int) END AS value,
    trim_scale(round(v.total / f.per, 4)) AS numerator, trim_scale(round(b.total / f.bottom_per, 4)) AS denominator,
    f.adds_up, v.at AS counted_at
  FROM public.organisation o
    JOIN public.open_figure f ON starts_with(o.path, f.path)
    JOIN public.figure g ON g.id = f.figure_id
    JOIN public.figure_measure t ON t.id = f.top_id
    LEFT JOIN public.figure_measure u ON u.id = f.bottom_id
    CROSS JOIN LATERAL ({SUMMED.format(measure="t", kept=KEPT)}) v
    LEFT JOIN LATERAL ({SUMMED.format(measure="u", kept=KEPT)}) b ON b.period = v.period
  WHERE f.shown AND o.kind <> 'party_body'
    AND NOT EXISTS (SELECT 1 FROM public.open_figure n WHERE n.key = f.key AND length(n.path) > length(f.path)
      AND starts_with(o.path, n.path))
    AND {GRANTED.format(path="o.path")};
COMMENT ON VIEW bi.organisations IS '授权范围内的组织';
COMMENT ON VIEW bi.figures IS '授权范围内通用的数字：定义、单位、口径';
COMMENT ON COLUMN bi.figures.adds_up IS '为真的可以按组织和月份相加';
COMMENT ON COLUMN bi.figures.kept_from IS '按期间数的数字，各期间的值从这天起留存；为空的是截至某天的数字，只有现在的值';
COMMENT ON VIEW bi.figure_values IS
  '数字的值，每个组织连同下级。截至某天的数字只有现在的值；按期间数的数字有bi.figures.kept_from那天起的各月、季、半年、年。
留存的期间里没有行就是0；更早的期间没有留存，没有行不等于0。过去的期间按现在的隶属合计；页面和接口按期末那天的隶属，
组织调整过隶属的，两边过去的期间不同';
COMMENT ON COLUMN bi.figure_values.period IS '为空是现在；2026-05是月，2026Q2是季，2026H1是半年，2026是年；没过完的到现在为止';
COMMENT ON COLUMN bi.figure_values.value IS '单位见unit；占比的分母为0时为空';
COMMENT ON COLUMN bi.figure_values.numerator IS '分子，没有分母的就是这个数；金额以元计';
COMMENT ON COLUMN bi.figure_values.denominator IS '占比和平均数的分母；金额以元计';
COMMENT ON COLUMN bi.figure_values.counted_at IS '所含各值最后一次重数的时间';
"""

# A function that runs with the rights of the owner must not be everybody's to call. Triggers need no such right.
FUNCTIONS = """
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT p.oid::regprocedure AS name, p.prokind FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
  LOOP
    EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', one.name);
  END LOOP;
END $$;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = (("kernel", "0026_figures_of_procedures"),)

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="OpenFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C", default="")),
                ("key", models.CharField(max_length=60)),
                ("per", models.PositiveIntegerField(default=1)),
                ("bottom_per", models.PositiveIntegerField(default=1)),
                ("scale", models.PositiveIntegerField(default=1)),
                ("decimals", models.PositiveSmallIntegerField(default=0)),
                ("adds_up", models.BooleanField(default=False)),
                ("shown", models.BooleanField(default=False)),
                (
                    "bottom",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kernel.figuremeasure",
                    ),
                ),
                (
                    "figure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kernel.figure"
                    ),
                ),
                (
                    "top",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kernel.figuremeasure",
                    ),
                ),
            ],
            options={
                "db_table": "open_figure",
                "constraints": [models.UniqueConstraint(fields=("path", "key"), name="open_figure_once")],
            },
        ),
        migrations.CreateModel(
            name="ViewReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                ("login", models.CharField(max_length=63, unique=True, verbose_name="数据库账号")),
                ("purpose", models.CharField(max_length=200, verbose_name="用途")),
                ("until", models.DateField(verbose_name="有效期至")),
                ("granted_by", models.BigIntegerField(null=True)),
                ("granted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.organisation",
                        verbose_name="能看的组织",
                    ),
                ),
            ],
            options={
                "db_table": "view_reader",
                "indexes": [models.Index(fields=["path"], name="view_reader_path")],
            },
        ),
        PutUnderScope("open_figure", read_all=True),
        PutUnderScope("view_reader"),
        migrations.RunSQL(VIEWS, "DROP SCHEMA bi CASCADE"),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
