"""The trail: what happened, who did it and who looked; rows are added and never changed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from ..scope import Scoped


class TrailRecord(Scoped):
    """One act or one look at something sensitive.

    Personal data appears by reference only (`object_id`, `subject_id`), so that erasing a person does not
    break the sealed tree. `xid` (added in SQL) is the writing transaction: a seal covers a closed interval of
    transactions, so a late commit can never fall behind a seal.
    """

    follows_organisation = False

    at = models.DateTimeField("时间", db_default=Now())
    verb = models.CharField("行为", max_length=60)
    actor_id = models.BigIntegerField("账号", null=True)
    post_id = models.BigIntegerField("岗位", null=True)
    actor_name = models.CharField("经办人", max_length=60)  # personal: name
    role = models.CharField("角色", max_length=40)
    object_type = models.CharField("对象类别", max_length=40)
    object_id = models.CharField("对象编号", max_length=60)
    object_name = models.CharField("对象", max_length=200, default="")
    subject_id = models.BigIntegerField("涉及人员", null=True)
    reason = models.TextField("理由", default="")
    detail = models.JSONField("变更内容", default=dict)
    request_id = models.CharField(max_length=40, default="")
    refused = models.BooleanField("被拒绝", default=False)

    class Meta:
        db_table = "trail_record"
        indexes = [
            models.Index(fields=["path", "-at"], name="trail_path_at"),
            models.Index(fields=["object_type", "object_id", "-at"], name="trail_object"),
            models.Index(
                fields=["subject_id", "-at"],
                name="trail_subject",
                condition=models.Q(subject_id__isnull=False),
            ),
            models.Index(fields=["actor_id", "verb", "-at"], name="trail_actor_verb"),
        ]


class TrailSeal(models.Model):
    """A signed head of the RFC 6962 tree over all records of transactions before `next_xid`.

    `leaves` holds the leaf hashes this seal added, 32 bytes each: they name the very record that was changed,
    and proofs are made from them without reading the records.
    """

    sealed_at = models.DateTimeField(db_default=Now())
    first_xid = models.BigIntegerField()
    next_xid = models.BigIntegerField(unique=True)
    size = models.BigIntegerField()
    root = models.BinaryField()
    frontier = models.JSONField()
    leaves = models.BinaryField(default=b"")
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField()
    handed_out = models.BooleanField(default=False)

    class Meta:
        db_table = "trail_seal"
