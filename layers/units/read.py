"""Which units there are on a date, one unit by its code, and the units of a point."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from geo import crs
from geo.errors import BadInput
from layers.units.models import Cell, Unit, UnitCell

LEVELS = ("province", "district", "former_district", "commune")
STRUCTURES = {"2021": date(2021, 1, 1), "2025": date(2025, 7, 1)}

LABEL = (func.ST_X(Unit.label).label("lon"), func.ST_Y(Unit.label).label("lat"))


def on_date(at: date) -> Any:
    """The condition that a unit's vintage holds on a date (half-open)."""
    return and_(Unit.valid_from <= at, or_(Unit.valid_to.is_(None), Unit.valid_to > at))


def units_statement(level: str, at: date, province: str) -> Select[*tuple[Any, ...]]:
    """Units of a level valid on a date, in a province (`51`, `62` as of then, or `all`), by code."""
    if level not in LEVELS:
        raise BadInput(f"level={level!r}: use one of {', '.join(LEVELS)}", field="level")
    if province not in ("51", "62", "all"):
        raise BadInput(f"province={province!r}: use 51, 62 or all", field="province")
    statement = select(*columns()).where(Unit.level == level, on_date(at))
    if province != "all":
        statement = statement.where(Unit.province_code == province)
    return statement.order_by(Unit.code)


def unit_statement(code: str, at: date | None) -> Select[*tuple[Any, ...]]:
    """The vintages of a code, the one asked for first: on `at`, else the latest."""
    statement = select(*columns()).where(Unit.code == code)
    if at is not None:
        statement = statement.where(on_date(at))
    latest = func.coalesce(Unit.valid_to, date.max)
    return statement.order_by(latest.desc(), Unit.valid_from.desc()).limit(1)


def cells_of(unit: int) -> Select[int]:
    """The cells that make up a unit."""
    return select(UnitCell.cell_id).where(UnitCell.unit_key == unit)


def parts_statement(unit: int, level: str, at: date) -> Select[*tuple[Any, ...]]:
    """The communes of a date that lie in a unit, by name."""
    return (
        select(Unit.code, Unit.full_name.label("name"), Unit.name.label("short"))
        .join(UnitCell, UnitCell.unit_key == Unit.key)
        .where(Unit.level == level, on_date(at), UnitCell.cell_id.in_(cells_of(unit)))
        .distinct()
        .order_by(Unit.name)
    )


def locate_statement(lon: float, lat: float, at: date) -> Select[*tuple[Any, ...]]:
    """The unit of a point (EPSG:4326) at each level on a date; empty outside the province."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput("lon, lat: use degrees, -180 to 180 and -90 to 90", field="lon" if abs(lon) > 180 else "lat")
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), crs.STORED)
    here = select(Cell.id).where(func.ST_Covers(Cell.geom, point)).order_by(Cell.id).limit(1).scalar_subquery()
    return select(*columns()).join(UnitCell, UnitCell.unit_key == Unit.key).where(UnitCell.cell_id == here, on_date(at))


def columns() -> tuple[Any, ...]:
    """What a unit shows of itself."""
    member = aliased(UnitCell)
    has_ground = select(member.unit_key).where(member.unit_key == Unit.key).correlate(Unit).exists()
    plain = [c for c in Unit.__table__.columns if c.key != "label"]
    return (*plain, *LABEL, has_ground.label("shape"))
