"""Changes of the records of places mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("places", "0002_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("places", "place"),
        WatchForFigures("place_tickets", "place_ticket"),
        WatchForFigures("place_rounds", "place_round"),
        WatchForFigures("place_questions", "place_consultation"),
        WatchForFigures("place_policies", "place_policy"),
    ]
