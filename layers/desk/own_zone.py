"""Zones that officers draw for their own work (*vùng tự vẽ*): no law is made of them, and no legal zone is here."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, Boolean, Identity, Index, Select, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from geo import crs
from layers.base import Base
from layers.desk.version import Kept, seen_by

CAME_AS = ("drawn", "geojson", "kml", "coordinates")
COLORS = ("teal", "orange", "purple", "pink", "yellow")
"""Names of colours; each theme has its own shade of them, and a zone is never told by colour alone."""


class OwnZone(Kept, Base):
    """A zone in force [valid_from, valid_to), NULL without end; `warn`: passages of its border are written down.

    `geom` is EPSG:4326, its outlines do not cross themselves.
    """

    __tablename__ = "own_zone"

    purpose: Mapped[str | None]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    color: Mapped[str]
    warn: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    came_as: Mapped[str]
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=crs.STORED))


class OwnZonePassage(Base):
    """A boat that came into or left a zone somebody asked to be warned of; kept once, by the version in force then.

    `t` is the first position on the other side of the border, `before_t` the one before it (NULL: the first ever).
    """

    __tablename__ = "own_zone_passage"
    __table_args__ = (Index("uq_own_zone_passage", "zone_id", "vessel", "way", "t", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    zone_id: Mapped[int]
    zone_row_id: Mapped[int]
    vessel: Mapped[str]
    way: Mapped[str]
    t: Mapped[datetime]
    before_t: Mapped[datetime | None]
    lon_e7: Mapped[int]
    lat_e7: Mapped[int]
    origin: Mapped[str]
    found_at: Mapped[datetime]


TOLD = (
    OwnZone.id, OwnZone.row_id, OwnZone.name, OwnZone.purpose, OwnZone.owner, OwnZone.shared, OwnZone.valid_from,
    OwnZone.valid_to, OwnZone.color, OwnZone.warn, OwnZone.came_as, OwnZone.stored_by, OwnZone.stored_at,
)  # fmt: skip


def zones_statement(username: str | None) -> Select[*tuple[Any, ...]]:
    """The current zones somebody may see, with their outlines as GeoJSON, their own first."""
    outline = func.ST_AsGeoJSON(OwnZone.geom, 6).label("outline")
    mine = OwnZone.owner != (username or "")
    return select(*TOLD, outline).where(seen_by(OwnZone, username)).order_by(mine, func.lower(OwnZone.name), OwnZone.id)


def versions_statement(zone_id: int) -> Select[*tuple[Any, ...]]:
    """Every version of a zone, the newest first."""
    columns = (*TOLD, OwnZone.superseded_at, OwnZone.ended)
    return select(*columns).where(OwnZone.id == zone_id).order_by(OwnZone.row_id.desc())


def watched_statement(now: datetime) -> Select[*tuple[Any, ...]]:
    """The zones in force that somebody asked to be warned of, with their outlines as WKB."""
    z = OwnZone
    there = (z.superseded_at.is_(None), z.ended.is_(False), z.warn, z.valid_from <= now)
    rows = select(z.id, z.row_id, z.valid_from, func.ST_AsBinary(z.geom).label("outline"))
    return rows.where(*there, or_(z.valid_to.is_(None), z.valid_to > now)).order_by(z.id)
