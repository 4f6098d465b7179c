"""Reading the trail: records in the viewer's range, where they are sealed, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ..refusal import Refusal
from ..viewer import Viewer
from . import rules
from .models import TrailRecord, TrailSeal
from .services.sealing import COLUMNS, head_of

MOST_LEAVES = 2_000_000
"""Above this a single proof takes longer than a page may; the export is checked as a whole instead."""


def records(viewer: Viewer, prefix: str = "") -> QuerySet[TrailRecord]:
    """Records in range, newest first; `prefix` narrows to verbs that begin so."""
    found = TrailRecord.objects.visible(viewer)
    if prefix:
        found = found.filter(verb__startswith=prefix)
    return found.order_by("-at", "-pk")


def record(viewer: Viewer, pk: int, prefix: str = "") -> TrailRecord | None:
    return records(viewer, prefix).filter(pk=pk).first()


def last_seal() -> TrailSeal | None:
    """The newest head; heads tell sizes and hashes only, so everybody may see them."""
    return TrailSeal.objects.defer("leaves").order_by("-next_xid").first()


@dataclass(frozen=True)
class Place:
    """Where a record stands in the sealed tree."""

    seal: TrailSeal
    index: int
    line: bytes
    leaf: bytes

    @property
    def number(self) -> int:
        return self.index + 1


def place_of(viewer: Viewer, pk: int) -> Place | None:
    """The seal that covers a record and its position; None while it waits for the next seal.

    :raises Refusal: the record no longer is what was sealed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM trail_record WHERE id = %s AND path >= %s AND path < %s",
            [pk, viewer.lo, viewer.hi],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    seal = TrailSeal.objects.filter(next_xid__gt=row[1]).order_by("next_xid").first()
    if seal is None:
        return None
    line = rules.canonical(row)
    leaf = rules.leaf_hash(rules.hash_named(seal.frontier["hash"]), line)
    leaves = bytes(seal.leaves)
    inside = next((n for n in range(len(leaves) // 32) if leaves[n * 32 : n * 32 + 32] == leaf), None)
    if inside is None:
        raise Refusal("GH-TRL-001", "这条记录与封存时不一致", hint="封存之后被改动，立即告知上级审计部门并导出核验")
    return Place(seal, seal.size - len(leaves) // 32 + inside, line, leaf)


def proof(place: Place) -> dict[str, Any]:
    """An inclusion proof (RFC 6962) of one record in the newest head, for whoever holds heads from outside.

    :raises Refusal: the tree is too large for one page.
    """
    newest = TrailSeal.objects.order_by("-next_xid").first()
    assert newest is not None
    if newest.size > MOST_LEAVES:
        raise Refusal("GH-TRL-002", f"留痕已超过{MOST_LEAVES:,}条，单条证明要算很久", hint="用导出文件整体核验")
    joined = b"".join(bytes(one) for one in TrailSeal.objects.order_by("next_xid").values_list("leaves", flat=True))
    leaves = [joined[n : n + 32] for n in range(0, len(joined), 32)]
    path = rules.inclusion_path(rules.hash_named(newest.frontier["hash"]), leaves, place.index)
    return {
        "record": place.line.decode(),
        "leaf": place.leaf.hex(),
        "index": place.index,
        "path": [node.hex() for node in path],
        "head": head_of(newest).as_dict(),
    }


def consistency(old: int) -> list[str]:
    """What proves that the tree of `old` records is the beginning of today's."""
    newest = TrailSeal.objects.order_by("-next_xid").first()
    if newest is None or not 0 < old <= newest.size:
        raise Refusal("GH-TRL-003", "没有这样的封存头")
    joined = b"".join(bytes(one) for one in TrailSeal.objects.order_by("next_xid").values_list("leaves", flat=True))
    leaves = [joined[n : n + 32] for n in range(0, len(joined), 32)]
    return [node.hex() for node in rules.consistency_path(rules.hash_named(newest.frontier["hash"]), leaves, old)]
