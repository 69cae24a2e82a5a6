"""The books that are counted: since when each speaks, when it first came, whose rows it holds, what it covers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, exists, select, text

from layers.counted.spec import Book, Window
from layers.watch.live.watched import belts_in_force, current_limits

_HOURS = text("SELECT count(DISTINCT date_trunc('hour', t)) FROM position WHERE t >= :since AND t < :until")
_WATCHED = text("""
SELECT EXISTS (SELECT FROM heartbeat WHERE process = 'watch' AND beat_at >= :until)
   AND NOT EXISTS (SELECT FROM watch_slip WHERE t_from < :until)
""")
_EXPECTED = text("SELECT EXISTS (SELECT FROM expected_delivery WHERE superseded_at IS NULL AND valid_from <= :day)")
HOUR = timedelta(hours=1)


def _rows(table: str, begun: str, heard: str = "heard_at", where: str = "true") -> Book:
    """A book of versioned rows, each with its source."""
    origins = f"SELECT DISTINCT s.origin FROM {table} AS r JOIN source AS s ON s.id = r.source_id WHERE {where}"  # noqa: S608
    return Book(
        f"SELECT min({begun}) FROM {table} WHERE {where}",  # noqa: S608 - our own names
        f"SELECT min({heard}) FROM {table} WHERE {where}",  # noqa: S608
        origins,
    )


def heard_throughout(connection: Connection, window: Window) -> bool:
    """Whether positions came in every hour: a day in which we heard nobody for hours says nothing of who was silent."""
    asked = {"since": window.until - timedelta(days=1), "until": window.until}
    return bool(connection.execute(_HOURS, asked).scalar_one() >= timedelta(days=1) // HOUR)


def watched_throughout(connection: Connection, window: Window) -> bool:
    """Whether positions came throughout, and the watch has judged all of them."""
    done = connection.execute(_WATCHED, {"until": window.until}).scalar_one()
    return bool(done) and heard_throughout(connection, window)


def watched_with(*place: ColumnElement[bool]) -> Callable[[Connection, Window], bool]:
    """The same, and there is a line or a belt at all: without it nobody can say that none was crossed."""
    there = select(exists().where(*place))

    def covers(connection: Connection, window: Window) -> bool:
        return bool(connection.execute(there).scalar_one()) and watched_throughout(connection, window)

    return covers


def _belts_then(connection: Connection, window: Window) -> bool:
    return watched_with(*belts_in_force(window.last))(connection, window)


def _expected(connection: Connection, window: Window) -> bool:
    return bool(connection.execute(_EXPECTED, {"day": window.last}).scalar_one())


_ORIGINS = "SELECT DISTINCT s.origin FROM source AS s JOIN {0} AS r ON r.source_id = s.id"
_LIVE = "SELECT min(t) FROM live"
_OF_POSITIONS = f"{_ORIGINS.format('live')} UNION {_ORIGINS.format('vessel')}"

REGISTER = _rows("vessel", "t")
POSITIONS = Book(_LIVE, _LIVE, _OF_POSITIONS, heard_throughout)
EVENTS = Book(_LIVE, _LIVE, f"SELECT DISTINCT origin FROM event UNION {_OF_POSITIONS}", watched_throughout)  # noqa: S608 - our own names
CROSSINGS = replace(EVENTS, covers=watched_with(*current_limits()))
BELTS = replace(EVENTS, covers=_belts_then)
CASES = Book(
    "SELECT min(opened_at) FROM watch_case",
    "SELECT min(opened_at) FROM watch_case",
    "SELECT DISTINCT origin FROM watch_case",
)
BORDER_CALLS = _rows("port_call", "t", where="keeper = 'border'")
LANDINGS = _rows("landing", "t")
PENALTIES = _rows("penalty", "t")
REPORTS = _rows("citizen_report", "received_at")
RATED = Book(
    "SELECT min(received_at) FROM report_case",
    "SELECT min(received_at) FROM report_case",
    "SELECT DISTINCT origin FROM report_case",
)
SOURCES = Book(
    "SELECT min(started_at) FROM delivery",
    "SELECT min(started_at) FROM delivery",
    "SELECT DISTINCT s.origin FROM source AS s JOIN delivery AS d ON d.source_id = s.id",
)
_RULED = "SELECT min(valid_from)::timestamptz FROM expected_delivery WHERE superseded_at IS NULL"
EXPECTED = Book(_RULED, _RULED, SOURCES.origins, _expected)
_REMINDED = "SELECT min(made_at) FROM reminder"
REMINDERS = Book(
    _REMINDED, _REMINDED, "SELECT DISTINCT s.origin FROM reminder AS r JOIN source AS s ON s.code = r.source"
)
SECURITY = Book(
    "SELECT min(o.period_from)::timestamptz FROM observation AS o JOIN delivery AS d ON d.id = o.delivery_id"
    " WHERE d.adapter LIKE 'avreport/%'",
    "SELECT min(o.heard_at) FROM observation AS o JOIN delivery AS d ON d.id = o.delivery_id"
    " WHERE d.adapter LIKE 'avreport/%'",
    "SELECT DISTINCT s.origin FROM delivery AS d JOIN source AS s ON s.id = d.source_id"
    " WHERE d.adapter LIKE 'avreport/%'",
)
