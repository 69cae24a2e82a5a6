"""Processes that are kept running: each with its own log, restarted with growing pauses, stopped together."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from layers.cluster_place import open_log

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
STOP_SECONDS = 5.0
LISTEN_VARIABLE = "OPSMAP_LISTEN_FD"


@dataclass
class Child:
    """One kept process. `environment` is added to ours; `inherits` are open descriptors it is given."""

    name: str
    command: Sequence[str]
    log_path: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    inherits: tuple[int, ...] = ()
    deaths: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _start_again: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches only the supervisor."""
        with open_log(self.log_path) as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*_end_with_us(), *self.command],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.inherits,
                start_new_session=True,
            )
        self._started = time.monotonic()

    def tend(self) -> str | None:
        """Restart the process when it has died and its pause is over; return what to tell about it."""
        if self._process is None:
            if time.monotonic() >= self._start_again:
                self.start()
            return None
        code = self._process.poll()
        if code is None:
            return None
        if time.monotonic() - self._started > STEADY_SECONDS:
            self.deaths = 0
        pause = min(FIRST_PAUSE_SECONDS * 2**self.deaths, LONGEST_PAUSE_SECONDS)
        self.deaths += 1
        self._process, self._start_again = None, time.monotonic() + pause
        return f"{self.name} ended (code {code}), starts again in {pause:.0f} s; see {self.log_path}"

    @property
    def pid(self) -> int | None:
        """The running process, if there is one."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.pid is not None and self._process:
            self._process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        """Wait for the end until `deadline` (monotonic seconds), then force it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextmanager
def kept(children: Sequence[Child]) -> Iterator[None]:
    """Start the children for the time of this block and stop them at its end, all within seconds."""
    try:
        for child in children:
            child.start()
        yield
    finally:
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait_or_kill(deadline)


def inherited_listener() -> socket.socket | None:
    """Return the listening socket the supervisor opened for this process, or None when run on its own.

    The supervisor keeps it open over restarts, so that browsers wait for a moment and are never refused.
    """
    number = os.environ.pop(LISTEN_VARIABLE, None)
    return socket.socket(fileno=int(number)) if number else None


def _end_with_us() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
