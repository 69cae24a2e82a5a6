"""Runs: consecutive fixes (or stretches) of a boat that are all so; the one thing most detectors look for.

The array of last fixes carries a run over to the next batch: where it began, how many fixes, the most it reached.
"""

from dataclasses import dataclass

import numpy as np

from geo.segments import Floats, Marks, firsts
from layers.watch.detect.events import Event, Facts
from layers.watch.detect.fixes import FIX, Fixes, Rows, before, lasts

RUN = [("on", "?"), ("told", "?"), ("start_ms", "i8"), ("start_lon", "f8"), ("start_lat", "f8"), ("count", "i8"),
       ("most", "f8"), ("first", "f8"), ("second", "f8")]  # fmt: skip
KEPT = np.dtype(FIX.descr + RUN + [("mark_ms", "i8")])
"""The last fix of a boat and the run it is in, if it is `on`; `mark_ms` is the detector's own, -1 for none."""
RUNS = np.dtype([("boat", "i8"), *RUN, ("end_ms", "i8"), ("until_ms", "i8"), ("open", "?")])
"""A run: `end_ms` its last fix, `until_ms` the fix that ended it (-1 while it is open); `told`: told before."""
NONE = np.zeros(0, KEPT)


@dataclass(frozen=True)
class Track:
    """The new fixes of a batch, each boat's carried one in front. `old` marks those, `kept` is theirs, in order."""

    rows: Fixes
    old: Marks
    kept: Rows

    def carried(self, name: str, otherwise: Rows) -> Rows:
        """A column that is the carry's where the row is carried."""
        column: Rows = otherwise.copy()
        column[self.old] = self.kept[name]
        return column

    def flow(self, known: Marks, value: Rows, nothing: int = -1) -> Rows:
        """The last known value at each row, of that row or one before it of the same boat."""
        first = firsts(self.rows["boat"])
        held = np.where(known, value, nothing)
        at = np.maximum.accumulate(np.where(known | first, np.arange(len(held)), 0))
        found: Rows = held[at]
        return found


def follow(fixes: Fixes, kept: Rows) -> Track:
    """Put each boat's carried fix in front of its new ones."""
    if not len(kept) or not len(fixes):
        return Track(fixes, np.zeros(len(fixes), dtype=np.bool_), kept[:0])
    mine = kept[np.isin(kept["boat"], fixes["boat"])]
    last = np.zeros(len(mine), FIX)
    for name in FIX.names or ():
        last[name] = mine[name]
    rows = np.concatenate([last, fixes])
    at = np.argsort(rows["boat"], kind="stable")
    return Track(rows[at], at < len(mine), mine)


def keep(track: Track, kept: Rows) -> Rows:
    """Each boat's last fix, in no run, with what the carry knew of boats that are not in the batch."""
    ends = lasts(track.rows["boat"])
    last = np.zeros(int(ends.sum()), KEPT)
    for name in FIX.names or ():
        last[name] = track.rows[name][ends]
    last["mark_ms"] = -1
    rest = kept[~np.isin(kept["boat"], last["boat"])] if len(kept) else kept
    both = np.concatenate([rest, last])
    return both[np.argsort(both["boat"], kind="stable")]


@dataclass(frozen=True)
class Seen:
    """What of each fix of a track: whether it is so, and whether that joins on to the fix before.

    With `stretch` a fix stands for the way to it: a run begins at the fix before. `most` is what a run is to keep the
    highest of; `first` and `second` are kept of its first fix.
    """

    on: Marks
    joined: Marks
    stretch: bool = False
    most: Floats | None = None
    first: Floats | None = None
    second: Floats | None = None


