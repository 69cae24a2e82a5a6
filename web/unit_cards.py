"""What is said of a unit: the loop over the registry that makes a card, and one measure over all units."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from geo.clock import end_of_day, local_date
from geo.errors import BadInput, NotFound
from layers import aggregate
from layers.access.roles import Role
from layers.database import ReadConnection, read
from layers.sources.freshness import SourceInfo, freshness, least_real
from layers.spec import Layer
from layers.units.models import Unit
from layers.units.read import (
    STRUCTURES,
    locate_statement,
    on_date,
    parts_statement,
    unit_statement,
    units_statement,
)
from tiles.classes import breaks, classes
from web.state import State
from web.unit_outlines import read_outline
from web.views import (
    ClassView,
    MeasureHead,
    MeasureView,
    PartView,
    SourceView,
    Status,
    UnitCard,
    UnitList,
    UnitValue,
    UnitValues,
    UnitView,
    Words,
    timed,
)

UnitRow = Row[*tuple[Any, ...]]
"""A row of `layers.units.read`."""

LONG_AGO = date(1900, 1, 1)


async def unit_list(engine: AsyncEngine, level: str, at: date, province: str) -> UnitList:
    """The units of a level on a date."""
    async with read(engine) as connection:
        rows = (await connection.execute(units_statement(level, at, province))).all()
        outline = await read_outline(connection)
    return UnitList(at=at, level=level, outline=outline, units=[unit_view(row) for row in rows])


async def units_of_point(engine: AsyncEngine, point: tuple[float, float], at: date) -> list[UnitView]:
    """The unit of a point (lon, lat in degrees) at each level."""
    async with read(engine) as connection:
        rows = (await connection.execute(locate_statement(*point, at))).all()
    return [unit_view(row) for row in rows]


async def card(state: State, role: Role, code: str, at: date | None, structure: str | None) -> UnitCard:
    """One unit's card, every number with its unit, time, source, age and origin."""
    vintage = structure_date(structure) if structure is not None else at
    async with read(state.engine) as connection:
        row = (await connection.execute(unit_statement(code, vintage))).first()
        if row is None:
            when = f" on {vintage}" if vintage else ""
            raise NotFound(f"code={code!r}: no unit has this code{when}; see /api/units", field="code")
        today = local_date(state.clock())
        parts = (
            []
            if row.level == "commune"
            else (await connection.execute(parts_statement(row.key, "commune", today))).all()
        )
        layers = aggregate.readable(list(state.registry.values()), role)
        until = end_of_day(at) if at is not None and at < today else None
        sums = await _sums_of(connection, layers, row, (state.clock(), until))
    return UnitCard(
        unit=unit_view(row),
        vintage=_vintage(row),
        values_at=until,
        parts=[PartView(code=p.code, name=p.name) for p in parts],
        measures=[measure_view(found, state.clock()) for found in sums],
    )


def structure_date(structure: str) -> date:
    """A day on which a structure was in force."""
    if structure not in STRUCTURES:
        raise BadInput(f"structure={structure!r}: use one of {', '.join(STRUCTURES)}", field="structure")
    return STRUCTURES[structure]


def _levels_of(structure: str) -> str:
    return "district, commune or province" if structure == "2021" else "commune, former_district or province"


async def _sums_of(
    connection: ReadConnection, layers: list[Layer], row: Any, moments: tuple[datetime, datetime | None]
) -> list[aggregate.Sum]:
    """The sums of a unit now, or as they were at a past moment."""
    now, until = moments
    if until is None:
        return await aggregate.read_unit(connection, layers, row.key, now, row.shape)
    return await aggregate.read_unit_then(connection, layers, row.key, (now, until), row.shape)


