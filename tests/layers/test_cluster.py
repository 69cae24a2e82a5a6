"""The private cluster on a real server: made, started, attached to, killed, refused to strangers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from layers import cluster_turn
from layers.cluster import Cluster
from layers.cluster_place import (
    APT_LINE,
    SOCKET_PATH_LIMIT,
    ClusterError,
    Place,
    choose_socket_dir,
    find_programs,
    tune,
)

CHECKOUT = Path(__file__).resolve().parents[2]
ATTACH = """
import sys
from pathlib import Path
from layers import cluster_turn
from layers.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=False)
with cluster.running(own=sys.argv[2] == "own"):
    print(cluster.place.find_running_pid(), flush=True)
    sys.stdin.readline()
print("left", flush=True)
"""


@pytest.fixture(scope="module")
def open_dir() -> Iterator[Path]:
    """A folder the server's account may enter (pytest's own are closed to it when root runs the tests)."""
    folder = Path(tempfile.mkdtemp(prefix="opsmap-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(open_dir: Path) -> Cluster:
    made = Cluster(open_dir / "data", durable=False)
    with made.running():
        pass
    return made


def another(cluster: Cluster, how: str = "attach") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ATTACH, str(cluster.place.data_dir), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=60)
    assert process.returncode == 0


def scalar(cluster: Cluster, statement: str, dbname: str = "postgres") -> object:
    with psycopg.connect(cluster.conninfo(dbname)) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}/cwd").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}/cwd").exists()


def test_starts_with_checksums_utf8_and_stops(cluster: Cluster) -> None:
    with cluster.running():
        assert scalar(cluster, "SHOW data_checksums") == "on"
        assert scalar(cluster, "SHOW server_encoding") == "UTF8"
        assert scalar(cluster, "SHOW jit") == "off"
        assert scalar(cluster, "SHOW timezone") == "UTC"
        pid = cluster.place.find_running_pid()
    assert pid
    assert not Path(f"/proc/{pid}").exists()
    assert not cluster.answers()


def test_makes_databases_once_and_from_templates(cluster: Cluster) -> None:
    with cluster.running():
        assert cluster.ensure_database("mẫu")
        assert not cluster.ensure_database("mẫu")
        with psycopg.connect(cluster.conninfo("mẫu")) as connection:
            connection.execute("CREATE EXTENSION postgis")
        assert cluster.ensure_database("copy", template="mẫu")
        assert scalar(cluster, "SELECT ST_AsText(ST_MakePoint(108.8, 15.1))", "copy") == "POINT(108.8 15.1)"
        cluster.drop_database("copy")
        cluster.drop_database("copy")


def test_sqlalchemy_url_reaches_the_same_database(cluster: Cluster) -> None:
    from sqlalchemy import create_engine, text

    with cluster.running():
        engine = create_engine(cluster.url("postgres"))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT current_user")).scalar_one() == "opsmap"
        engine.dispose()


def test_listens_on_no_tcp_port(cluster: Cluster) -> None:
    with cluster.running():
        pid = cluster.place.find_running_pid()
        held = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()}
        tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
        lines = [line for path in tables if path.exists() for line in path.read_text().splitlines()[1:]]
        assert not held & {f"socket:[{line.split()[9]}]" for line in lines}


def test_starts_again_after_kill_9(cluster: Cluster) -> None:
    with cluster.running():
        with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        pid = cluster.place.find_running_pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while cluster.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not cluster.alive()
        cluster.start()
        assert cluster.alive()
        assert scalar(cluster, "SELECT answer FROM kept") == 42


def test_attaches_to_the_server_of_another_process_and_leaves_it(cluster: Cluster) -> None:
    owner = another(cluster, "own")
    pid = read_line(owner)
    with cluster.running():
        assert str(cluster.place.find_running_pid()) == pid
    assert cluster.answers()
    let_go(owner)
    assert not cluster.answers()


def test_leader_waits_for_guests_before_it_stops_the_server(cluster: Cluster) -> None:
    leader = another(cluster)
    read_line(leader)
    guest = another(cluster)
    assert read_line(guest)
    assert leader.stdin
    leader.stdin.write("\n")
    leader.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        leader.wait(timeout=1)
    assert cluster.answers()
    let_go(guest)
    let_go(leader)
    assert not cluster.answers()


def test_two_commands_at_once_share_one_server(cluster: Cluster) -> None:
    both = [another(cluster), another(cluster)]
    pids = {read_line(process) for process in both}
    assert len(pids) == 1
    for process in both:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.wait(timeout=60) for process in both] == [0, 0]


def test_server_ends_with_a_killed_owner(cluster: Cluster) -> None:
    owner = another(cluster, "own")
    pid = int(read_line(owner))
    owner.kill()
    owner.communicate()
    wait_until_gone(pid)
    with cluster.running():
        assert scalar(cluster, "SELECT 1") == 1


def test_throws_away_a_half_made_cluster(open_dir: Path) -> None:
    half = Cluster(open_dir / "half", durable=False)
    (half.place.data_dir / "pg.new" / "base").mkdir(parents=True)
    with half.running():
        assert half.answers()


def test_deletes_the_databases_and_nothing_else(open_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doomed = Cluster(open_dir / "doomed", durable=False)
    monkeypatch.setattr(cluster_turn, "WAIT_SECONDS", 0.2)
    with doomed.running(), pytest.raises(ClusterError, match=f"process {os.getpid()} holds the database cluster"):
        doomed.delete()
    assert doomed.place.pgdata.exists()
    (open_dir / "doomed" / "kept").touch()
    doomed.delete()
    assert not doomed.place.pgdata.exists()
    assert (open_dir / "doomed" / "kept").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_refuses_other_system_users(cluster: Cluster) -> None:
    nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    ask = [str(find_programs() / "psql"), cluster.conninfo("postgres"), "-c", "SELECT 1"]
    with cluster.running():
        shut = subprocess.run([*nobody, *ask], capture_output=True, text=True, cwd="/")
        cluster.place.socket_dir.chmod(0o755)
        cluster.place.socket.chmod(0o777)
        seen = subprocess.run([*nobody, *ask], capture_output=True, text=True, cwd="/")
    assert shut.returncode
    assert "Permission denied" in shut.stderr
    assert seen.returncode
    assert 'Peer authentication failed for user "opsmap"' in seen.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_names_the_folder_the_server_account_may_not_enter(open_dir: Path) -> None:
    shut = open_dir / "shut"
    shut.mkdir(mode=0o700)
    with (
        pytest.raises(ClusterError, match=f"{shut} is closed to user postgres"),
        Cluster(shut / "data").running(),
    ):
        pass


def test_long_paths_get_a_short_socket(open_dir: Path) -> None:
    deep = Cluster(open_dir / ("d" * 60) / ("e" * 60), durable=False)
    with deep.running():
        assert len(os.fsencode(deep.place.socket)) <= SOCKET_PATH_LIMIT
        assert deep.answers()
    shutil.rmtree(deep.place.socket_dir)


def test_short_socket_folders_differ_by_user_and_place() -> None:
    long = Path("/srv") / ("x" * 120)
    places = {choose_socket_dir(long, 0), choose_socket_dir(long, 1000), choose_socket_dir(long / "y", 1000)}
    assert len(places) == 3
    assert choose_socket_dir(Path("/srv/opsmap"), 1000) == Path("/srv/opsmap/socket")


def test_a_folder_of_another_user_is_refused(open_dir: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give folders away")
    taken = open_dir / "taken"
    taken.mkdir()
    os.chown(taken, 65534, 65534)
    with pytest.raises(ClusterError, match="belongs to another user"):
        Place.at(open_dir / "data").make_private(taken)


def test_missing_postgis_repeats_the_install_line(tmp_path: Path) -> None:
    (tmp_path / "lib/postgresql/15/bin").mkdir(parents=True)
    (tmp_path / "lib/postgresql/15/bin/postgres").touch()
    with pytest.raises(ClusterError) as caught:
        find_programs(root=tmp_path)
    assert APT_LINE in caught.value.detail


def test_newest_server_with_postgis_is_chosen_by_number(tmp_path: Path) -> None:
    for version in ("9", "15", "17"):
        programs = tmp_path / "lib/postgresql" / version / "bin"
        programs.mkdir(parents=True)
        (programs / "postgres").touch()
        (tmp_path / "share/postgresql" / version / "extension").mkdir(parents=True)
        if version != "17":
            (tmp_path / "share/postgresql" / version / "extension/postgis.control").touch()
    assert find_programs(root=tmp_path).parent.name == "15"
    assert find_programs("9", root=tmp_path).parent.name == "9"
    with pytest.raises(ClusterError, match="PostgreSQL 17 with PostGIS"):
        find_programs("17", root=tmp_path)


def test_settings_follow_memory_and_stay_safe_by_default() -> None:
    small, large = (tune(durable=True, memory_bytes=size) for size in (512 * 2**20, 64 * 2**30))
    assert (small["shared_buffers"], large["shared_buffers"]) == ("64MB", "1024MB")
    assert "fsync" not in large
    assert tune(durable=False)["fsync"] == "off"
