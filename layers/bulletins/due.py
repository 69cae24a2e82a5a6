"""Which reports it is time to make: of the day, week and month that ended last, soon after, and once."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select
from sqlalchemy.sql.elements import ColumnElement

from geo.clock import local_date
from layers.bulletins.kept import Bulletin, keep
from layers.bulletins.make import data_since
from layers.bulletins.period import KINDS, Period, period_of
from layers.bulletins.spec import Asked, Report
from layers.watch.live.models import WatchRedo, WatchSlip
from layers.watch.rules import in_force, rules_statement

CONDUCT = "bulletin"


def find_due(connection: Connection, report: Report, now: datetime) -> list[Period]:
    """Whole periods of which there is data, whose time has come, and that nobody has kept since they ended.

    What was stored just now the watch may still have to judge; a watch that stands still holds nothing back for long.
    """
    rules, first = connection.execute(rules_statement((CONDUCT,))).all(), data_since(connection)
    due: list[Period] = []
    for kind in (kind for kind in KINDS if kind in report.kinds):
        last = period_of(kind, local_date(now)).before()
        wait = timedelta(seconds=in_force(rules, CONDUCT, f"{kind}_after", now).threshold_s)
        b = Bulletin
        whole = (b.report == report.name, b.kind == kind, b.first_day == last.first, ~b.partial)
        kept = connection.execute(select(exists().where(*whole))).scalar_one()
        reported = kept or first is None or first >= last.until
        if now >= last.until + wait and not reported and not _is_being_judged(connection, last, now - wait):
            due.append(last)
    return due


def _is_being_judged(connection: Connection, period: Period, since: datetime) -> bool:
    """Whether the watch is yet to judge something of the period that reached it after `since`."""
    waiting: tuple[ColumnElement[bool], ...] = (
        exists().where(WatchSlip.t_from < period.until, WatchSlip.stored_at > since),
        exists().where(WatchRedo.since < period.until, WatchRedo.asked_at > since),
    )
    return any(connection.execute(select(each)).scalar_one() for each in waiting)


def make_due(connection: Connection, report: Report, now: datetime) -> list[Period]:
    """Make and keep what is due; what was made."""
    due = find_due(connection, report, now)
    for period in due:
        keep(connection, report, Asked(period, None, now), None)
    return due
