"""The worker process: runs deferred and periodic jobs until it is told to stop.

Jobs of a worker that was killed are taken up again: each worker keeps a heartbeat, and `retry_stalled` puts the jobs
of silent workers back. Every job's effect is one transaction, so a second run changes nothing twice.
"""

from __future__ import annotations

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.web.settings")


def main() -> int:
    django.setup()
    from procrastinate.contrib.django import app  # needs Django to be set up

    from gonghui.kernel.figures import keeper

    worker_app = app.with_connector(app.connector.get_worker_connector())
    stop = keeper.start()
    worker_app.run_worker(
        name=f"gonghui-{os.getpid()}",
        concurrency=2,
        install_signal_handlers=True,
        update_heartbeat_interval=5,
        stalled_worker_timeout=20,
        delete_jobs="never",
        shutdown_graceful_timeout=20,
    )
    stop.set()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
