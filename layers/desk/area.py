"""Which boats are in an area, now or at a moment: by their last reported place, as the lists and the map tell it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from geo import crs
from layers.desk.groups import BoatGroupMember
from layers.sources.models import Source
from layers.vessels.read import Boat
from layers.vessels.registry import Vessel
from layers.vessels.status import age_s, status_of


def inside(boat: Boat, outline: str) -> ColumnElement[bool]:
    """Holds for boats whose place is in an outline (WKT, EPSG:4326); on its border is inside."""
    area = func.ST_GeomFromText(outline, crs.STORED)
    return func.ST_Intersects(boat.geom, area)


def in_group(boat: Boat, group_id: int) -> ColumnElement[bool]:
    """Holds for the boats of a group."""
    m = BoatGroupMember
    return boat.id.in_(select(m.vessel).where(m.group_id == group_id, m.removed_at.is_(None)))


def boats_statement(boat: Boat, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Boats with status, age and what the register says of them (length, crew), by number."""
    register = (Vessel.length_m, Vessel.gear, Vessel.crew, Vessel.home_port, Vessel.official)
    columns = (boat.id, boat.label, boat.name, boat.t, boat.lon_e7, boat.lat_e7, boat.sog_dkn, boat.cog_ddeg, boat.kind)
    told = select(*columns, status_of(boat).label("status"), age_s(boat).label("age_s"), Source.origin, *register)
    told = told.join(Source, Source.id == boat.source_id)
    told = told.outerjoin(Vessel, (Vessel.id == boat.vessel_id) & Vessel.leads)
    return told.where(*conditions).order_by(boat.label, boat.id)
