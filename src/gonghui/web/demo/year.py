"""A year of business in the demonstration city: what its people did, by the real services, day by day."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from random import Random

from django.db import connection, transaction

from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM

from .assessments import run_assessments
from .benefits import Benefits
from .contests import Contests
from .deeds import Deeds
from .democracy import Democracy
from .filings import Filings
from .grants import Grants
from .hardship import Hardship
from .honours import Honours
from .joining import Joining
from .learning import Learning
from .menu import Menus
from .officers import Officers
from .places import Places
from .reform import Reform
from .rights import Rights
from .voices import Voices
from .wishes import Wishes

TASK = "demo.year"
"""The job's name, and the verb of the record that says it was done."""
WORK = (
    Honours, Contests, Grants, Hardship, Rights, Joining, Places, Benefits, Menus, Learning, Wishes, Reform, Filings,
    Deeds, Voices, Democracy,
)  # fmt: skip
"""What comes after the assessments. Who lets notices pass comes first: the days that pass are those of everybody."""


def _unless_begun(run: Callable[[], object]) -> None:
    """Whoever tries the platform in its first minute may have begun the same: then that part is left to them."""
    try:
        with transaction.atomic():
            run()
    except Refusal as refusal:
        logging.getLogger("gonghui").warning("part of the demonstration's year left out: %s", refusal)


def run_year(today: date, seed: int) -> bool:
    """Everything in one transaction, once: False where it was done before.

    A worker that is killed after the commit leaves its job unfinished in the queue; the next one finds the record.
    """
    with acting(SYSTEM):
        with connection.cursor() as cursor:  # a second worker waits here and then finds the record
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TASK])
        if TrailRecord.objects.filter(verb=TASK).exists():
            return False
        officers = Officers(Random(seed), today)
        run_assessments(officers)
        for work in WORK:
            _unless_begun(work(officers).run)
        record(SYSTEM, TASK, path="", object_type="demo", detail={"seed": seed})
    return True
