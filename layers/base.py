"""The declarative base and the columns every fact shares."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Identity, MetaData, SmallInteger, func
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from geo import crs

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """One metadata, one naming convention."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


class Fact:
    """A versioned fact: a correction is a new row with the same `id`; the former row gets `superseded_at`.

    `t` is when it was true, `heard_at` when its sender said so, `stored_at` when we stored it (all UTC).
    `code` is the sender's key; `id` is ours and stays through corrections.
    """

    row_id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[int] = mapped_column(index=True)
    code: Mapped[str]
    content_hash: Mapped[int] = mapped_column(BigInteger)
    source_id: Mapped[int] = mapped_column(SmallInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    t: Mapped[datetime]
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]
    cell_id: Mapped[int | None] = mapped_column(index=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """One current row per sender and code."""
        return current_once(cls)


class PointFact(Fact):
    """A fact that stands at one place; `geom` is EPSG:4326, `precision_m` says how well it is known."""

    precision_m: Mapped[int | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=crs.STORED))


class AreaFact(Fact):
    """A fact that covers ground or sea; `geom` is EPSG:4326, its outlines do not cross themselves."""

    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=crs.STORED))


class LineFact(Fact):
    """A fact that runs along a line; `geom` is EPSG:4326."""

    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTILINESTRING", srid=crs.STORED))


def current_once(cls: Any) -> tuple[Any, ...]:
    """The partial unique index that allows one current row per (source, code)."""
    from sqlalchemy import Index, text

    name = f"uq_{cls.__tablename__}_current"
    return (Index(name, "source_id", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),)
