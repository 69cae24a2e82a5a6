"""A stand-in of another system that fails in every way real ones do, and a feed that asks it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest

from ingest.bus.loader import Loader
from ingest.bus.reader import SpoolConsumer
from ingest.bus.run import LoaderLife
from ingest.bus.spool import Spool
from ingest.lasting import LastingConnection
from ingest.live import Pace
from ingest.poll.fetch import fetch
from ingest.poll.guard import Guard
from ingest.poll.poll import make_feed, poll
from ingest.work.settings import FeedSettings
from layers.database import connect

HOST = "feed.test"
Turn = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class System:
    """What it was asked, and what it does next: the turns in order, the last one for ever."""

    port: int
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    give_up: threading.Event = field(default_factory=threading.Event)

    def will(self, *turns: Turn) -> None:
        self.turns[:] = turns


def send(body: bytes, status: int = 200, media: str = "application/geo+json", **headers: str) -> Turn:
    def turn(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": media, "Content-Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return turn


def cut(body: bytes) -> Turn:
    """Announces the whole and hangs up in the middle."""

    def turn(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/geo+json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2])

    return turn


def endless(most: int) -> Turn:
    """A body without an announced length, 1 MiB at a time, until the other side hangs up."""

    def turn(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(most >> 20):
            request.wfile.write(bytes(1 << 20))

    return turn


@pytest.fixture
def system() -> Iterator[System]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            system.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            turn = system.turns.pop(0) if len(system.turns) > 1 else system.turns[0]
            try:
                turn(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    system = System(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield system
    system.give_up.set()
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Asker:
    """One feed at the stand-in, its bus and its loader; retries without pauses."""

    system: System
    connection: psycopg.Connection
    spool_root: Path
    url: str
    now: datetime
    path: str = "/data?from={since}"
    settings: dict[str, object] = field(default_factory=dict)
    secrets: dict[str, object] = field(default_factory=dict)
    guard: Guard = field(
        default_factory=lambda: Guard(
            frozenset(), frozenset({HOST}), frozenset({HOST}), lambda host, port: ["127.0.0.1"]
        )
    )

    def feed(self):
        told = {"form": "layer:school", "source": "school_feed", "origin": "simulated", "timeout_s": 5.0}
        url = f"http://{HOST}:{self.system.port}{self.path}"
        return make_feed("truong", FeedSettings(url=url, **told | self.settings), self.secrets, self.guard)

    def ask(self, bus=None) -> str:
        def at_once(question, known, guard, path):
            from dataclasses import replace

            return fetch(replace(question, pause_s=0.0, longest_pause_s=0.0), known, guard, path)

        self.now += timedelta(minutes=5)
        clock = lambda: self.now  # noqa: E731
        if bus is not None:
            return poll(self.connection, self.feed(), bus, clock, at_once)
        with closing(Spool(self.spool_root, "work")) as spool:
            return poll(self.connection, self.feed(), spool, clock, at_once)

    def load(self) -> None:
        clock = lambda: self.now  # noqa: E731
        with (
            closing(LastingConnection(lambda: connect(self.url))) as lasting,
            closing(SpoolConsumer(self.spool_root, timedelta(hours=1))) as consumer,
        ):
            assert LoaderLife(
                Loader(consumer, lasting, Pace(clock=clock)), consumer, lasting, Pace(clock=clock)
            ).drain()

    def state(self, columns: str) -> tuple:
        return self.connection.execute(f"SELECT {columns} FROM feed_state").fetchone()

    def count(self, what: str) -> int:
        return self.connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0]


@pytest.fixture
def asker(system: System, connection, tmp_path, database_url, now) -> Asker:
    return Asker(system, connection, tmp_path, database_url, now)
