"""The processes that chaos kills and starts again, and the client that keeps a log of what it was promised."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from fixtures import nmea

OPSMAP = [sys.executable, "-c", "from web.cli import main; main()"]
T0 = 1_764_000_000_000
LINES = 20


class Part:
    """One process of the product: started, killed without warning, started again; `is_up` gets when it was started."""

    def __init__(
        self, name: str, arguments: list[str], ours: dict[str, str], folder: Path, is_up: Callable[[float], bool]
    ) -> None:
        self.name, self._arguments, self._ours, self._log = name, arguments, ours, folder / f"{name}.log"
        self._is_up, self._started = is_up, 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._started = time.time()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*OPSMAP, *self._arguments], env=os.environ | self._ours, stdout=log, stderr=log
            )

    def wait_until_up(self, within_s: float = 60.0) -> None:
        """Until it does its work: who is killed before never does any."""
        deadline = time.monotonic() + within_s
        while not self._is_up(self._started) and time.monotonic() < deadline:
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.start()

    def end(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port() -> int:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def answers_at(port: int) -> bool:
    """Whether somebody listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def talk_tcp(port: int, stop: threading.Event, sent: list[int]) -> None:
    """A receiver's plain TCP: nobody acknowledges anything."""
    while not stop.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
            while not stop.wait(0.02):
                peer.sendall(line(9, sent[0]) + b"\r\n")
                sent[0] += 1
        stop.wait(0.2)


def line(client: int, number: int) -> bytes:
    """A position nobody else says: by client and number."""
    motion = nmea.motion_fields(109 + number % 997 / 1000, 14 + number % 991 / 1000, 7.5, 181.5, number % 60)
    sentence = nmea.sentences(nmea.position_a(999_000_000 + client, 7, motion), b"A", 1)[0]
    return nmea.tag(sentence, T0 + number * 1000)


class Client(threading.Thread):
    """Posts batches, each until it is acknowledged, and writes down what was acknowledged."""

    def __init__(self, number: int, port: int, key: str, log: Path) -> None:
        super().__init__(daemon=True)
        self.number, self._port, self._log = number, port, log
        self._headers = {"Authorization": f"Bearer {key}"}
        self._dice = random.Random(number)
        self.stop = threading.Event()
        self.resent = 0

    def run(self) -> None:
        first = 0
        with self._log.open("a") as log:
            while not self.stop.is_set():
                body = b"\n".join(line(self.number, first + n) for n in range(LINES))
                while not self._post(body):
                    self.resent += 1
                    if self.stop.wait(0.1):
                        return
                log.write(f"{self.number} {first} {LINES}\n")
                log.flush()
                first += LINES
                time.sleep(self._dice.random() / 20)

    def _post(self, body: bytes) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request("POST", "/api/ingest/chaos?form=nmea", body, self._headers)
            return connection.getresponse().status == http.HTTPStatus.ACCEPTED
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def promised(log: Path) -> set[tuple[int, int]]:
    """(client, number) of every line that was acknowledged, by the clients' own log."""
    found: set[tuple[int, int]] = set()
    for entry in log.read_text().splitlines():
        client, first, count = map(int, entry.split())
        found.update((client, first + n) for n in range(count))
    return found
