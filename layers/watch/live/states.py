"""States of the watch between starts: written when they settle, read once, and never trusted under another law."""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from layers.watch.detect.events import Event, latest
from layers.watch.detect.fixes import Carry, Fixes, Rows
from layers.watch.detect.stream import BEFORE_ALL, Key, State, Watch, last_of, settle_to
from layers.watch.live.models import WatchState

States = Mapping[str, State]


def save_states(connection: Connection, states: States, names: Iterable[str], digest: str, now: datetime) -> None:
    """Keep what some of them had settled; what has settled nothing is soon made anew."""
    for name in names:
        state = states[name]
        if state.settled_ms == BEFORE_ALL:
            continue
        values = {"digest": digest, "settled_ms": state.settled_ms, "body": _pack(state), "stored_at": now}
        row = insert(WatchState).values(name=name, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


def settle_all(watches: Mapping[str, Watch], states: States) -> dict[str, State]:
    """All of them settled up to the latest point at which one has, so that one moment stands for all."""
    line = max(state.settled_ms for state in states.values())
    return {name: settle_to(watches[name], state, line) for name, state in states.items()}


def read_states(connection: Connection, names: Iterable[str], digest: str) -> dict[str, State] | None:
    """All of them as they had settled, or None when one is missing or was judged by another law."""
    rows = {row.name: row for row in connection.execute(select(WatchState).where(WatchState.digest == digest))}
    if set(names) - rows.keys():
        return None
    return {name: _unpack(rows[name].settled_ms, rows[name].body) for name in names}


def _pack(state: State) -> bytes:
    told = json.dumps([asdict(event) for event in state.base.values()]).encode()
    arrays: dict[str, Any] = {f"carry{n:02d}": array for n, array in enumerate(state.settled)}
    out = io.BytesIO()
    arrays["told"] = np.frombuffer(told, np.uint8)
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _unpack(settled_ms: int, body: bytes) -> State:
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        settled = tuple(found[name] for name in sorted(found.files) if name.startswith("carry"))
        told = [_event(values) for values in json.loads(found["told"].tobytes())]
    last = State().last
    for array in settled:
        if "t_ms" in (array.dtype.names or ()):
            last = last_of(last, array)
    return State(settled_ms, settled, latest(told), settled, {}, {}, (), last)


def _event(values: dict[str, Any]) -> Event:
    facts = tuple((name, float(number)) for name, number in values["facts"])
    return Event(**values | {"facts": facts, "boats": tuple(values["boats"])})


def graft(watch: Watch, state: State, rows: Fixes, who: Rows, now_ms: int) -> tuple[State, list[Event]]:
    """Put a whole history in the place of what a state knew of some boats; every event found in that history.

    For watches that judge each boat alone. `rows` are all that is known of `who`, and of nobody else.
    """
    old = rows["t_ms"] <= state.settled_ms
    before = watch.detect(rows[old], ())
    after = watch.detect(rows[~old], before.carry)
    lasting = watch.silent(after.carry, now_ms) if watch.silent else []
    boats = set(who.tolist())
    settled = _in_place(state.settled, before.carry, who) if state.settled else ()
    carry = _in_place(state.carry, after.carry, who) if state.carry else after.carry
    recent = (*(chunk[~np.isin(chunk["boat"], who)] for chunk in state.recent), rows[~old])
    others = state.last[~np.isin(state.last["boat"], who)]
    fresh = replace(
        state,
        settled=settled,
        carry=carry,
        recent=tuple(chunk for chunk in recent if len(chunk)),
        last=last_of(others, rows),
        base=_without(state.base, boats) | latest(before.events),
        told=_without(state.told, boats) | latest(after.events),
        waiting=_without(state.waiting, boats) | latest(lasting),
    )
    return fresh, list(latest([*before.events, *after.events, *lasting]).values())


def _in_place(carry: Carry, theirs: Carry, who: Rows) -> Carry:
    both = [
        np.concatenate([array[~np.isin(array["boat"], who)], mine]) for array, mine in zip(carry, theirs, strict=True)
    ]
    return tuple(array[np.argsort(array["boat"], kind="stable")] for array in both)


def _without(events: Mapping[Key, Event], boats: set[int]) -> dict[Key, Event]:
    return {key: event for key, event in events.items() if not boats & set(key[2])}
