"""The program's web process, started as a user starts it, and a browser's way in."""

import http.client
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from ground import now

from layers.access.accounts import make_link
from layers.access.roles import Role
from web.children import Child, kept
from web.settings import WebSettings

SERVE = (sys.executable, "-c", "from web.cli import main; main()", "serve")
PATIENCE_S = 60.0


class Served:
    """A running `opsmap serve`."""

    def __init__(self, port: int, pid: int, cookie: str = "") -> None:
        self.port = port
        self.pid = pid
        self.cookie = cookie

    def get(self, path: str) -> tuple[int, bytes, str]:
        """Status, body and any cookie that was set."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Cookie": self.cookie} if self.cookie else {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body, answer.headers.get("set-cookie", "")

    def memory_mb(self) -> dict[str, float]:
        """Resident memory now and at its highest, in MB (10^6 bytes)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        kept = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
        return {name: int(value.split()[0]) * 1024 / 1e6 for name, value in kept.items()}


@contextmanager
def served(url: str, folder: Path, tile_cache_mb: int | None = None) -> Iterator[Served]:
    """The server over the database at `url`, with default settings unless told otherwise."""
    port = free_port()
    environment = {"OPSMAP_DATABASE_URL": url, "OPSMAP_HOST": "127.0.0.1", "OPSMAP_PORT": str(port)}
    if tile_cache_mb is not None:
        environment["OPSMAP_TILE_CACHE_MB"] = str(tile_cache_mb)
    child = Child("serve", SERVE, folder / "serve.log", environment)
    with kept([child]):
        deadline = time.monotonic() + PATIENCE_S
        while not answers(port):
            if child.pid is None or time.monotonic() > deadline:
                raise RuntimeError(f"the server does not answer:\n{(folder / 'serve.log').read_text()[-2000:]}")
            time.sleep(0.1)
        assert child.pid is not None
        yield Served(port, child.pid)


def sign_in(server: Served, connection: psycopg.Connection, role: Role) -> None:
    """Give the server's visitor a session, by a one-click link."""
    token = make_link(connection, role, now)
    status, _, cookie = server.get(f"/login?link={token}")
    server.cookie = cookie.split(";", 1)[0]
    assert status == 303, f"signing in gave {status}"
    assert server.cookie.startswith(WebSettings().session_cookie), server.cookie


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as door:
        door.settimeout(1)
        return door.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
