"""No source is silently late."""

from datetime import datetime

from sqlalchemy import Connection, select

from geo.clock import show_moment
from layers.health.invariants import Breach
from layers.sources.freshness import freshness
from layers.sources.last import last_statement
from layers.sources.models import Source
from layers.vessels.models import Live


def sources_on_time(connection: Connection, now: datetime) -> list[Breach]:
    """Sources that have delivered before and are stale now; those of positions are `position_heard`'s."""
    live = set(connection.execute(select(Source.code).where(Source.id.in_(select(Live.source_id)))).scalars())
    found: list[Breach] = []
    for row in connection.execute(last_statement(), {"today": now}):
        if row.last_t is None or row.code in live or freshness(now - row.last_t, row.cadence) != "stale":
            continue
        days = row.cadence.total_seconds() / 86_400
        found.append(
            Breach(
                row.code,
                f"{row.title_vi}: lần nhận cuối {show_moment(row.last_t)}, nhịp {days:.3g} ngày.",
                f"{row.title_en}: last delivery {row.last_t:%Y-%m-%d %H:%M} UTC, due every {days:.3g} days.",
            )
        )
    return found
