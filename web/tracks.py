"""One boat's track: which window is asked for, what was heard in it, and what that comes to."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy import select

from geo.clock import EARLIEST, FUTURE_ALLOWANCE, LOCAL, Window, unix_ms
from geo.errors import BadInput, NotFound
from layers.database import ReadConnection, read
from layers.sources.freshness import SourceInfo, mark, read_sources
from layers.vessels.history import HEARD, Array, Heard, asked, handle_of, unpack
from layers.vessels.pieces import Limits
from layers.vessels.read import devices_of
from layers.vessels.registry import VesselNow
from layers.vessels.reported import reported_statement, stands, typed_statement, within
from layers.vessels.voyage import Voyage, sum_up
from layers.vessels.voyage import Window as Stretch
from web.replay.chunks import LEAD, in_port_marks, read_ground
from web.state import State

LONGEST = timedelta(days=31)
USUAL = timedelta(hours=24)


@dataclass(frozen=True)
class Asked:
    """A window, or a calendar day in Việt Nam; the last 24 hours when neither is said."""

    since: datetime | None = None
    until: datetime | None = None
    day: date | None = None

    def window(self, now: datetime) -> Window:
        """The stretch of time meant, not beyond now; BadInput names what is wrong."""
        since, until = self._ends(now)
        for name, moment in (("to", until), ("from", since)):
            if moment < EARLIEST:
                raise BadInput(f"{name}={moment.isoformat()}: use a moment since {EARLIEST.date()}", field=name)
        name = "from" if self.day is None else "day"
        if since >= now + FUTURE_ALLOWANCE:
            raise BadInput(f"{name}: this has not come yet; use a moment before now", field=name)
        if self.day is None and until > now + FUTURE_ALLOWANCE:
            raise BadInput(f"to={until.isoformat()}: this has not come yet; use a moment before now", field="to")
        until = min(until, now)
        if since >= until:
            raise BadInput(f"from={since.isoformat()}: must come before to={until.isoformat()}", field="from")
        if until - since > LONGEST:
            raise BadInput(f"from={since.isoformat()}: at most {LONGEST.days} days before to", field="from")
        return Window(since.astimezone(UTC), until.astimezone(UTC))

    def _ends(self, now: datetime) -> tuple[datetime, datetime]:
        if self.day is not None:
            if self.since is not None or self.until is not None:
                raise BadInput("day: use either day or from and to", field="day")
            if not EARLIEST.date() < self.day < date.max:
                raise BadInput(f"day={self.day}: use a day since {EARLIEST.date()}", field="day")
            start = datetime.combine(self.day, time(), LOCAL)
            return start, start + timedelta(days=1)
        until = self.until or now
        if until < EARLIEST:
            raise BadInput(f"to={until.isoformat()}: use a moment since {EARLIEST.date()}", field="to")
        return self.since or until - USUAL, until


@dataclass(frozen=True)
class Told:
    """Where a person said that the boat was: by radio or telephone, or typed at a centre (`number` None)."""

    t: datetime
    lon: float
    lat: float
    caller: str | None
    channel: str | None
    number: int | None


@dataclass(frozen=True)
class Track:
    """A boat's points in a window and what they come to."""

    vessel: str
    label: str
    window: Window
    day: date | None
    heard: Heard
    in_port: Array
    limits: Limits
    voyage: Voyage
    sources: dict[int, SourceInfo]
    told: list[Told]

    @property
    def origin(self) -> str:
        """What a picture of the track must be marked."""
        return mark({self.sources[int(number)].origin for number in np.unique(self.heard.source_id)})


async def read_track(state: State, vessel: str, wanted: Asked) -> Track:
    """The track of `v…` or `t…`; NotFound when there is no such boat."""
    handle, window = handle_of(vessel), wanted.window(state.clock())
    async with read(state.engine) as connection:
        label = (await connection.execute(select(VesselNow.label).where(VesselNow.id == vessel))).scalar()
        devices = list((await connection.execute(devices_of(handle))).scalars())
        if label is None and not devices:
            raise NotFound(f"vessel={vessel!r}: no such boat; search with /api/vessels?q=", field="id")
        ground, sources = await read_ground(connection), await read_sources(connection)
        about = asked(window.since, window.until, lead=LEAD, devices=devices)
        raw = (await connection.exec_driver_sql(HEARD, about)).scalar() if devices else None
        told = [] if handle % 2 else await _read_told(connection, handle // 2, window)
    heard = unpack(raw, window.since, window.until)
    heard = heard.only(heard.points.boat == handle)
    in_port, limits = in_port_marks(heard, ground.ports), ground.limits(window.since)
    stretch = Stretch(unix_ms(window.since), unix_ms(window.until))
    voyage = sum_up(heard, in_port, limits, stretch)
    return Track(vessel, label or vessel, window, wanted.day, heard, in_port, limits, voyage, sources, told)


async def _read_told(connection: ReadConnection, vessel_id: int, window: Window) -> list[Told]:
    """What people said of a window, oldest first."""
    span = (window.since, window.until)
    rows = (await connection.execute(reported_statement(vessel_id, *within(*span), stands()))).all()
    told = [Told(r.told_t, r.lon_e7 / 1e7, r.lat_e7 / 1e7, r.caller_role, r.channel, r.id) for r in rows]
    typed = (await connection.execute(typed_statement(vessel_id, *span))).all()
    told += [Told(r.told_t, r.lon_e7 / 1e7, r.lat_e7 / 1e7, None, None, None) for r in typed]
    return sorted(told, key=lambda each: each.t)
