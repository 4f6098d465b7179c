"""What voices and projects plug into the platform."""

from __future__ import annotations

from gonghui.kernel.manifest import Manifest

from .choices import Act
from .manifest_projects import ENTRIES, VERBS, member_tasks, tasks

MANIFEST = Manifest(
    key="voice",
    title="诉求实事",
    entries=ENTRIES,
    verbs={f"voice.{act.value}": f"职工意见：{act.label}" for act in Act.members()} | VERBS,
    tasks=tasks,
    member_tasks=member_tasks,
)
