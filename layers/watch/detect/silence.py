"""Who is silent: a boat's monitoring device at sea, by the steps of the law; and AIS that speaks meanwhile.

A silence begins with the last fix heard, is one event per step it reaches, and has the limits of the law that bound
the boat at that fix. A boat last heard in port is not silent: the duty binds from leaving port to docking.
"""

from collections.abc import Sequence

import numpy as np

from layers.watch.detect.events import Event, Found
from layers.watch.detect.fixes import Carry, Fixes, Rows, per_law, way
from layers.watch.detect.runs import NONE, Seen, Telling, find_runs, follow, keep, note_marks, tell_runs

Ladder = Sequence[tuple[str, float]]
"""(step, seconds of silence from which on it holds); `layers.watch.law.ladder` makes it of the law of a day."""


def detect_silence(fixes: Fixes, ladders: Sequence[Ladder], carry: Carry = ()) -> Found:
    """Silences that ended in this batch. Fixes of AIS are no duty fulfilled and are left out.

    `ladders` has one per law. Silences that last are found by the clock: `find_silent`.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes[fixes["vms"]], kept)
    rows, passed = track.rows, way(track.rows)
    events: list[Event] = []
    ended = np.flatnonzero(~passed.first & ~np.append(True, rows["in_port"][:-1])[: len(rows)])
    for law, ladder in enumerate(ladders):
        mine = ended[rows["law"][ended - 1] == law]
        for step, limit_s in ladder:
            events += [_silence(rows[n - 1], step, rows[n]) for n in mine[passed.seconds[mine] > limit_s]]
    return Found(events, (keep(track, kept),))


def find_silent(carry: Carry, ladders: Sequence[Ladder], now_ms: int) -> list[Event]:
    """Every silence that lasts at a moment, one event per step reached; ask again as time goes on."""
    if not carry:
        return []
    last = carry[0][~carry[0]["in_port"]]
    events: list[Event] = []
    for law, ladder in enumerate(ladders):
        mine = last[last["law"] == law]
        for step, limit_s in ladder:
            events += [_silence(row, step, None) for row in mine[now_ms - mine["t_ms"] > limit_s * 1000]]
    return events


def _silence(last: Rows, step: str, heard: Rows | None) -> Event:
    start, end = int(last["t_ms"]), None if heard is None else int(heard["t_ms"])
    return Event("silence", step, (int(last["boat"]),), start, end, float(last["lon"]), float(last["lat"]))


def detect_ais_while_silent(fixes: Fixes, limits_s: Sequence[float], carry: Carry = ()) -> Found:
    """AIS of a boat at sea speaks although its monitoring device has been silent for longer than the limit of its law.

    The event begins with the first such AIS fix; a fix of the monitoring device ends it. A boat whose monitoring
    device was never heard is not judged. `silent_s`: how long it had been silent when the event began.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    rows = track.rows
    heard = track.carried("mark_ms", np.where(rows["vms"], rows["t_ms"], -1))
    spoke_ms = track.flow(rows["vms"] | (track.old & (heard >= 0)), heard)
    silent_s = (rows["t_ms"] - spoke_ms) / 1000
    on = ~rows["vms"] & (spoke_ms >= 0) & (silent_s > per_law(limits_s, rows["law"])) & ~rows["in_port"]
    runs, fresh = find_runs(track, Seen(on, np.ones(len(rows), dtype=np.bool_), first=silent_s), kept)
    note_marks(fresh, rows, spoke_ms)
    return Found(tell_runs(runs, fresh, Telling("silence", "ais_speaks", begun=("silent_s",))), (fresh,))
