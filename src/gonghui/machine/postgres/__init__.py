"""PostgreSQL, embedded or outside: the addresses of its two roles, and a server that is up while needed."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from gonghui.machine.config import Config
from gonghui.machine.postgres import home as homes
from gonghui.machine.postgres import outside
from gonghui.machine.postgres.cluster import ADMIN, APP, DATABASE, OWNER, Cluster, Status
from gonghui.machine.secrets import Secrets

__all__ = [
    "ADMIN",
    "APP",
    "DATABASE",
    "OWNER",
    "Cluster",
    "Status",
    "connections",
    "embedded",
    "libpq_environment",
    "outside",
    "program",
    "running",
]


def embedded(config: Config, secrets: Secrets) -> Cluster:
    """The installation's own cluster."""
    return Cluster(config.data / "postgres", secrets)


def connections(config: Config, secrets: Secrets) -> tuple[str, str]:
    """The addresses (owner, app); reads nothing from the database and starts nothing."""
    if config.database_url is not None:
        return config.database_url, outside.app_url(config)
    cluster = embedded(config, secrets)
    return cluster.url(OWNER), cluster.url(APP)


@contextlib.contextmanager
def running(config: Config, secrets: Secrets) -> Iterator[Cluster | None]:
    """The database is there and has its roles for as long as the block runs; None when it is an outside one."""
    if config.database_url is not None:
        outside.prepare(config)
        yield None
        return
    with embedded(config, secrets) as cluster:
        cluster.ensure_database()
        yield cluster


def program(name: str) -> Path:
    """A client program of the wheel: psql, pg_dump, pg_restore."""
    return homes.wheel() / "bin" / name


def libpq_environment(url: str) -> dict[str, str]:
    """The address as environment variables: a command line with a password in it is seen by everybody."""
    names = {
        "host": "PGHOST",
        "hostaddr": "PGHOSTADDR",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "options": "PGOPTIONS",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "sslcert": "PGSSLCERT",
        "sslkey": "PGSSLKEY",
        "connect_timeout": "PGCONNECT_TIMEOUT",
        "target_session_attrs": "PGTARGETSESSIONATTRS",
    }
    return {names[key]: str(value) for key, value in conninfo_to_dict(url).items() if key in names}
