"""Writing down storms, bulletins, công điện and shelters: rows are added, never changed; every page is told.

Statements run on a sync SQLAlchemy connection inside the caller's transaction (in the web process: `run_sync`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from geo.clock import local_date
from geo.errors import BadInput, NotFound
from layers.catalog.fishing_port import FishingPort
from layers.sources.models import Source
from layers.storm.draft import PointDraft, check_points, refuse
from layers.storm.models import Dispatch, Forecast, ForecastPoint, SeaArea, ShelterState, Storm
from layers.versions import ticking

LAYER = "storm"
"""What the live stream calls a change of these: `{"type": "layer", "layer": "storm", …}`."""
STORM_LOCK = 7_105_127


@dataclass(frozen=True)
class By:
    """Who writes, and when (UTC)."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Head:
    """What a bulletin says of itself. `form`: typed, csv, geojson, atcf; `corrects`: our number of the former."""

    bulletin: str
    issued_at: datetime
    source: str
    origin: str
    document: str | None = None
    form: str = "typed"
    corrects: int | None = None
    reason: str | None = None


def open_storm(connection: Connection, values: Mapping[str, Any], by: By) -> int:
    """A new storm (name, number, origin); its code is of our making. Returns its id."""
    connection.execute(select(func.pg_advisory_xact_lock(STORM_LOCK)))
    year = local_date(by.at).year
    count = select(func.count()).select_from(Storm).where(Storm.code.like(f"BAO-{year}-%"))
    code = f"BAO-{year}-{connection.execute(count).scalar_one() + 1:02d}"
    given = {**values, "code": code, "opened_at": by.at, "stored_at": by.at, "stored_by": by.name}
    made = connection.execute(insert(Storm).values(**given).returning(Storm.id)).scalar_one()
    connection.execute(ticking(LAYER))
    return int(made)


def add_forecast(connection: Connection, storm_id: int, head: Head, points: Sequence[PointDraft], by: By) -> int:
    """A new bulletin. BadInput names row, field and fix; a bulletin that is there already can only be corrected."""
    storm = _storm(connection, storm_id)
    refuse(check_points(points, head.issued_at))
    _refuse_future(head.issued_at, by.at)
    _check_correction(connection, Forecast, storm_id, head.corrects, head.reason)
    same = select(Forecast.id).where(
        Forecast.storm_id == storm_id, Forecast.bulletin == head.bulletin, Forecast.source == head.source
    )
    if head.corrects is None and (known := connection.execute(same).scalar()) is not None:
        raise BadInput(
            f"bulletin={head.bulletin!r} of this source is there (forecast {known}); correct it", field="bulletin"
        )
    given = vars(head) | {"origin": worse(storm.origin, head.origin)} | _said(storm_id, by)
    made = int(connection.execute(insert(Forecast).values(**given).returning(Forecast.id)).scalar_one())
    connection.execute(insert(ForecastPoint), [_point(made, point) for point in points])
    connection.execute(ticking(LAYER))
    return made


def add_dispatch(connection: Connection, storm_id: int, values: Mapping[str, Any], by: By) -> int:
    """A công điện: number, issued_at, deadline_at, agency, said, areas, origin, corrects."""
    storm = _storm(connection, storm_id)
    if values["deadline_at"] <= values["issued_at"]:
        raise BadInput("deadline_at: it must be after issued_at", field="deadline_at")
    _refuse_future(values["issued_at"], by.at)
    known = set(connection.execute(select(SeaArea.code).where(SeaArea.superseded_at.is_(None))).scalars())
    if wrong := sorted(set(values["areas"]) - known):
        raise BadInput(f"areas: {wrong[0]!r} is none; use {', '.join(sorted(known))}", field="areas")
    _check_correction(connection, Dispatch, storm_id, values.get("corrects"), "")
    given = {**values, "origin": worse(storm.origin, values["origin"])} | _said(storm_id, by)
    made = int(connection.execute(insert(Dispatch).values(**given).returning(Dispatch.id)).scalar_one())
    connection.execute(ticking(LAYER))
    return made


def report_shelter(connection: Connection, values: Mapping[str, Any], by: By) -> int:
    """What was reported of a shelter: port_code, capacity, occupied (None: not told), reported_at, who, source."""
    there = select(Source.origin).join(FishingPort, FishingPort.source_id == Source.id)
    there = there.where(FishingPort.code == values["port_code"], FishingPort.superseded_at.is_(None))
    if (origin := connection.execute(there).scalar()) is None:
        raise NotFound(f"port_code={values['port_code']!r}: no such port; see /api/storms/shelters", field="port_code")
    if values["capacity"] is None and values["occupied"] is None:
        raise BadInput("capacity, occupied: give at least one", field="capacity")
    _refuse_future(values["reported_at"], by.at)
    given = {**values, "origin": worse(origin, values["origin"]), "stored_at": by.at, "stored_by": by.name}
    made = connection.execute(insert(ShelterState).values(**given).returning(ShelterState.id)).scalar_one()
    connection.execute(ticking(LAYER))
    return int(made)


def worse(one: str, other: str) -> str:
    """The less real of two origins."""
    order = ("real", "replayed", "simulated")
    return max(one, other, key=order.index)


def _said(storm_id: int, by: By) -> dict[str, Any]:
    return {"storm_id": storm_id, "stored_at": by.at, "stored_by": by.name}


def _storm(connection: Connection, storm_id: int) -> Any:
    row = connection.execute(select(Storm.id, Storm.origin).where(Storm.id == storm_id)).first()
    if row is None:
        raise NotFound(f"id={storm_id}: no such storm; GET /api/storms lists them", field="id")
    return row


def _refuse_future(moment: datetime, now: datetime) -> None:
    if moment > now + timedelta(minutes=5):
        raise BadInput(f"{moment.isoformat()} has not come yet; check day, hour and time zone", field="issued_at")


def _check_correction(
    connection: Connection, model: type[Any], storm_id: int, corrects: int | None, reason: str | None
) -> None:
    if corrects is None:
        return
    if reason is None:
        raise BadInput("reason: a correction says why", field="reason")
    table = model.__table__
    if (
        connection.execute(select(table.c.id).where(table.c.id == corrects, table.c.storm_id == storm_id)).first()
        is None
    ):
        raise BadInput(f"corrects={corrects}: nothing of this storm has that number", field="corrects")
    if connection.execute(select(table.c.id).where(table.c.corrects == corrects)).first() is not None:
        raise BadInput(f"corrects={corrects}: it was corrected already; correct the correction", field="corrects")


def _point(forecast_id: int, point: PointDraft) -> dict[str, Any]:
    radii = {str(force): list(quads) for force, quads in sorted(point.radii.items())}
    told = {"at": point.t, "lon": point.lon, "lat": point.lat, "wind_kt": point.wind_kt}
    return told | {"forecast_id": forecast_id, "radii": radii, "said_in": point.said_in}
