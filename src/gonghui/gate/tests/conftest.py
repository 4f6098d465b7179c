"""A database server of the gate tests' own: they kill it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from gonghui.machine import secrets as machine_secrets
from gonghui.machine.postgres import ADMIN, APP, OWNER, Cluster

from .world import fill, make_offer


@dataclass
class Rig:
    """A durable cluster with a migrated database, and the environment in which gates find it."""

    cluster: Cluster
    database: str

    @property
    def owner(self) -> str:
        return self.cluster.url(OWNER, self.database)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GONGHUI_DATABASE_URL": self.owner,
            "GONGHUI_DATABASE_APP_URL": self.cluster.url(APP, self.database),
            "GONGHUI_GATE_ADDRESS_TRIES": "100000000",
        }

    @property
    def secret(self) -> str:
        return settings.SECRET_KEY

    def offer(self, *capacity: int, opens_in: float = -3600) -> tuple[int, list[int]]:
        return make_offer(self.owner, capacity, opens_in)

    def revive(self) -> None:
        """Bring a killed server back, as the supervisor does."""
        for _ in range(100):
            if self.cluster.revive():
                return
            time.sleep(0.1)


def dumped_from(cluster: Cluster, database: str, target: Cluster) -> None:
    """The same empty tables as every test's, without migrating again."""
    dump = cluster.run("pg_dump", "-s", "-d", cluster.url(ADMIN, database), capture_output=True)
    target.ensure_database(database)
    target.run("psql", "-q", "-d", target.url(ADMIN, database), input=dump.stdout, capture_output=True)


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster, django_db_setup: None) -> Iterator[Rig]:
    """One for each test process that asks."""
    from django.db import connection

    place = Path(tmp_path_factory.mktemp("gate"))
    own = Cluster(place / "pg", machine_secrets.load(settings.DATA_DIR))
    own.start()
    dumped_from(cluster, connection.settings_dict["NAME"], own)
    made = Rig(own, connection.settings_dict["NAME"])
    fill(made.owner, 30_000)
    yield made
    own.stop()
    shutil.rmtree(place, ignore_errors=True)
