"""The outbox, and what members do not want on their phone.

No phone number, no name and nothing of a case stands here: a message says which kind, about which row, and a title that
everybody may read.
"""

from __future__ import annotations

from django.db import models

from ..people.models import Person
from ..scope import Scoped
from . import choices as c

LONGEST_TITLE = 60


class Message(Scoped):
    """Something one person should know. `path` is where the person was; only the person and the platform read it.

    `about` is the row that the page of the kind opens, `turn` which time it happened to it: one message for each.
    `due_at` is not changed any more; `next_at` is when the worker looks at it again.
    """

    follows_organisation = False

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("类别", max_length=40)
    about = models.BigIntegerField()
    turn = models.CharField(max_length=20, default="", blank=True)
    title = models.CharField("事项", max_length=LONGEST_TITLE, default="", blank=True)
    urgent = models.BooleanField("马上发", default=False)
    made_at = models.DateTimeField("时间")
    due_at = models.DateTimeField("最早发送")
    until = models.DateTimeField("过了就不用发")
    next_at = models.DateTimeField("下次发送")
    state = models.CharField("发送", max_length=8, choices=c.MessageState.choices, default="waiting")
    reason = models.CharField("原因", max_length=60, default="", blank=True)
    tries = models.PositiveSmallIntegerField("发送次数", default=0)
    channel = models.CharField("通道", max_length=10, default="", blank=True)
    sent_at = models.DateTimeField("发送时间", null=True)
    read_at = models.DateTimeField("看过", null=True)

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "about", "turn"], name="message_once"),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="message_sent_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="message_person"),
            models.Index(fields=["-urgent", "next_at"], name="message_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["path", "made_at"], name="message_path"),
        ]


class Mute(Scoped):
    """A member does not want a kind of ordinary messages on the phone.

    Without a unique key, so that the records of one natural person can be merged; one row or two say the same.
    """

    follows_organisation = False

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("类别", max_length=40)

    class Meta:
        db_table = "message_mute"
        indexes = [
            models.Index(fields=["person"], name="mute_person"),
            models.Index(fields=["path"], name="mute_path"),
        ]
