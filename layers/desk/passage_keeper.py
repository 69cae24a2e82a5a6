"""Passages of zones that somebody asked to be warned of, written down as they are found, late reports included."""

from datetime import datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from layers.desk.own_zone import OwnZonePassage, watched_statement
from layers.desk.passages import Passage, boats_statement, find_passages, near_statement
from layers.sources.models import Source
from layers.versions import ticking
from layers.vessels.history import HEARD, asked, unpack

LOOK_BACK = timedelta(hours=6)
"""How late a report may come and still be written down."""


def read_passages(connection: Connection, outline: Any, since: datetime, until: datetime) -> list[Passage]:
    """The passages of an outline's border (EPSG:4326) in [since, until), from the history."""
    statement, given = near_statement(outline, since, until)
    near = connection.execute(statement, given).scalars().all()
    if not near:
        return []
    statement, given = boats_statement(near)
    devices = list(connection.execute(statement, given).scalars())
    raw = connection.exec_driver_sql(HEARD, asked(since, until, devices=devices)).scalar()
    return find_passages(unpack(raw, since, until), outline, since, until)


def keep_passages(connection: Connection, now: datetime) -> int:
    """Write down what is new; how many rows that were. Every open page hears of it at commit."""
    origins = {row.id: row.origin for row in connection.execute(select(Source.id, Source.origin))}
    kept = 0
    for zone in connection.execute(watched_statement(now)).all():
        since = max(now - LOOK_BACK, zone.valid_from)
        if since >= now:
            continue
        found = read_passages(connection, shapely.from_wkb(bytes(zone.outline)), since, now)
        rows = [_row(zone, each, origins[each.source_id], now) for each in found]
        if rows:
            added = insert(OwnZonePassage).values(rows).on_conflict_do_nothing().returning(OwnZonePassage.id)
            kept += len(connection.execute(added).all())
    if kept:
        connection.execute(ticking("own_zone"))
    return kept


def _row(zone: Any, each: Passage, origin: str, now: datetime) -> dict[str, Any]:
    place = {"lon_e7": round(each.lon * 1e7), "lat_e7": round(each.lat * 1e7)}
    named = {"zone_id": zone.id, "zone_row_id": zone.row_id, "vessel": each.vessel, "way": each.way}
    return named | place | {"t": each.t, "before_t": each.before_t, "origin": origin, "found_at": now}
