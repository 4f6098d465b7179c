"""Changes of the records of casework mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("casework", "0002_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("hardship_files", "casework_file"),
        WatchForFigures("aids", "casework_aid"),
        WatchForFigures("cases", "casework_case"),
        WatchForFigures("claimants", "casework_claimant"),
        WatchForFigures(
            "claimants", "casework_case", "SELECT m.path FROM changed c JOIN casework_claimant m ON m.case_id = c.id"
        ),
        WatchForFigures("letters", "casework_letter"),
        WatchForFigures("tickets", "casework_ticket"),
    ]
