"""Positions that people reported by radio or telephone while a device was silent: kept, asked for, questioned.

They are never the word of a device: no status, speed, distance or jump is made of them. What a centre's operator typed
into a VMS message (`position.flags` 512) is listed beside them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, exists, func, insert, select
from sqlalchemy.orm import aliased

from geo import crs
from layers.catalog.background import Background, BackgroundShape
from layers.catalog.fishing_port import FishingPort
from layers.spec import Text
from layers.vessels.models import Position, ReportedPosition
from layers.vessels.read import heard_on

CALLERS: Mapping[str, Text] = {
    "master": Text("thuyền trưởng", "master"),
    "owner": Text("chủ tàu", "owner"),
    "family": Text("gia đình", "family"),
    "coast_station": Text("Đài thông tin duyên hải", "coast radio station"),
    "other_boat": Text("tàu khác", "another boat"),
    "post": Text("Đồn/Trạm Kiểm soát Biên phòng", "border guard post"),
    "other": Text("người khác", "somebody else"),
}
"""Who may call."""
CHANNELS: Mapping[str, Text] = {
    "radio": Text("bộ đàm", "radio"),
    "phone": Text("điện thoại", "telephone"),
    "satellite_phone": Text("điện thoại vệ tinh", "satellite telephone"),
    "other": Text("cách khác", "another way"),
}
"""How the word came."""
DOUBTS: Mapping[str, Text] = {
    "outside": Text("ngoài Biển Đông", "outside Biển Đông"),
    "on_land": Text("trên đất liền hoặc đảo", "on land"),
    "too_far": Text("quá xa vị trí trước đó", "too far from the position before"),
}
"""What is asked before a report is kept; whoever takes it down decides."""
SEA = (105.0, 6.0, 118.0, 22.0)
"""Biển Đông, west, south, east, north: beyond it a place is asked about."""
QUESTIONED_KN = 40.0
"""Faster than any fishing boat: most likely a wrong digit."""
QUESTIONED_NM = 3.0
MOST = 500
TYPED = 512

_Correction = aliased(ReportedPosition)
CORRECTED_BY = select(_Correction.id).where(_Correction.corrects == ReportedPosition.id).scalar_subquery()


def reported_statement(vessel_id: int, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Reports of a boat, the newest moment first, each with the number of the row that corrected it."""
    row = ReportedPosition
    columns = [column for name, column in row.__table__.columns.items() if name not in ("t", "vessel_id")]
    return (
        select(*columns, row.t.label("told_t"), CORRECTED_BY.label("corrected_by"))
        .where(row.vessel_id == vessel_id, *conditions)
        .order_by(row.t.desc(), row.id.desc())
        .limit(MOST)
    )


def stands() -> ColumnElement[bool]:
    """Holds for a report that no later row has corrected."""
    return ~exists().where(_Correction.corrects == ReportedPosition.id)


def within(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Holds for reports about a moment in [since, until]."""
    return ReportedPosition.t >= since, ReportedPosition.t <= until


def typed_statement(vessel_id: int, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Positions typed at a centre of devices that sat on the boat, newest first."""
    return (
        select(Position.t.label("told_t"), Position.lon_e7, Position.lat_e7)
        .where(heard_on(vessel_id), Position.t >= since, Position.t <= until)
        .where(Position.flags.op("&")(TYPED) != 0, Position.lon_e7.is_not(None))
        .order_by(Position.t.desc())
        .limit(MOST)
    )


def keep_statement(values: Mapping[str, Any]) -> Insert:
    """A report as a new row; its number comes back."""
    return insert(ReportedPosition).values(**values).returning(ReportedPosition.id)


def same_statement(values: Mapping[str, Any]) -> Select[*tuple[Any, ...]]:
    """The report that says the very same, if it was taken down already (a button pressed twice)."""
    row = ReportedPosition
    names = ("vessel_id", "t", "lon_e7", "lat_e7", "caller_role", "channel", "taken_by")
    same = [getattr(row, name) == values[name] for name in names]
    corrects = values["corrects"]
    return (
        select(row.id).where(*same, row.corrects.is_(None) if corrects is None else row.corrects == corrects).limit(1)
    )


def on_land_statement(lon: float, lat: float) -> Select[*tuple[Any, ...]]:
    """Whether a place (EPSG:4326) is on land and in no port."""
    place = func.ST_SetSRID(func.ST_MakePoint(lon, lat), crs.STORED)
    shape, port = BackgroundShape, FishingPort
    land = (
        exists()
        .where(shape.background_key == Background.key, Background.kind == "land", shape.maxzoom >= 24)
        .where(func.ST_Covers(shape.geom, func.ST_Transform(place, crs.MAP)))
    )
    near = func.ST_DWithin(func.geography(port.geom), func.geography(place), port.radius_m)
    return select(land & ~exists().where(port.superseded_at.is_(None), near))


def before_statement(vessel_id: int, t: datetime, since: datetime) -> Select[*tuple[Any, ...]]:
    """The last place of the boat before a moment, heard or reported."""
    heard = select(Position.t.label("told_t"), Position.lon_e7, Position.lat_e7).where(
        heard_on(vessel_id), Position.t <= t
    )
    heard = heard.where(Position.t >= since, Position.lon_e7.is_not(None), Position.flags.op("&")(1) == 0)
    row = ReportedPosition
    told = select(row.t.label("told_t"), row.lon_e7, row.lat_e7).where(
        row.vessel_id == vessel_id, row.t <= t, row.t >= since, stands()
    )
    both = heard.union_all(told).subquery()
    return select(both).order_by(both.c.told_t.desc()).limit(1)


def one_statement(vessel_id: int, number: int) -> Select[*tuple[Any, ...]]:
    """The report of that number."""
    return reported_statement(vessel_id, ReportedPosition.id == number)


def correctable(vessel_id: int, number: int) -> Select[*tuple[Any, ...]]:
    """The report of that number, if it is this boat's and stands."""
    row = ReportedPosition
    return select(row.id).where(row.vessel_id == vessel_id, row.id == number, stands())


def sos_statement(vessel_id: int, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """When a device on the boat last called for help in a stretch of time."""
    asked = (heard_on(vessel_id), Position.t >= since, Position.t <= until, Position.flags.op("&")(128) != 0)
    return select(func.max(Position.t)).where(*asked)
