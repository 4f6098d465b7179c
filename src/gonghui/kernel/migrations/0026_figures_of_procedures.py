"""Changes of the records of procedures mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (("kernel", "0025_figure_scope"),)
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("applications", "application"),
        WatchForFigures(
            "applications", "procedure", "SELECT a.path FROM changed c JOIN application a ON a.procedure_id = c.id"
        ),
        WatchForFigures("steps", "application_step"),
        WatchForFigures("clocks", "application_clock"),
        WatchForFigures("notices", "public_notice"),
        WatchForFigures(
            "notices", "application", "SELECT n.path FROM changed c JOIN public_notice n ON n.application_id = c.id"
        ),
        WatchForFigures("objections", "notice_objection"),
        WatchForFigures(
            "objections",
            "application",
            "SELECT o.path FROM changed c JOIN notice_objection o ON o.application_id = c.id",
        ),
    ]
