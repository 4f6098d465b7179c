"""Claims wait here by counter and go to the database together: while one batch is on its way the next one gathers."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from gonghui.kernel.quotas import contract

from .database import Lost

Answer = tuple[str, int, float]
"""(outcome, claim or 0, time of the claim or 0)."""
UNKNOWN: Answer = ("unknown", 0, 0.0)
"""Whether it happened is not known: ask again with the same key."""

Claim = Callable[[int, str, str, float], Awaitable[list[tuple[int, str, int | None, float | None]]]]
_EARLY_AGAIN = 0.02


class Batches:
    """One queue and one pump for each counter that somebody asks at."""

    def __init__(self, claim: Claim, *, batch: int, most_waiting: int, patience: float) -> None:
        self._claim = claim
        self._batch, self._most, self._patience = batch, most_waiting, patience
        self._queues: dict[int, deque[tuple[int, str, asyncio.Future[Answer]]]] = {}
        self._pumps: dict[int, asyncio.Task[None]] = {}
        self.batches = self.claims = 0
        self.rate = 5_000.0
        """Claims a second, as lately seen: what a waiting person is told is computed from it."""

    def waiting(self, counter: int) -> int:
        return len(self._queues.get(counter, ()))

    def crowded(self, counter: int) -> float:
        """0 while there is room to wait, else the seconds after which coming again makes sense."""
        queue = self._queues.get(counter)
        if queue is None or len(queue) < self._most:
            return 0.0
        return max(1.0, len(queue) / max(self.rate, 1.0))

    def ask(self, counter: int, person: int, key: str) -> asyncio.Future[Answer]:
        """A place in the queue; the future is done after COMMIT and never before."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        queue = self._queues.get(counter)
        if queue is None:
            queue = self._queues[counter] = deque()
        queue.append((person, key, future))
        if counter not in self._pumps:
            self._pumps[counter] = asyncio.create_task(self._pump(counter, queue))
        return future

    async def _pump(self, counter: int, queue: deque[tuple[int, str, asyncio.Future[Answer]]]) -> None:
        """Send batch after batch until nobody waits; whatever happens, nobody is left without an answer."""
        batch: list[tuple[int, str, asyncio.Future[Answer]]] = []
        try:
            await asyncio.sleep(0)  # those who came in the same turn of the loop go along
            while queue:
                batch = [queue.popleft() for _ in range(min(len(queue), self._batch))]
                await self._send(counter, batch)
        finally:
            del self._pumps[counter]
            for _, _, future in (*batch, *queue):
                if not future.done():
                    future.set_result(UNKNOWN)
            queue.clear()
            del self._queues[counter]

    async def _send(self, counter: int, batch: list[tuple[int, str, asyncio.Future[Answer]]]) -> None:
        began = time.monotonic()
        persons, keys = ",".join([str(one[0]) for one in batch]), ",".join([one[1] for one in batch])
        try:
            rows = await self._claim(counter, persons, keys, began + self._patience)
            if rows and rows[0][1] == contract.EARLY:
                # our idea of the second was a little ahead of the database's, which decides
                await asyncio.sleep(_EARLY_AGAIN)
                rows = await self._claim(counter, persons, keys, began + self._patience)
        except Lost:
            rows = []
        for place, outcome, claim, made in rows:
            future = batch[place - 1][2]
            if not future.done():
                future.set_result((outcome, claim or 0, made or 0.0))
        for _, _, future in batch:
            if not future.done():
                future.set_result(UNKNOWN)
        self.batches += 1
        self.claims += len(batch)
        if rows and len(batch) >= 20:
            lately = len(batch) / max(time.monotonic() - began, 0.0005)
            self.rate += 0.1 * (lately - self.rate)

    async def close(self) -> None:
        """Stop taking; those who wait hear that nothing is known of their claim."""
        for pump in list(self._pumps.values()):
            pump.cancel()
        await asyncio.gather(*list(self._pumps.values()), return_exceptions=True)
