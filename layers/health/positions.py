"""Invariants of positions: heard lately, and never of the future."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from geo.clock import FUTURE_ALLOWANCE, show_moment
from layers.health.invariants import Breach
from layers.sources.freshness import LATE_AFTER
from layers.sources.models import Source
from layers.vessels.models import Live, Position


def position_heard(connection: Connection, now: datetime) -> list[Breach]:
    """Sources of positions, with a cadence, of which nothing was heard for twice that long."""
    statement = (
        select(Source.code, Source.title_vi, Source.title_en, Source.cadence, func.max(Live.heard_at).label("heard"))
        .join(Live, Live.source_id == Source.id)
        .where(Source.cadence.is_not(None))
        .group_by(Source.id)
    )
    return [
        Breach(
            row.code,
            f"{row.title_vi}: vị trí cuối cùng nhận lúc {show_moment(row.heard)}.",
            f"{row.title_en}: last position heard at {row.heard:%Y-%m-%d %H:%M} UTC.",
        )
        for row in connection.execute(statement)
        if now - row.heard > row.cadence * LATE_AFTER
    ]


def none_from_future(connection: Connection, now: datetime) -> list[Breach]:
    """Sources with positions later than now and the allowance for clocks that differ."""
    limit = now + FUTURE_ALLOWANCE
    statement = (
        select(Source.code, Source.title_vi, Source.title_en)
        .add_columns(func.count().label("rows"), func.max(Position.t).label("latest"))
        .join(Position, Position.source_id == Source.id)
        .where(Position.t > limit)
        .group_by(Source.id)
    )
    return [
        Breach(
            row.code,
            f"{row.title_vi}: {row.rows} vị trí ở tương lai, xa nhất {show_moment(row.latest)}.",
            f"{row.title_en}: {row.rows} positions of the future, up to {row.latest:%Y-%m-%d %H:%M} UTC.",
        )
        for row in connection.execute(statement)
    ]
