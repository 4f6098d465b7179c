"""Writing the trail: in the same transaction as the act it records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from ...viewer import Viewer

_INSERT = """
INSERT INTO trail_record (path, at, verb, actor_id, post_id, actor_name, role, object_type, object_id, object_name,
  subject_id, reason, detail, request_id, refused)
VALUES (%s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)
"""


def record(
    actor: Viewer,
    verb: str,
    *,
    path: str,
    object_type: str,
    object_id: object = "",
    object_name: str = "",
    subject_id: int | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    refused: bool = False,
) -> None:
    """Add one record in the running transaction.

    `detail` holds what changed by field name; personal values never go in, only the names of the fields.
    Plain SQL without RETURNING: an act may concern a place outside the actor's range, which the actor may
    write about but not read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                path,
                verb,
                actor.account_id,
                actor.post_id,
                actor.name,
                actor.role,
                object_type,
                str(object_id),
                object_name[:200],
                subject_id,
                reason,
                json.dumps(detail or {}, ensure_ascii=False, default=str),
                actor.request_id,
                refused,
            ],
        )


_INSERT_MANY = """
INSERT INTO trail_record (path, at, verb, actor_id, post_id, actor_name, role, object_type, object_id, object_name,
  subject_id, reason, detail, request_id, refused)
SELECT path, clock_timestamp(), %s, %s, %s, %s, %s, %s, object_id::text, '', subject_id, %s, %s::jsonb, %s, false
FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS one (path, object_id, subject_id)
"""


def record_many(
    actor: Viewer,
    verb: str,
    *,
    object_type: str,
    rows: Sequence[tuple[str, int, int | None]],
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """One record for each (path, object id, subject id) of an act done to many at once, in one statement."""
    if not rows:
        return
    paths, objects, subjects = zip(*rows, strict=True)
    common = [
        verb,
        actor.account_id,
        actor.post_id,
        actor.name,
        actor.role,
        object_type,
        reason,
    ]
    details = json.dumps(detail or {}, ensure_ascii=False, default=str)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_MANY,
            [
                *common,
                details,
                actor.request_id,
                list(paths),
                list(objects),
                list(subjects),
            ],
        )
