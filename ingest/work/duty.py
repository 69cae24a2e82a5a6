"""A duty: something the worker does every so often, in one place at a time, and again when it was cut short."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest.work.bench import Bench

EVERY_5_S = "* * * * * */5"
EVERY_15_S = "* * * * * */15"
EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "7 * * * *"
EVERY_10_MINUTES = "*/10 * * * *"


@dataclass(frozen=True)
class Duty:
    """`work` must bear to be killed anywhere and done again. `cron` has a sixth field for seconds."""

    name: str
    cron: str
    work: Callable[[Bench], None]


@dataclass(frozen=True)
class Errand:
    """Something done once for one subject. `due` says (by looking, every 5 s) for whom it is time."""

    name: str
    due: Callable[[Bench], list[str]]
    work: Callable[[Bench, str], None]
