"""Changes of voices and visits mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("voice", "0005_weighings_public"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures(
            "voices",
            "voice",
            columns="id, path, organisation_id, sensitive, state, kind, nature, channel, visibility, outcome, received_on,"
            " first_answered_on, closed_on, breaches, reopened_on, promised_on, kept_on, score",
        ),
        WatchForFigures("voice_visits", "voice_visit"),
    ]
