"""Keeping files: bytes under their own digest in file storage, one row for each time somebody handed them in."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage

from ..refusal import Refusal
from ..trail.services import record
from ..viewer import Viewer
from .models import StoredFile

_CHUNK = 1 << 20
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def store(
    actor: Viewer,
    *,
    path: str,
    name: str,
    kind: str,
    content: bytes | IO[bytes] | Path,
    content_type: str = "application/octet-stream",
    personal: bool = False,
) -> StoredFile:
    """Keep a file for an organisation. Equal bytes are kept once; an interrupted write leaves nothing behind.

    :raises Refusal: GH-FIL-001 outside the actor's range.
    """
    if not actor.reaches(path):
        raise Refusal("GH-FIL-001", "文件所属组织不在当前岗位的范围内", "file")
    name = _UNSAFE.sub("", name).strip()[-255:] or "未命名"
    digest, size = _keep(content)
    stored = StoredFile.objects.create(
        path=path,
        name=name,
        kind=kind,
        content_type=content_type[:120],
        size=size,
        sha256=digest,
        created_by=actor.account_id,
        personal=personal,
    )
    record(
        actor,
        "file.stored",
        path=path,
        object_type="file",
        object_id=stored.pk,
        object_name="" if personal else name,
        detail={"kind": kind, "size": size, "sha256": digest},
    )
    return stored


def open_file(viewer: Viewer, stored: StoredFile) -> IO[bytes]:
    """The bytes of a file in the viewer's range; a look at a file with personal data goes on the trail.

    :raises Refusal: GH-FIL-002 not there or out of range, 003 the bytes are missing from storage.
    """
    found = StoredFile.objects.visible(viewer).filter(pk=stored.pk).first()
    if found is None:
        raise Refusal("GH-FIL-002", "没有这个文件，或它不在当前岗位的范围内", "file")
    return stored_bytes(found, viewer)


def stored_bytes(stored: StoredFile, viewer: Viewer | None = None) -> IO[bytes]:
    """The bytes of a file whose reader was authorised by what it belongs to; with a viewer, a look at personal data
    goes on the trail.

    :raises Refusal: GH-FIL-003.
    """
    place = place_of(stored.sha256)
    if not default_storage.exists(place):
        raise Refusal("GH-FIL-003", "文件内容不在存储里", "file", "由运维人员从备份恢复文件目录")
    if stored.personal and viewer is not None:
        record(
            viewer,
            "file.opened",
            path=stored.path,
            object_type="file",
            object_id=stored.pk,
            detail={"kind": stored.kind},
        )
    return default_storage.open(place, "rb")


def place_of(digest: str) -> str:
    """Where the bytes lie, relative to the storage."""
    return f"{digest[:2]}/{digest}"


def _keep(content: bytes | IO[bytes] | Path) -> tuple[str, int]:
    """Digest and size of the content, which lies in storage afterwards."""
    if isinstance(content, Path):
        with open(content, "rb") as opened:
            return _keep(opened)
    source: IO[Any] = io.BytesIO(content) if isinstance(content, bytes) else content
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=8 * _CHUNK) as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
        place = place_of(digest.hexdigest())
        if not (default_storage.exists(place) and default_storage.size(place) == size):
            copy.seek(0)
            # Under a name of its own first: a reader must never meet half a file under its digest.
            default_storage.delete(place)
            saved = default_storage.save(place, File(copy))
            if saved != place:  # somebody kept the same bytes meanwhile
                default_storage.delete(saved)
    return digest.hexdigest(), size
