"""PostgreSQL, embedded or outside: the addresses of its two roles, and a server that is up while needed."""

import contextlib
from collections.abc import Iterator

from gonghui.machine.config import Config
from gonghui.machine.postgres import outside
from gonghui.machine.postgres.cluster import ADMIN, APP, DATABASE, OWNER, Cluster, Status
from gonghui.machine.secrets import Secrets

__all__ = ["ADMIN", "APP", "DATABASE", "OWNER", "Cluster", "Status", "connections", "embedded", "running"]


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
