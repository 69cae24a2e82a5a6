"""One more who says the same: counted on the report that is there, in its history."""

from typing import Any

from sqlalchemy import Connection, select

from geo.errors import BadInput
from layers.citizens.history import Actor, append, lock_report
from layers.citizens.models import ReportCase
from layers.citizens.near import near_reports
from layers.citizens.rows import category_of
from layers.stepping import Entry


def count_support(connection: Connection, report_id: int, step: int, entry: Entry) -> None:
    """One supporter more or fewer on a report, with the line that says why."""
    row = connection.execute(select(ReportCase.__table__).where(ReportCase.id == report_id).with_for_update()).one()
    append(connection, row, entry, supporters=ReportCase.supporters + step)


def support(connection: Connection, number: str, lon: float, lat: float, actor: Actor) -> Any:
    """*Cùng việc này*: somebody at a place joins a report that `near_reports` offers there; the report as it was.

    BadInput when it is not offered at that place: nobody joins from anywhere.
    """
    report = lock_report(connection, number)
    category = category_of(connection, report.category, actor.at)
    if number not in {row.number for row in near_reports(connection, category, lon, lat, actor.at)}:
        title = "Phản ánh ấy không ở gần vị trí này"
        raise BadInput("same_as: not an open report near this place", field="same_as", title=title)
    count_support(connection, report.id, 1, Entry("supported", actor))
    return report
