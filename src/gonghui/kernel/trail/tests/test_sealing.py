"""Sealing in a real database: nothing falls behind a seal, nobody rewrites what happened."""

from __future__ import annotations

import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

from gonghui.kernel.scope import acting
from gonghui.kernel.trail import jobs, rules, services, verifier
from gonghui.kernel.trail.models import TrailRecord, TrailSeal
from gonghui.kernel.trail.services import record, sealing
from gonghui.kernel.viewer import SYSTEM, Viewer

CLERK = Viewer(role="organising", name="周敏", account_id=7, post_id=8, lo="00001", hi="00002")


def act(count: int = 1, path: str = "00001", verb: str = "person.reveal") -> None:
    with acting(CLERK):
        for number in range(count):
            record(
                CLERK,
                verb,
                path=path,
                object_type="person",
                object_id=number,
                reason="核对名册",
                detail={"n": 1e300},
            )


@pytest.fixture
def outside(own_database: str, settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def second_connection() -> psycopg.Connection[Any]:
    """A connection of its own as the application's role."""
    return psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None})  # type: ignore[arg-type]


def insert_late(other: psycopg.Connection[Any]) -> None:
    other.execute("SELECT set_config('gonghui.lo', '', true), set_config('gonghui.hi', '~', true)")
    other.execute(
        "INSERT INTO trail_record (path, verb, actor_name, role, object_type, object_id, object_name, reason, detail,"
        " request_id, refused) VALUES ('00001', 'late', '', '', '', '', '', '', '{}', '', false)"
    )


def test_sealed_export_verifies_and_names_the_changed_record(outside: Path) -> None:
    act(5)
    assert services.seal() is not None
    act(7)
    assert services.seal() is not None
    assert services.seal() is None
    assert services.hand_out() == 2
    assert services.hand_out() == 0
    target = outside / "trail.zip"
    assert services.export(target) == 12
    report = verifier.verify([target, services.heads_file()], [services.public_key()])
    assert report.ok and report.sealed == 12 and report.heads == 2, report.text()
    with zipfile.ZipFile(target) as archive:
        assert set(archive.namelist()) == {
            "records.jsonl",
            "seals.jsonl",
            "README.txt",
            "verifier.py",
        }
        (outside / "seals.jsonl").write_bytes(archive.read("seals.jsonl"))
        lines = archive.read("records.jsonl").splitlines()
    lines[8] = lines[8].replace("核对名册".encode(), "核对名単".encode())
    (outside / "records.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    bad = verifier.verify([outside / "records.jsonl", outside / "seals.jsonl", services.heads_file()])
    assert "第9行" in bad.faults[0]


def test_whoever_changes_the_table_as_superuser_is_found(outside: Path, cluster: Any, own_database: str) -> None:
    act(6)
    services.seal()
    services.hand_out()
    with psycopg.connect(cluster.url("gonghui_admin", own_database), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")  # switches the guarding triggers off
        admin.execute("UPDATE trail_record SET reason = '改过' WHERE id = (SELECT min(id) + 2 FROM trail_record)")
    services.export(outside / "trail.zip")
    assert "第3行" in verifier.verify([outside / "trail.zip", services.heads_file()]).faults[0]


def test_transaction_that_commits_late_never_falls_behind_a_seal(outside: Path) -> None:
    act(2)
    with second_connection() as other:
        insert_late(other)  # has its transaction number, is not committed
        act(3)  # commits later-numbered records before it
        first = services.seal()
        assert first is not None and first.size == 2  # the horizon stops at the open transaction
        assert services.seal() is None
        other.commit()
    second = services.seal()
    assert second is not None and second.size == 6
    assert second.first_xid == first.next_xid
    services.export(outside / "trail.zip")
    assert verifier.verify([outside / "trail.zip"]).ok


def test_aborted_transaction_leaves_no_gap(outside: Path) -> None:
    act(2)
    with second_connection() as other:
        insert_late(other)
        other.rollback()
    act(1)
    sealed = services.seal()
    assert sealed is not None and sealed.size == 3


def test_parallel_sealers_make_one_chain(outside: Path) -> None:
    failures: list[Exception] = []
    stop = threading.Event()

    def sealer() -> None:
        try:
            while not stop.is_set():
                services.seal()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sealer) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        act(3)
    stop.set()
    for thread in threads:
        thread.join()
    services.seal()
    assert not failures
    services.export(outside / "trail.zip")
    report = verifier.verify([outside / "trail.zip"])
    assert report.ok and report.sealed == 120, report.text()


def test_backlog_is_sealed_in_steps_that_cut_no_transaction(outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 10)
    for size in (4, 4, 4, 25, 3):
        act(size)
    sizes = []
    while (sealed := services.seal()) is not None:
        sizes.append(sealed.size)
    assert sizes == [8, 12, 37, 40]
    services.export(outside / "trail.zip")
    assert verifier.verify([outside / "trail.zip"]).ok


def test_counter_that_went_back_after_a_restore_is_put_right(outside: Path, caplog: pytest.LogCaptureFixture) -> None:
    act(3)
    services.seal()
    with acting(SYSTEM):  # a seal of the old cluster whose counter was far ahead
        TrailSeal.objects.create(
            first_xid=TrailSeal.objects.get().next_xid, next_xid=10**12, size=3,
            root=TrailSeal.objects.get().root, frontier=TrailSeal.objects.get().frontier, key_id="", signature=b"",
        )  # fmt: skip
    act(2)
    assert services.seal() is None
    assert "rebase" in caplog.text
    assert services.rebase() > 10**11
    assert services.rebase() > 10**11  # repeating changes nothing
    act(4)
    sealed = services.seal()
    assert sealed is not None and sealed.size == 3 + 4


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_record SET reason = ''",
        "DELETE FROM trail_record",
        "TRUNCATE trail_record",
        "DELETE FROM trail_seal",
        "TRUNCATE trail_seal",
        "UPDATE trail_seal SET signature = ''",
        "UPDATE trail_seal SET leaves = ''",
    ],
)
def test_nobody_rewrites_the_trail(outside: Path, alias: str, statement: str) -> None:
    act(2)
    services.seal()
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute("SELECT set_config('gonghui.lo', '', true), set_config('gonghui.hi', '~', true)")
        cursor.execute(statement)
    with acting(SYSTEM):
        assert TrailRecord.objects.count() == 2
        assert TrailSeal.objects.count() == 1


