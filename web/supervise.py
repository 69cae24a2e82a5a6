"""`opsmap up`: from an installed checkout to a running map, and down again.

The last steps of ./run, after the packages: database, schema, demonstration province, then the page and
feed processes, which it keeps running until Ctrl-C or SIGTERM. It owns the private cluster: other commands
attach to it.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from geo.clock import system_clock
from geo.errors import OpsmapError, SetupFailed
from layers.access.accounts import make_link
from layers.access.roles import Role
from layers.cluster import Cluster
from layers.cluster_place import read_tail
from layers.database import connect, transaction
from layers.pilot.usage import ROLES
from web import demo, progress
from web.children import LISTEN_VARIABLE, Child, kept
from web.commands.database import prepare
from web.commands.listening import live_arguments
from web.database import NAME
from web.settings import WebSettings

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS = 120.0
DEATHS_BEFORE_GIVING_UP = 3
WATCH_SECONDS = 0.25
PEOPLE = {role: name.vi for role, name in ROLES.items() if role is not Role.GUEST}


class Stopped(BaseException):
    """Somebody asked us to stop; not an error."""


class Steps:
    """The numbered steps on the terminal and on the progress page."""

    def __init__(self, state_file: Path, numbering: str) -> None:
        number, _, total = numbering.partition("/")
        self._state_file = state_file
        self._number, self._total = int(number), total

    @contextmanager
    def step(self, vi: str, en: str) -> Iterator[None]:
        """Announce a step, time it, and mark it failed when it raises."""
        self._number += 1
        say(f"[{self._number}/{self._total}] {vi} · {en}")
        progress.record(self._state_file, "begin", vi, en)
        began = time.monotonic()
        try:
            yield
        except Exception:
            progress.record(self._state_file, "fail", vi, en)
            raise
        progress.record(self._state_file, "done", vi, en)
        say(f"      {time.monotonic() - began:.1f} s")


def main(settings: WebSettings) -> int:
    """Run everything until told to stop; return the exit code of the process."""
    began = float(os.environ.get("OPSMAP_BEGAN", time.time()))
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    try:
        with ExitStack() as held:
            _become_the_only_one(settings)
            _bring_up(settings, held, began)
    except Stopped:
        say("Đã dừng tất cả · everything is stopped")
        return 0
    except OpsmapError as error:
        say(f"\n  ✕ {error.title}\n  → {error.detail}")
        return 1
    return 0


def _bring_up(settings: WebSettings, held: ExitStack, began: float) -> None:
    page = _ensure_progress_page(settings)
    steps = Steps(_state_file(settings), os.environ.get("OPSMAP_STEP", "0/4"))
    with steps.step("Cơ sở dữ liệu", "database"):
        cluster, url = _open_database(settings, held)
    with steps.step("Lược đồ và đơn vị hành chính", "schema and units"):
        prepare(url)
    if settings.demo:
        with steps.step("Tỉnh trình diễn (số liệu mô phỏng)", "demonstration province (simulated)"):
            demo.load(url, say=lambda line: say(f"      {line}"))
    with steps.step("Trang bản đồ và nguồn tin", "pages and feeds"):
        children = _start_children(settings, url, page, held)
        _wait_until_ready(settings, children)
    _announce(settings, url, began)
    _watch(cluster, children)


def _become_the_only_one(settings: WebSettings) -> None:
    """Hold the lock of this data folder; ./run may have taken it for us already."""
    data_dir = settings.resolved_data_dir()
    data_dir.mkdir(parents=True, exist_ok=True)
    inherited = os.environ.pop("OPSMAP_UP_LOCK", None)
    lock = int(inherited) if inherited else os.open(data_dir / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(lock, False)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        process = (data_dir / "up.pid").read_text(encoding="ascii").strip()
        raise SetupFailed(f"already running as process {process}: stop it with ./run stop") from None
    (data_dir / "up.pid").write_text(f"{os.getpid()}\n", encoding="ascii")
    (data_dir / "up.url").write_text(f"{_address(settings)}/\n", encoding="ascii")


def _ensure_progress_page(settings: WebSettings) -> int:
    """Return the process of the progress page, started here unless ./run did."""
    given = os.environ.pop("OPSMAP_PROGRESS_PID", None)
    if given:
        return int(given)
    _state_file(settings).write_text("")
    arguments = [settings.host, str(settings.port), str(_state_file(settings)), str(os.getpid())]
    started = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, progress.__file__, *arguments], capture_output=True, text=True, check=False
    )
    if started.returncode:
        raise SetupFailed(f"{_address(settings)}: {started.stderr.strip()}; choose another with OPSMAP_PORT=8001")
    return int(started.stdout)


def _open_database(settings: WebSettings, held: ExitStack) -> tuple[Cluster | None, str]:
    """Start our cluster, or take the address of an outside one."""
    if settings.database_url is not None:
        return None, settings.database_url.get_secret_value()
    cluster = held.enter_context(Cluster(settings.resolved_data_dir()).running(own=True))
    cluster.ensure_database(NAME)
    return cluster, cluster.url(NAME)


def _start_children(settings: WebSettings, url: str, page: int, held: ExitStack) -> list[Child]:
    """Take the port over from the progress page and start the processes behind it."""
    listener = held.enter_context(progress.open_listener(settings.host, settings.port, joining=True))
    os.kill(page, signal.SIGTERM)
    program = str(Path(sys.executable).with_name("opsmap"))
    logs = settings.resolved_data_dir() / "logs"
    ours = {"OPSMAP_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
    listening = ours | {LISTEN_VARIABLE: str(listener.fileno())}
    children = [
        Child("serve", [program, "serve"], logs / "serve.log", listening, (listener.fileno(),)),
    ]
    if settings.demo:
        children.append(Child("feed", [program, "feed"], logs / "feed.log", ours))
    children.append(Child("spool", [program, "ingest", "spool"], logs / "spool.log", ours))
    children.append(Child("work", [program, "work"], logs / "work.log", ours))
    if live := live_arguments(settings):
        children.append(Child("ais", [program, *live], logs / "ais.log", ours))
    held.enter_context(kept(children))
    return children


def _wait_until_ready(settings: WebSettings, children: Sequence[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(settings):
        _tend(children)
        failing = [child for child in children if child.deaths >= DEATHS_BEFORE_GIVING_UP]
        late = time.monotonic() > deadline
        if failing or late:
            child = (failing or list(children))[0]
            raise SetupFailed(
                f"{child.name} does not become ready; the end of {child.log_path}:\n{read_tail(child.log_path)}"
            )
        time.sleep(0.1)


def _is_ready(settings: WebSettings) -> bool:
    connection = http.client.HTTPConnection(_reachable_host(settings), settings.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _watch(cluster: Cluster | None, children: Sequence[Child]) -> None:
    """Keep everything alive until a signal ends it."""
    while True:
        if cluster is not None and not cluster.alive():
            say(f"PostgreSQL ended, starting it again; see {cluster.place.log_path}")
            cluster.start()
        _tend(children)
        time.sleep(WATCH_SECONDS)


def _tend(children: Sequence[Child]) -> None:
    for child in children:
        news = child.tend()
        if news:
            say(news)


def _announce(settings: WebSettings, url: str, began: float) -> None:
    """Print where it is and one link per role that signs a browser in."""
    base = _address(settings)
    with connect(url) as connection, transaction(connection):
        links = [(name, make_link(connection, role, system_clock)) for role, name in PEOPLE.items()]
    say(f"\nBản đồ điều hành Quảng Ngãi · {base}/   ({time.time() - began:.0f} s)")
    say(f"Tàu cá · {base}/fisheries")
    say("\nĐăng nhập một lần bấm, mỗi đường dẫn dùng một lần trong 24 giờ · one-click sign-in, once, within a day:")
    for name, token in links:
        say(f"  {name:<20}{base}/login?link={token}")
    say("\nNhật ký · logs: " + str(settings.resolved_data_dir() / "logs"))
    say("Ctrl-C dừng tất cả · stops everything")


def _address(settings: WebSettings) -> str:
    host = _reachable_host(settings)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _reachable_host(settings: WebSettings) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - a comparison


def _state_file(settings: WebSettings) -> Path:
    given = os.environ.get("OPSMAP_STATE_FILE")
    return Path(given) if given else settings.resolved_data_dir() / "progress.tsv"


def _stop(_number: int, _frame: object) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def say(line: str) -> None:
    """Write a line to the terminal at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
