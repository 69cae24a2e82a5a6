"""Storms and bulletins as they were known at a moment: the newest that had come by then, the old ones beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from geo.errors import NotFound
from geo.measure import METRES_PER_NM
from geo.winds import Field
from layers.database import ReadConnection
from layers.storm.models import Dispatch, Forecast, ForecastPoint, Storm, WindForce

Row = Any


@dataclass(frozen=True)
class Bulletin:
    """One forecast with its points in time, and for each force that it speaks of where that wind blows."""

    head: Row
    points: Sequence[Row]

    @property
    def track(self) -> Field:
        """The centre alone."""
        t, lon, lat = (
            [p.at.timestamp() for p in self.points],
            [p.lon for p in self.points],
            [p.lat for p in self.points],
        )
        return Field(np.array(t), np.array(lon), np.array(lat), np.zeros((len(t), 4)))

    @property
    def lead(self) -> tuple[float, float]:
        """Where the centre is first: longitude, latitude."""
        return self.points[0].lon, self.points[0].lat

    @property
    def forces(self) -> tuple[int, ...]:
        """The forces it gives radii of, ascending."""
        return tuple(sorted({int(force) for point in self.points for force in point.radii}))

    def field(self, force: int) -> Field:
        """The wind field of one force, over the moments that the bulletin tells its radii of: it ends with the last."""
        told = [point for point in self.points if str(force) in point.radii]
        radii = [point.radii[str(force)] for point in told]
        return Field(
            np.array([point.at.timestamp() for point in told]),
            np.array([point.lon for point in told]),
            np.array([point.lat for point in told]),
            np.array(radii, dtype=float) * METRES_PER_NM,
        )

    def danger(self, force: int) -> int | None:
        """The force that stands for danger: that one, or where the bulletin has no radii of it the next above."""
        return next((each for each in self.forces if each >= force), None)


def storms_statement() -> Select[Any]:
    """Every storm, the newest first."""
    return select(Storm.__table__).order_by(Storm.opened_at.desc(), Storm.id.desc())


def forecasts_statement(storm_id: int) -> Select[Any]:
    """Every bulletin of a storm, the newest first, with the row that took its place, if one did."""
    later = aliased(Forecast)
    corrected = select(later.id).where(later.corrects == Forecast.id).scalar_subquery().label("corrected_by")
    newest = (Forecast.issued_at.desc(), Forecast.id.desc())
    return select(Forecast.__table__, corrected).where(Forecast.storm_id == storm_id).order_by(*newest)


def dispatches_statement(storm_id: int, at: datetime) -> Select[Any]:
    """The công điện of a storm issued by a moment, not corrected since, the newest first."""
    later = aliased(Dispatch)
    standing = ~exists().where(later.corrects == Dispatch.id, later.issued_at <= at)
    there = select(Dispatch.__table__).where(Dispatch.storm_id == storm_id, Dispatch.issued_at <= at, standing)
    return there.order_by(Dispatch.issued_at.desc(), Dispatch.id.desc())


def forces_statement() -> Select[Any]:
    """The wind scale."""
    return select(WindForce.__table__).where(WindForce.superseded_at.is_(None)).order_by(WindForce.force)


async def read_storm(connection: ReadConnection, storm_id: int) -> Row:
    """The storm, or NotFound."""
    row = (await connection.execute(select(Storm.__table__).where(Storm.id == storm_id))).first()
    if row is None:
        raise NotFound(f"id={storm_id}: no such storm; GET /api/storms lists them", field="id")
    return row


async def read_bulletin(
    connection: ReadConnection, storm_id: int, at: datetime, number: int | None = None
) -> Bulletin | None:
    """The bulletin `number` (ours), else the newest issued by a moment; None before the first."""
    rows = (await connection.execute(forecasts_statement(storm_id))).all()
    if number is not None:
        chosen = [row for row in rows if row.id == number]
        if not chosen:
            raise NotFound(
                f"forecast={number}: none of this storm; GET /api/storms/{storm_id} lists them", field="forecast"
            )
    else:
        replaced = {row.corrects for row in rows if row.issued_at <= at}
        chosen = [row for row in rows if row.issued_at <= at and row.id not in replaced]
    if not chosen:
        return None
    points = select(ForecastPoint.__table__).where(ForecastPoint.forecast_id == chosen[0].id)
    return Bulletin(chosen[0], (await connection.execute(points.order_by(ForecastPoint.at))).all())


def force_of(forces: Sequence[Row], wind_kt: float | None) -> int | None:
    """The force of a wind in knots by the rows of `forces_statement`."""
    if wind_kt is None:
        return None
    return max((row.force for row in forces if row.min_kt <= wind_kt), default=None)
