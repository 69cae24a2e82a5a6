"""A live watch over one detector: batches in as they come, late ones too; what changed comes out.

The watch keeps the fixes of the last hours. What came in order goes on from where the detector stood; a late fix
makes the boats it touches be judged anew from the last point before which nothing may change any more (`settled`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np

from layers.watch.detect.events import Event, Found, latest
from layers.watch.detect.fixes import FIX, Carry, Fixes, Rows, lasts, tidy

Key = tuple[str, str, tuple[int, ...], int]
Events = Mapping[Key, Event]

LAST = np.dtype([("boat", "i8"), ("t_ms", "i8")])
"""When each boat was last heard."""
BEFORE_ALL = -(1 << 62)
"""The moment up to which nothing has settled."""


@dataclass(frozen=True)
class Watch:
    """A detector with its law or settings put in (`functools.partial`).

    `silent` finds what only the clock shows, of a carry and Unix ms. `alone`: each boat is judged by its own fixes.
    """

    detect: Callable[[Fixes, Carry], Found]
    silent: Callable[[Carry, int], list[Event]] | None = None
    alone: bool = True
    keep_s: float = 6 * 3600.0


@dataclass(frozen=True)
class State:
    """All that a watch remembers; make one with `State()`."""

    settled_ms: int = BEFORE_ALL
    settled: Carry = ()
    base: Events = field(default_factory=dict)
    carry: Carry = ()
    told: Events = field(default_factory=dict)
    waiting: Events = field(default_factory=dict)
    recent: tuple[Fixes, ...] = ()
    last: Rows = field(default_factory=lambda: np.zeros(0, LAST))


class Told(NamedTuple):
    """A new row about an event: it is new, known better now, or never was."""

    what: Literal["new", "changed", "withdrawn"]
    event: Event


class Step(NamedTuple):
    """What a batch brought: the next state, what to tell, and fixes from before anything may still change.

    Those are not lost silently: run the detector over the stored history of their boats instead.
    """

    state: State
    told: list[Told]
    too_late: Fixes


def advance(watch: Watch, state: State, batch: Fixes, now_ms: int) -> Step:
    """Take a batch, in any order, at a moment (Unix ms). The same fix again changes nothing."""
    batch = tidy(batch)
    in_time = batch["t_ms"] > state.settled_ms
    fixes, too_late = batch[in_time], batch[~in_time]
    late = are_late(fixes, state.last)
    if not watch.alone and len(state.last):
        late |= fixes["t_ms"] < state.last["t_ms"].max() - watch.keep_s * 1000
    if late.any() and not watch.alone:
        found, touched = _again(watch, state, fixes, None)
    elif late.any():
        boats = np.unique(fixes["boat"][late])
        found, touched = _again(watch, state, fixes, boats)
    else:
        found, touched = watch.detect(fixes, state.carry), None
    told, news = _compare(state, found.events, touched)
    waiting = latest(watch.silent(found.carry, now_ms)) if watch.silent else {}
    news += _compare_waiting(state.waiting, waiting, told, {event.event.key for event in news})
    recent = _stack((*state.recent, fixes)) if len(fixes) else state.recent
    last = last_of(state.last, fixes)
    state = replace(state, carry=found.carry, told=told, waiting=waiting, recent=recent, last=last)
    return Step(_settle(watch, state), news, too_late)


def are_late(fixes: Fixes, last: Rows) -> Rows:
    """Which fixes are no later than what is known of their boat."""
    if not len(last) or not len(fixes):
        return np.zeros(len(fixes), dtype=np.bool_)
    at = np.minimum(np.searchsorted(last["boat"], fixes["boat"]), len(last) - 1)
    late: Rows = (last["boat"][at] == fixes["boat"]) & (fixes["t_ms"] <= last["t_ms"][at])
    return late


def _again(watch: Watch, state: State, fixes: Fixes, boats: Rows | None) -> tuple[Found, Rows | None]:
    """Judge some boats anew from the settled point (None: all of them), and the rest as they come."""
    if boats is None:
        whole = tidy(np.concatenate([*state.recent, fixes]))
        return watch.detect(whole, state.settled), np.zeros(0, np.int64)
    mine = np.isin(fixes["boat"], boats)
    rows = tidy(np.concatenate([*(_of(chunk, boats) for chunk in state.recent), fixes[mine]]))
    anew = watch.detect(rows, tuple(kept[np.isin(kept["boat"], boats)] for kept in state.settled))
    rest = watch.detect(fixes[~mine], tuple(kept[~np.isin(kept["boat"], boats)] for kept in state.carry))
    return Found(anew.events + rest.events, _join(anew.carry, rest.carry)), boats


def _of(chunk: Fixes, boats: Rows) -> Fixes:
    """The fixes of some boats, of fixes in order of boats."""
    low = np.searchsorted(chunk["boat"], boats)
    high = np.searchsorted(chunk["boat"], boats, side="right")
    return np.concatenate([chunk[:0], *(chunk[a:b] for a, b in zip(low, high, strict=True) if a < b)])


def _join(one: Carry, other: Carry) -> Carry:
    both = [np.concatenate(parts) for parts in zip(one, other, strict=True)]
    return tuple(kept[np.argsort(kept["boat"], kind="stable")] for kept in both)


def _compare(state: State, events: list[Event], touched: Rows | None) -> tuple[Events, list[Told]]:
    """What is told since the settled point, and the news in it. `touched`: boats judged anew, empty for all of them."""
    found = latest(events)
    told = {**state.told, **found}
    gone = {}
    if touched is not None:
        everybody, boats = not len(touched), set(touched.tolist())
        gone = {k: e for k, e in state.told.items() if k not in found and (everybody or boats & set(k[2]))}
    known = {**state.base, **state.waiting, **state.told}
    news = [_news(known.get(key), event) for key, event in found.items() if known.get(key) != event]
    for key, event in gone.items():
        del told[key]
        news += [_news(event, state.base[key])] if key in state.base else [Told("withdrawn", event)]
    return told, news


def _news(former: Event | None, event: Event) -> Told:
    return Told("new" if former is None else "changed", event)


def _compare_waiting(before: Events, now: Events, told: Events, said: set[Key]) -> list[Told]:
    """Silences that the clock showed: those that began to, and those that were none after all."""
    news = [Told("new", event) for key, event in now.items() if key not in before and key not in said]
    gone = [event for key, event in before.items() if key not in now and key not in told]
    return news + [Told("withdrawn", event) for event in gone]


def last_of(last: Rows, fixes: Fixes) -> Rows:
    """When each boat was last heard, with some more fixes."""
    rows = np.zeros(len(last) + len(fixes), LAST)
    for name in LAST.names or ():
        rows[name] = np.concatenate([last[name], fixes[name]])
    rows = rows[np.lexsort((rows["t_ms"], rows["boat"]))]
    newest: Rows = rows[lasts(rows["boat"])]
    return newest


def _stack(chunks: tuple[Fixes, ...]) -> tuple[Fixes, ...]:
    """Chunks that grow: small ones are put together, so that few are to be looked through."""
    stack = list(chunks)
    while len(stack) > 1 and len(stack[-2]) < 2 * len(stack[-1]):
        stack[-2:] = [tidy(np.concatenate(stack[-2:]))]
    return tuple(stack)


def _settle(watch: Watch, state: State) -> State:
    """Once twice the time to be kept has gathered, let the older half be as it is."""
    keep_ms = int(watch.keep_s * 1000)
    newest = int(state.last["t_ms"].max()) if len(state.last) else BEFORE_ALL
    oldest = min((int(chunk["t_ms"].min()) for chunk in state.recent if len(chunk)), default=newest)
    return state if newest - oldest <= 2 * keep_ms else settle_to(watch, state, newest - keep_ms)


def settle_to(watch: Watch, state: State, line: int) -> State:
    """Let everything up to a moment (Unix ms) be as it is."""
    if line <= state.settled_ms:
        return state
    keep_ms = int(watch.keep_s * 1000)
    whole = tidy(np.concatenate([np.zeros(0, FIX), *state.recent]))
    old = whole["t_ms"] <= line
    found = watch.detect(whole[old], state.settled)
    sure = latest(found.events)
    known = {**state.base, **sure}
    base = {key: e for key, e in known.items() if e.end_ms is None or e.end_ms > line - 2 * keep_ms}
    told = {key: event for key, event in state.told.items() if sure.get(key) != event}
    return replace(state, settled_ms=line, settled=found.carry, base=base, told=told, recent=(whole[~old],))
