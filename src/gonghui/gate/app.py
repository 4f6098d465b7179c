"""Requests to the gate: take a place, look how many are left, and how the gate is.

POST /claim, a body of two words: the token of the page and the caller's own key for this wish (a UUID). The same key
again gives the same answer. Nothing stands in the address, so nothing stands in a log.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import time
from typing import Any, Final

from gonghui.kernel.quotas import contract

from .batches import Batches
from .clock import Clock
from .database import Line, Lines, Lost
from .limits import Tries
from .memory import Known, Memory
from .settings import Settings, load

_KEY: Final = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LOOK_EVERY: Final = 1.0
_OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000
_HOLDERS: Final = (
    "SELECT person, key::text, claim, extract(epoch FROM made_at)::double precision FROM quota_holders(%s)"
)
_FULL_STATUS: Final = {
    contract.GRANTED: 200, contract.YOURS: 200, contract.SOLD_OUT: 409, contract.LIMIT: 409, contract.WITHDRAWN: 409,
    contract.BARRED: 409, contract.AGAIN: 409, contract.CLOSED: 409, contract.EARLY: 425, contract.ENOUGH: 409,
    "unknown": 503, "busy": 503, "tries": 429, "token": 401, "request": 400,
}  # fmt: skip
_WORDS: Final = {
    **contract.OUTCOMES,
    "unknown": "正在确认，请用同一个页面再试",
    "busy": "人很多，正在排队",
    "tries": "点得太快了，稍等再点",
    "token": "页面过期了，刷新后再领",
    "request": "请求不完整，刷新页面后再试",
}


def _body(outcome: str, extra: str = "") -> bytes:
    words = json.dumps(_WORDS[outcome], ensure_ascii=False)
    return f'{{"outcome":"{outcome}","words":{words}{extra}}}'.encode()


_PLAIN: Final = {outcome: _body(outcome) for outcome in _WORDS}
_PLACE: Final = {outcome: body[:-1] + b',"claim":' for outcome, body in _PLAIN.items()}


class Gate:
    """One process: its memory, its queues, its lines. RSGI calls it for every request."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self.clock, self.memory = Clock(), Memory()
        self._tasks: list[asyncio.Task[None]] = []
        self._filling: set[int] = set()
        self.answered: dict[str, int] = dict.fromkeys(_WORDS, 0)
        self._moment: tuple[float, bytes] = (0.0, b"")

    # -- life -----------------------------------------------------------------------------------------------------

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        settings = self._settings = self._settings or load()
        self._lines = Lines(settings.database, settings.connections)
        self._look = Line(settings.database, "gonghui gate look")
        self.batches = Batches(
            self._lines.claim, batch=settings.batch, most_waiting=settings.most_waiting, patience=settings.patience
        )
        self._persons, self._addresses = Tries(settings.person_tries), Tries(settings.address_tries)
        self._key = settings.key
        self._headers = [
            ("content-type", "application/json; charset=utf-8"),
            ("cache-control", "no-store"),
            ("access-control-allow-origin", settings.origin),
        ]
        self._again = [*self._headers, ("access-control-expose-headers", "retry-after")]
        self._tasks = [loop.create_task(self._keep_looking()), loop.create_task(self._keep_listening())]
        # Thousands wait at a time: to look through them for cycles every 700 objects is a tenth of the work.
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 10, 10)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        for task in self._tasks:
            task.cancel()
        loop.run_until_complete(self.batches.close())
        loop.run_until_complete(self._lines.close())

    # -- requests -------------------------------------------------------------------------------------------------

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.path == "/claim" and scope.method == "POST":
            await self._claim(scope, protocol)
        elif scope.path == "/look" and scope.method == "GET":
            self._answer_look(scope, protocol)
        elif scope.path == "/healthz":
            self._answer_health(protocol)
        elif scope.method == "OPTIONS":
            allowed = [("access-control-allow-methods", "POST, GET"), ("access-control-max-age", "86400")]
            protocol.response_empty(204, [*self._headers, *allowed])
        else:
            protocol.response_bytes(404, self._headers, b'{"outcome":"request","words":"\xe6\xb2\xa1\xe6\x9c\x89"}')

    async def _claim(self, scope: Any, protocol: Any) -> None:
        length = scope.headers.get("content-length")
        if length is None or not length.isdigit() or int(length) > contract.LONGEST_BODY:
            return self._say(protocol, "request")
        moment = time.monotonic()
        if wait := self._addresses.wait(self._address(scope), moment):
            return self._say(protocol, "tries", wait)
        token, _, key = (await protocol()).partition(b" ")
        if not _KEY.fullmatch(key):
            return self._say(protocol, "request")
        if not self.clock.known:
            return self._say(protocol, "busy", 1)
        now = self.clock.at(moment)
        try:
            ticket = contract.verify(self._key, token, now)
        except contract.TokenRefused:
            return self._say(protocol, "token")
        if wait := self._persons.wait(ticket.person, moment):
            return self._say(protocol, "tries", wait)
        known = self.memory.counters.get(ticket.counter)
        if known is None:
            # not open for long enough to have been heard of, or closed: the database says which
            return await self._ask(protocol, ticket.counter, ticket.person, key.decode(), None)
        if now < known.opens_at:
            return self._say(protocol, contract.EARLY, known.opens_at - now)
        if known.full and known.holders is not None:
            held = known.holders.get(ticket.person)
            if held is None:
                return self._say(protocol, contract.SOLD_OUT)
            outcome = contract.GRANTED if held[0] == key.decode() else contract.YOURS
            return self._say_place(protocol, outcome, held[1], held[2])
        await self._ask(protocol, ticket.counter, ticket.person, key.decode(), known)

    async def _ask(self, protocol: Any, counter: int, person: int, key: str, known: Known | None) -> None:
        if wait := self.batches.crowded(counter):
            return self._say(protocol, "busy", wait, f',"ahead":{self.batches.waiting(counter)}')
        outcome, claim, made = await self.batches.ask(counter, person, key)
        if claim:
            return self._say_place(protocol, outcome, claim, made)
        if outcome == contract.SOLD_OUT and known is not None and not known.full and counter not in self._filling:
            self._filling.add(counter)
            self._tasks.append(asyncio.create_task(self._fill(counter, known)))
        self._say(protocol, outcome, 1 if outcome in ("unknown", contract.EARLY) else 0)

    async def _fill(self, counter: int, known: Known) -> None:
        """From now on the counter is full: remember who holds its places, then refuse the others from memory."""
        try:
            freed = known.freed
            rows = await self._look_once(_HOLDERS, (counter,))
            self.memory.fill(counter, freed, rows)
        except Lost:
            pass  # the next who asks tries again
        finally:
            self._filling.discard(counter)
            self._tasks = [task for task in self._tasks if not task.done()]

    async def _look_once(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        line = Line(self._settings.database, "gonghui gate look")  # type: ignore[union-attr]
        try:
            return await line.ask(query, values)
        finally:
            await line.drop()

    def _address(self, scope: Any) -> str:
        host = str(scope.client).rpartition(":")[0]
        if self._settings.proxies and host in self._settings.proxies:  # type: ignore[union-attr]
            forwarded = scope.headers.get("x-forwarded-for")
            if forwarded:
                return str(forwarded).rpartition(",")[2].strip()
        return host

    # -- answers --------------------------------------------------------------------------------------------------

    def _say(self, protocol: Any, outcome: str, wait: float = 0, extra: str = "") -> None:
        self.answered[outcome] += 1
        if not wait and not extra:
            protocol.response_bytes(_FULL_STATUS[outcome], self._headers, _PLAIN[outcome])
            return
        seconds = max(1, int(wait + 0.999))
        body = _body(outcome, f'{extra},"again":{wait:.2f}')
        protocol.response_bytes(_FULL_STATUS[outcome], [*self._again, ("retry-after", str(seconds))], body)

    def _say_place(self, protocol: Any, outcome: str, claim: int, made: float) -> None:
        self.answered[outcome] += 1
        if made != self._moment[0]:  # a batch was made in one moment: its six digits are written once
            self._moment = (made, b',"at":%.6f}' % made)
        protocol.response_bytes(200, self._headers, b"%b%d%b" % (_PLACE[outcome], claim, self._moment[1]))

    def _answer_look(self, scope: Any, protocol: Any) -> None:
        """How many places are left, from memory: a number for a page, not a promise."""
        word = str(scope.query_string).removeprefix("counter=")
        known = self.memory.counters.get(int(word)) if word.isdigit() and len(word) < 19 else None
        if known is None or not self.clock.known:
            protocol.response_bytes(404, self._headers, b'{"free":null}')
            return
        free = 0 if known.full else max(known.free, 0)
        now = self.clock.now()
        body = f'{{"free":{free},"now":{now:.3f},"opens_in":{max(0.0, known.opens_at - now):.3f}}}'
        protocol.response_bytes(200, self._headers, body.encode())

    def _answer_health(self, protocol: Any) -> None:
        status = {
            "database": self.clock.known,
            "counters": len(self.memory.counters),
            "batches": self.batches.batches,
            "claims": self.batches.claims,
            "answers": self.answered,
        }
        code = 200 if self.clock.known else 503
        protocol.response_bytes(code, self._headers, json.dumps(status).encode())

    # -- what changes elsewhere -----------------------------------------------------------------------------------

    async def _keep_looking(self) -> None:
        """Once a second: which counters there are, how full, and what second it is for the database."""
        while True:
            asked = time.monotonic()
            try:
                rows = await self._look.ask(contract.COUNTERS_SQL)
                answered = time.monotonic()
                if rows and rows[0][6] is not None:
                    self.clock.learn(rows[0][6], asked, answered)
                self.memory.refresh([row[:6] for row in rows if row[0] is not None])
            except Lost:
                self.memory.forget_all()
            await asyncio.sleep(_LOOK_EVERY)

    async def _keep_listening(self) -> None:
        """A place that came back anywhere is known here at once; a lost line forgets what it may have missed."""
        line = Line(self._settings.database, "gonghui gate listen")  # type: ignore[union-attr]
        while True:
            try:
                connection = await line.open()
                await connection.execute(f"LISTEN {contract.CHANNEL}")
                self.memory.forget_all()
                async for note in connection.notifies():
                    if note.payload.isdigit():
                        self.memory.forget(int(note.payload))
            except asyncio.CancelledError:
                await line.drop()
                raise
            except Exception:  # the line broke in whatever way: open another one
                await line.drop()
                self.memory.forget_all()
                await asyncio.sleep(_LOOK_EVERY)


app = Gate()
