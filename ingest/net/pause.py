"""Pauses before connecting anew: they double while nothing is heard, each shortened or drawn out by up to half."""

import random
from collections.abc import Callable

from ingest.net.receiver import Patience


def pause_s(failures: int, patience: Patience, jitter: Callable[[], float] = random.random) -> float:
    """How long to wait (s) after so many failures in a row; `jitter` gives numbers from 0 to 1."""
    whole = min(patience.first_pause_s * 2.0 ** max(failures - 1, 0), patience.longest_pause_s)
    return whole * (0.5 + jitter())
