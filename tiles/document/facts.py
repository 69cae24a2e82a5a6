"""What a document tells of a unit, read once: its parts with one measure, its sums, its facilities, a track."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry as Stored
from sqlalchemy import Integer, RowMapping, Select, cast, func, literal, select

from geo import crs
from geo.clock import local_date
from geo.errors import BadInput, NotFound
from layers import aggregate
from layers.access.roles import Role
from layers.access.scope import scope
from layers.aggregate import Sum
from layers.catalog.background import Background, BackgroundShape
from layers.database import ReadConnection
from layers.features import features_statement, in_cells
from layers.registry import Registry
from layers.sources.freshness import Origin, SourceInfo, mark, read_sources
from layers.spec import Layer, Measure, Text
from layers.units.models import Cell, Unit, UnitCell, UnitShape
from layers.units.outlines import outline_words, source_statement
from layers.units.read import LABEL, cells_of, on_date, unit_statement
from tiles.document.track import read_track

DETAIL_ZOOM = 12
COUNTRY_ZOOM = 5
POLYGONS = 3  # what ST_CollectionExtract calls them
MOST_FEATURES = 3000
PART_LEVEL = {"province": "former_district"}
"""What a unit is divided into; everything below a province is divided into communes."""

Geometry = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One piece of the choropleth; `geometry` is GeoJSON, `label` (lon, lat) where its name belongs.

    `figure` is its value of the measure asked for.
    """

    code: str
    name: str
    short: str
    label: tuple[float, float] | None
    geometry: Geometry
    figure: Sum


@dataclass(frozen=True)
class Shown:
    """A layer's rows in the unit, each with its fields and `geometry` (GeoJSON); `left_out` counts those beyond."""

    layer: Layer
    rows: list[dict[str, Any]]
    left_out: int


@dataclass(frozen=True)
class Facts:
    """Everything a document tells. `at` is when it was read (UTC)."""

    unit: RowMapping
    parts: list[Part]
    sums: list[Sum]
    shown: list[Shown]
    land: list[Geometry]
    country: list[tuple[str, Geometry]]
    sources: dict[int, SourceInfo]
    role: Role
    at: datetime
    outlines: Text
    tracks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def origin(self) -> Origin:
        """What the whole document must be marked."""
        told = {s.source.origin for s in [*self.sums, *(p.figure for p in self.parts)] if s.source is not None}
        sent = {self.sources[row["sender"]].origin for s in self.shown for row in s.rows if row["sender"]}
        return mark(told | sent | {t["origin"] for t in self.tracks})


async def read_facts(
    connection: ReadConnection, registry: Registry, role: Role, asked: tuple[str, str], at: datetime
) -> Facts:
    """What `role` may be told of a unit; `asked` is (unit code, measure as `layer.name`).

    Errors: NotFound for a code no unit has, BadInput for a measure that does not exist or a unit without ground.
    """
    code, measure = asked
    unit = (await connection.execute(unit_statement(code, None))).mappings().first()
    if unit is None:
        raise NotFound(f"unit={code!r}: no unit has this code; see /api/units", field="unit")
    if not unit["shape"]:
        raise BadInput(f"unit={code!r}: it has figures but no outline; choose one that succeeded it", field="unit")
    layers = aggregate.readable(list(registry.values()), role)
    return Facts(
        unit=unit,
        parts=await _parts(connection, unit, aggregate.find_measure(layers, measure), at),
        sums=await aggregate.read_unit(connection, layers, unit["key"], at),
        shown=await _shown(connection, registry, (role, unit["key"]), at),
        land=[json.loads(r.geojson) for r in await connection.execute(_land(unit["key"]))],
        country=[(r.kind, json.loads(r.geojson)) for r in await connection.execute(_country())],
        sources=await read_sources(connection),
        role=role,
        at=at,
        outlines=outline_words((await connection.execute(source_statement())).first()),
        tracks=await read_track(connection, registry["vessel_track"], role, unit["key"]),
    )


