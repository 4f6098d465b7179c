"""Reading and checking ahead of the database: while one block is compared with the records, the next is checked."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from queue import Empty, Full, Queue
from typing import Any

_BLOCKS = 2
_WAIT = 0.2


def ahead(blocks: Iterable[Any]) -> Generator[Any, None, None]:
    """The same blocks, made in a thread of their own, at most two of them waiting.

    The thread touches no database connection. It ends when the consumer does, whatever made it end.
    """
    ready: Queue[tuple[str, Any]] = Queue(_BLOCKS)
    ended = threading.Event()

    def put(kind: str, item: Any) -> bool:
        while not ended.is_set():
            try:
                ready.put((kind, item), timeout=_WAIT)
                return True
            except Full:
                continue
        return False

    def produce() -> None:
        try:
            for block in blocks:
                if not put("block", block):
                    return
            put("end", None)
        except BaseException as error:  # raised again where the blocks are consumed
            put("error", error)

    thread = threading.Thread(target=produce, name="roster-ahead", daemon=True)
    thread.start()
    try:
        while True:
            kind, item = ready.get()
            if kind == "end":
                return
            if kind == "error":
                raise item
            yield item
    finally:
        ended.set()
        while thread.is_alive():
            try:
                ready.get_nowait()
            except Empty:
                thread.join(_WAIT)
