"""Changes of the records of filings mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("filings", "0002_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("filings", "filing"),
        WatchForFigures("filled_cells", "filing_cell"),
        WatchForFigures("form_questions", "filing_question"),
    ]
