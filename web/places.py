"""What is told of facilities: lists to search and narrow, and one facility with everything said of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel
from sqlalchemy import RowMapping, select

from geo.clock import local_date
from geo.errors import NotFound
from layers.access.roles import Role
from layers.access.scope import Scope, scope
from layers.database import ReadConnection, read
from layers.features import (
    Wanted,
    choosable,
    conditions_of,
    count_statement,
    features_statement,
    values_statement,
)
from layers.registry import get_layer
from layers.sources.freshness import Origin, SourceInfo, Stale, freshness, read_sources
from layers.spec import Layer
from layers.units.models import Unit, UnitCell
from layers.units.read import columns as unit_columns
from layers.units.read import on_date, unit_statement
from web.state import State
from web.unit_cards import source_view
from web.views import PartView, SourceView, timed


class PlaceView(BaseModel):
    """One row of a layer: `values` by field, null where nobody said; `units` are those of today it stands in."""

    id: str
    values: dict[str, Any]
    geometry: dict[str, Any] | None
    time: datetime | None
    age_s: int | None
    source: SourceView | None
    origin: Origin
    stale: Stale


class PlaceCard(PlaceView):
    """One place with the units of today it stands in."""

    layer: str
    units: list[PartView]


class PlaceList(BaseModel):
    """Places found; `counts` say how many of those found have each value of a field with fixed values."""

    layer: str
    total: int
    counts: dict[str, dict[str, int]]
    places: list[PlaceView]


async def place_list(
    state: State, role: Role, name: str, wanted: tuple[Wanted, str], page: tuple[int, int]
) -> PlaceList:
    """The places of a layer that meet what is wanted (with a unit's code or ""); `page` is (limit, offset)."""
    layer, allowed = _seen(state, role, name)
    async with read(state.engine) as connection:
        asked = await _in_unit(connection, *wanted)
        conditions = conditions_of(layer, allowed, asked)
        now = state.clock()
        total = (await connection.execute(count_statement(layer, allowed, conditions), {"now": now})).scalar_one()
        statement = features_statement(layer, allowed, conditions).limit(page[0]).offset(page[1])
        rows = (await connection.execute(statement, {"now": now})).mappings().all()
        counts = {
            f.name: {
                str(r.value): r.rows
                for r in await connection.execute(values_statement(layer, allowed, f, conditions), {"now": now})
                if r.value is not None
            }
            for f in choosable(allowed)
        }
        sources = await read_sources(connection)
    places = [PlaceView(**_plain(allowed, row, sources, now)) for row in rows]
    return PlaceList(layer=layer.name, total=total, counts=counts, places=places)


async def place_card(state: State, role: Role, name: str, key: str) -> PlaceCard:
    """One place, or NotFound."""
    layer, allowed = _seen(state, role, name)
    now = state.clock()
    async with read(state.engine) as connection:
        statement = features_statement(layer, allowed, [_is(layer, key)]).limit(1)
        row = (await connection.execute(statement, {"now": now})).mappings().first()
        if row is None:
            raise NotFound(f"id={key[:40]!r}: no {name} has it; see /api/layers/{name}/features", field="id")
        sources = await read_sources(connection)
        units = await _units(connection, row["cell"], now)
    return PlaceCard(layer=layer.name, units=units, **_plain(allowed, row, sources, now))


def _seen(state: State, role: Role, name: str) -> tuple[Layer, Scope]:
    layer = get_layer(state.registry, name)
    return layer, scope(role, layer)


def _is(layer: Layer, key: str) -> Any:
    kind = layer.key.type.python_type
    if kind is int and not (key.isascii() and key.isdigit() and len(key) < 10):
        raise NotFound(f"id={key[:40]!r}: an id of {layer.name} is a whole number", field="id")
    return layer.key == kind(key)


async def _in_unit(connection: ReadConnection, wanted: Wanted, code: str) -> Wanted:
    if not code:
        return wanted
    unit = (await connection.execute(unit_statement(code, None))).first()
    if unit is None:
        raise NotFound(f"unit={code[:20]!r}: no unit has this code; see /api/units", field="unit")
    return Wanted(wanted.q, wanted.values, unit.key, wanted.box)


async def _units(connection: ReadConnection, cell: int | None, now: datetime) -> list[PartView]:
    if cell is None:
        return []
    here = select(UnitCell.unit_key).where(UnitCell.cell_id == cell)
    statement = select(*unit_columns()).where(Unit.key.in_(here), on_date(local_date(now)))
    rows = (await connection.execute(statement.order_by(Unit.level))).all()
    return [PartView(code=r.code, name=r.full_name) for r in rows]


def _plain(allowed: Scope, row: RowMapping, sources: Mapping[int, SourceInfo], now: datetime) -> dict[str, Any]:
    source = sources.get(row["sender"])
    age = None if row["moment"] is None else now - row["moment"]
    return {
        "id": str(row["key"]),
        "values": {f.name: row[f.name] for f in allowed.fields},
        "geometry": None if row["geojson"] is None else orjson.loads(row["geojson"]),
        "source": source_view(source),
        "origin": source.origin if source else "real",
        "stale": freshness(age, source.cadence if source else None),
        **timed(row["moment"], now),
    }
