"""The demonstration province: raw files and a live feed, through the same door as real data.

A boat's position is a pure function of (seed, boat, time), so a start fills the gap since the last one,
48 hours at most. It refuses a database that holds real facts.
"""

from collections.abc import Callable
from pathlib import Path

from geo.clock import Clock, system_clock


def load(url: str, folder: Path, say: Callable[[str], None], clock: Clock = system_clock) -> None:
    """Bring the demonstration to this moment."""


def feed(url: str, clock: Clock) -> None:
    """Feed until stopped."""
