"""Sessions that their owner can see and end; seals that name the changed record and cannot be rewritten."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# A database restored from a dump starts counting transactions anew, and new records would fall behind old seals.
# The shift (0 until trail.services.rebase raises it) keeps the counter going up.
SHIFT = """
CREATE FUNCTION trail_shift() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::bigint';
ALTER TABLE trail_record ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint + trail_shift());
"""

# A seal may only be marked as handed out; everything else about it is history.
GUARD = """
CREATE FUNCTION trail_seal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.sealed_at, NEW.first_xid, NEW.next_xid, NEW.size, NEW.root, NEW.frontier, NEW.leaves, NEW.key_id,
      NEW.signature) IS DISTINCT FROM (OLD.id, OLD.sealed_at, OLD.first_xid, OLD.next_xid, OLD.size, OLD.root,
      OLD.frontier, OLD.leaves, OLD.key_id, OLD.signature) OR (OLD.handed_out AND NOT NEW.handed_out) THEN
    RAISE EXCEPTION 'seals are append-only' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trail_seal_no_change BEFORE UPDATE ON trail_seal
  FOR EACH ROW EXECUTE FUNCTION trail_seal_refuse_change();
"""
UNGUARD = """
DROP TRIGGER trail_seal_no_change ON trail_seal;
DROP FUNCTION trail_seal_refuse_change();
"""
UNSHIFT = """
ALTER TABLE trail_record ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint);
DROP FUNCTION trail_shift();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0003_people_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="trailseal",
            name="leaves",
            field=models.BinaryField(default=b""),
        ),
        migrations.CreateModel(
            name="AccountSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("session_key", models.CharField(max_length=40, unique=True)),
                (
                    "started_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="登录时间",
                    ),
                ),
                (
                    "seen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="最近使用",
                    ),
                ),
                (
                    "device",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="设备"),
                ),
                (
                    "address",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="网络地址"),
                ),
                (
                    "as_member",
                    models.BooleanField(default=False, verbose_name="以会员身份"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "account_session",
            },
        ),
        migrations.RunSQL(SHIFT, UNSHIFT),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
