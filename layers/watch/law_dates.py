"""Whether rows of the law overlap or leave a day without any: pure, over lengths and days at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import inf

from layers.watch.law import Held, fits

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Hole:
    """A stretch [since, until) between two rows in which no row of theirs holds, for lengths from `min_length_m` on."""

    since: datetime
    until: datetime
    min_length_m: float


def key_of(row: Held) -> Key:
    """Rows of one key may not hold at the same time for the same length."""
    return row.kind, row.conduct, row.step, row.reading


def find_overlap(rows: Iterable[Held], new: Held) -> Held | None:
    """A row that holds at some moment for some length for which the new one does too."""
    mine = key_of(new)
    return next((row for row in rows if key_of(row) == mine and _lengths_meet(row, new) and _days_meet(row, new)), None)


def find_holes(rows: Iterable[Held], key: Key) -> list[Hole]:
    """Every hole between two rows of a key, by length band; before the first and after the last is none."""
    own = [row for row in rows if key_of(row) == key]
    edges = sorted(
        {row.min_length_m for row in own} | {row.max_length_m for row in own if row.max_length_m is not None}
    )
    found: list[Hole] = []
    for edge in edges:
        band = sorted((row for row in own if fits(row, edge)), key=lambda row: row.valid_from)
        for former, later in pairwise(band):
            if former.valid_to is not None and former.valid_to < later.valid_from:
                found.append(Hole(former.valid_to, later.valid_from, edge))
    return found


def _lengths_meet(one: Held, other: Held) -> bool:
    one_ends, other_ends = (inf if row.max_length_m is None else row.max_length_m for row in (one, other))
    return bool(one.min_length_m < other_ends and other.min_length_m < one_ends)


def _days_meet(one: Held, other: Held) -> bool:
    one_before = one.valid_to is not None and one.valid_to <= other.valid_from
    return not one_before and not (other.valid_to is not None and other.valid_to <= one.valid_from)
