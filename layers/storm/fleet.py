"""Every boat of the registers as it stands at a moment: where last heard, who is aboard, what the two books say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, null, select
from sqlalchemy.dialects.postgresql import distinct_on

from geo.winds import Floats
from layers.access.roles import OFFICERS, Role
from layers.books.contacts import masked
from layers.books.port_call import BORDER, PORT, PortCall
from layers.database import ReadConnection
from layers.storm.pace import BoatPace
from layers.vessels.registry import Vessel, VesselNow
from layers.vessels.then import VesselThen

Row = Any
CREW_FROM = ("border", "port", "register", "none")
"""Whose word on the people aboard is taken, the nearest to the departure first; `none` is *chưa có số liệu*."""


@dataclass(frozen=True)
class Fleet:
    """n boats: `rows` as read, the last entry of each book or None, and arrays of length n (NaN: not known)."""

    rows: Sequence[Row]
    border: Sequence[Row | None]
    port: Sequence[Row | None]
    lon: Floats
    lat: Floats
    age_s: Floats
    sog_kn: Floats
    cog_deg: Floats
    length_m: Floats
    own_kn: Floats
    in_port: NDArray[np.bool_]
    crew: Floats
    crew_from: Sequence[str]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_out(self) -> NDArray[np.bool_]:
        """Which boats have left by the last entry of either book."""
        told = zip(self.border, self.port, strict=True)
        return np.array([any(e is not None and e.direction == "out" for e in pair) for pair in told], dtype=bool)


def boats_statement(role: Role, boat: Any) -> Select[Any]:
    """Every registered boat of `VesselNow` or `VesselThen`; who it is and whom to call as far as the role may read."""
    who: dict[str, ColumnElement[Any]] = {"reg_no": boat.reg_no, "name": boat.name, "home_port": boat.home_port}
    shown = who if role in OFFICERS else dict.fromkeys(who, null())
    return (
        select(
            boat.id,
            boat.vessel_id,
            boat.kind,
            boat.t.label("last_at"),
            boat.lon_e7,
            boat.lat_e7,
            boat.sog_dkn,
            boat.cog_ddeg,
        )
        .add_columns(boat.in_port, boat.length_m, boat.source_id, Vessel.reg_key, Vessel.crew.label("register_crew"))
        .add_columns(BoatPace.most_kn, BoatPace.usual_kn)
        .add_columns(*(column.label(name) for name, column in (shown | dict(masked(role))).items()))
        .join(Vessel, (Vessel.id == boat.vessel_id) & Vessel.leads)
        .outerjoin(BoatPace, BoatPace.vessel_id == boat.vessel_id)
        .where(boat.vessel_id.is_not(None))
        .order_by(boat.vessel_id)
    )


def entries_statement(at: datetime) -> Select[*tuple[Any, ...]]:
    """The last entry of every boat in either book, up to a moment."""
    one = (PortCall.reg_key, PortCall.keeper)
    return (
        select(*one, PortCall.direction, PortCall.crew, PortCall.ground, PortCall.station)
        .where(PortCall.t <= at, PortCall.superseded_at.is_(None))
        .ext(distinct_on(*one))
        .order_by(*one, PortCall.t.desc(), PortCall.row_id.desc())
    )


async def read_fleet(connection: ReadConnection, role: Role, at: datetime, is_past: bool) -> Fleet:
    """The fleet now, or as it stood at a past moment."""
    boat = VesselThen if is_past else VesselNow
    rows = (await connection.execute(boats_statement(role, boat), {"now": at} if is_past else {})).all()
    entries = (await connection.execute(entries_statement(at))).all()
    return fleet_of(rows, {(entry.reg_key, entry.keeper): entry for entry in entries}, at)


async def count_strangers(connection: ReadConnection, at: datetime, is_past: bool) -> int:
    """Devices heard that are on no registered boat: counted, and in no total of the fleet."""
    boat = VesselThen if is_past else VesselNow
    counted = select(func.count()).select_from(boat).where(boat.vessel_id.is_(None))
    return (await connection.execute(counted, {"now": at} if is_past else {})).scalar_one()


def fleet_of(rows: Sequence[Row], entries: Mapping[tuple[str, str], Row], at: datetime) -> Fleet:
    """Rows as arrays, each boat with its last entries."""
    border = [entries.get((row.reg_key, BORDER)) for row in rows]
    port = [entries.get((row.reg_key, PORT)) for row in rows]
    aboard = [crew_of(*each) for each in zip(rows, border, port, strict=True)]
    return Fleet(
        rows, border, port,
        lon=_numbers(rows, "lon_e7", 1e-7),
        lat=_numbers(rows, "lat_e7", 1e-7),
        age_s=np.array([_age_s(row.last_at, at) for row in rows], dtype=float),
        sog_kn=_numbers(rows, "sog_dkn", 0.1),
        cog_deg=_numbers(rows, "cog_ddeg", 0.1),
        length_m=_numbers(rows, "length_m", 1.0),
        own_kn=_numbers(rows, "most_kn", 1.0),
        in_port=np.array([bool(row.in_port) for row in rows], dtype=bool),
        crew=np.array([np.nan if people is None else people for people, _ in aboard], dtype=float),
        crew_from=[told for _, told in aboard],
    )  # fmt: skip


def crew_of(row: Row, border: Row | None, port: Row | None) -> tuple[int | None, str]:
    """People aboard and whose word that is: the last departure's, the border guard's first, else the register's."""
    for entry, told in ((border, "border"), (port, "port")):
        if entry is not None and entry.direction == "out" and entry.crew is not None:
            return entry.crew, told
    return (row.register_crew, "register") if row.register_crew is not None else (None, "none")


def _age_s(last_at: datetime | None, at: datetime) -> float:
    return np.nan if last_at is None else (at - last_at).total_seconds()


def _numbers(rows: Sequence[Row], name: str, unit: float) -> Floats:
    values = (getattr(row, name) for row in rows)
    return np.array([np.nan if value is None else value * unit for value in values], dtype=float)