async def _parts(connection: ReadConnection, unit: RowMapping, told: tuple[Layer, Measure], at: datetime) -> list[Part]:
    layer, measure = told
    rows = (await connection.execute(_parts_statement(unit, at))).all()
    sums = await aggregate.read_units(connection, layer, [r.key for r in rows], at)
    figures = {key: next(s for s in found if s.measure is measure) for key, found in sums.items()}
    return [Part(r.code, r.name, r.short, _label(r), json.loads(r.geojson), figures[r.key]) for r in rows]


def _label(row: Any) -> tuple[float, float] | None:
    return None if row.lon is None else (round(row.lon, 4), round(row.lat, 4))


def _parts_statement(unit: RowMapping, at: datetime) -> Select[*tuple[Any, ...]]:
    """The units of today that lie in a unit, with outlines fit for a page."""
    members = select(UnitCell.unit_key).where(UnitCell.cell_id.in_(cells_of(unit["key"])))
    today = on_date(local_date(at))
    outline = _outline(UnitShape.geom).label("geojson")
    return (
        select(Unit.key, Unit.code, Unit.full_name.label("name"), Unit.name.label("short"), *LABEL, outline)
        .join(UnitShape, UnitShape.unit_key == Unit.key)
        .where(*_for_zoom(UnitShape, DETAIL_ZOOM))
        .where(Unit.level == PART_LEVEL.get(unit["level"], "commune"), today, Unit.key.in_(members))
        .order_by(Unit.name)
    )


async def _shown(connection: ReadConnection, registry: Registry, asked: tuple[Role, int], at: datetime) -> list[Shown]:
    """The facilities of the unit: every layer of points that stand in a cell and that the role sees one by one."""
    role, unit = asked
    found = []
    for layer in registry.values():
        allowed = scope(role, layer)
        if layer.style.shape != "circle" or layer.cell is None or allowed.mode != "exact":
            continue
        rows = (
            await connection.execute(features_statement(layer, allowed, [in_cells(layer, cells_of(unit))]))
        ).mappings()
        told = [dict(row) | {"geometry": json.loads(row["geojson"])} for row in rows if row["geojson"]]
        found.append(Shown(layer, told[:MOST_FEATURES], max(0, len(told) - MOST_FEATURES)))
    return found


def _land(unit: int) -> Select[*tuple[Any, ...]]:
    """The land around a unit, cut to twice its extent: beyond the border is land, not sea."""
    extent = func.ST_Extent(func.ST_Transform(Cell.geom, literal(crs.MAP, Integer)))
    mine = select(extent).join(UnitCell, UnitCell.cell_id == Cell.id).where(UnitCell.unit_key == unit)
    box = mine.scalar_subquery()
    size = func.greatest(func.ST_XMax(box) - func.ST_XMin(box), func.ST_YMax(box) - func.ST_YMin(box))
    around = func.ST_SetSRID(cast(func.ST_Expand(box, size), Stored), crs.MAP)
    cut = func.ST_CollectionExtract(func.ST_Intersection(BackgroundShape.geom, around), POLYGONS)
    rows = select(_outline(cut).label("geojson")).join(Background, BackgroundShape.background_key == Background.key)
    near = BackgroundShape.geom.op("&&")(around)
    return rows.where(Background.kind == "land", *_for_zoom(BackgroundShape, DETAIL_ZOOM), near)


def _country() -> Select[*tuple[Any, ...]]:
    """The outlines every document carries in its inset: the provinces and the archipelagos."""
    shape = select(Background.kind, Background.name, _outline(BackgroundShape.geom, 2).label("geojson"))
    joined = shape.join(BackgroundShape, BackgroundShape.background_key == Background.key)
    return joined.where(
        *_for_zoom(BackgroundShape, COUNTRY_ZOOM), Background.kind.in_(("archipelago", "province"))
    ).order_by(Background.key)


def _for_zoom(shape: Any, zoom: int) -> tuple[Any, Any]:
    """The conditions that give the outlines generalised for a zoom."""
    return shape.minzoom <= zoom, shape.maxzoom >= zoom


def _outline(geometry: Any, digits: int = 4) -> Any:
    """A stored outline as GeoJSON text in degrees."""
    return func.ST_AsGeoJSON(func.ST_Transform(geometry, literal(crs.STORED, Integer)), cast(digits, Integer))
