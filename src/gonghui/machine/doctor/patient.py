"""The installation under examination: settings, secrets and connections, each asked for once and only if needed."""

import contextlib
import functools
from types import TracebackType
from typing import Any, Self

import psycopg

from gonghui.machine import config as configuration
from gonghui.machine import postgres, supervisor
from gonghui.machine import secrets as keys
from gonghui.machine.config import Config
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import home as homes
from gonghui.machine.postgres import outside


class Untold(Exception):
    """What a check needs is itself broken, and another check says so."""


class Patient:
    """Gives checks what they need; a part that cannot be had raises Untold."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @functools.cached_property
    def config(self) -> Config:
        try:
            return configuration.read()
        except Fault as error:
            raise Untold("设置") from error

    @functools.cached_property
    def secrets(self) -> keys.Secrets:
        if not (self.config.data / keys.FILE).exists():
            raise Untold("密钥")
        try:
            return keys.load(self.config.data)
        except Fault as error:
            raise Untold("密钥") from error

    @functools.cached_property
    def made(self) -> bool:
        """Whether there is a database at all; examining must not make one."""
        return not self.config.embedded or homes.recorded(self.config.data / "postgres")

    @functools.cached_property
    def run(self) -> dict[str, str] | None:
        """The `gonghui up` that uses this data directory now."""
        return supervisor.running(self.config.data)

    def connect(self) -> psycopg.Connection[Any]:
        """A fresh connection of the owner, raising the Fault that says why not."""
        if self.config.embedded:
            cluster = postgres.embedded(self.config, self.secrets)
            cluster.start()
            self._stack.callback(cluster.stop)
        owner, _ = postgres.connections(self.config, self.secrets)
        return self._stack.enter_context(outside.connect(owner))

    @functools.cached_property
    def owner(self) -> psycopg.Connection[Any]:
        """One connection of the owner for all checks that only read."""
        if not self.made:
            raise Untold("数据库")
        try:
            return self.connect()
        except Fault as error:
            raise Untold("数据库") from error

    @functools.cached_property
    def app(self) -> psycopg.Connection[Any]:
        """One connection of the role that pages and jobs use."""
        _ = self.owner  # brings the server up
        try:
            return self._stack.enter_context(outside.connect(postgres.connections(self.config, self.secrets)[1]))
        except Fault as error:
            raise Untold("平台账号") from error

    def table(self, name: str) -> bool:
        """Whether a table exists."""
        return bool(self.one("SELECT to_regclass(%s) IS NOT NULL", [f"public.{name}"]))

    def one(self, query: str, parameters: list[Any] | None = None) -> Any:
        """The first value of a query of the owner."""
        row = self.owner.execute(query, parameters).fetchone()
        return row[0] if row else None
