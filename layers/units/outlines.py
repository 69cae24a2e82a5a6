"""Whose outlines the units have: our own generalisation, or official ones an owner put in their place.

The official outlines are kept as they were given, so that a new version of ours never loses them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
import shapely
from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Select, select
from sqlalchemy.orm import Mapped, mapped_column

from geo import crs
from layers.base import Base
from layers.spec import Text
from layers.units.shapes import many, stored_wkb

GROUND_LOCK = 7_105_101
"""Whoever places facts holds it shared; whoever moves the borders holds it alone."""


class OutlineSource(Base):
    """Who drew the outlines of a level, of which day; no row means that they are our own."""

    __tablename__ = "outline_source"

    level: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    as_of: Mapped[date]
    file_name: Mapped[str]
    sha256: Mapped[bytes]
    replaced_at: Mapped[datetime]


class OfficialOutline(Base):
    """One official outline as given, EPSG:4326."""

    __tablename__ = "official_outline"

    level: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=crs.STORED, spatial_index=False))


@dataclass(frozen=True)
class Drawn:
    """Official outlines about to be put in place: by code, with who drew them and when."""

    level: str
    title: str
    as_of: date
    file_name: str
    sha256: bytes
    polygons: dict[str, Any]


def source_statement() -> Select[*tuple[Any, ...]]:
    """The official sources in force, by level; none when all outlines are ours."""
    return select(OutlineSource.level, OutlineSource.title, OutlineSource.as_of, OutlineSource.replaced_at)


def outline_words(source: Any | None) -> Text:
    """Whose outlines are in force, as pages and documents say it: a row of `source_statement`, or None for our own."""
    if source is None:
        return Text(
            "Ranh giới: bản tự khái quát, không dùng cho mục đích pháp lý",
            "Outlines: our own generalisation, not for legal purposes",
        )
    whose = f"{source.title}, {source.as_of:%d/%m/%Y}"
    return Text(f"Ranh giới: bản chính thức, {whose}", f"Outlines: official, {whose}")


def describe(connection: psycopg.Connection) -> str:
    """Whose outlines are in force, in words for the terminal."""
    rows = connection.execute("SELECT level, title, as_of, file_name, replaced_at FROM outline_source").fetchall()
    said = [
        f"{level}: bản chính thức · official: {title}, {as_of:%d/%m/%Y} ({file}, {at:%d/%m/%Y %H:%M} UTC)"
        for level, title, as_of, file, at in rows
    ]
    return "\n".join(said) or "bản tự khái quát · our own generalisation"


def keep(connection: psycopg.Connection, drawn: Drawn, now: datetime) -> None:
    """Store official outlines in the place of those of the level before."""
    forget(connection, drawn.level)
    connection.execute(
        "INSERT INTO outline_source (level, title, as_of, file_name, sha256, replaced_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (drawn.level, drawn.title, drawn.as_of, drawn.file_name, drawn.sha256, now),
    )
    rows = [(drawn.level, code, stored_wkb(many(polygon))) for code, polygon in drawn.polygons.items()]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO official_outline (level, code, geom) VALUES (%s, %s, %s)", rows)


def forget(connection: psycopg.Connection, level: str) -> bool:
    """Let our own outlines be in force again; whether there were others."""
    connection.execute("DELETE FROM official_outline WHERE level = %s", (level,))
    return connection.execute("DELETE FROM outline_source WHERE level = %s", (level,)).rowcount > 0


def kept(connection: psycopg.Connection, level: str) -> dict[str, Any]:
    """The official outlines of a level by code; empty when ours are in force."""
    rows = connection.execute("SELECT code, ST_AsBinary(geom) FROM official_outline WHERE level = %s", (level,))
    return {code: shapely.from_wkb(bytes(geom)) for code, geom in rows}


def hold_borders(connection: psycopg.Connection) -> None:
    """Until the transaction ends, no border moves (many may hold this)."""
    connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", (GROUND_LOCK,))


def move_borders(connection: psycopg.Connection) -> None:
    """Until the transaction ends, nobody else places a fact or moves a border."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (GROUND_LOCK,))
