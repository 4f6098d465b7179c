"""Rows of plans are seen where those stand who answer for them, and from everywhere above."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.scope import PutUnderScope

TABLES = (
    "plan", "plan_version", "sync", "item", "item_step", "programme", "pilot", "guide", "visit", "brand", "round",
    "issue", "case", "reminder",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = (("reform", "0001_tables"),)

    operations: ClassVar[list[Operation]] = [PutUnderScope(f"reform_{name}") for name in TABLES]
