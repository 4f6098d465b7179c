"""An outside PostgreSQL: the right roles are made where they may be, and asked for in SQL where not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from gonghui.machine import config as configuration
from gonghui.machine import postgres
from gonghui.machine.config import Config
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import ADMIN, Cluster, outside
from gonghui.machine.secrets import Secrets


@dataclass
class Server:
    """A server as a city's computing centre would hand it over: an owner role with an empty database."""

    cluster: Cluster

    def admin(self, *statements: str) -> None:
        with psycopg.connect(self.cluster.url(ADMIN, "city"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def url(self, role: str = "city") -> str:
        sockets = self.cluster.home.sockets
        return f"postgresql://{role}:pw@/city?host={sockets}"

    def config(self, monkeypatch: pytest.MonkeyPatch, app: str | None = None) -> Config:
        monkeypatch.setenv("DATABASE_URL", self.url())
        if app:
            monkeypatch.setenv("DATABASE_APP_URL", self.url(app))
        return configuration.read()


@pytest.fixture
def server(place: Path, keys: Secrets, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.chdir(place)
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    with Cluster(place / "pg", keys, fast=True) as cluster:
        with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute("ALTER ROLE gonghui_app RENAME TO former")
            admin.execute("CREATE ROLE city LOGIN CREATEROLE PASSWORD 'pw'")
            admin.execute("CREATE DATABASE city OWNER city TEMPLATE template0")
        yield Server(cluster)


def test_owner_who_may_makes_the_app_role(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    config = server.config(monkeypatch)
    for _ in range(2):
        outside.prepare(config)
    owner_url, app_url = postgres.connections(config, server.cluster.secrets)
    with (
        psycopg.connect(owner_url, autocommit=True) as owner,
        psycopg.connect(app_url, autocommit=True) as app,
    ):
        assert app.execute("SELECT current_user::text").fetchone() == ("gonghui_app",)
        owner.execute("CREATE TABLE t (path text)")
        owner.execute("INSERT INTO t VALUES ('1'), ('2')")
        owner.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY p ON t USING (path = '1')")
        assert app.execute("SELECT path FROM t").fetchall() == [("1",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (n int)")


def test_owner_who_may_not_is_told_the_statement(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.admin("ALTER ROLE city NOCREATEROLE")
    config = server.config(monkeypatch)
    with pytest.raises(Fault) as caught:
        outside.prepare(config)
    assert 'CREATE ROLE "gonghui_app" NOLOGIN' in str(caught.value)
    server.admin("CREATE ROLE gonghui_app NOLOGIN")
    with pytest.raises(Fault) as caught:
        outside.prepare(config)
    assert 'GRANT "gonghui_app" TO city' in str(caught.value)
    server.admin("GRANT gonghui_app TO city")
    outside.prepare(config)


def test_separate_app_login_joins_the_app_role(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.admin("CREATE ROLE pages LOGIN PASSWORD 'pw'")
    outside.prepare(server.config(monkeypatch, app="pages"))
    with psycopg.connect(server.url(), autocommit=True) as owner:
        owner.execute("CREATE TABLE t (n int)")
    with psycopg.connect(server.url("pages"), autocommit=True) as app:
        assert app.execute("SELECT count(*) FROM t").fetchone() == (0,)


@pytest.mark.parametrize(
    ("role", "says"),
    [("SUPERUSER", "能绕过行级权限"), ("BYPASSRLS", "能绕过行级权限"), ("", "用了同一账号")],
)
def test_app_login_above_the_policies_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch, role: str, says: str
) -> None:
    server.admin(f"CREATE ROLE pages LOGIN {role} PASSWORD 'pw'")
    with pytest.raises(Fault, match=says):
        outside.prepare(server.config(monkeypatch, app="pages" if role else "city"))


def test_version_outside_the_tested_range_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "NEWEST", 17)
    with pytest.raises(Fault, match="数据库是 PostgreSQL 18，支持 15 至 17"):
        outside.prepare(server.config(monkeypatch))


def test_database_out_of_reach_named_without_the_password(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://city:topsecret@127.0.0.1:1/city")
    with pytest.raises(Fault) as caught:
        outside.prepare(configuration.read())
    assert "127.0.0.1:1/city" in str(caught.value) and "topsecret" not in str(caught.value)


def test_role_is_added_to_options_that_are_there() -> None:
    url = outside.with_role("postgresql://u:p%40@h/d?options=-c%20jit%3Doff&sslmode=require", "gonghui_app")
    parts = postgres.libpq_environment(url)
    assert parts["PGOPTIONS"] == "-c jit=off -c role=gonghui_app"
    assert (parts["PGPASSWORD"], parts["PGSSLMODE"]) == ("p@", "require")
