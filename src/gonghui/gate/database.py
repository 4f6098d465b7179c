"""The gate's lines to PostgreSQL: one that listens and looks, and a few that take claims."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
from psycopg import AsyncConnection

from gonghui.kernel.quotas import contract

_RETRY = 0.2
_CONNECT: dict[str, Any] = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}


class Lost(Exception):
    """The line broke: what was asked may or may not have happened, and the key will tell."""


class Line:
    """One connection, opened when needed and dropped as soon as it fails once."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._connection: AsyncConnection[Any] | None = None

    async def open(self) -> AsyncConnection[Any]:
        if self._connection is None:
            self._connection = await AsyncConnection.connect(
                self._url, autocommit=True, application_name=self._name, **_CONNECT
            )
        return self._connection

    async def ask(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement in its own transaction: they are here only after COMMIT.

        :raises Lost: the line broke. The next question opens another one.
        """
        try:
            connection = await self.open()
            cursor = await connection.execute(query, values, prepare=True, binary=True)
            return await cursor.fetchall()
        except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable) as error:
            raise Lost from error  # rolled back whole; asking again is right
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            await self.drop()
            raise Lost from error

    async def drop(self) -> None:
        """Let go of a broken line, so that nothing is asked of it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await asyncio.wait_for(connection.close(), 1)
            except (Exception, asyncio.CancelledError):  # it is broken already; nothing is to be saved
                return


class Lines:
    """A few lines for claims: batches of different counters go side by side, those of one after another."""

    def __init__(self, url: str, count: int) -> None:
        self._all = [Line(url, "gonghui gate") for _ in range(count)]
        self._free: asyncio.Queue[Line] = asyncio.Queue()
        for line in self._all:
            self._free.put_nowait(line)

    async def claim(
        self, counter: int, persons: str, keys: str, until: float
    ) -> list[tuple[int, str, int | None, float | None]]:
        """Take places for a batch. A broken line is tried again until `until` (monotonic): the keys make that safe.

        :raises Lost: the database did not come back in time.
        """
        line = await self._free.get()
        try:
            while True:
                try:
                    return await line.ask(contract.CLAIM_SQL, (counter, persons, keys, "gate"))
                except Lost:
                    if time.monotonic() + _RETRY >= until:
                        raise
                    await asyncio.sleep(_RETRY)
        finally:
            self._free.put_nowait(line)

    async def close(self) -> None:
        for line in self._all:
            await line.drop()
