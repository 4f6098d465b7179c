"""What voices and projects plug into the platform."""

from __future__ import annotations

from gonghui.kernel.manifest import Manifest

from .choices import Act

MANIFEST = Manifest(
    key="voice",
    title="诉求实事",
    verbs={f"voice.{act.value}": f"职工意见：{act.label}" for act in Act.members()},
)
