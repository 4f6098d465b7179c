"""How often somebody may do something, kept in memory and forgotten with the process."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict


class Bucket:
    """So many an hour for each of the last ten thousand callers, known by a salted digest alone."""

    def __init__(self, known: int = 10_000) -> None:
        self.known = known
        self._salt = os.urandom(16)
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, per_hour: int, now: float | None = None) -> bool:
        """True while the caller has one of `per_hour` left; a used one grows back within an hour's share."""
        moment = time.monotonic() if now is None else now
        key = hashlib.blake2b(caller.encode(), key=self._salt, digest_size=12).digest()
        with self._lock:
            left, since = self._left.pop(key, (float(per_hour), moment))
            left = min(float(per_hour), left + (moment - since) * per_hour / 3600)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, moment)
            while len(self._left) > self.known:
                self._left.popitem(last=False)
        return allowed
