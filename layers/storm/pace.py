"""How fast each boat goes when it goes somewhere: from its own last days, kept so that nobody has to wait for it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.storm.settings import settings_at, statement

LEAST = 6
"""Positions under way before a boat's own pace is believed."""
UNDER_WAY_DKN = 30
FASTEST_DKN = 300

_PACE = text("""
INSERT INTO boat_pace (vessel_id, usual_kn, most_kn, points, since, until)
SELECT link.vessel_id,
       round(percentile_disc(0.5) WITHIN GROUP (ORDER BY p.sog_dkn) / 10.0, 1),
       round(percentile_disc(0.9) WITHIN GROUP (ORDER BY p.sog_dkn) / 10.0, 1), count(*), :since, :until
FROM position AS p JOIN transmitter_on_vessel AS link ON link.transmitter_id = p.transmitter_id
    AND link.valid_from <= p.t AND (link.valid_to IS NULL OR p.t < link.valid_to)
WHERE p.t >= :since AND p.t < :until AND p.sog_dkn BETWEEN :slow AND :fast AND p.flags & 513 = 0
GROUP BY link.vessel_id HAVING count(*) >= :least
""")


class BoatPace(Base):
    """Of one boat in [since, until): the middle and the ninth tenth of its speeds of 3 knots and more."""

    __tablename__ = "boat_pace"

    vessel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    usual_kn: Mapped[float]
    most_kn: Mapped[float]
    points: Mapped[int]
    since: Mapped[datetime]
    until: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())


def refresh_pace(connection: Connection, now: datetime) -> int:
    """Take every boat's pace anew from its positions; how many boats have one. In the caller's transaction."""
    over = timedelta(seconds=settings_at(connection.execute(statement).all(), now).pace_over_s)
    connection.execute(delete(BoatPace))
    given = {"since": now - over, "until": now, "slow": UNDER_WAY_DKN, "fast": FASTEST_DKN, "least": LEAST}
    return connection.execute(_PACE, given).rowcount
