"""Which rows of a part differ: the marks that were sealed against those of the rows there are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from difflib import SequenceMatcher

import psycopg

from geo.clock import start_of_day
from layers.seals.recompute import MARK, Key, read_rows

MOST_TOLD = 20


def span_of(key: Key) -> tuple[datetime, datetime]:
    """The hour of a part."""
    since = start_of_day(key.day) + timedelta(hours=key.hour)
    return since, since + timedelta(hours=1)


def tell_rows(connection: psycopg.Connection, key: Key, sealed: bytes, found: bytes) -> list[str]:
    """What happened to the rows of a part, row by row, at most `MOST_TOLD` lines."""
    names = [name for name, _ in read_rows(connection, key, span_of(key))]
    told = [words for words in _tell(_cut(sealed), _cut(found), names)]
    if not told:
        return ["rows differ, though no mark does: the seal's part itself was changed"]
    more = [f"and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    return told[:MOST_TOLD] + more


def _tell(sealed: list[bytes], found: list[bytes], names: list[str]) -> Iterator[str]:
    """The matcher pairs what is equal in order; what stands across from each other was changed."""
    for what, a1, a2, b1, b2 in SequenceMatcher(None, sealed, found, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        both = min(a2 - a1, b2 - b1)
        for n in range(b1, b1 + both):
            yield f"row {names[n]} was changed"
        for n in range(b1 + both, b2):
            yield f"row {names[n]} was put in after the day was sealed"
        gone = a2 - a1 - both
        if gone:
            before = names[b1 + both - 1] if b1 + both > 0 else "the first row"
            yield f"{gone} rows are gone after {before}"


def _cut(marks: bytes) -> list[bytes]:
    return [marks[n : n + MARK] for n in range(0, len(marks), MARK)]
