"""Writing the trail: in the same transaction as the act it records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from ..viewer import Viewer

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
    common = [verb, actor.account_id, actor.post_id, actor.name, actor.role, object_type, reason]
    details = json.dumps(detail or {}, ensure_ascii=False, default=str)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_MANY, [*common, details, actor.request_id, list(paths), list(objects), list(subjects)]
        )


# --- sealing ----------------------------------------------------------------------------------------------------

LOCK = 0x7472_6169  # "trai": the advisory lock that one sealer holds
BATCH = 200_000
"""Most records in one seal; a backlog is sealed in several steps."""

_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + trail_shift()"
_COLUMNS = (
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
            f"SELECT {_COLUMNS} FROM trail_record WHERE xid >= %s AND xid < %s ORDER BY xid, id LIMIT %s",  # noqa: S608
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
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + trail_shift() >= %s", [first_xid])
    return bool(cursor.fetchone()[0])


def _one_transaction(cursor: Any, xid: int) -> list[tuple[Any, ...]]:
    cursor.execute(f"SELECT {_COLUMNS} FROM trail_record WHERE xid = %s ORDER BY id", [xid])  # noqa: S608
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
        cursor.execute(
            "SELECT greatest(coalesce((SELECT max(xid) FROM trail_record), 0),"
            " coalesce((SELECT max(next_xid) FROM trail_seal), 0)),"
            " pg_snapshot_xmax(pg_current_snapshot())::text::bigint, trail_shift()"
        )
        highest, current, shift = cursor.fetchone()
        if current + shift <= highest:
            shift = highest - current + 1
            cursor.execute(
                "CREATE OR REPLACE FUNCTION trail_shift() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE"
                f" AS 'SELECT {int(shift)}::bigint'"
            )
    return int(shift)


# --- handing heads outside ------------------------------------------------------------------------------------------


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
        answer = httpx.post(neighbour, content="\n".join(lines), headers={"Content-Type": "application/jsonl"}, timeout=10)
        answer.raise_for_status()
    return TrailSeal.objects.filter(pk__in=[seal.pk for seal in waiting]).update(handed_out=True)


# --- export ---------------------------------------------------------------------------------------------------------

README = """这是留痕的完整导出，不需要平台就能核验。

records.jsonl  每行一条记录，按事务和编号排列；每行的文字就是封存时计算摘要的内容
seals.jsonl    每行一次封存：记录树（RFC 6962）的根、签名（Ed25519）和新增记录的摘要
verifier.py    核验程序，只用 Python 标准库

核验：
    python verifier.py records.jsonl seals.jsonl
有外部留存的封存头（heads.jsonl）或公钥时一并给出，才能发现整体重做或截去尾部：
    python verifier.py records.jsonl seals.jsonl heads.jsonl --key {key}

本平台的公钥：{key}
"""


def lines() -> Iterator[bytes]:
    """Every record as its canonical line, in the order of the tree; takes the whole range itself."""
    with acting(SYSTEM), connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM trail_record ORDER BY xid, id")  # noqa: S608
        for row in cursor:
            yield rules.canonical(row)


def _write(target: IO[bytes], content: Iterator[bytes]) -> int:
    count = 0
    for line in content:
        target.write(line + b"\n")
        count += 1
    return count


def export(path: str | Path | IO[bytes]) -> int:
    """Write the zip that `verifier.py` checks; returns the number of records.

    Seals are read first: records that are sealed while the export runs then count as not yet sealed.
    """
    with transaction.atomic(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        seals = [head_of(seal, with_leaves=True).line().encode() for seal in TrailSeal.objects.order_by("next_xid")]
        with archive.open("seals.jsonl", "w") as target:
            _write(target, iter(seals))
        with archive.open("records.jsonl", "w", force_zip64=True) as target:
            count = _write(target, lines())
        archive.writestr("README.txt", README.format(key=public_key()))
        archive.writestr("verifier.py", (files(__package__) / "verifier.py").read_text(encoding="utf-8"))
    return count
