"""What is kept of a storm. Every table only grows: a new bulletin is a new forecast, a correction a new row."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept

ORIGINS = "origin IN ('real', 'simulated', 'replayed')"
KEPT_TABLES = ("storm", "forecast", "forecast_point", "dispatch", "shelter_state")


class Storm(Base):
    """One storm; `code` is ours (BAO-2026-03), `number` that of the season in Biển Đông, `name` as bulletins say it."""

    __tablename__ = "storm"
    __table_args__ = (CheckConstraint(ORIGINS, name="origin"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    number: Mapped[int | None] = mapped_column(SmallInteger)
    origin: Mapped[str]
    opened_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    stored_by: Mapped[str]


class Forecast(Base):
    """One bulletin. `issued_at` is the hour it speaks from, `document` its number; `corrects` the row it replaces."""

    __tablename__ = "forecast"
    __table_args__ = (
        CheckConstraint(ORIGINS, name="origin"),
        Index("ix_forecast_storm_issued", "storm_id", "issued_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    storm_id: Mapped[int] = mapped_column(ForeignKey("storm.id"))
    bulletin: Mapped[str]
    issued_at: Mapped[datetime]
    source: Mapped[str]
    document: Mapped[str | None]
    origin: Mapped[str]
    form: Mapped[str]
    corrects: Mapped[int | None] = mapped_column(ForeignKey("forecast.id"), unique=True)
    reason: Mapped[str | None]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    stored_by: Mapped[str]


class ForecastPoint(Base):
    """The storm at one moment: degrees EPSG:4326, greatest wind in knots, and radii in nautical miles.

    `radii` says for each wind force (*cấp*) how far it blows to NE, SE, SW and NW: {"6": [150, 120, 90, 130]}. A force
    that is not there was not told; 0 was told as none. `said_in` is beaufort or knots, what the bulletin spoke in.
    """

    __tablename__ = "forecast_point"

    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecast.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    wind_kt: Mapped[float | None]
    radii: Mapped[dict[str, list[float]]] = mapped_column(JSONB)
    said_in: Mapped[str]


class Dispatch(Base):
    """A *công điện*: by when boats must be in. `areas` are codes of `sea_area`; empty: wherever the storm threatens."""

    __tablename__ = "dispatch"
    __table_args__ = (CheckConstraint(ORIGINS, name="origin"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    storm_id: Mapped[int] = mapped_column(ForeignKey("storm.id"), index=True)
    number: Mapped[str]
    issued_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    agency: Mapped[str]
    said: Mapped[str]
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    origin: Mapped[str]
    corrects: Mapped[int | None] = mapped_column(ForeignKey("dispatch.id"), unique=True)
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    stored_by: Mapped[str]


class ShelterState(Base):
    """What somebody reported of a port as a shelter (`port_code` of `fishing_port`): NULL is *chưa có số liệu*."""

    __tablename__ = "shelter_state"
    __table_args__ = (
        CheckConstraint(ORIGINS, name="origin"),
        CheckConstraint("capacity >= 0 AND occupied >= 0", name="counts"),
        Index("ix_shelter_state_port_reported", "port_code", "reported_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    port_code: Mapped[str]
    capacity: Mapped[int | None]
    occupied: Mapped[int | None]
    reported_at: Mapped[datetime]
    reported_by: Mapped[str]
    source: Mapped[str]
    origin: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    stored_by: Mapped[str]


class WindForce(Kept, Base):
    """One force of the Beaufort scale as used here: knots from `min_kt` to `max_kt`, None at the top."""

    __tablename__ = "wind_force"

    force: Mapped[int] = mapped_column(SmallInteger)
    min_kt: Mapped[float]
    max_kt: Mapped[float | None]
    source: Mapped[str]
    verified: Mapped[bool]


class SeaArea(Kept, Base):
    """A part of the sea by which reports count, drawn by us: `ring` of degrees; the lower `place` wins where two meet.

    `words` are what the books' *ngư trường* says of it, folded. Days are days in Việt Nam.
    """

    __tablename__ = "sea_area"

    place: Mapped[int] = mapped_column(SmallInteger)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    ring: Mapped[list[Any]] = mapped_column(JSONB)
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
