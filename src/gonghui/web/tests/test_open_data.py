"""A city's own analysis reads figures by SQL: its range and no row beyond, no table, and it cannot widen the range."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from gonghui.kernel.factories import make_member, make_post, make_tree
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures import services as keeping
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.models import FigureValue, OpenFigure, Organisation, TrailRecord, ViewReader
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.machine.postgres import ADMIN, Cluster
from gonghui.web.open_data import grant, listed, withdraw

Reader = Callable[[str], "psycopg.Connection[Any]"]
LOGIN = "bi_test_county"
SEEN_BEFORE = "SELECT count(*) FROM bi.figure_values"


@pytest.fixture
def stage(own_database: str, cluster: Cluster) -> Iterator[Any]:
    """The cast with its kept values, committed: another connection has to see it."""
    with acting(SYSTEM):
        tree = make_tree()
        for n in range(6):
            make_member(tree.union, "甲乙丙丁戊己"[n], new_form="courier")
        for n in range(3):
            make_member(tree.sibling_county, "庚辛壬"[n], new_form="courier")
        make_post(tree.city, "federation_admin", "admin")
    keeping.fill()
    keeping.drain()
    yield tree
    with psycopg.connect(cluster.url(ADMIN, own_database), autocommit=True) as admin:
        admin.execute(f"DROP ROLE IF EXISTS {LOGIN}")


@pytest.fixture
def given(stage: Any, own_database: str, cluster: Cluster) -> dict[str, Any]:
    until = timezone.localdate() + timedelta(days=30)
    return grant(
        cluster.url(ADMIN, own_database), username="admin", login=LOGIN, at=stage.county.name, purpose="县指标库", until=until
    )  # fmt: skip


@pytest.fixture
def reader(given: dict[str, Any], own_database: str, cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    url = cluster.url(ADMIN, own_database)
    with psycopg.connect(url, user=LOGIN, password=given["password"], autocommit=True) as connection:
        yield connection


def rows(connection: psycopg.Connection[Any], sql: Any, *given: Any) -> list[Any]:
    return connection.execute(sql, given or None).fetchall()


def test_it_reads_the_numbers_of_its_range_and_no_other(stage: Any, reader: Any) -> None:
    with acting(SYSTEM):
        below = set(Organisation.objects.filter(path__startswith=stage.county.path).values_list("pk", flat=True))
        everything = Organisation.objects.count()
    assert {pk for (pk,) in rows(reader, "SELECT id FROM bi.organisations")} == below and len(below) < everything
    seen = {pk for (pk,) in rows(reader, "SELECT DISTINCT organisation_id FROM bi.figure_values")}
    assert stage.county.pk in seen <= below
    value = rows(
        reader, "SELECT value, unit FROM bi.figure_values WHERE figure = 'members_couriers' AND organisation_id = %s AND period IS NULL", stage.county.pk
    )  # fmt: skip
    assert [(int(number), unit) for number, unit in value] == [(6, "名")]
    assert rows(reader, "SELECT 1 FROM bi.figure_values WHERE organisation_id = %s", stage.sibling_county.pk) == []


def test_its_numbers_are_those_of_the_pages(stage: Any, reader: Any) -> None:
    today = timezone.localdate()
    with acting(SYSTEM):
        place = org_queries.public(stage.county.pk)
        known = figures.in_force(stage.county.path)
        now = figures.values(SYSTEM, known.values(), place, around(today, "year"))
        open_ones = set(OpenFigure.objects.filter(shown=True).values_list("key", flat=True))
        as_of = {
            key: one for key, one in now.items()
            if key in open_ones and not any(part.moment for part in figures.parts(one.figure, known).measures)
        }  # fmt: skip
    seen = dict(
        rows(
            reader,
            "SELECT figure, value FROM bi.figure_values WHERE organisation_id = %s AND period IS NULL",
            stage.county.pk,
        )
    )
    assert len(as_of) > 20 and len(seen) > 3
    for key, one in as_of.items():
        assert (seen.get(key) or 0) == (one.number or 0), key


def test_quarters_halves_and_years_are_there_for_what_is_kept_by_month(stage: Any, reader: Any) -> None:
    """All periods that the platform answers from kept values, shares of such among them, come to what it says."""
    today = timezone.localdate()
    with acting(SYSTEM):
        for n, day in enumerate(
            (today, today.replace(year=today.year - 1, month=4, day=1), date(today.year - 1, 1, 1))
        ):
            make_member(stage.union, "子丑寅"[n], joined_on=day)
    keeping.drain()
    periods = [around(today, kind) for kind in ("month", "quarter", "half", "year")]
    periods += [
        around(date(today.year - 1, month, 1), kind) for month in (1, 4) for kind in ("month", "quarter", "half")
    ]
    periods += [around(date(today.year - 1, 1, 1), "year")]
    with acting(SYSTEM):
        place = org_queries.public(stage.county.pk)
        known = figures.in_force(stage.county.path)
        open_ones = set(OpenFigure.objects.filter(shown=True).values_list("key", flat=True))
        during = [
            known[key] for key in sorted(open_ones) if all(one.moment for one in figures.parts(known[key], known).measures)
        ]  # fmt: skip
        told = {one.key: figures.values(SYSTEM, during, place, one) for one in periods}
    found = {
        (figure, period): value
        for figure, period, value in rows(
            reader, "SELECT figure, period, value FROM bi.figure_values WHERE organisation_id = %s", stage.county.pk
        )
    }
    assert len(during) > 20
    assert found["joined", str(today.year - 1)] == 2 and found["joined", f"{today.year - 1}Q2"] == 1
    for period, values in told.items():
        for key, one in values.items():
            assert (found.get((key, period)) or 0) == (one.number or 0), (key, period)
    kept = dict(rows(reader, "SELECT figure, kept_from FROM bi.figures"))
    assert kept["joined"] == date(today.year - 1, 1, 1) and kept["members"] is None


def test_what_is_older_than_kept_is_not_told_in_part(stage: Any, reader: Any) -> None:
    year = timezone.localdate().year - 2
    with acting(SYSTEM):
        measure = OpenFigure.objects.get(key="joined", path="").top
        FigureValue.objects.create(path=stage.county.path, measure=measure, period=f"{year}-12", total=5)
    assert rows(reader, "SELECT period FROM bi.figure_values WHERE period LIKE %s", f"{year}%") == []


def test_money_is_in_yuan_above_and_below_the_line(stage: Any, reader: Any) -> None:
    with acting(SYSTEM):
        one = OpenFigure.objects.filter(shown=True, per=100, bottom=None).first()
        assert one is not None
        month = f"{timezone.localdate():%Y-%m}"
        FigureValue.objects.filter(path=stage.county.path, measure=one.top, period=month).delete()
        FigureValue.objects.create(path=stage.county.path, measure=one.top, period=month, total=12_345)
    told = rows(
        reader, "SELECT value, numerator, denominator FROM bi.figure_values WHERE figure = %s AND organisation_id = %s"
        " AND period = %s", one.key, stage.county.pk, month,
    )  # fmt: skip
    assert len(told) == 1 and told[0][1:] == (Decimal("123.45"), None) and abs(told[0][0] - Decimal("123.45")) < 1


def test_sensitive_figures_are_not_in_the_views(stage: Any, reader: Any) -> None:
    shown = {key for (key,) in rows(reader, "SELECT figure FROM bi.figures")}
    assert {"members", "unions", "visits", "in_term_share"} <= shown
    assert not {"hardship_files", "aid_paid", "disputes", "legal_aid", "tickets"} & shown


@pytest.mark.parametrize(
    "trick",
    [
        "SELECT set_config('gonghui.lo', '', false), set_config('gonghui.hi', '~', false), set_config('gonghui.seat', '*', false)",
        "SET gonghui.lo = ''; SET gonghui.hi = '~'",
        "SET SESSION AUTHORIZATION gonghui_owner",
        "SET ROLE gonghui_owner",
        "SET ROLE gonghui_app",
        "SET default_transaction_read_only = off; UPDATE public.view_reader SET path = ''",
        "SET default_transaction_read_only = off; INSERT INTO public.view_reader (login, path) VALUES ('bi_test_county', '')",
        "SET default_transaction_read_only = off; DELETE FROM public.view_reader",
        "SET default_transaction_read_only = off; CREATE FUNCTION public.spy(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "SET default_transaction_read_only = off; CREATE OR REPLACE VIEW bi.organisations AS SELECT 1",
        "SET default_transaction_read_only = off; ALTER ROLE CURRENT_USER CREATEROLE",
    ],
)
def test_no_trick_widens_its_range(stage: Any, reader: Any, trick: str) -> None:
    before = rows(reader, SEEN_BEFORE)
    try:
        reader.execute(trick)
    except psycopg.Error as error:
        assert error.sqlstate in ("42501", "25006"), error
    reader.execute("RESET ALL")
    assert rows(reader, "SELECT count(*) FROM bi.figure_values") == before
    assert rows(reader, "SELECT 1 FROM bi.organisations WHERE id = %s", stage.sibling_county.pk) == []


def test_settings_that_it_may_set_change_nothing_it_sees(stage: Any, reader: Any) -> None:
    reader.execute("SELECT set_config('gonghui.lo', '', false), set_config('gonghui.hi', '~', false)")
    assert rows(reader, "SELECT 1 FROM bi.organisations WHERE id = %s", stage.sibling_county.pk) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT count(*) FROM public.person")


def test_it_reads_no_table_and_calls_no_function_of_ours(reader: Any, own_database: str, cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(ADMIN, own_database)) as admin:
        tables = [
            one
            for (one,) in rows(
                admin,
                "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')",
            )
        ]
        may = rows(
            admin,
            "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
            " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
            LOGIN,
        )
    assert len(tables) > 80
    for table in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"SELECT * FROM public.{table.removeprefix('public.')} LIMIT 1")
    assert may == [], "functions that run with the owner's rights are not everybody's"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT * FROM public.membership_card(1)")


def test_a_leaky_condition_sees_no_row_beyond_the_range(stage: Any, reader: Any) -> None:
    """A cast that fails would tell the name it failed on; the barrier keeps it from being asked before the range."""
    with pytest.raises(psycopg.errors.InvalidTextRepresentation) as told:
        reader.execute("SELECT count(*) FROM bi.organisations WHERE name::int > 0")
    assert stage.sibling_county.name not in str(told.value) and stage.city.name not in str(told.value)


def test_what_is_over_or_withdrawn_reads_nothing(stage: Any, reader: Any, own_database: str, cluster: Cluster) -> None:
    assert rows(reader, SEEN_BEFORE)[0][0] > 0
    yesterday = timezone.localdate() - timedelta(days=1)
    ViewReader.objects.using("owner").update(until=yesterday)
    assert rows(reader, SEEN_BEFORE) == [(0,)]
    assert [one["login"] for one in listed()] == [LOGIN]
    withdraw(cluster.url(ADMIN, own_database), username="admin", login=LOGIN)
    with pytest.raises(psycopg.OperationalError):
        reader.execute(SEEN_BEFORE)
    assert listed() == []
    with acting(SYSTEM):
        verbs = list(
            TrailRecord.objects.filter(object_type="view_reader").order_by("pk").values_list("verb", "object_name")
        )
    assert verbs == [("figure.views_granted", LOGIN), ("figure.views_withdrawn", LOGIN)]


def test_a_right_moves_with_its_organisation_and_a_local_figure_takes_the_place_of_the_shipped_one(
    stage: Any, reader: Any
) -> None:
    with acting(SYSTEM):
        assert ViewReader.follows_organisation
    before = len(rows(reader, "SELECT 1 FROM bi.figures WHERE figure = 'members'"))
    with acting(SYSTEM):
        shipped = OpenFigure.objects.get(key="members", path="")
        OpenFigure.objects.create(
            figure=shipped.figure, path=stage.county.path, key="members", top=shipped.top, shown=False
        )
    assert before == 1
    assert rows(reader, "SELECT 1 FROM bi.figure_values WHERE figure = 'members'") == [], (
        "withheld here, so the one above is too"
    )


def test_only_the_owner_gives_rights_and_only_an_administrator_in_range(
    stage: Any, own_database: str, cluster: Cluster
) -> None:
    from django.db import ProgrammingError

    url, until = cluster.url(ADMIN, own_database), timezone.localdate() + timedelta(days=30)
    with acting(SYSTEM):
        make_post(stage.county, "organising", "organiser")
        make_post(stage.sibling_county, "federation_admin", "sibling-admin")
    for username, login, at, purpose, days in (
        ("organiser", LOGIN, stage.county.name, "指标", 30), ("sibling-admin", LOGIN, stage.county.name, "指标", 30),
        ("admin", "postgres", stage.county.name, "指标", 30), ("admin", LOGIN, stage.county.name, "", 30),
        ("admin", LOGIN, stage.county.name, "指标", 500),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            grant(
                url,
                username=username,
                login=login,
                at=at,
                purpose=purpose,
                until=timezone.localdate() + timedelta(days=days),
            )
    assert until and listed() == []
    with psycopg.connect(url) as admin:
        assert rows(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", LOGIN) == []
    with pytest.raises(ProgrammingError), acting(SYSTEM):
        ViewReader.objects.create(path="", organisation=stage.county, login="bi_sneak", purpose="x", until=until)
