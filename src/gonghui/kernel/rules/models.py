"""Rules as data: parameters valid in a jurisdiction from a day on, each with its source."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from ..org.models import Organisation
from ..scope import PathField, ScopedQuerySet


class Rule(models.Model):
    """One dated version of one parameter in one jurisdiction (an organisation and all below it).

    Everybody may read rules: they are what decisions are explained by. Writing stays in the writer's range.
    """

    key = models.CharField("规则", max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="rules", verbose_name="适用范围")
    path = PathField()
    valid_from = models.DateField("生效日期")
    value = models.JSONField("取值")
    version = models.PositiveIntegerField("版本")
    source = models.CharField("依据", max_length=200, default="", blank=True)
    actor_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "rule"
        constraints = [
            models.UniqueConstraint(fields=["key", "organisation", "version"], name="rule_version_once"),
        ]
        indexes = [models.Index(fields=["key", "path", "-valid_from"], name="rule_find")]
