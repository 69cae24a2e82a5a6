"""Tracks kept ready to be drawn, and the slip by which a writer says what it has touched.

Whoever stores positions leaves one slip per batch (`track_touch`) in its own transaction; `layers.vessels.keep_tracks`
takes the slips later, outside it, and makes the pieces anew. Nothing here is a source of truth: positions are.
"""

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, Identity, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from geo import crs
from layers.base import Base

EVERY_HOUR = 0
"""The Unix hour that stands for all: touched when devices change boats."""


class VesselTrack(Base):
    """A piece of a boat's track within one UTC hour, or a gap that ended in it. Lines are EPSG:4326."""

    __tablename__ = "vessel_track"
    __table_args__ = (
        Index("ix_vessel_track_geom", "geom", postgresql_using="gist"),
        Index("ix_vessel_track_boat_hour", "boat", "hour"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    boat: Mapped[int]
    vessel: Mapped[str]
    hour: Mapped[int]
    kind: Mapped[str]
    t_from: Mapped[datetime]
    t_to: Mapped[datetime]
    duration_s: Mapped[int]
    points: Mapped[int]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    geom: Mapped[WKBElement] = mapped_column(Geometry("LINESTRING", srid=crs.STORED, spatial_index=False))


class TrackTouch(Base):
    """What one batch touched: each transmitter with its first Unix hour, and how many positions each hour got."""

    __tablename__ = "track_touch"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    transmitters: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    first_hours: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    hours: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class TrackHour(Base):
    """How often the history of one Unix hour has changed, and about how many positions it holds."""

    __tablename__ = "track_hour"

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[int] = mapped_column(BigInteger)
