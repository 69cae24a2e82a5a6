"""Officers' own zones: drawn or imported, changed by new versions, and who is in them."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import shapely
from geoalchemy2 import WKTElement
from sqlalchemy import Connection, Row, func, insert, select, text, update

from geo import crs
from geo.errors import BadInput, NotAllowed, NotFound
from geo.measure import area_m2
from geo.outline_text import outline_of, read_outline
from layers.access.accounts import Who
from layers.database import ReadConnection, read, write_async
from layers.desk.area import inside
from layers.desk.own_zone import OwnZone, OwnZonePassage, versions_statement, zones_statement
from layers.desk.passage_keeper import read_passages
from web.desk_boats import read_boats
from web.desk_groups import Hand, tick
from web.desk_views import NewZone, PassageView, ZoneChange, ZoneNow, ZoneVersion, ZoneView
from web.state import State

LONGEST_H = 72.0
TOLD = ("name", "purpose", "shared", "valid_from", "valid_to", "color", "warn", "came_as", "owner")


def zone_view(row: Row[Any], username: str | None, now: datetime) -> ZoneView:
    """A zone as its reader sees it."""
    mine, outline = row.owner == username, json.loads(row.outline)
    told = {name: getattr(row, name) for name in (*TOLD, "id", "stored_by", "stored_at")}
    return ZoneView(
        **told,
        version=row.row_id,
        mine=mine,
        may_change=mine or (row.shared and username is not None),
        in_force=row.valid_from <= now and (row.valid_to is None or now < row.valid_to),
        outline=outline,
        area_km2=round(_area_km2(shapely.geometry.shape(outline)), 2),
    )


def _area_km2(outline: Any) -> float:
    """On the ellipsoid; holes are taken out."""
    rings = [(part.exterior, part.interiors) for part in outline.geoms]
    whole = sum(area_m2(*outer.xy) - sum(area_m2(*hole.xy) for hole in holes) for outer, holes in rings)
    return whole / 1e6


def seen_zone(connection: Connection, zone_id: int, username: str | None) -> Row[Any]:
    """The zone, when it is there and this person may see it; NotFound otherwise."""
    row = connection.execute(zones_statement(username).where(OwnZone.id == zone_id)).first()
    if row is None:
        raise NotFound(f"zone={zone_id}: no such zone among yours and the shared ones; see /api/own-zones", field="id")
    return row


async def make_zone(state: State, who: Who, given: NewZone) -> ZoneView:
    """Keep a new zone."""
    hand, outline = Hand(who, state.clock()), _outline(given)
    if outline is None:
        raise BadInput("ring, text: draw the zone or send its outline", field="ring", title="Chưa có đường bao")
    same = {name: getattr(given, name) for name in ("purpose", "shared", "valid_to", "color", "warn")}
    start = given.valid_from or hand.now
    came_as = "drawn" if given.ring is not None else given.form
    row = same | {"name": given.name, "valid_from": start, "came_as": came_as, "owner": who.username}
    async with write_async(state.engine) as connection:
        made = await connection.run_sync(_store, hand, row | {"geom": outline})
    assert made is not None  # only the last word of a zone has nothing to show
    return made


async def change_zone(state: State, who: Who, zone_id: int, given: ZoneChange) -> ZoneView | None:
    """A new version; None when it was the last word. NotAllowed for somebody else's, BadInput for an old reading."""
    hand, outline = Hand(who, state.clock()), _outline(given)
    async with write_async(state.engine) as connection:
        return await connection.run_sync(_change, hand, zone_id, (given, outline))


