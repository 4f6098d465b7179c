"""Boards that organisations put together for themselves; what ships lies in catalogue/boards."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import Scoped

from . import choices as c


class Board(Scoped):
    """Which figures an organisation shows to a role, or on its big screen, in which order and how.

    It holds at the organisation and below, until an organisation below makes its own. Everybody may read it: it names
    figures and holds no number. What it was before is on the trail.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="制定单位")
    slot = models.CharField("给谁看", max_length=20)
    title = models.CharField("名称", max_length=40)
    period = models.CharField("期间", max_length=8, choices=c.BoardPeriod.choices, default="year")
    tiles = models.JSONField("内容")
    version = models.PositiveIntegerField(default=1)
    edited_by = models.BigIntegerField(null=True)
    edited_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "board"
        constraints = [models.UniqueConstraint(fields=["organisation", "slot"], name="board_once")]
        indexes = [models.Index(fields=["path"], name="board_path")]

    def __str__(self) -> str:
        return self.title
