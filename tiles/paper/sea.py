"""What a map of the sea on paper shows beside its subject: land, islands by name, zones, ports, lines for officers."""

import json
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Connection, Integer, Select, cast, func, literal, select

from geo import crs
from layers.access.roles import Role
from layers.access.scope import scope
from layers.catalog import boundary
from layers.catalog.background import Background, BackgroundShape
from layers.catalog.boundary import Boundary
from layers.catalog.fishing_port import FishingPort
from layers.catalog.zone import Zone
from layers.units.models import Unit, UnitShape

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
Shape = dict[str, Any]
DETAIL_ZOOM = 10
COUNTRY_ZOOM = 5
POLYGONS, LINES = 3, 2
BELTS = ("belt_coastal", "belt_inshore", "belt_offshore")


@dataclass(frozen=True)
class Sea:
    """GeoJSON geometries in EPSG:4326, cut to a box; `country` is for the inset (kind, outline).

    `zones` are (name, kind, verified, outline); `boundaries` (name, line) are empty for who may not see them; `ports`
    (name, longitude, latitude).
    """

    land: list[Shape]
    province: list[Shape]
    islands: list[Shape]
    zones: list[tuple[str, str, bool, Shape]]
    boundaries: list[tuple[str, Shape]]
    ports: list[tuple[str, float, float]]
    country: list[tuple[str, Shape]]


def read_sea(connection: Connection, box: Box, role: Role) -> Sea:
    """What lies in a box, as far as the role may see it."""
    zones = connection.execute(_zones(box)).all()
    lines = connection.execute(_lines(box)).all() if scope(role, boundary.LAYER).mode == "exact" else []
    ports = connection.execute(_ports(box)).all()
    return Sea(
        land=_shapes(connection, _background(box, "land")),
        province=_shapes(connection, _province(box)),
        islands=_shapes(connection, _background(box, "archipelago")),
        zones=[(row.name, row.kind, row.verified, json.loads(row.geojson)) for row in zones],
        boundaries=[(row.name, json.loads(row.geojson)) for row in lines],
        ports=[(row.name, row.lon, row.lat) for row in ports],
        country=[(row.kind, json.loads(row.geojson)) for row in connection.execute(_country())],
    )


def _shapes(connection: Connection, statement: Select[Any]) -> list[Shape]:
    return [json.loads(row.geojson) for row in connection.execute(statement)]


def _envelope(box: Box, srid: int) -> Any:
    return func.ST_Transform(func.ST_MakeEnvelope(*box, crs.STORED), literal(srid, Integer))


def _background(box: Box, kind: str) -> Select[Any]:
    around = _envelope(box, crs.MAP)
    cut = func.ST_CollectionExtract(func.ST_Intersection(BackgroundShape.geom, around), POLYGONS)
    near = BackgroundShape.geom.op("&&")(cast(around, Geometry(srid=crs.MAP)))
    rows = select(_outline(cut).label("geojson")).join(Background, BackgroundShape.background_key == Background.key)
    return rows.where(Background.kind == kind, *_for_zoom(DETAIL_ZOOM), near).order_by(Background.key)


def _province(box: Box) -> Select[Any]:
    """The province by its former districts: Lý Sơn is too small for the outlines of the land."""
    around = _envelope(box, crs.MAP)
    cut = func.ST_CollectionExtract(func.ST_Intersection(UnitShape.geom, around), POLYGONS)
    rows = select(_outline(cut).label("geojson")).join(Unit, Unit.key == UnitShape.unit_key)
    today = (Unit.level == "former_district", Unit.valid_to.is_(None))
    near = UnitShape.geom.op("&&")(cast(around, Geometry(srid=crs.MAP)))
    zooms = (UnitShape.minzoom <= DETAIL_ZOOM, UnitShape.maxzoom >= DETAIL_ZOOM)
    return rows.where(*today, *zooms, near).order_by(Unit.key)


def _zones(box: Box) -> Select[Any]:
    around = _envelope(box, crs.STORED)
    cut = func.ST_CollectionExtract(func.ST_Intersection(Zone.geom, around), POLYGONS)
    columns = (Zone.name, Zone.kind, Zone.verified, func.ST_AsGeoJSON(cut, 4).label("geojson"))
    current = (Zone.superseded_at.is_(None), Zone.kind.in_(BELTS), func.ST_Intersects(Zone.geom, around))
    return select(*columns).where(*current).order_by(Zone.kind, Zone.id)


def _lines(box: Box) -> Select[Any]:
    around = _envelope(box, crs.STORED)
    cut = func.ST_CollectionExtract(func.ST_Intersection(Boundary.geom, around), LINES)
    columns = (Boundary.name, func.ST_AsGeoJSON(cut, 4).label("geojson"))
    current = (Boundary.superseded_at.is_(None), func.ST_Intersects(Boundary.geom, around))
    return select(*columns).where(*current).order_by(Boundary.id)


def _ports(box: Box) -> Select[Any]:
    port, around = FishingPort, _envelope(box, crs.STORED)
    columns = (port.name, func.ST_X(port.geom).label("lon"), func.ST_Y(port.geom).label("lat"))
    inside = func.ST_Intersects(port.geom, around)
    return select(*columns).where(port.superseded_at.is_(None), inside).order_by(port.id)


def _country() -> Select[Any]:
    outline = func.ST_AsGeoJSON(func.ST_Transform(BackgroundShape.geom, literal(crs.STORED, Integer)), 2)
    rows = select(Background.kind, outline.label("geojson"))
    rows = rows.join(BackgroundShape, BackgroundShape.background_key == Background.key)
    kinds = Background.kind.in_(("archipelago", "province"))
    return rows.where(*_for_zoom(COUNTRY_ZOOM), kinds).order_by(Background.key)


def _for_zoom(zoom: int) -> tuple[Any, Any]:
    return BackgroundShape.minzoom <= zoom, BackgroundShape.maxzoom >= zoom


def _outline(geometry: Any) -> Any:
    return func.ST_AsGeoJSON(func.ST_Transform(geometry, literal(crs.STORED, Integer)), 4)
