"""Row-level security holds for every table that says where its rows belong."""

from __future__ import annotations

from typing import Any

from django.db import connection

from gonghui.kernel.models import Membership, Organisation, Person
from gonghui.kernel.scope import take_scope


def _rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_every_table_with_a_path_is_forced_under_a_policy(db: None) -> None:
    tables = _rows(
        """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
             (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE a.attname = 'path' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
             AND c.relnamespace = 'public'::regnamespace"""
    )
    assert len(tables) >= 19
    assert [name for name, enabled, forced, policies in tables if not (enabled and forced and policies >= 4)] == []


def test_application_role_owns_nothing_and_bypasses_nothing(db: None) -> None:
    ((name, superuser, bypass, creates),) = _rows(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    assert (name, superuser, bypass, creates) == ("gonghui_app", False, False, False)
    assert (
        _rows("SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)")
        == []
    )


def test_scope_is_closed_until_it_is_taken(tree: Any) -> None:
    take_scope("", "")
    assert (Organisation.objects.count(), Person.objects.count(), Membership.objects.count()) == (0, 0, 0)


def test_scope_shows_the_subtree_and_nothing_beside_it(tree: Any) -> None:
    take_scope(tree.county.path, tree.county.path + "~")
    assert set(Person.objects.values_list("name", flat=True)) == {"刘细妹", "欧阳志强"}
    assert Organisation.objects.filter(pk=tree.city.pk).count() == 0


def test_member_sees_own_rows_wherever_they_are(tree: Any) -> None:
    take_scope("", "", tree.outsider.person_id)
    assert list(Person.objects.values_list("name", flat=True)) == ["曾玉珍"]


def test_policies_let_the_planner_see_the_range(db: None) -> None:
    """A sub-select hides the range from the planner, which then joins lists by nested loops of minutes."""
    opaque = _rows(
        """SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
           WHERE pg_get_expr(p.polqual, p.polrelid) ILIKE '%SELECT current_setting%' AND p.polname = 'scope_read'"""
    )
    assert opaque == [("organisation_tally",)]
