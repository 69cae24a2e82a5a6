"""The demonstration's ledger: the reminders its late departments would have had, as if the worker had been there."""

from datetime import datetime

import psycopg

from fixtures.axis import SECRET, SYSTEM, Axis, running
from geo.clock import local_date
from geo.workdays import DAY
from ingest.exchange.axis import AxisClient
from ingest.reminders import send_reminders
from layers.database import transaction
from layers.reminders.keep import AHEAD, BACK, make_reminders, read_steps
from layers.reminders.plan import planned_steps
from layers.sources.expected import read_states, read_workdays


def bring_reminders(connection: psycopg.Connection, now: datetime) -> None:
    """Make and send what fell due since the last that was made, each at its moment, over a stand-in of the axis."""
    moments = _moments(connection, now)
    if not moments:
        return
    with running(Axis([])) as url, AxisClient(url, SYSTEM, SECRET) as client:
        for moment in moments:
            with transaction(connection):
                make_reminders(connection, moment)
            send_reminders(connection, client, SYSTEM, lambda at=moment: at)  # type: ignore[misc]


def _moments(connection: psycopg.Connection, now: datetime) -> list[datetime]:
    """The moments at which something falls due, until now, after the last that is in the ledger."""
    steps, calendar, today = read_steps(connection), read_workdays(connection), local_date(now)
    row = connection.execute("SELECT max(planned_at) FROM reminder").fetchone()
    last = row[0] if row is not None else None
    states = read_states(connection, None, (today - BACK, today + AHEAD + DAY), now)
    found = {p.at for state in states for p in planned_steps(state, steps, calendar) if p.at <= now}
    return sorted(at for at in found if last is None or at > last)
