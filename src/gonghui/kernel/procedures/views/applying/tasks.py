"""What waits for an applicant: lines of the phone's notices and of the desk's home page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from ....manifest import Task
from ....viewer import Viewer
from ...choices import ApplicationState
from ...queries import applications as lists
from ...queries import applying as reads


def _tasks(rows: Any, address: str) -> list[Task]:
    return [
        Task(
            category="办事",
            title=f"{row.procedure.title}要补正",
            organisation="",
            url=reverse(address, args=[row.pk]),
            state="待补正",
            tone="wait",
        )
        for row in rows[:8]
    ]


def member_tasks(viewer: Viewer) -> list[Task]:
    """A member's own applications that were sent back."""
    mine = lists.own_applications(viewer).filter(state=ApplicationState.RETURNED)
    return _tasks(mine, "procedures:member-application")


def applied_tasks(viewer: Viewer) -> list[Task]:
    """Applications of the own organisation that were sent back."""
    if not viewer.may("application.make"):
        return []
    return _tasks(reads.applied(viewer).filter(state=ApplicationState.RETURNED), "procedures:applied-application")
