"""Cursor pages of the API: a page ends where the next one begins, whatever is inserted meanwhile."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.db.models import QuerySet

from .refusal import Refusal

MOST = 200


def page(rows: QuerySet[Any], cursor: str, limit: int) -> tuple[list[Any], str | None]:
    """(rows, next cursor) by primary key; `rows` must not be ordered or sliced.

    :raises Refusal: GH-API-003 the cursor is not one of ours.
    """
    limit = max(1, min(limit, MOST))
    after = _read(cursor)
    found = list(rows.order_by("pk").filter(pk__gt=after)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, (_write(found[-1].pk) if more else None)


def _write(pk: int) -> str:
    return base64.urlsafe_b64encode(f"p{pk}".encode()).rstrip(b"=").decode()


def _read(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        pk = int(text[1:]) if text[:1] == "p" and text[1:].isdecimal() and len(text) < 20 else -1
    except (binascii.Error, UnicodeError, ValueError):
        pk = -1
    if pk < 0:
        raise Refusal("GH-API-003", "cursor 不是上一页给出的 next", "cursor", "去掉 cursor 从第一页开始")
    return pk
