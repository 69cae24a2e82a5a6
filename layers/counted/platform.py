"""The platform itself: deliveries due and in time, reminders, sources alive, lines refused, who told their security."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from geo.clock import end_of_day, local_date, start_of_day
from geo.workdays import DAY
from layers.bulletins.fisheries.sources import LAST
from layers.counted.books import EXPECTED, REMINDERS, SECURITY, SOURCES
from layers.counted.spec import Count, Record, Window, asking
from layers.reminders.ledger import read_ledger
from layers.sources.expected import PeriodState, read_expected
from layers.units.load import driver

MOST_BEHIND = timedelta(days=400)
"""A period may be due so long after its end."""
TOLD_AFTER = timedelta(hours=12)
"""Security reports of a day come the morning after."""
STILL_EXPECTED = "interval '30 days'"
"""An agency that told of its machines within so many days is expected to tell of them today."""

_OFFICE = "(SELECT c.office FROM source_contact AS c WHERE c.source_id = s.id)"
_RHYTHM = f"""
SELECT 'source' AS kind, s.code AS record, s.title_vi AS label, s.last_at AS at, s.office
FROM (SELECT l.*, (SELECT {_OFFICE} FROM source AS s WHERE s.code = l.code) AS office FROM ({LAST}) AS l) AS s
WHERE s.cadence IS NOT NULL AND s.last_at IS NOT NULL"""  # noqa: S608 - our own words only
_PULSE = f"""
SELECT 'source' AS kind, s.code AS record, s.title_vi AS label, max(p.last_at) AS at, {_OFFICE} AS office,
       sum(p.{{0}})::numeric AS amount
FROM source_pulse AS p JOIN source AS s ON s.id = p.source_id WHERE p.hour >= :since AND p.hour < :until
GROUP BY s.id, s.code, s.title_vi HAVING sum(p.{{0}}) > 0
"""  # noqa: S608
_TOLD = """
SELECT 'agency' AS kind, o.subject AS record, o.subject AS label, o.subject AS office, max(o.heard_at) AS at
FROM observation AS o JOIN delivery AS d ON d.id = o.delivery_id
WHERE d.adapter LIKE 'avreport/%' AND o.subject_kind = 'agency' AND o.retracted_at IS NULL
  AND (CAST(:known AS timestamptz) IS NULL OR o.stored_at <= :known)
  AND o.period_from < (:until AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
  AND o.period_from >= ({0} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
GROUP BY o.subject
"""


def _due(connection: Connection, window: Window) -> Iterator[PeriodState]:
    """The periods of expected deliveries whose day fell into the window."""
    first, last = local_date(window.since), window.last
    states = read_expected(driver(connection), None, first - MOST_BEHIND, last + DAY, window.until)
    return (state for state in states if first <= state.due <= last)


def due(connection: Connection, window: Window) -> list[Record]:
    """Every delivery that was due."""
    return [_record(state, end_of_day(state.due)) for state in _due(connection, window)]


def due_in_time(connection: Connection, window: Window) -> list[Record]:
    """Those of them that came in time."""
    return [_record(s, s.received_at) for s in _due(connection, window) if s.state == "on_time"]


def _record(state: PeriodState, at: datetime | None) -> Record:
    rule = state.rule
    name = f"{rule.source}/{rule.template}/{state.since}"
    return Record("expected", name, at or start_of_day(state.due), name, office=rule.agency, field=rule.source)


def reminded(connection: Connection, window: Window) -> list[Record]:
    """Reminders made in the window that were sent and count against the year's number."""
    entries = read_ledger(driver(connection), local_date(window.since), window.last + DAY, window.until)
    return [
        Record("reminder", str(e.row["id"]), e.row["made_at"], e.row["subject"], office=e.row["agency"])
        for e in entries
        if e.was_sent
    ]


COUNTS = (
    Count("nhac_nho", "during", REMINDERS, reminded),
    Count("nguon_den_ky", "during", EXPECTED, due),
    Count("nguon_dung_ky", "during", EXPECTED, due_in_time),
    Count("nguon_co_nhip", "end", SOURCES, asking(_RHYTHM)),
    Count("nguon_con_nhip", "end", SOURCES, asking(f"{_RHYTHM} AND :until - s.last_at <= s.cadence")),
    Count("dong_nhan", "during", SOURCES, asking(_PULSE.format("lines"))),
    Count("dong_tu_choi", "during", SOURCES, asking(_PULSE.format("refused"))),
    Count("attt_phai_bao", "during", SECURITY, asking(_TOLD.format(f"(:until - {STILL_EXPECTED})")), waits=TOLD_AFTER),
    Count("attt_da_bao", "during", SECURITY, asking(_TOLD.format(":since")), waits=TOLD_AFTER),
)
