"""Changes of the records of learning mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("learning", "0002_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("quizzes", "learning_quiz"),
        WatchForFigures("attempts", "learning_attempt"),
        WatchForFigures(
            "attempts", "learning_quiz", "SELECT a.path FROM changed c JOIN learning_attempt a ON a.quiz_id = c.id"
        ),
        WatchForFigures("reading_plans", "learning_plan"),
        WatchForFigures("reading_days", "learning_check_in"),
    ]
