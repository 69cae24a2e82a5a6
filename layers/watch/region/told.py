"""What people said of where silent boats were: a call by radio is newer knowledge than the last fix."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from layers.vessels.models import ReportedPosition
from layers.vessels.reported import stands


def last_told_statement(vessel_ids: Iterable[int], now: datetime) -> Select[*tuple[Any, ...]]:
    """Of each boat the newest standing report about a moment up to `now`."""
    row = ReportedPosition
    return (
        select(row.vessel_id, row.t.label("told_t"), row.lon_e7, row.lat_e7)
        .where(row.vessel_id.in_(list(vessel_ids)), row.t <= now, stands())
        .ext(distinct_on(row.vessel_id))
        .order_by(row.vessel_id, row.t.desc(), row.id.desc())
    )
