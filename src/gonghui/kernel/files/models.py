"""Stored files: evidence, documents of decisions, rosters and their reports."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from ..scope import Scoped


class StoredFile(Scoped):
    """A file kept under its own content digest; the bytes lie in file storage, never in the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("文件名", max_length=255)
    kind = models.CharField("用途", max_length=40)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    created_by = models.BigIntegerField("上传人", null=True)
    created_at = models.DateTimeField("上传时间", db_default=Now())
    personal = models.BooleanField("含个人信息", default=False)
    keep_until = models.DateField("保存至", null=True)

    class Meta:
        db_table = "stored_file"
        indexes = [models.Index(fields=["path", "-created_at"], name="file_path_at")]
