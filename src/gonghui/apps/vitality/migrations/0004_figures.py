"""Changes of the records of vitality mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("vitality", "0003_wide_ids"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("vitality_reviews", "vitality_review"),
        WatchForFigures("vitality_findings", "vitality_finding"),
        WatchForFigures(
            "vitality_findings",
            "vitality_review",
            "SELECT f.path FROM changed c JOIN vitality_finding f ON f.review_id = c.id",
        ),
    ]
