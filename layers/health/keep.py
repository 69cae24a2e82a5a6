"""Asks the invariants that are due, keeps what was found, and opens and closes alarms."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, case, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from geo.clock import Clock
from layers.database import write
from layers.health.invariants import INVARIANTS, Breach, Find, Invariant
from layers.health.models import Alarm, InvariantState

STATEMENT_MS = 30_000
LONGEST_DETAIL = 500


@dataclass
class Round:
    """What one round changed: alarms opened and closed (code, subject, words), and what could not be asked."""

    opened: list[tuple[str, str, str]] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0


def check_due(
    engine: Engine, finds: Mapping[str, Find], clock: Clock, among: Sequence[Invariant] = INVARIANTS
) -> Round:
    """Ask those whose time has come. One that cannot be asked is `unknown` and stops no other; its alarms stay."""
    done = Round()
    with engine.connect() as connection:
        rows = connection.execute(select(InvariantState.code, InvariantState.checked_at))
        last = {row.code: row.checked_at for row in rows}
    for invariant in among:
        now = clock()
        before = last.get(invariant.code)
        if invariant.code not in finds or (before is not None and timedelta(0) <= now - before < invariant.every):
            continue
        done.asked += 1
        began = time.monotonic()
        breaches, trouble = _ask(engine, finds[invariant.code], now)
        took_ms = round(1000 * (time.monotonic() - began))
        if breaches is None:
            done.unknown.append((invariant.code, trouble))
        with write(engine) as connection:
            _keep_state(connection, invariant, breaches, (now, took_ms, trouble))
            if breaches is not None:
                _keep_alarms(connection, invariant, breaches, now, done)
    return done


def _ask(engine: Engine, find: Find, now: datetime) -> tuple[list[Breach] | None, str]:
    """What it found in one snapshot, or None and why it could not be asked."""
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_MS}"))
            return find(connection, now), ""
    except Exception as error:  # whatever it is, it must not keep the others from being asked
        return None, repr(error)[:LONGEST_DETAIL]


def _keep_state(
    connection: Connection, invariant: Invariant, breaches: list[Breach] | None, told: tuple[datetime, int, str]
) -> None:
    now, took_ms, trouble = told
    state = "unknown" if breaches is None else "broken" if breaches else "kept"
    values = {"state": state, "checked_at": now, "took_ms": took_ms, "detail": trouble or None}
    row = insert(InvariantState).values(code=invariant.code, since=now, **values)
    since = case((InvariantState.state == row.excluded.state, InvariantState.since), else_=row.excluded.since)
    connection.execute(row.on_conflict_do_update(index_elements=["code"], set_={**values, "since": since}))


def _keep_alarms(
    connection: Connection, invariant: Invariant, breaches: list[Breach], now: datetime, done: Round
) -> None:
    mine = (Alarm.code == invariant.code, Alarm.closed_at.is_(None))
    for breach in breaches:
        words = {"detail_vi": breach.vi, "detail_en": breach.en, "seen_at": now}
        row = insert(Alarm).values(code=invariant.code, subject=breach.subject, began_at=now, **words)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["code", "subject"], index_where=Alarm.closed_at.is_(None), set_=words
            )
        )
    over = (*mine, Alarm.subject.not_in([breach.subject for breach in breaches]))
    connection.execute(delete(Alarm).where(*over, Alarm.opened_at.is_(None)))
    closed = connection.execute(update(Alarm).where(*over).values(closed_at=now).returning(Alarm.subject)).scalars()
    done.closed += [(invariant.code, subject) for subject in closed]
    lasting = (*mine, Alarm.opened_at.is_(None), Alarm.began_at <= now - invariant.patience)
    opened = update(Alarm).where(*lasting).values(opened_at=now).returning(Alarm.subject, Alarm.detail_en)
    done.opened += [(invariant.code, subject, words) for subject, words in connection.execute(opened)]
