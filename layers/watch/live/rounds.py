"""The round: what was stored since the last one goes through every detector, what is found is stored and acted upon.

One transaction per round. What the watch remembers changes only once the round is committed: a round that fails is done
again from where it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from geo.clock import FUTURE_ALLOWANCE, Clock, from_unix_ms, unix_ms
from layers.database import write
from layers.units.load import driver
from layers.watch.detect.fixes import Fixes
from layers.watch.detect.stream import State, advance
from layers.watch.law import law_statement
from layers.watch.live.again import PAIRS, Progress, ask_redo, late_ones, rebuild, redo_boats, take_redo
from layers.watch.live.feed import drop_slips, read_period, read_slips, waiting_slips
from layers.watch.live.laws import LAWS, LawBook
from layers.watch.live.models import WatchRedo, WatchSlip
from layers.watch.live.notify import act
from layers.watch.live.pairs import Pairs, redo_pairs
from layers.watch.live.scene import read_scene
from layers.watch.live.settings import settings_at
from layers.watch.live.states import read_states, save_states, settle_all
from layers.watch.live.store import Change, Gathered, news_of, store_news
from layers.watch.live.watches import ALONE, GROUPS, Watchers, make_watchers

MOST_POSITIONS = 40_000
RECENT = timedelta(hours=1)
FRESH = timedelta(days=1)
"""Positions this old at most have a say in who is silent: while such wait to be taken, the clock stands."""
LOOK_EVERY = timedelta(seconds=30)
"""How often the law and the lines are read anew."""


@dataclass(frozen=True)
class Memory:
    """All that a watch remembers between rounds. `clock_ms`: the moment by which silences were last told.

    `untold`: words stored at the start, of which cases have not heard.
    """

    watchers: Watchers
    states: Mapping[str, State]
    pairs: Pairs = field(default_factory=Pairs)
    clock_ms: int = 0
    untold: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Round:
    """What a round did: positions taken, words stored; whether more waits."""

    positions: int
    changes: list[Change]
    more: bool


class LiveWatch:
    """The watch of one process; another one may only run when this one does not (`ingest.work.watching`)."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self.memory: Memory | None = None
        self._looked: datetime | None = None

    def start(self, since: datetime | None = None, tell: Progress = lambda _: None) -> None:
        """Remember what was known: from what had settled and the positions since, or anew from a moment on."""
        now = self._clock()
        with write(self._engine) as connection:
            watchers = read_watchers(connection, now)
            states = None if since is not None else read_states(connection, GROUPS, watchers.digest)
            if states is None:
                begin = since if since is not None else now - watchers.settings.span("rebuild")
                memory = _start_anew(connection, watchers, begin, now, tell)
            else:
                memory = _go_on(connection, watchers, states, now)
        self.memory, self._looked = memory, now

    def round(self) -> Round:
        """One round. Begins by remembering, if that has not been done."""
        now = self._clock()
        if self.memory is None or self._has_changed(now):
            self.start()
        assert self.memory is not None  # start() sets it
        with write(self._engine) as connection:
            memory, done = _take(connection, self.memory, now)
        self.memory = memory
        return done

    def settle(self) -> None:
        """Rounds until nothing waits."""
        while self.round().more:
            pass

    def _has_changed(self, now: datetime) -> bool:
        """Whether the law, a line, a belt or a port is another than the one judged by; asked every half minute."""
        if self._looked is not None and timedelta(0) <= now - self._looked < LOOK_EVERY:
            return False
        self._looked = now
        assert self.memory is not None  # asked only once something is remembered
        with self._engine.connect() as connection:
            return read_watchers(connection, now).digest != self.memory.watchers.digest


def read_watchers(connection: Connection, now: datetime) -> Watchers:
    """The detectors under the law and the lines as known now."""
    rows = connection.execute(law_statement(LAWS)).all()
    settings = settings_at(rows, now)
    return make_watchers(LawBook(rows), settings, read_scene(connection, settings, now))


