"""Bringing the tables up to date as their owner, and giving the application's role just what it needs."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from gonghui.apps.assessment import services as assessment
from gonghui.apps.assessment import shipped as standards
from gonghui.kernel.figures.services import install_shipped, open_all
from gonghui.kernel.procedures import shipped
from gonghui.kernel.procedures.services import install

APP_ROLE = "gonghui_app"
APPEND_ONLY = ("trail_record",)

# Functions are no longer everybody's to call (kernel 0027), so the application's role is given each of the owner's.
FUNCTIONS = """
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
  LOOP
    EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO {app}', one.name);
  END LOOP;
END $$;
"""
GRANTS = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app};
REVOKE INSERT, UPDATE, DELETE ON view_reader FROM {app};
GRANT UPDATE (path) ON view_reader TO {app};
REVOKE ALL ON box_slip FROM {app};
"""


def migrate(verbosity: int = 1) -> None:
    """Run all migrations as the owner, then grant. Repeating it changes nothing."""
    call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
    with connections["owner"].cursor() as cursor:
        cursor.execute(GRANTS.format(app=APP_ROLE))
        cursor.execute(FUNCTIONS.format(app=APP_ROLE))
        for table in APPEND_ONLY:
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {APP_ROLE}")
        cursor.execute(f"REVOKE INSERT, DELETE ON organisation_tally FROM {APP_ROLE}")
    with transaction.atomic(using="owner"):
        install(shipped.bodies(), timezone.localdate())
        assessment.install(standards.bodies(), timezone.localdate())
        install_shipped()
    open_all()


def settle() -> None:
    """After a bulk load: statistics and visibility for the planner at once, not when autovacuum comes by."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
