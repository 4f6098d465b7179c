"""A rush of people on plain sockets: prepared requests over many connections, one process, as little work as possible.

A library would cost more for each request than the gate does; what is measured here is the gate.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_OUTCOME = re.compile(rb'"outcome":"(\w+)"')


@dataclass
class Result:
    """What a rush saw: seconds, latencies in ms, outcomes (or statuses) counted, answers by request's number."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    answers: dict[int, str] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def request(host: str, port: int, token: str, key: str) -> bytes:
    """POST /claim as the page sends it."""
    body = f"{token} {key}".encode()
    head = f"POST /claim HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def rush(
    host: str, ports: Sequence[int], requests: Sequence[bytes], connections: int, *, keep: bool = False,
    until: float | None = None,
) -> Result:  # fmt: skip
    """Send every request once, `connections` at a time; a broken connection is reported, not tried again."""
    result = Result()
    waiting = deque(range(len(requests)))
    poll, open_now = select.epoll(), {}
    for n in range(min(connections, len(requests))):
        with contextlib.suppress(OSError):  # that server is down at the moment
            _connect(poll, open_now, host, ports[n % len(ports)])
    if not open_now:
        poll.close()
        result.broken = list(waiting)
        return result
    began = time.perf_counter()
    busy: dict[int, tuple[int, float]] = {}
    buffers: dict[int, bytes] = {}
    for descriptor in list(open_now):
        _send(open_now, busy, descriptor, waiting, requests)
    while busy and (until is None or time.perf_counter() - began < until):
        for descriptor, _ in poll.poll(0.5):
            try:
                data = open_now[descriptor].recv(65536)
            except OSError:
                data = b""
            if not data:
                if descriptor in busy:  # else it was idle
                    result.broken.append(busy.pop(descriptor)[0])
                open_now.pop(descriptor).close()
                buffers.pop(descriptor, None)
                if waiting:
                    _replace(poll, open_now, busy, host, ports, waiting, requests, result)
                continue
            data = buffers.pop(descriptor, b"") + data
            end = data.find(b"\r\n\r\n")
            length = _LENGTH.search(data, 0, end) if end >= 0 else None
            if end < 0 or (length and len(data) < end + 4 + int(length[1])):
                buffers[descriptor] = data
                continue
            number, sent = busy.pop(descriptor)
            result.latencies.append((time.perf_counter() - sent) * 1000)
            found = _OUTCOME.search(data, end)
            outcome = found[1].decode() if found else data[9:12].decode()
            result.outcomes[outcome] += 1
            if keep:
                result.answers[number] = data[end + 4 :].decode()
            if waiting:
                _send(open_now, busy, descriptor, waiting, requests)
    result.seconds = time.perf_counter() - began
    result.broken += [number for number, _ in busy.values()]
    for one in open_now.values():
        one.close()
    poll.close()
    return result


def _connect(poll: select.epoll, open_now: dict[int, socket.socket], host: str, port: int) -> int:
    one = socket.create_connection((host, port), timeout=20)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    one.settimeout(5)
    open_now[one.fileno()] = one
    poll.register(one.fileno(), select.EPOLLIN)
    return one.fileno()


def _send(
    open_now: dict[int, socket.socket], busy: dict[int, tuple[int, float]], descriptor: int, waiting: deque[int],
    requests: Sequence[bytes],
) -> None:  # fmt: skip
    if not waiting:
        return
    number = waiting.popleft()
    busy[descriptor] = (number, time.perf_counter())
    open_now[descriptor].sendall(requests[number])


def _replace(poll, open_now, busy, host, ports, waiting, requests, result) -> None:  # type: ignore[no-untyped-def]
    for port in ports:
        try:
            _send(open_now, busy, _connect(poll, open_now, host, port), waiting, requests)
            return
        except OSError:
            continue
    result.broken.extend(waiting)
    waiting.clear()