def find_runs(track: Track, seen: Seen, kept: Rows) -> tuple[Rows, Rows]:
    """The runs that touch this batch, and the new carry."""
    rows, fresh = track.rows, keep(track, kept)
    if not len(rows):
        return np.zeros(0, RUNS), fresh
    on = track.carried("on", seen.on)
    starts = on & ~(before(on) & seen.joined & ~firsts(rows["boat"]))
    on_at, begin = np.flatnonzero(on), np.flatnonzero(starts)
    if not len(begin):
        return np.zeros(0, RUNS), fresh
    group = (np.cumsum(starts) - 1)[on_at]
    edges = np.searchsorted(group, np.arange(len(begin)))
    end = on_at[np.append(edges[1:], len(on_at)) - 1]
    runs = _begun(track, seen, begin)
    runs["count"] = np.bincount(group)
    most = track.carried("most", _or_zero(seen.most, rows))  # the carried row stands for the whole run so far
    runs["most"] = np.maximum.reduceat(most[on_at], edges)
    _take_up(runs, track, begin)
    last = lasts(rows["boat"])
    runs["end_ms"], runs["open"] = rows["t_ms"][end], last[end]
    runs["until_ms"] = np.where(last[end], -1, rows["t_ms"][np.minimum(end + 1, len(rows) - 1)])
    _hand_on(fresh, runs[runs["open"]])
    return runs, fresh


def _begun(track: Track, seen: Seen, begin: Rows) -> Rows:
    """Runs as they begin in this batch."""
    rows, runs = track.rows, np.zeros(len(begin), RUNS)
    origin = np.maximum(begin - 1, 0) if seen.stretch else begin
    runs["boat"], runs["on"] = rows["boat"][begin], True
    for name, column in (("start_ms", "t_ms"), ("start_lon", "lon"), ("start_lat", "lat")):
        runs[name] = rows[column][origin]
    runs["first"], runs["second"] = (_or_zero(facts, rows)[begin] for facts in (seen.first, seen.second))
    return runs


def _or_zero(column: Floats | None, rows: Fixes) -> Floats:
    return np.zeros(len(rows)) if column is None else column


def _take_up(runs: Rows, track: Track, begin: Rows) -> None:
    """Runs that began in an earlier batch go on from what was carried."""
    mine = np.flatnonzero(track.old[begin])
    former = track.kept[np.searchsorted(track.kept["boat"], runs["boat"][mine])]
    runs["count"][mine] += former["count"] - 1
    for name in ("start_ms", "start_lon", "start_lat", "first", "second", "told"):
        runs[name][mine] = former[name]


def _hand_on(fresh: Rows, lasting: Rows) -> None:
    at = np.searchsorted(fresh["boat"], lasting["boat"])
    for name, *_ in RUN:
        fresh[name][at] = lasting[name]


def note_marks(fresh: Rows, rows: Fixes, marks: Rows) -> None:
    """Carry each boat's last mark of a detector's own."""
    last = lasts(rows["boat"])
    fresh["mark_ms"][np.searchsorted(fresh["boat"], rows["boat"][last])] = marks[last]


def mark_told(kept: Rows, runs: Rows) -> None:
    """Note in the carry that these lasting runs were told."""
    kept["told"][np.searchsorted(kept["boat"], runs["boat"])] = True


@dataclass(frozen=True)
class Telling:
    """How runs become events: what they are called, how long and how many fixes it takes, and what they measured."""

    conduct: str
    step: str
    least_s: float = 0.0
    least_count: int = 1
    begun: tuple[str, ...] = ()
    most: str | None = None
    sign: float = 1.0
    until: bool = False


def tell_runs(runs: Rows, kept: Rows, telling: Telling) -> list[Event]:
    """Events of runs that are over, and of lasting ones not told before; the carry notes which were told."""
    long = (runs["end_ms"] - runs["start_ms"] >= telling.least_s * 1000) & (runs["count"] >= telling.least_count)
    due = runs[long & ~(runs["open"] & runs["told"])]
    mark_told(kept, runs[long & runs["open"]])
    return [_event(run, telling) for run in due]


def _event(run: Rows, telling: Telling) -> Event:
    end = int(run["until_ms"] if telling.until else run["end_ms"])
    lasting = bool(run["open"])
    facts: Facts = tuple((name, float(run[at])) for name, at in zip(telling.begun, ("first", "second"), strict=False))
    if not lasting:
        facts += (("fixes", float(run["count"])),)
        if telling.most is not None:
            facts += ((telling.most, telling.sign * float(run["most"])),)
    place = float(run["start_lon"]), float(run["start_lat"])
    start = int(run["start_ms"])
    return Event(telling.conduct, telling.step, (int(run["boat"]),), start, None if lasting else end, *place, facts)
