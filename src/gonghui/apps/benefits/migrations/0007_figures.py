"""Changes of the records of benefits mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (
        ("benefits", "0006_trip_scope"),
        ("kernel", "0025_figure_scope"),
    )
    operations: ClassVar[list[Operation]] = [
        WatchForFigures("ratings", "benefit_rating"),
        WatchForFigures("ratings", "offer", "SELECT r.path FROM changed c JOIN benefit_rating r ON r.offer_id = c.id"),
        WatchForFigures("menus", "benefit_menu"),
        WatchForFigures("dishes", "benefit_dish"),
        WatchForFigures("votes", "benefit_vote"),
    ]