def _change(
    connection: Connection, hand: Hand, zone_id: int, wanted: tuple[ZoneChange, WKTElement | None]
) -> ZoneView | None:
    given, outline = wanted
    connection.execute(select(OwnZone.row_id).where(OwnZone.id == zone_id).with_for_update())
    row = seen_zone(connection, zone_id, hand.who.username)
    if row.row_id != given.version:
        raise BadInput("version: somebody changed this zone meanwhile; read it again", field="version",
                       title="Vùng vừa được người khác sửa")  # fmt: skip
    if row.owner != hand.who.username and (given.shared is not None or given.ended):
        raise NotAllowed("zone: only who made it may share or end it", field="shared")
    names = ("name", "purpose", "shared", "valid_from", "valid_to", "color", "warn")
    told = {name: getattr(row, name) for name in TOLD}
    told |= {name: value for name in names if (value := getattr(given, name)) is not None}
    told |= {"valid_to": None} if given.open_end else {}
    if outline is None:
        told |= {"geom": select(OwnZone.geom).where(OwnZone.row_id == row.row_id).scalar_subquery()}
    else:
        told |= {"geom": outline, "came_as": "drawn" if given.ring is not None else given.form}
    connection.execute(update(OwnZone).where(OwnZone.row_id == row.row_id).values(superseded_at=hand.now))
    return _store(connection, hand, told | {"id": zone_id, "ended": given.ended})


def _store(connection: Connection, hand: Hand, row: dict[str, Any]) -> ZoneView | None:
    """One version, told to every open page; None for one that ends the zone."""
    name = " ".join(row["name"].split())
    if not name:
        raise BadInput("name: give the zone a name", field="name", title="Chưa có tên")
    if row["valid_to"] is not None and row["valid_to"] <= row["valid_from"]:
        raise BadInput("valid_to: must come after valid_from", field="valid_to", title="Hết hiệu lực phải sau hiệu lực")
    made = insert(OwnZone).values(**row | {"name": name}, stored_by=hand.who.username, stored_at=hand.now)
    zone_id = connection.execute(made.returning(OwnZone.id)).scalar_one()
    tick(connection, "own_zone")
    username = hand.who.username
    return None if row.get("ended") else zone_view(seen_zone(connection, zone_id, username), username, hand.now)


def _outline(given: NewZone | ZoneChange) -> WKTElement | None:
    if given.ring is not None:
        return WKTElement(outline_of(given.ring).wkt, crs.STORED)
    return WKTElement(read_outline(given.text, given.form).wkt, crs.STORED) if given.text.strip() else None


async def zone_versions(state: State, zone_id: int, username: str | None) -> list[ZoneVersion]:
    """Every version of a zone, the newest first."""
    async with read(state.engine) as connection:
        await connection.run_sync(seen_zone, zone_id, username)
        rows = (await connection.execute(versions_statement(zone_id))).all()
    names = [name for name in ZoneVersion.model_fields if name != "version"]
    return [ZoneVersion(version=row.row_id, **{name: getattr(row, name) for name in names}) for row in rows]


async def zone_now(state: State, zone_id: int, username: str | None, hours: float, at: datetime | None) -> ZoneNow:
    """Who is in a zone now or at a moment, and who came and left in the hours before."""
    now = state.clock()
    async with read(state.engine) as connection:
        zone = await connection.run_sync(seen_zone, zone_id, username)
        outline = shapely.geometry.shape(json.loads(zone.outline))
        found = await read_boats(connection, now, at, lambda boat: inside(boat, outline.wkt))
        since = found.at - timedelta(hours=hours)
        passages = await connection.run_sync(read_passages, outline, since, found.at)
        labels = await _labels(connection, [each.vessel for each in passages])
        p = OwnZonePassage
        kept = select(func.count()).select_from(p).where(p.zone_id == zone_id, p.t >= since, p.t < found.at)
        written = (await connection.execute(kept)).scalar_one()
    told = [{k: v for k, v in asdict(each).items() if k != "source_id"} for each in reversed(passages)]
    views = [PassageView(**each, label=labels.get(each["vessel"], each["vessel"])) for each in told]
    return ZoneNow(at=found.at, since=since, hours=hours, origin=found.origin, inside=found, passages=views,
                   written=written)  # fmt: skip


async def _labels(connection: ReadConnection, vessels: list[str]) -> dict[str, str]:
    rows = await connection.execute(text("SELECT id, label FROM vessel_now WHERE id = ANY(:boats)"), {"boats": vessels})
    return {row.id: row.label for row in rows}