def _start_anew(connection: Connection, watchers: Watchers, since: datetime, now: datetime, tell: Progress) -> Memory:
    """From the stored history alone; slips of what that history holds are done with."""
    slips = connection.scalars(select(WatchSlip.id).where(WatchSlip.t_from > since)).all()
    done = rebuild(connection, watchers, since, now, GROUPS, tell)
    driver(connection).execute("DELETE FROM watch_slip WHERE id = ANY(%s)", (list(slips),))
    states = settle_all(watchers.watches, done.states)
    save_states(connection, states, GROUPS, watchers.digest, now)
    untold = tuple(change for change in done.changes if change.former is not None)
    return Memory(watchers, states, clock_ms=unix_ms(now), untold=untold)


def _go_on(connection: Connection, watchers: Watchers, states: dict[str, State], now: datetime) -> Memory:
    """From what had settled, through the positions stored since."""
    settled_ms = min(state.settled_ms for state in states.values())
    moment, latest = from_unix_ms(settled_ms), now + FUTURE_ALLOWANCE
    gathered = Gathered()
    while moment < latest:
        until = min(moment + timedelta(hours=3), latest)
        dealt = watchers.deal(read_period(driver(connection), moment, until, None, latest))
        for group in GROUPS:
            step = advance(watchers.watches[group], states[group], dealt[group], 0)
            states[group] = step.state
            gathered.add(step.told)
        moment = until
    changes = store_news(connection, gathered.take(), watchers.book, now)
    return Memory(watchers, states, untold=tuple(changes))


def _take(connection: Connection, memory: Memory, now: datetime) -> tuple[Memory, Round]:
    raw = driver(connection)
    slips, more = waiting_slips(raw, now - RECENT if memory.clock_ms else None, MOST_POSITIONS)
    heard = read_slips(raw, slips, now + FUTURE_ALLOWANCE)
    drop_slips(raw, slips)
    stands = more and _is_waited_for(connection, now)
    clock_ms = memory.clock_ms if stands else max(memory.clock_ms, unix_ms(now))
    ask_redo(connection, late_ones(heard, max(memory.states[group].settled_ms for group in ALONE)))
    dealt = memory.watchers.deal(heard)
    states, changes = _advance_all(connection, memory, dealt, clock_ms, now)
    settled = max(state.settled_ms for state in memory.states.values())
    pairs, met = memory.pairs.take(connection, memory.watchers, states, dealt, (now, clock_ms))
    changes = [*memory.untold, *changes, *met]
    if max(state.settled_ms for state in states.values()) != settled:
        states = settle_all(memory.watchers.watches, states)
        save_states(connection, states, GROUPS, memory.watchers.digest, now)
    memory = Memory(memory.watchers, states, pairs, clock_ms)
    left = bool(more)
    if not more:
        memory, redone = _redo(connection, memory, now)
        changes += redone
        left = _waits(connection)
    act(connection, memory.watchers, changes, now, everything=not stands and not left)
    return memory, Round(len(heard), changes, left)


def _advance_all(
    connection: Connection, memory: Memory, dealt: Mapping[str, Fixes], clock_ms: int, now: datetime
) -> tuple[dict[str, State], list[Change]]:
    watchers, states = memory.watchers, dict(memory.states)
    changes: list[Change] = []
    for group in ALONE:
        step = advance(watchers.watches[group], states[group], dealt[group], clock_ms)
        states[group] = step.state
        changes += store_news(connection, news_of(step.told), watchers.book, now)
    return states, changes


def _redo(connection: Connection, memory: Memory, now: datetime) -> tuple[Memory, list[Change]]:
    """Some of the boats that wait to be judged anew, or the pairs."""
    asked = take_redo(connection)
    if not asked:
        return memory, []
    watchers = memory.watchers
    if PAIRS in asked:
        done = redo_pairs(connection, watchers, memory.states, asked[PAIRS], now)
        saved = [group for group in GROUPS if group not in ALONE]
    else:
        done = redo_boats(connection, watchers, memory.states, asked, now, memory.clock_ms)
        saved = list(ALONE)
    save_states(connection, done.states, saved, watchers.digest, now)
    return Memory(watchers, done.states, memory.pairs, memory.clock_ms), done.changes


def _is_waited_for(connection: Connection, now: datetime) -> bool:
    """Whether something waits that says who spoke lately."""
    return bool(connection.scalar(select(func.count()).where(WatchSlip.t_to >= now - FRESH)))


def _waits(connection: Connection) -> bool:
    return bool(connection.scalar(select(select(WatchRedo.boat).exists())))
