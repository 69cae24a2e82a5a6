"""What a benchmark hands back, and the one way of timing: rivals take turns within one run, medians are compared.

Only ratios leave this folder: on a shared machine an absolute time says more about the neighbours.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Goal:
    """One printed line. `value` is compared with `goal`: at least it, or at most it when `most`.

    A value of None was not measured; the detail says why.
    """

    name: str
    value: float | None
    goal: float
    unit: str = "times"
    most: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool | None:
        """Whether the goal is reached; information, not a verdict."""
        if self.value is None:
            return None
        return self.value <= self.goal if self.most else self.value >= self.goal

    def line(self) -> str:
        """The goal as one line of JSON."""
        value = None if self.value is None else round(self.value, 3)
        head = {"name": self.name, "value": value, "goal": self.goal, "ok": self.ok, "unit": self.unit}
        return json.dumps(head | ({"detail": dict(self.detail)} if self.detail else {}), ensure_ascii=False)


class Unmeasured(Exception):
    """A rival that cannot be had here; the text says why."""


class Spent(NamedTuple):
    """Seconds by the clock on the wall; processor seconds of this process; processor seconds of the server for us."""

    wall: float
    own: float = 0.0
    server: float = 0.0

    def over(self, other: "Spent") -> dict[str, float]:
        """The same ratio in processor time, which neighbours disturb less: of our process, and of all of them."""
        return {
            "by_own_cpu": round(self.own / other.own, 3),
            "by_all_cpu": round((self.own + self.server) / (other.own + other.server), 3),
        }


def say(text: str) -> None:
    """Progress, for people."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


def spent_by(work: Callable[[], object], server: Callable[[], float] = lambda: 0.0) -> Spent:
    """What one call takes, with the garbage of whoever ran before swept away first."""
    gc.collect()
    before, own, wall = server(), time.process_time(), time.perf_counter()
    work()
    wall, own = time.perf_counter() - wall, time.process_time() - own
    return Spent(wall, own, server() - before)


def take_turns(rivals: Sequence[Callable[[], Spent]], rounds: int) -> list[Spent]:
    """The median of each rival over interleaved rounds; the order turns so that nobody is always first."""
    found: list[list[Spent]] = [[] for _ in rivals]
    for number in range(rounds):
        for step in range(len(rivals)):
            turn = (number + step) % len(rivals)
            found[turn].append(rivals[turn]())
        say("  round " + " : ".join(f"{spent[-1].wall:.3g} s" for spent in found))
    return [Spent(*map(median, zip(*spent, strict=True))) for spent in found]
