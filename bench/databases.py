"""Databases for benchmarks: migrated like a real installation's, thrown away afterwards."""

from __future__ import annotations

import psycopg
from django.db import connections

from gonghui.machine.postgres import ADMIN, Cluster
from gonghui.web.migrate import migrate


def point_at(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def drop(cluster: Cluster, name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" (FORCE)')


def fresh(cluster: Cluster, name: str) -> str:
    drop(cluster, name)
    cluster.ensure_database(name)
    point_at(name)
    migrate(verbosity=0)
    return name
