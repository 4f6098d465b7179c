"""Background work of the roster import; thin, because everything is one service call."""

from __future__ import annotations

from django.db import connection
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from .services.pulse import Busy

SILENT_SECONDS = 30
_AGAIN = RetryStrategy(max_attempts=40, wait=15, retry_exceptions=[Busy])


@app.task(name="rosters.work", retry=_AGAIN)
def work_on_roster(roster_id: int) -> None:
    """Take one import as far as it goes without a person; a second run continues or finds nothing to do."""
    from .services.work import run  # the services defer this task

    try:
        run(roster_id)
    finally:
        connection.close()


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_lost", queueing_lock="jobs.retry_lost", pass_context=True)
async def retry_lost(context: JobContext, timestamp: int) -> None:
    """Put back the jobs whose worker was killed: its heartbeat has stopped, its transactions were rolled back."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron="40 3 * * *")
@app.task(name="rosters.tidy", queueing_lock="rosters.tidy")
def tidy(timestamp: int) -> None:
    """Close imports nobody came back to, and forget staged rows that are no longer needed."""
    from .services.work import tidy as tidy_imports

    try:
        tidy_imports()
    finally:
        connection.close()
