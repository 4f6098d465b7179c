"""Changes of projects, evaluations, visits and voices mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("voice", "0002_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("voice_projects", "voice_project"),
        WatchForFigures("voice_evaluations", "voice_evaluation"),
        WatchForFigures("voice_effort_acts", "voice_act"),
        WatchForFigures(
            "voice_effort_acts",
            "voice",
            "SELECT a.path FROM changed c JOIN voice_act a ON a.voice_id = c.id",
            "id, path, sensitive",
        ),
    ]
