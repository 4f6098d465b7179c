"""Changes of congresses, sessions, proposals and contracts mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("democracy", "0002_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("congresses", "democracy_congress"),
        WatchForFigures("congress_sessions", "democracy_session"),
        WatchForFigures("congress_motions", "democracy_motion"),
        WatchForFigures("collective_contracts", "democracy_contract"),
    ]
