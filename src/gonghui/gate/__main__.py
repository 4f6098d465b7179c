"""`python -m gonghui.gate`: as many processes as the installation sets, on the gate's own port."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces, Loops, RuntimeModes
from granian.log import LogLevels

from gonghui.machine import config as machine_config


def main() -> int:
    config = machine_config.load()
    Granian(
        "gonghui.gate.app:app",
        address=config.host,
        port=config.gate_port,
        interface=Interfaces.RSGI,
        workers=config.gate_workers,
        loop=Loops.auto,
        runtime_mode=RuntimeModes.st,  # what waits is in Python; a second thread of the server only hands it over
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        backlog=4096,
    ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
