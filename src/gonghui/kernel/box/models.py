"""Slips in a box: what was handed in and must not be read beside who handed it in."""

from __future__ import annotations

from django.db import models


class BoxSlip(models.Model):
    """One sealed slip. The application's role may not select, change or delete it: see the functions of 0029."""

    id = models.UUIDField(primary_key=True)
    box = models.TextField("投递箱", db_collation="C")
    key = models.BinaryField("唯一键", null=True)
    content = models.BinaryField("内容")  # personal: sealed

    class Meta:
        db_table = "box_slip"
        constraints = [models.UniqueConstraint(fields=["box", "key"], name="box_key_once")]