def test_seal_may_only_be_marked_as_handed_out(outside: Path) -> None:
    act(1)
    services.seal()
    assert services.hand_out() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        TrailSeal.objects.update(handed_out=False)


def test_own_range_is_exported_and_proven_record_by_record(outside: Path) -> None:
    act(3, path="00001")
    act(4, path="00002")
    services.seal()
    target = outside / "part.zip"
    assert services.export(target, Viewer(role="auditor", lo="00001", hi="00002")) == 3
    with zipfile.ZipFile(target) as archive:
        assert verifier.PART in archive.namelist()
    report = verifier.verify([target])
    assert report.ok and report.records == 3, report.text()


def test_national_algorithms_seal_with_sm3(outside: Path, settings: Any) -> None:
    settings.CRYPTO_PROFILE = "gm"
    act(3)
    sealed = services.seal()
    assert sealed is not None and sealed.frontier["hash"] == "sm3"
    settings.CRYPTO_PROFILE = "standard"  # a tree keeps the hash it was begun with
    act(1)
    services.seal()
    services.export(outside / "trail.zip")
    assert verifier.verify([outside / "trail.zip"]).ok


def test_canonical_line_keeps_what_json_parsers_would_alter(outside: Path) -> None:
    with connection.cursor() as cursor, acting(CLERK):
        cursor.execute(
            "INSERT INTO trail_record (path, verb, actor_name, role, object_type, object_id, object_name, reason, detail,"
            " request_id, refused) VALUES ('00001', 'x', '𠮷', '', '', '', '', '', '{\"n\": 1e400}', '', false)"
        )
    with acting(SYSTEM):
        (line,) = services.lines(SYSTEM)
    assert "𠮷".encode() in line and b"1000000" in line
    assert rules.leaf_hash(rules.hash_named("sha256"), line)


class _Neighbour(BaseHTTPRequestHandler):
    """Another deployment that keeps our heads; answers 503 while it is down."""

    down = True
    kept: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(503 if self.down else 204)
        self.end_headers()
        if not self.down:
            self.kept.append(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests say nothing."""


def test_heads_reach_the_neighbour_and_wait_while_it_is_down(outside: Path, settings: Any) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Neighbour)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TRAIL_NEIGHBOUR = f"http://127.0.0.1:{server.server_port}/heads"
    try:
        act(2)
        services.seal()
        with pytest.raises(httpx.HTTPStatusError):
            services.hand_out()
        assert not TrailSeal.objects.get().handed_out
        _Neighbour.down = False
        jobs.seal_trail(0)
        assert TrailSeal.objects.get().handed_out
        services.export(outside / "trail.zip")
        (outside / "neighbour-heads.jsonl").write_bytes(_Neighbour.kept[0])
        report = verifier.verify([outside / "trail.zip", outside / "neighbour-heads.jsonl", services.heads_file()])
        assert report.ok and report.heads == 3, report.text()  # our own file has the head twice, which harms nobody
    finally:
        server.shutdown()


def test_transaction_in_another_database_does_not_hold_the_seal_up(outside: Path, cluster: Any) -> None:
    with psycopg.connect(cluster.url("gonghui_admin", "postgres")) as elsewhere:
        elsewhere.execute("CREATE TEMP TABLE held (n int)")
        elsewhere.execute("SELECT pg_current_xact_id()")
        act(2)
        sealed = services.seal()
        assert sealed is not None and sealed.size == 2
