"""Units, cells, their grouping and their shapes.

A cell is one commune of 2025 within one former district: 97 of them. Facts store the cell, so any
structure (province, district of 2021, former district, commune of 2025) is a GROUP BY.
"""

from datetime import date

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geo import crs
from layers.base import Base


class Unit(Base):
    """One unit in one vintage, [valid_from, valid_to). `key` is ours, one per (code, valid_from).

    `valid_from` of 1900-01-01 means "earlier than our tables know". `label` is EPSG:4326.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("level", "code", "valid_from"),)

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(index=True)
    level: Mapped[str]
    name: Mapped[str]
    full_name: Mapped[str]
    type: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    parent_code: Mapped[str | None]
    province_code: Mapped[str]
    successor_codes: Mapped[str | None]
    note_vi: Mapped[str | None]
    note_en: Mapped[str | None]
    label: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=crs.STORED, spatial_index=False))


class Cell(Base):
    """The smallest ground we sum over; figures are those of its commune, NULL where not published."""

    __tablename__ = "cell"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    commune_code: Mapped[str] = mapped_column(index=True)
    district_code: Mapped[str]
    area_km2: Mapped[float | None]
    population: Mapped[int | None]
    split: Mapped[bool]
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=crs.STORED))


class UnitCell(Base):
    """Which cells make up a unit. A unit with no rows here has figures only, no ground."""

    __tablename__ = "unit_cell"

    unit_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cell_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


class UnitShape(Base):
    """A unit's outline for zooms minzoom…maxzoom, in Web Mercator, generalised as one coverage."""

    __tablename__ = "unit_shape"

    unit_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minzoom: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    maxzoom: Mapped[int]
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=crs.MAP))
