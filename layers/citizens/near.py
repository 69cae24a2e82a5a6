"""Reports of the same thing close by: what somebody may join instead of telling it again."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, String, cast, func, select, text

from layers.citizens.models import ReportCase, ReportPhoto

MOST = 5

_BOX_DEG_PER_M = 1 / 100_000
"""A little more than a metre is in degrees, in both directions at our latitudes: for the box before the distance."""


def near_reports(connection: Connection, category: Any, lon: float, lat: float, now: datetime) -> list[Any]:
    """Open reports of a category within its `near_m` and `near_days`, the nearest first.

    Columns: number, text (NULL until released), photo, received_at, state, supporters, metres.
    """
    here = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326).op("::")(text("geography"))
    there = func.ST_SetSRID(func.ST_MakePoint(ReportCase.lon_e7 / 1e7, ReportCase.lat_e7 / 1e7), 4326)
    metres = func.ST_Distance(there.op("::")(text("geography")), here)
    reach = category.near_m * _BOX_DEG_PER_M * 1e7
    photo = (
        select(ReportPhoto.token).where(ReportPhoto.report_id == ReportCase.id).order_by(ReportPhoto.place).limit(1)
    ).scalar_subquery()
    seen = ReportCase.released_at.is_not(None)
    statement = select(
        ReportCase.number,
        func.left(ReportCase.text, 160).label("text"),
        cast(photo, String).label("photo"),
        seen.label("released"),
        ReportCase.received_at,
        ReportCase.state,
        ReportCase.supporters,
        metres.label("metres"),
    ).where(
        ReportCase.category == category.code,
        ReportCase.received_at > now - timedelta(days=category.near_days),
        ReportCase.ended_at.is_(None),
        ReportCase.lon_e7.between(round(lon * 1e7 - reach), round(lon * 1e7 + reach)),
        ReportCase.lat_e7.between(round(lat * 1e7 - reach), round(lat * 1e7 + reach)),
        metres <= category.near_m,
    )
    return list(connection.execute(statement.order_by(metres).limit(MOST)))
