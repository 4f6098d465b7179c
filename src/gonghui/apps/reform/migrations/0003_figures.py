"""Changes of the records of plans mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("reform", "0002_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("reform_items", "reform_item"),
        WatchForFigures("reform_items", "post", columns="id, path, valid_to"),
        WatchForFigures("reform_pilots", "reform_pilot"),
        WatchForFigures("reform_pilots", "reform_guide"),
        WatchForFigures(
            "reform_pilots", "post", "SELECT g.path FROM changed c JOIN reform_guide g ON g.post_id = c.id",
            "id, path, valid_to",
        ),
        WatchForFigures("reform_guides", "reform_guide"),
        WatchForFigures("reform_visits", "reform_visit"),
        WatchForFigures(
            "reform_visits", "reform_pilot", "SELECT v.path FROM changed c JOIN reform_visit v ON v.pilot_id = c.id",
            "id, path, organisation_id",
        ),
        WatchForFigures("reform_brands", "reform_brand"),
        WatchForFigures("reform_towns", "reform_brand"),
        WatchForFigures("reform_towns", "organisation", columns="id, path, kind, level, state, founded_on, ended_on"),
        WatchForFigures("reform_issues", "reform_issue"),
        WatchForFigures("reform_cases", "reform_case"),
    ]  # fmt: skip
