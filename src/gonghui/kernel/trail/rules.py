"""The tree over the trail: leaves, frontier, proofs, and the canonical line of a record. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from .verifier import Frontier, Hash, Head, hash_named, leaf_hash, node_hash

__all__ = [
    "REBASE",
    "Frontier",
    "Hash",
    "Head",
    "canonical",
    "consistency_path",
    "hash_named",
    "inclusion_path",
    "leaf_hash",
    "moment",
    "node_hash",
    "root_of",
    "root_of_inclusion",
    "roots_of_consistency",
]

REBASE = """
DO $rebase$
DECLARE
  highest bigint;
  shift bigint;
BEGIN
  IF to_regclass('trail_seal') IS NULL OR to_regproc('trail_shift') IS NULL THEN
    RETURN;  -- a database from before there were seals
  END IF;
  SELECT greatest(coalesce((SELECT max(xid) FROM trail_record), 0),
    coalesce((SELECT max(next_xid) FROM trail_seal), 0)) INTO highest;
  shift := highest - pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1;
  IF shift > trail_shift() THEN
    EXECUTE format(
      'CREATE OR REPLACE FUNCTION trail_shift() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L',
      'SELECT ' || shift || '::bigint');
  END IF;
END $rebase$
"""
"""Run as the owner of the tables after a dump was restored into another cluster, where transactions are counted
from the beginning: raises the shift so that new numbers stay above all that are on record."""

FIELDS = (
    "id", "xid", "path", "at", "verb", "actor_id", "post_id", "actor_name", "role", "object_type", "object_id",
    "object_name", "subject_id", "reason", "detail", "request_id", "refused",
)  # fmt: skip
"""What is sealed of a record. `detail` is PostgreSQL's own text of the JSON, which no parser can alter."""


def moment(value: datetime) -> str:
    """2026-11-21T03:31:12.123456Z, always with six decimals, so that one instant has one spelling."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(values: Sequence[Any]) -> bytes:
    """The one line that is hashed and exported; `values` in the order of FIELDS."""
    data = dict(zip(FIELDS, values, strict=True))
    data["at"] = moment(data["at"])
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _split(size: int) -> int:
    """The largest power of two below `size`: where RFC 6962 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(digest: Hash, leaves: Sequence[bytes]) -> bytes:
    frontier = Frontier(digest)
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_path(digest: Hash, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962: what proves that leaf `index` is in the tree over `leaves`."""
    path: list[bytes] = []
    while len(leaves) > 1:
        k = _split(len(leaves))
        if index < k:
            path.append(root_of(digest, leaves[k:]))
            leaves = leaves[:k]
        else:
            path.append(root_of(digest, leaves[:k]))
            leaves, index = leaves[k:], index - k
    path.reverse()
    return path


def root_of_inclusion(digest: Hash, leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion path leads to; None when the path does not fit index and size."""
    if not 0 <= index < size:
        return None
    node, last = leaf, size - 1
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = node_hash(digest, sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(digest, node, sibling)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def consistency_path(digest: Hash, leaves: Sequence[bytes], old: int) -> list[bytes]:
    """PROOF(m, D[n]): what proves that the tree over the first `old` leaves is the beginning of this one."""
    path: list[bytes] = []
    complete = True
    while old != len(leaves):
        k = _split(len(leaves))
        if old <= k:
            path.append(root_of(digest, leaves[k:]))
            leaves = leaves[:k]
        else:
            path.append(root_of(digest, leaves[:k]))
            leaves, old, complete = leaves[k:], old - k, False
    if not complete:
        path.append(root_of(digest, leaves))
    path.reverse()
    return path


def roots_of_consistency(
    digest: Hash, old: int, new: int, old_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """(old root, new root) that a consistency path leads to; None when it does not fit the sizes."""
    if not 0 < old <= new:
        return None
    if old == new:
        return (old_root, old_root) if not path else None
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return None
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = steps[0]
    for node in steps[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            before, after = node_hash(digest, node, before), node_hash(digest, node, after)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            after = node_hash(digest, after, node)
        first, last = first >> 1, last >> 1
    return (before, after) if last == 0 else None
