"""What members ask of their own records."""

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.scope import Scoped

from . import choices as c


class Correction(Scoped):
    """A member's request to correct their own data; the proposed value is sealed, the answer is theirs to read."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="corrections")
    field = models.CharField("要更正的项目", max_length=16, choices=c.CorrectionField.choices)
    wanted_sealed = models.BinaryField("更正为")  # personal: sealed
    note = models.CharField("说明", max_length=300, default="", blank=True)
    state = models.CharField("状态", max_length=8, choices=c.CorrectionState.choices, default="asked")
    asked_at = models.DateTimeField(db_default=Now())
    answer = models.CharField("答复", max_length=300, default="", blank=True)
    answered_by = models.BigIntegerField(null=True)
    answered_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_correction"
        indexes = [models.Index(fields=["path", "state"], name="correction_path")]
