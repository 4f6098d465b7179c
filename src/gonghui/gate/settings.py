"""What the gate is told when it starts, from the installation's settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gonghui.kernel.quotas import contract
from gonghui.machine import config as machine_config
from gonghui.machine import postgres
from gonghui.machine import secrets as machine_secrets


@dataclass(frozen=True, slots=True)
class Settings:
    """`origin` is the address of the pages: the only one whose scripts may read our answers."""

    database: str
    key: bytes
    origin: str
    connections: int = 2
    most_waiting: int = 20_000
    """Claims that may wait at one counter; whoever comes then is told to come again, and when."""
    batch: int = 1_000
    patience: float = 8.0
    """Seconds that a claim waits for a database that went away before it is told to ask again."""
    person_tries: int = 20
    address_tries: int = 6_000
    """Tries in ten seconds. A workshop or a carrier has thousands of members behind one address."""
    proxies: frozenset[str] = frozenset()
    """Addresses of our own reverse proxies, whose X-Forwarded-For is believed."""


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings of this process, read once."""
    config = machine_config.load()
    secrets = machine_secrets.load(config.data)
    _, app_url = postgres.connections(config, secrets)
    return Settings(
        database=app_url,
        key=contract.gate_key(secrets.django_key),
        origin=config.public_url,
        address_tries=config.gate_address_tries,
        proxies=frozenset(config.gate_proxies),
    )
