"""Changes of the list of bases mark the figures that count them."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.figures.triggers import WatchForFigures


class Migration(migrations.Migration):
    dependencies = (("benefits", "0007_figures"),)
    operations: ClassVar[list[Operation]] = [WatchForFigures("bases", "benefit_base")]
