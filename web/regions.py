"""Where silent boats may be, as officers are told: one boat's region in full, all boats' roughly."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import shapely
from sqlalchemy import RowMapping

from geo.clock import unix_ms
from geo.errors import BadInput, NotFound
from geo.measure import area_km2
from layers.database import ReadConnection, read
from layers.vessels import read as boats
from layers.vessels.history import handle_of
from layers.watch.region.grow import LastFix
from layers.watch.region.land import FINE, LIGHT
from layers.watch.region.limits import limits_of, limits_statement
from layers.watch.region.model import BEHAVIOURS, INNER, OUTER
from layers.watch.region.told import last_told_statement
from web import region_words as say
from web.region_keeper import BUCKET_S, RegionKeeper, Silent
from web.region_views import (
    CalibrationView,
    LimitView,
    RegionFeature,
    RegionProperties,
    RegionsView,
    RegionView,
    Ring,
)
from web.state import State
from web.vessel_cards import moment_of, tenth
from web.views import Words

E7 = 1e7
SILENT = ("late", "lost_6h", "lost_10d")
SHARES: tuple[tuple[Ring, int], ...] = (("outer", OUTER), ("inner", INNER))


@dataclass(frozen=True)
class Found:
    """A silent boat as the database has it, and where its region is counted from."""

    row: RowMapping
    silent: Silent
    since: datetime
    reported: bool


async def read_region(state: State, vessel: str, at: datetime | None, elapsed_s: int | None) -> RegionView | None:
    """The region of a boat now, at a moment, or so long after its last fix; None for a boat that is not silent."""
    boat, now = moment_of(state, at)
    async with read(state.engine) as connection:
        only = (
            {"devices": list((await connection.execute(boats.devices_of(handle_of(vessel)))).scalars())} if at else {}
        )
        statement = boats.vessels_statement("", [boat.id == vessel], 1, boat)
        row = (await connection.execute(statement, {"now": now} | only)).mappings().first()
        if row is None:
            raise NotFound(f"vessel={vessel[:40]!r}: no such boat; search with /api/vessels?q=", field="id")
        found = await _find(connection, [row], now)
        lines = limits_of(await connection.execute(limits_statement()))
    if not found:
        return None
    return await asyncio.to_thread(_view, state.regions, _after(found[0], elapsed_s), now, lines)


async def read_regions(state: State, status: str, limit: int, at: datetime | None) -> RegionsView:
    """The wider region of every boat of some statuses, those silent longest first."""
    asked = status.split(",")
    if wrong := [s for s in asked if s not in SILENT]:
        raise BadInput(f"status={wrong[0][:40]!r}: use some of {', '.join(SILENT)}", field="status")
    boat, now = moment_of(state, at)
    async with read(state.engine) as connection:
        statement = boats.vessels_statement("", boats.found("", "", status, boat), limit, boat)
        rows = (await connection.execute(statement, {"now": now})).mappings().all()
        found = await _find(connection, rows, now)
    known = [each for each in found if not _is_too_long(state.regions, each.silent)]
    features = await asyncio.to_thread(lambda: [_feature(state.regions, f, "outer", OUTER, LIGHT) for f in known])
    return RegionsView(
        at=now,
        total=len(found),
        too_long=len(found) - len(known),
        calibration=_calibration(state.regions),
        features=features,
    )


async def _find(connection: ReadConnection, rows: Any, now: datetime) -> list[Found]:
    """Of boats as read, the silent ones, each counted from its last fix or from what was told later."""
    silent = [row for row in rows if row["status"] in SILENT and row["lon_e7"] is not None]
    ids = [row["vessel_id"] for row in silent if row["vessel_id"] is not None]
    told = {r.vessel_id: r for r in await connection.execute(last_told_statement(ids, now))} if ids else {}
    return [_counted(row, told.get(row["vessel_id"]), now) for row in silent]


def _counted(row: RowMapping, told: Any | None, now: datetime) -> Found:
    newer = told is not None and told.told_t > row["t"]
    since = told.told_t if told is not None and newer else row["t"]
    if told is not None and newer:
        fix = LastFix(told.lon_e7 / E7, told.lat_e7 / E7)
    else:
        fix = LastFix(row["lon_e7"] / E7, row["lat_e7"] / E7, tenth(row["sog_dkn"]), tenth(row["cog_ddeg"]))
    elapsed_s = max(0.0, (now - since).total_seconds())
    return Found(row, Silent(row["id"], fix, unix_ms(since), elapsed_s), since, newer)


def _after(found: Found, elapsed_s: int | None) -> Found:
    if elapsed_s is None:
        return found
    silent = Silent(found.silent.vessel, found.silent.fix, found.silent.since_ms, float(elapsed_s))
    return Found(found.row, silent, found.since, found.reported)


def _is_too_long(keeper: RegionKeeper, boat: Silent) -> bool:
    return keeper.model.is_too_long(boat.elapsed_s, boat.fix.speed_kn)


def _view(keeper: RegionKeeper, found: Found, now: datetime, lines: Any | None) -> RegionView:
    boat, model = found.silent, keeper.model
    too_long = _is_too_long(keeper, boat)
    features = [] if too_long else [_feature(keeper, found, ring, share, FINE) for ring, share in SHARES]
    behaviour = model.behaviour_of(boat.fix.speed_kn)
    words = say.TOO_LONG if too_long else say.region_words(behaviour, boat.elapsed_s, features[0].properties.area_km2)
    return RegionView(
        vessel=found.row["id"],
        label=found.row["label"],
        status=found.row["status"],
        origin=found.row["origin"],
        at=found.since + timedelta(seconds=boat.elapsed_s),
        since=found.since,
        elapsed_s=round(boat.elapsed_s),
        counted_from="reported" if found.reported else "device",
        behaviour=Words.of(BEHAVIOURS[behaviour]),
        too_long=too_long,
        words=Words.of(words),
        calibration=_calibration(keeper),
        limit=None if too_long else _limit(keeper, found, lines),
        features=features,
    )


def _feature(keeper: RegionKeeper, found: Found, ring: Ring, share: int, steps: int) -> RegionFeature:
    boat = found.silent
    shape = keeper.shape(boat, share, steps)
    told = RegionProperties(
        ring=ring,
        vessel=boat.vessel,
        label=found.row["label"],
        status=found.row["status"],
        since=found.since,
        elapsed_s=round(boat.elapsed_s // BUCKET_S * BUCKET_S),
        area_km2=round(area_km2(shape), 1),
    )
    return RegionFeature(geometry=orjson.loads(shapely.to_geojson(shape)), properties=told)


def _limit(keeper: RegionKeeper, found: Found, lines: Any | None) -> LimitView:
    if lines is None:
        return LimitView(state="not_loaded", at=None, words=Words.of(say.NOT_LOADED))
    seconds = keeper.reached_s(found.silent, lines)
    if seconds is None:
        return LimitView(state="not_within", at=None, words=Words.of(say.NOT_WITHIN))
    at, is_past = found.since + timedelta(seconds=seconds), seconds <= found.silent.elapsed_s
    words = Words.of(say.limit_words(at, is_past=is_past))
    return LimitView(state="reached" if is_past else "ahead", at=at, words=words)


def _calibration(keeper: RegionKeeper) -> CalibrationView:
    model = keeper.model
    return CalibrationView(
        calibrated=model.calibrated,
        origin=model.origin,  # type: ignore[arg-type]  # the file says one of them, a test holds it to that
        words=Words.of(say.calibration_words(model)),
        source=Words.of(model.source),
        learned_on=model.learned_on,  # type: ignore[arg-type]  # ISO, read by pydantic
        boats=model.boats,
        cases=model.cases,
    )
