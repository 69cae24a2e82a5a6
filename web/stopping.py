"""How a live command is told to end, and how it tells what happens meanwhile."""

import signal
import sys
from collections.abc import Callable
from datetime import datetime
from threading import Event

from geo.clock import LOCAL


def stop_asked() -> Callable[[], bool]:
    """Whether SIGTERM or SIGINT has come, so that a feed stores what it holds before it ends.

    A second signal ends the process at once.
    """
    asked = Event()

    def ask(number: int, _frame: object) -> None:
        asked.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return asked.is_set


def tell(line: str) -> None:
    """One line on standard error, with the time in Việt Nam before it."""
    sys.stderr.write(f"{datetime.now(LOCAL):%H:%M:%S} {line}\n")
    sys.stderr.flush()
