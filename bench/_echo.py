"""The bare reference of the gate: the same server, the same token check, and nothing else."""

from __future__ import annotations

import time
from typing import Any

from gonghui.gate.settings import load
from gonghui.kernel.quotas import contract


class Echo:
    """Reads the body, verifies the token, says yes."""

    def __rsgi_init__(self, loop: Any) -> None:
        self.key = load().key

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.path == "/healthz":
            protocol.response_empty(200, [])
            return
        token, _, _ = (await protocol()).partition(b" ")
        contract.verify(self.key, token, time.time())
        protocol.response_bytes(200, [("content-type", "application/json")], b'{"outcome":"echo"}')


app = Echo()
