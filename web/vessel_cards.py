"""What an officer is told of boats: lists whose counts add up, and one boat's panel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, literal, select

from geo.clock import local_date
from geo.errors import NotFound
from layers.database import ReadConnection, read
from layers.sources.freshness import read_sources
from layers.vessels import read as boats
from layers.vessels.history import handle_of
from layers.vessels.models import TransmitterOnVessel
from layers.vessels.registry import VesselNow
from layers.vessels.then import VesselThen, check_moment
from layers.watch.law import choose, law_statement
from layers.watch.live.watched import read_watched, with_zeros
from layers.watch.rules import TEXT
from layers.watch.zones import ZoneWatch
from web.law_views import law_view
from web.state import State
from web.transmitter_cards import said_of, two_places_of
from web.unit_cards import source_view
from web.vessel_devices import read_devices
from web.vessel_views import FixView, LawView, VesselCard, VesselList, VesselView, ZoneView
from web.views import PartView, timed

E7 = 1e7


@dataclass(frozen=True)
class Asked:
    """What is looked for: number or name, box, statuses, how many at most, and at which moment (None: now)."""

    q: str
    bbox: str
    status: str
    limit: int
    at: datetime | None = None


async def vessel_list(state: State, asked_for: Asked) -> VesselList:
    """Boats found; counts over the same search, without the status filter, adding up to the denominator."""
    boat, now = moment_of(state, asked_for.at)
    q, bbox, status = asked_for.q, asked_for.bbox, asked_for.status
    statement = boats.vessels_statement(q, boats.found(q, bbox, status, boat), asked_for.limit, boat)
    tally = boats.counts_statement(boats.found(q, bbox, "", boat), boat)
    async with read(state.engine) as connection:
        rows = (await connection.execute(statement, {"now": now})).mappings().all()
        counted = await connection.execute(tally, {"now": now})
        watched = (
            {} if asked_for.at else await read_watched(connection, local_date(now))
        )  # of then nobody wrote it down
        counts = with_zeros(watched, {row.status: row.boats for row in counted})
        asked = status.split(",") if status else list(counts)
    return VesselList(
        at=now if asked_for.at else None,
        total=sum(counts.get(s, 0) for s in asked),
        denominator=sum(counts.values()),
        counts=counts,
        vessels=[VesselView(**_plain(row, now)) for row in rows],
    )


async def vessel_card(state: State, vessel_id: str, at: datetime | None = None) -> VesselCard:
    """One boat's panel now or at a moment, or NotFound."""
    boat, now = moment_of(state, at)
    async with read(state.engine) as connection:
        statement = boats.vessels_statement("", [boat.id == vessel_id], 1, boat)
        told = {"now": now} | (await _only(connection, vessel_id) if at else {})
        row = (await connection.execute(statement, told)).mappings().first()
        if row is None:
            raise NotFound(f"vessel={vessel_id[:40]!r}: no such boat; search with /api/vessels?q=", field="id")
        sources = await read_sources(connection)
        source = source_view(sources[row["source_id"]])
        assert source is not None
        return VesselCard(
            **_plain(row, now),
            at=now if at else None,
            gear=row["gear"],
            home_port=row["home_port"],
            heard_at=row["heard_at"],
            stored_at=row["stored_at"],
            source=source,
            commune=await _commune(connection, row["cell_id"]),
            **await read_devices(connection, row, now, is_past=at is not None),
            zones=_zones(await state.zones.watch(), row, now),
            law=await _law(connection, row, now),
            recent=await _recent(connection, row, now),
            said=await said_of(connection, row, now),
            two_places=await two_places_of(connection, row, now),
        )


def moment_of(state: State, at: datetime | None) -> tuple[boats.Boat, datetime]:
    """What to read boats from, and the moment it speaks of."""
    now = state.clock()
    return (VesselNow, now) if at is None else (VesselThen, check_moment(at, now))


async def _only(connection: ReadConnection, vessel_id: str) -> dict[str, list[int]]:
    """The devices that can say where a boat was."""
    return {"devices": list((await connection.execute(boats.devices_of(handle_of(vessel_id)))).scalars())}


def _plain(row: RowMapping, now: datetime) -> dict[str, Any]:
    return {
        "id": row["id"],
        "label": row["label"],
        "name": row["name"],
        "length_m": row["length_m"],
        "status": row["status"],
        "t": row["t"],
        "age_s": timed(row["t"], now)["age_s"],
        "lon": _degrees(row["lon_e7"]),
        "lat": _degrees(row["lat_e7"]),
        "sog_kn": tenth(row["sog_dkn"]),
        "cog_deg": tenth(row["cog_ddeg"]),
        "kind": row["kind"],
        "origin": row["origin"],
        "station": row["station"],
        "shared": row["shared"],
    }


def _zones(watch: ZoneWatch, boat: RowMapping, now: datetime) -> list[ZoneView] | None:
    """The zones in force on the day that hold the boat's place."""
    lon, lat = _degrees(boat["lon_e7"]), _degrees(boat["lat_e7"])
    if not watch.zones or lon is None or lat is None:
        return None
    here = watch.observe(lon, lat, local_date(now))
    return [ZoneView(code=z.code, name=z.name, kind=z.kind, verified=z.verified, origin=z.origin) for z in here]


async def _commune(connection: ReadConnection, cell_id: int | None) -> PartView | None:
    if cell_id is None:
        return None
    row = (await connection.execute(boats.commune_statement(cell_id))).first()
    return None if row is None else PartView(code=row.code, name=row.name)


async def _law(connection: ReadConnection, boat: RowMapping, now: datetime) -> LawView | None:
    """The rule behind the boat's status, at its length; what is told of AIS is not told by law."""
    step = boats.STEP_OF_STATUS.get(boat["status"])
    if step is None:
        return None
    rows = (await connection.execute(law_statement(("silence",)))).all()
    law = choose(rows, "silence", boat["length_m"], now)
    row = next((duty for duty in law.duties if (duty.step, duty.reading) == (step, TEXT)), None)
    return None if row is None else law_view(row, law)


async def _recent(connection: ReadConnection, boat: RowMapping, now: datetime) -> list[FixView]:
    link = TransmitterOnVessel
    devices = select(link.transmitter_id).where(link.vessel_id == boat["vessel_id"])
    if boat["vessel_id"] is None:
        devices = select(literal(boat["transmitter_id"]))
    statement = boats.recent_statement(devices, now)
    if boat["vessel_id"] is not None:
        statement = statement.where(boats.heard_on(boat["vessel_id"]))
    rows = (await connection.execute(statement)).all()
    return [
        FixView(
            t=r.fix_t,
            lon=r.lon_e7 / E7,
            lat=r.lat_e7 / E7,
            sog_kn=tenth(r.sog_dkn),
            source=r.code,
            also_heard_by=r.also_heard_by,
        )
        for r in rows
    ]


def _degrees(value: int | None) -> float | None:
    return None if value is None else value / E7


def tenth(value: int | None) -> float | None:
    """What devices say in tenths, in whole units."""
    return None if value is None else value / 10
