"""What a boat's panel says of its transmitters: what they called themselves, and whether they were in two places."""

from datetime import datetime

from sqlalchemy import RowMapping

from layers.database import ReadConnection
from layers.vessels.history import handle_of
from layers.vessels.identities import Spell, join_spells, said_statement
from layers.vessels.read import devices_of
from layers.vessels.sharing import Shared, shared_statement
from web.vessel_views import PlaceView, SaidView, SharedView


async def said_of(connection: ReadConnection, boat: RowMapping, now: datetime) -> list[SaidView]:
    """What every device that ever was on the boat said of itself by `now`."""
    rows = await connection.execute(said_statement(await _devices(connection, boat)), {"now": now})
    return [SaidView(**spell._asdict()) for spell in join_spells(Spell(*row) for row in rows)]


async def two_places_of(connection: ReadConnection, boat: RowMapping, now: datetime) -> list[SharedView]:
    """The hours of the last month in which one of its numbers was in two places, newest first."""
    rows = await connection.execute(shared_statement(await _devices(connection, boat)), {"now": now})
    return [_shared_view(row) for row in rows]


async def _devices(connection: ReadConnection, boat: RowMapping) -> list[int]:
    return list((await connection.execute(devices_of(handle_of(boat["id"])))).scalars())


def _shared_view(row: Shared) -> SharedView:
    one = PlaceView(t=row.one_t, lon=row.one_lon, lat=row.one_lat, fixes=row.one_fixes)
    other = PlaceView(t=row.other_t, lon=row.other_lon, lat=row.other_lat, fixes=row.other_fixes)
    apart = round(row.apart_nm, 1)
    return SharedView(t_from=row.t_from, t_to=row.t_to, turns=row.turns, apart_nm=apart, places=[one, other])
