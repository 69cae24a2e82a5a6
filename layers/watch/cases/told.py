"""A position somebody told of a boat reaches every open case of that boat, wherever it was written down."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from layers.watch.cases.acts import note
from layers.watch.cases.ledger import Entry, queue_up
from layers.watch.cases.models import CLOSED, Case

E7 = 1e7


def report_to_cases(connection: Connection, report: Mapping[str, Any], role: str, beside: str = "") -> None:
    """An entry in each open case of the boat but `beside`; `report` has the columns of `reported_position`."""
    queue_up(connection)
    wanted = select(Case.__table__).where(Case.vessel_id == report["vessel_id"], Case.state != CLOSED)
    rows = connection.execute(wanted.where(Case.number != beside).order_by(Case.id).with_for_update()).all()
    body = {"position": position_of(report), "by": report["caller_role"]}
    body |= {name: report[name] for name in ("caller_role", "channel", "note") if report[name]}
    for case in rows:
        note(connection, case, Entry("report", report["heard_at"], report["taken_by"], role, body))


def position_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """The place of a report as entries tell it; `id` is that of the report."""
    place = {"lon": report["lon_e7"] / E7, "lat": report["lat_e7"] / E7, "t": report["t"].isoformat()}
    return {"id": report["id"], **place}