async def unit_values(state: State, role: Role, name: str, units_of: tuple[str, str]) -> UnitValues:
    """Today's values of one measure over the units of (level, structure)."""
    readable = aggregate.readable(list(state.registry.values()), role)
    layer, measure = aggregate.find_measure(readable, name)
    level, structure = units_of
    now, vintage = state.clock(), structure_date(structure)
    units = select(Unit.key, Unit.code).where(Unit.level == level, on_date(vintage)).order_by(Unit.code)
    async with read(state.engine) as connection:
        codes = {row.key: row.code for row in await connection.execute(units)}
        if not codes:
            raise BadInput(f"level={level!r}: no such level in {structure}; use {_levels_of(structure)}", field="level")
        sums = await aggregate.read_units(connection, layer, list(codes), now)
    chosen = {key: next(s for s in found if s.measure is measure) for key, found in sums.items()}
    values = [UnitValue(key=k, code=codes[k], value=s.value, status=_status(s)) for k, s in chosen.items()]
    last = max((s.t for s in chosen.values() if s.t is not None), default=None)
    source = least_real((s.source for s in chosen.values() if s.source is not None), (), "")
    known = [v.value for v in values if v.value is not None]
    age = None if last is None else now - last
    return UnitValues(
        measure=MeasureHead(
            layer=layer.name,
            name=measure.name,
            title=Words.of(measure.title),
            unit=Words.of(measure.unit),
            digits=measure.digits,
        ),
        level=level,
        structure=structure,
        values=values,
        breaks=breaks(known),
        classes=[ClassView(**vars(each)) for each in classes(known)],
        total=aggregate.total(chosen.values()),
        origin=source.origin if source else "real",
        source=source_view(source),
        stale=freshness(age, source.cadence if source else None),
        **timed(last, now),
    )


def measure_view(found: aggregate.Sum, now: datetime) -> MeasureView:
    """One sum as the card shows it."""
    source = found.source
    return MeasureView(
        layer=found.layer.name,
        layer_title=Words.of(found.layer.title),
        name=found.measure.name,
        title=Words.of(found.measure.title),
        value=found.value,
        unit=Words.of(found.measure.unit),
        digits=found.measure.digits,
        source=source_view(source),
        origin=source.origin if source else "real",
        status=_status(found),
        coverage=f"{found.known}/{found.rows}" if found.is_partial else None,
        stale=freshness(None if found.t is None else now - found.t, source.cadence if source else None),
        **timed(found.t, now),
    )


def _status(found: aggregate.Sum) -> Status:
    if found.value is None:
        return "none"
    if found.is_partial:
        return "partial"
    return "estimate" if found.split else "official"


def source_view(source: SourceInfo | None) -> SourceView | None:
    """A source as the API writes it."""
    return None if source is None else SourceView(code=source.code, title=Words(**source.title))


def unit_view(row: Row[*tuple[Any, ...]]) -> UnitView:
    """A row of `layers.units.read` as the API writes it."""
    label = None if row.lon is None else (round(row.lon, 5), round(row.lat, 5))
    note = None if row.note_vi is None else Words(vi=row.note_vi, en=row.note_en or row.note_vi)
    return UnitView(
        key=row.key,
        code=row.code,
        name=row.name,
        full_name=row.full_name,
        type=row.type,
        level=row.level,
        valid_from=None if row.valid_from == LONG_AGO else row.valid_from,
        valid_to=row.valid_to,
        parent=row.parent_code,
        province=row.province_code,
        successors=(row.successor_codes or "").replace(";", " ").split(),
        label=label,
        shape=row.shape,
        note=note,
    )


def _vintage(row: Row[*tuple[Any, ...]]) -> Words:
    """Which vintage a card speaks of, in words."""
    if row.level == "former_district":
        return Words(
            vi="Địa bàn huyện cũ (đến 30/6/2025): số liệu hôm nay gộp từ các xã hiện hành",
            en="Former district (until 30 June 2025): today's figures added up from its communes",
        )
    if row.valid_to is None:
        since = row.valid_from.strftime("%d/%m/%Y")
        return Words(vi=f"Đơn vị hiện hành, từ {since}", en=f"In force since {row.valid_from.isoformat()}")
    until = row.valid_to.strftime("%d/%m/%Y")
    return Words(vi=f"Đơn vị cũ, đến trước {until}", en=f"Former unit, until {row.valid_to.isoformat()}")
