"""Tracks to learn regions from: the simulated fleet's, which know no silence, or the real ones that were stored."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import psycopg

from fixtures.fleet import Boat, boats, fixes
from geo.clock import Clock
from layers.vessels.history import HEARD, Array, Heard, asked, unpack
from layers.watch.region.cases import BoatTrack, tracks_of
from web.replay.chunks import in_port_marks

BEGIN_S, DAYS, EVERY_S = 1_780_272_000, 150, 1800
Aside = Callable[[int], bool]


def simulated_tracks(seed: int, wanted: Aside) -> list[BoatTrack]:
    """Whole tracks of the simulated boats that must carry a device and go to sea, every half hour."""
    fleet = [b for b in boats(seed) if b.vms_provider and b.routine.pattern != "laid-up"]
    return [simulated_track(b) for b in fleet if wanted(b.id)]


def simulated_track(boat: Boat) -> BoatTrack:
    """One boat's whole track, silent or not: the simulation knows."""
    t_s = BEGIN_S + np.arange(0.0, DAYS * 86_400, EVERY_S)
    at = fixes(boat, t_s)
    return BoatTrack(boat.id, t_s, at.lon, at.lat, at.sog_kn, at.cog_deg, ~at.in_port)


def stored_tracks(connection: psycopg.Connection, days: int, clock: Clock, wanted: Aside) -> list[BoatTrack]:
    """Tracks of known boats over the last days, of monitoring devices and of sources that are real."""
    now = clock()
    since = now - timedelta(days=days)
    heard = _read(connection, since, now)
    ports = connection.execute("SELECT ST_X(geom), ST_Y(geom), radius_m FROM fishing_port WHERE superseded_at IS NULL")
    marks = in_port_marks(heard, np.array(ports.fetchall(), dtype=float).reshape(-1, 3))
    return [track for track in tracks_of(heard, marks) if wanted(track.boat)]


def _read(connection: psycopg.Connection, since: datetime, until: datetime) -> Heard:
    row = connection.execute(HEARD.encode(), asked(since, until), binary=True).fetchone()
    heard = unpack(row[0] if row else None, since, until)
    real = connection.execute("SELECT id FROM source WHERE origin = 'real'")
    known: Array = heard.points.boat % 2 == 0
    return heard.only(known & heard.vms & np.isin(heard.source_id, [number for (number,) in real]))
