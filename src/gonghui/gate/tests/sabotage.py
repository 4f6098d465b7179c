"""Three ways to break the gate's promise. The fault test must go red with each of them, or it proves nothing."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import psycopg

from gonghui.gate.app import Gate
from gonghui.gate.database import Line, Lost


class HastyLine(Line):
    """Answers before COMMIT: what a kill of the database takes away was promised already."""

    async def ask(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if "quota_claim" not in query:
            return await super().ask(query, values)
        try:
            connection = await self.open()
            await connection.execute("BEGIN")
            rows = await (await connection.execute(query, values, binary=True)).fetchall()  # type: ignore[arg-type]
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            await self.drop()
            raise Lost from error
        asyncio.get_running_loop().create_task(self._commit_later(connection))
        return rows

    async def _commit_later(self, connection: psycopg.AsyncConnection[Any]) -> None:
        await asyncio.sleep(0.3)
        with contextlib.suppress(psycopg.Error):
            await connection.execute("COMMIT")


class HastyGate(Gate):
    """The gate without the wait for COMMIT."""

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__rsgi_init__(loop)
        lines = self._lines
        while not lines._free.empty():
            lines._free.get_nowait()
        for _ in range(200):
            lines._free.put_nowait(HastyLine(self._settings.database, "hasty"))  # type: ignore[union-attr]


hasty = HastyGate()

WITHOUT_LOCK = """
DO $$ DECLARE body text;
BEGIN
  ALTER TABLE offer_counter DROP CONSTRAINT counter_never_over;
  SELECT pg_get_functiondef('quota_claim'::regproc) INTO body;
  body := replace(body, 'PERFORM 1 FROM offer_counter WHERE id = p_counter FOR UPDATE;', 'PERFORM pg_sleep(0.01);');
  EXECUTE replace(body, 'moment := clock_timestamp();', 'PERFORM pg_sleep(0.02); moment := clock_timestamp();');
END $$
"""
"""Two batches read the same room before either of them writes."""

WITHOUT_KEY = """
DO $$ DECLARE body text;
BEGIN
  ALTER TABLE offer_claim DROP CONSTRAINT claim_once;
  SELECT pg_get_functiondef('quota_claim'::regproc) INTO body;
  EXECUTE replace(body, 'UPDATE offer_counter SET taken', 'PERFORM pg_sleep(0.05); UPDATE offer_counter SET taken');
END $$
"""
"""A person with two devices asks at two counters of one offer; only the unique key sees both."""
