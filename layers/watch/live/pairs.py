"""Pairs of boats and devices are looked at every minute, not with every batch: one late position makes all anew.

What came late waits a quarter of an hour for its like.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, func, or_, select

from geo.clock import from_unix_ms
from layers.watch.detect.fixes import Fixes
from layers.watch.detect.stream import State, advance, are_late
from layers.watch.event_rows import EventRow
from layers.watch.live.again import PAIRS, Redone, ask_redo, rebuild
from layers.watch.live.store import Change, news_of, store_news
from layers.watch.live.watches import CONDUCTS, MEETINGS, TOGETHER, Watchers

GROUPS = (MEETINGS, TOGETHER)
LOOK_EVERY, LATE_EVERY = timedelta(minutes=1), timedelta(minutes=15)
MOST_WAITING = 200_000
BEFORE = timedelta(hours=3)


@dataclass(frozen=True)
class Waiting:
    """Positions of one group that have not been looked at, those in order and those that came late."""

    in_order: tuple[Fixes, ...] = ()
    late: tuple[Fixes, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.in_order)) + sum(map(len, self.late))


@dataclass(frozen=True)
class Pairs:
    """What waits, per group, and when each kind was last looked at."""

    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    looked: datetime | None = None
    looked_late: datetime | None = None

    def take(
        self, connection: Connection, watchers: Watchers, states: dict[str, State], dealt: Mapping[str, Fixes],
        when: tuple[datetime, int],
    ) -> tuple["Pairs", list[Change]]:  # fmt: skip
        """Take positions in; `states` of the groups are replaced when it is time to look. `when`: now, the clock."""
        now = when[0]
        waiting = {group: self._add(group, dealt.get(group), states[group]) for group in GROUPS}
        full = max(map(len, waiting.values())) > MOST_WAITING
        if not full and self.looked is not None and timedelta(0) <= now - self.looked < LOOK_EVERY:
            return Pairs(waiting, self.looked, self.looked_late), []
        with_late = full or self.looked_late is None or not timedelta(0) <= now - self.looked_late < LATE_EVERY
        changes: list[Change] = []
        left = {}
        for group in GROUPS:
            mine = waiting[group]
            rows = [*mine.in_order, *(mine.late if with_late else ())]
            changes += _look(connection, watchers, states, group, rows, when)
            left[group] = Waiting((), () if with_late else mine.late)
        return Pairs(left, now, now if with_late else self.looked_late), changes

    def _add(self, group: str, rows: Fixes | None, state: State) -> Waiting:
        mine = self.waiting.get(group, Waiting())
        if rows is None or not len(rows):
            return mine
        late = are_late(rows, state.last)
        return Waiting((*mine.in_order, rows[~late]), (*mine.late, rows[late]) if late.any() else mine.late)


def _look(
    connection: Connection, watchers: Watchers, states: dict[str, State], group: str, rows: Sequence[Fixes],
    when: tuple[datetime, int],
) -> list[Change]:  # fmt: skip
    now, clock_ms = when
    if not rows:
        return []
    step = advance(watchers.watches[group], states[group], np.concatenate(rows), clock_ms)
    states[group] = step.state
    if len(step.too_late):
        ask_redo(connection, {PAIRS: from_unix_ms(int(step.too_late["t_ms"].min()))})
    return store_news(connection, news_of(step.told), watchers.book, now)


def redo_pairs(
    connection: Connection, watchers: Watchers, states: Mapping[str, State], since: datetime, now: datetime
) -> Redone:
    """Judge all pairs anew from before a late position on, at most as far back as anything is rebuilt."""
    event = EventRow
    conducts = [conduct for group in GROUPS for conduct in CONDUCTS[group]]
    lasting = select(func.min(event.began_at)).where(
        event.superseded_at.is_(None), event.what != "withdrawn", event.conduct.in_(conducts),
        event.began_at < since, or_(event.ended_at.is_(None), event.ended_at >= since),
    )  # fmt: skip
    begun = connection.scalar(lasting)
    start = max(min(since, begun or since) - BEFORE, now - watchers.settings.span("rebuild"))
    done = rebuild(connection, watchers, start, now, GROUPS)
    return Redone({**states, **done.states}, done.changes)
