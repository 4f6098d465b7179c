"""Dropping slips into a box that nobody can look into, and taking them all out in no order."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.db import connection

from ..sealing import seal, unseal

_PURPOSE = "box.slip"
_STEP = 1024
"""Slips are filled up to whole steps, so that their length does not tell them apart."""


def _padded(content: dict[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False)
    return text + " " * (-len(text.encode()) % _STEP)


def drop(box: str, content: dict[str, Any], key: bytes | None = None) -> bool:
    """Put a slip into a box; False when one with this key already lies in it.

    Nothing of the moment or of who is asking is kept with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT box_drop(%s, %s, %s)", [box, key, seal(_padded(content), f"{_PURPOSE}:{box}")])
        return bool(cursor.fetchone()[0])


def take(box: str) -> list[dict[str, Any]]:
    """All slips of a box, in an order of chance; they are gone from it when the transaction ends.

    Two that take at once do not get the same slip: the second waits and finds the box empty.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM box_take(%s)", [box])
        found = [json.loads(unseal(bytes(content), f"{_PURPOSE}:{box}")) for (content,) in cursor.fetchall()]
    secrets.SystemRandom().shuffle(found)
    return found


def count(box: str) -> int:
    """How many slips lie in a box."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT box_count(%s)", [box])
        return int(cursor.fetchone()[0])


def holds(box: str, key: bytes) -> bool:
    """True while the slip with this key lies in the box."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT box_holds(%s, %s)", [box, key])
        return bool(cursor.fetchone()[0])
