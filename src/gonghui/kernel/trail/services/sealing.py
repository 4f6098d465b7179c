"""Sealing what has happened behind the transactions that wrote it, and handing the signed heads outside."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from ...scope import acting
from ...viewer import SYSTEM
from .. import rules
from ..models import TrailSeal

log = logging.getLogger(__name__)

LOCK = 0x7472_6169  # "trai": the advisory lock that one sealer holds
BATCH = 200_000
"""Most records in one seal; a backlog is sealed in several steps."""

_HORIZON = """
WITH taken AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
running AS (SELECT id::text::bigint AS xid FROM taken, pg_snapshot_xip(snapshot) AS id)
SELECT coalesce(
  (SELECT min(xid) FROM running WHERE NOT EXISTS (
    SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
      AND l.transactionid::text::bigint = xid % 4294967296
      AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database()))),
  (SELECT pg_snapshot_xmax(snapshot)::text::bigint FROM taken)) + trail_shift()
"""
"""The oldest transaction still running in this database, or the next one. What runs in other databases of the same
server (a nightly dump elsewhere) does not hold the seal up; when in doubt a transaction counts as ours."""
COLUMNS = (
    "id, xid, path, at, verb, actor_id, post_id, actor_name, role, object_type, object_id, object_name, subject_id, "
    "reason, detail::text, request_id, refused"
)


def _signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SIGNING_KEY))


def public_key() -> str:
    """The public half of the signing key, in hex: whoever holds it can check what this installation signed."""
    return _signing_key().public_key().public_bytes_raw().hex()


def hash_name() -> str:
    """What a new tree is built with; an existing tree keeps its own."""
    return "sm3" if settings.CRYPTO_PROFILE == "gm" else "sha256"


def seal() -> TrailSeal | None:
    """Seal all records of finished transactions; None when there is nothing to seal or another sealer is at work.

    Records become visible only behind the oldest running transaction, and the interval ends exactly there: a
    transaction that commits late can therefore never put a record behind a seal.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = TrailSeal.objects.order_by("-next_xid").first()
        first_xid = last.next_xid if last else 0
        cursor.execute(_HORIZON)
        horizon = cursor.fetchone()[0]
        if horizon < first_xid and not _is_behind_itself(cursor, first_xid):
            log.error("trail: transaction numbers went back; run trail.services.rebase after a restore")
        if horizon <= first_xid:
            return None
        cursor.execute(
            f"SELECT {COLUMNS} FROM trail_record WHERE xid >= %s AND xid < %s ORDER BY xid, id LIMIT %s",
            [first_xid, horizon, BATCH + 1],
        )
        rows = cursor.fetchall()
        if not rows:
            return None
        if len(rows) > BATCH:  # end before the last transaction of the batch, so that none is cut in two
            horizon = rows[-1][1]
            rows = [row for row in rows if row[1] < horizon] or _one_transaction(cursor, horizon)
            horizon = max(horizon, rows[-1][1] + 1)
        return _store(last, first_xid, horizon, rows)


def _is_behind_itself(cursor: Any, first_xid: int) -> bool:
    """False when the counter has fallen behind the seals, as after restoring a dump into a new cluster."""
    cursor.execute(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + trail_shift() >= %s",
        [first_xid],
    )
    return bool(cursor.fetchone()[0])


def _one_transaction(cursor: Any, xid: int) -> list[tuple[Any, ...]]:
    cursor.execute(f"SELECT {COLUMNS} FROM trail_record WHERE xid = %s ORDER BY id", [xid])
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _store(last: TrailSeal | None, first_xid: int, next_xid: int, rows: list[tuple[Any, ...]]) -> TrailSeal:
    name = last.frontier["hash"] if last else hash_name()
    digest = rules.hash_named(name)
    nodes = [bytes.fromhex(node) for node in last.frontier["nodes"]] if last else []
    frontier = rules.Frontier(digest, last.size if last else 0, nodes)
    leaves = []
    for row in rows:
        leaf = rules.leaf_hash(digest, rules.canonical(row))
        leaves.append(leaf)
        frontier.append(leaf)
    key, now = _signing_key(), timezone.now()
    head = rules.Head(
        size=frontier.size,
        root=frontier.root(),
        first_xid=first_xid,
        next_xid=next_xid,
        sealed_at=rules.moment(now),
        hash=name,
        public_key=key.public_key().public_bytes_raw(),
        signature=b"",
    )
    return TrailSeal.objects.create(
        sealed_at=now,
        first_xid=first_xid,
        next_xid=next_xid,
        size=head.size,
        root=head.root,
        frontier={"hash": name, "nodes": [node.hex() for node in frontier.nodes]},
        leaves=b"".join(leaves),
        key_id=head.public_key.hex(),
        signature=key.sign(head.text()),
    )


def head_of(seal: TrailSeal, *, with_leaves: bool = False) -> rules.Head:
    """The signed head as it leaves the house."""
    leaves = bytes(seal.leaves)
    return rules.Head(
        size=seal.size,
        root=bytes(seal.root),
        first_xid=seal.first_xid,
        next_xid=seal.next_xid,
        sealed_at=rules.moment(seal.sealed_at),
        hash=seal.frontier["hash"],
        public_key=bytes.fromhex(seal.key_id),
        signature=bytes(seal.signature),
        leaves=tuple(leaves[i : i + 32] for i in range(0, len(leaves), 32)) if with_leaves else None,
    )


def rebase() -> int:
    """After restoring a dump into another cluster: keep transaction numbers above all that are on record.

    Runs as the owner of the tables, before the platform is started again. Returns the shift now in force.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute(rules.REBASE)
        cursor.execute("SELECT trail_shift()")
        return int(cursor.fetchone()[0])


def heads_file() -> Path:
    return Path(settings.DATA_DIR) / "heads" / "heads.jsonl"


def hand_out() -> int:
    """Append every new head to data/heads/heads.jsonl and send it to the neighbour, if one is set.

    A head counts as handed out only when both have it; a repeated line harms nobody, a missing one would.
    """
    waiting = list(TrailSeal.objects.filter(handed_out=False).order_by("next_xid")[:500])
    if not waiting:
        return 0
    lines = [head_of(seal).line() for seal in waiting]
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(handle, ("\n".join(lines) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    neighbour = getattr(settings, "TRAIL_NEIGHBOUR", "")
    if neighbour:
        answer = httpx.post(
            neighbour,
            content="\n".join(lines),
            headers={"Content-Type": "application/jsonl"},
            timeout=10,
        )
        answer.raise_for_status()
    return TrailSeal.objects.filter(pk__in=[seal.pk for seal in waiting]).update(handed_out=True)
