"""Every law that may bind a boat, numbered: a band of length times a stretch of days. A fix carries its number."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sqlalchemy import Connection

from geo.clock import from_unix_ms, unix_ms
from geo.segments import Whole
from layers.watch.law import Law, choose, ladder, law_statement, permitted_belts, pick_threshold
from layers.watch.rules import TEXT

LAWS = ("silence", "boundary", "zone", "device", "watch")
LAW_OF = {"silence": "silence", "boundary": "boundary", "zone": "zone", "device": "device"}
"""Under which conduct of the law an event's conduct stands; others are the centre's own settings."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class LawBook:
    """The rows of `rule` as known now. A length nobody knows has a band of its own, which every row speaks of."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = [row for row in rows if row.conduct in LAWS]
        lengths = {row.min_length_m for row in self.rows} | {row.max_length_m for row in self.rows}
        self._lengths = np.array(sorted(edge for edge in lengths if edge))
        days = {row.valid_from for row in self.rows} | {row.valid_to for row in self.rows}
        self._days = np.array(sorted(unix_ms(day) for day in days if day), dtype=np.int64)
        self._periods = len(self._days) + 1

    def numbers(self, length_m: ArrayLike, t_ms: ArrayLike) -> Whole:
        """The number of the law that binds a boat of that length (NaN: unknown) at that moment."""
        lengths = np.asarray(length_m, dtype=float)
        band = np.searchsorted(self._lengths, lengths, side="right")
        band = np.where(np.isnan(lengths), len(self._lengths) + 1, band)
        found: Whole = band * self._periods + np.searchsorted(self._days, np.asarray(t_ms), side="right")
        return found

    def each(self, conduct: str) -> list[Law]:
        """The laws of a conduct, each at the place of its number."""
        bands: list[float | None] = [0.0, *self._lengths.tolist(), None]
        moments = [_BEGINNING, *(from_unix_ms(int(day)) for day in self._days)]
        return [choose(self.rows, conduct, length, at) for length in bands for at in moments]

    def ladders(self) -> list[tuple[tuple[str, float], ...]]:
        """The steps of silence, per law."""
        return [ladder(law) for law in self.each("silence")]

    def limits_s(self) -> list[float]:
        """After how long a silence AIS that speaks is an event, per law; never where the law has no such step."""
        found = [pick_threshold(law, "position_by_other_means") for law in self.each("silence")]
        return [np.inf if limit is None else float(limit) for limit in found]

    def permitted(self) -> list[frozenset[str]]:
        """The belts in which one may fish, per law."""
        return [permitted_belts(law) for law in self.each("zone")]

    def at(self, conduct: str, length_m: float | None, moment: datetime) -> Law:
        """The law that an event of a conduct is judged by."""
        return choose(self.rows, LAW_OF.get(conduct, "watch"), length_m, moment)

    def limit_s(self, step: str, length_m: float | None, moment: datetime) -> float:
        """From how many seconds of silence on a step holds; 0 where there is no such step."""
        return dict(ladder(self.at("silence", length_m, moment))).get(step, 0.0)

    def digest(self) -> str:
        """Which rows these are."""
        return ",".join(str(row.id) for row in self.rows)


def read_laws(connection: Connection) -> LawBook:
    """The law as known now."""
    return LawBook(connection.execute(law_statement(LAWS)).all())


def read_rows_of(law: Law) -> list[int]:
    """The rows a judgement rests on: duties that are applied and the centre's settings, not penalties."""
    return sorted(row.id for row in law.duties if row.reading == TEXT)
