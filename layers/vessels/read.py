"""Boats found, counted, and one boat with its devices, rule and last day."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from geo import crs
from geo.box import parse_box
from geo.errors import BadInput
from geo.text import digits, fold, registration_key
from layers.sources.models import Source
from layers.units.models import Cell, Unit
from layers.vessels.echoes import FIRST_HEARD, also_heard_by
from layers.vessels.history import LOOKBACK
from layers.vessels.models import NOT_HEARD, DeviceTurn, Live, Position, Transmitter, TransmitterOnVessel
from layers.vessels.registry import VesselNow
from layers.vessels.sharing import is_shared
from layers.vessels.status import STATUSES, status_of
from layers.watch.rules import NOW

Boat = type[VesselNow]
"""Each boat now, or what reads like it: each boat at another moment."""

RECENT = timedelta(hours=24)
RECENT_EVERY_S = 180
MOST_RECENT = 500
MOST_TURNS = 50
STEP_OF_STATUS = {
    "on_time": "report_due",
    "late": "report_due",
    "lost_6h": "position_by_other_means",
    "lost_10d": "port_for_repair",
}
"""Which step of the silence rule stands behind a status."""


def found(q: str, bbox: str, status: str, boat: Boat = VesselNow) -> list[ColumnElement[bool]]:
    """The conditions of a search; BadInput names the parameter that is wrong."""
    conditions: list[ColumnElement[bool]] = []
    if text := fold(q):
        number = digits(q)
        by_number = boat.digits.contains(number, autoescape=True) if number else boat.digits.is_(None)
        only_digits = bool(number) and number == text.replace(" ", "")
        by_text = boat.search.contains(text, autoescape=True)
        if number:  # a number written with other signs, or none: QNG0369, qng-mp.0369
            bare = func.regexp_replace(boat.search, "[^a-z0-9]", "", "g")
            by_text = or_(by_text, bare.contains(registration_key(q).lower(), autoescape=True))
        conditions.append(by_number if only_digits else by_text)
    if bbox:
        inside = func.ST_MakeEnvelope(*parse_box(bbox), crs.STORED)
        conditions.append(boat.geom.op("&&")(inside))
    if status:
        asked = status.split(",")
        if wrong := [s for s in asked if s not in STATUSES]:
            raise BadInput(f"status={wrong[0]!r}: use one of {', '.join(STATUSES)}", field="status")
        conditions.append(status_of(boat).in_(asked))
    return conditions


def vessels_statement(
    q: str, conditions: list[ColumnElement[bool]], limit: int, boat: Boat = VesselNow
) -> Select[*tuple[Any, ...]]:
    """Boats that meet the conditions: an exact number or name first, then those silent longest."""
    plain = digits(q).lstrip("0")
    key = func.regexp_replace(func.lower(boat.label), "[^a-z0-9]", "", "g")
    exact = case(
        (key == registration_key(q).lower(), 0),
        (func.ltrim(boat.digits, "0") == plain, 0) if plain else (literal(False), 0),
        (func.lower(boat.name) == q.strip().lower(), 1),
        else_=2,
    )
    return (
        select(boat, status_of(boat).label("status"), Source.origin, Transmitter.station)
        .add_columns(is_shared(boat.transmitter_id).label("shared"))
        .join(Source, Source.id == boat.source_id)
        .outerjoin(Transmitter, Transmitter.id == boat.transmitter_id)
        .where(*conditions)
        .order_by(exact, boat.t.asc().nulls_last(), boat.label)
        .limit(limit)
    )


def counts_statement(conditions: list[ColumnElement[bool]], boat: Boat = VesselNow) -> Select[*tuple[Any, ...]]:
    """Boats by status."""
    status = status_of(boat).label("status")
    return select(status, func.count().label("boats")).select_from(boat).where(*conditions).group_by(status)


def devices_statement(vessel_id: int) -> Select[*tuple[Any, ...]]:
    """The transmitters that ever sat on a boat, newest link first."""
    link = TransmitterOnVessel
    return (
        select(Transmitter.key, Transmitter.kind, link.valid_from, link.valid_to, link.seal, Live.t.label("last_t"))
        .add_columns(Live.counted)
        .join(link, link.transmitter_id == Transmitter.id)
        .outerjoin(Live, Live.transmitter_id == Transmitter.id)
        .where(link.vessel_id == vessel_id)
        .order_by(link.valid_from.desc(), Transmitter.key)
    )


def devices_then_statement(vessel_id: int, counted: int | None) -> Select[*tuple[Any, ...]]:
    """The transmitters that sat on a boat at `now`, each with its newest position by then; `counted` spoke for it."""
    link = TransmitterOnVessel
    own = Position.transmitter_id == Transmitter.id
    newest = (
        select(func.max(Position.t))
        .where(own, Position.t <= NOW, Position.t >= NOW - LOOKBACK, Position.flags.op("&")(NOT_HEARD) == 0)
        .correlate(Transmitter)
        .scalar_subquery()
    )
    last = case((Live.t <= NOW, Live.t), else_=newest)
    return (
        select(Transmitter.key, Transmitter.kind, link.valid_from, link.valid_to, link.seal, last.label("last_t"))
        .add_columns((Transmitter.id == (counted or 0)).label("counted"))
        .join(link, link.transmitter_id == Transmitter.id)
        .outerjoin(Live, Live.transmitter_id == Transmitter.id)
        .where(link.vessel_id == vessel_id, link.valid_from <= NOW, or_(link.valid_to.is_(None), link.valid_to > NOW))
        .order_by(link.valid_from.desc(), Transmitter.key)
    )


def turns_statement(vessel_id: int) -> Select[*tuple[Any, ...]]:
    """Which monitoring device counted for a boat until `now`, the newest turn first."""
    turn, former = DeviceTurn, aliased(Transmitter)
    return (
        select(Transmitter.key, turn.since, turn.until, turn.reason, turn.silent_s, former.key.label("former"))
        .join(Transmitter, Transmitter.id == turn.transmitter_id)
        .outerjoin(former, former.id == turn.former_id)
        .where(turn.vessel_id == vessel_id, turn.since <= NOW)
        .order_by(turn.since.desc())
        .limit(MOST_TURNS)
    )


def devices_of(handle: int) -> Select[*tuple[Any, ...]]:
    """The ids of the transmitters that ever were on a vessel, or of the one that stands for itself."""
    if handle % 2:
        return select(Transmitter.id).where(Transmitter.id == handle // 2)
    link = TransmitterOnVessel
    return select(link.transmitter_id).where(link.vessel_id == handle // 2).distinct()


def heard_on(vessel_id: int) -> ColumnElement[bool]:
    """Holds for positions of a device that sat on the boat at their own time."""
    link = TransmitterOnVessel
    return exists().where(
        link.transmitter_id == Position.transmitter_id,
        link.vessel_id == vessel_id,
        link.valid_from <= Position.t,
        or_(link.valid_to.is_(None), Position.t < link.valid_to),
    )


def recent_statement(transmitters: Select[*tuple[Any, ...]], now: datetime) -> Select[*tuple[Any, ...]]:
    """The positions of the last day of some transmitters, newest first; the newest of every three minutes.

    A device that speaks every few seconds would otherwise fill the list with its last hour. A transmission that
    several receivers heard stands there once, with all of them.
    """
    turn = func.floor(func.extract("epoch", Position.t) / literal_column(str(RECENT_EVERY_S)))
    return (
        select(
            Position.t.label("fix_t"),
            Position.lon_e7,
            Position.lat_e7,
            Position.sog_dkn,
            Source.code,
            also_heard_by().label("also_heard_by"),
        )
        .join(Source, Source.id == Position.source_id)
        .where(Position.transmitter_id.in_(transmitters), Position.t > now - RECENT, Position.t <= now)
        .where(Position.lon_e7.is_not(None), FIRST_HEARD, Position.flags.op("&")(NOT_HEARD & ~1) == 0)
        .ext(distinct_on(turn))
        .order_by(turn.desc(), Position.t.desc())
        .limit(MOST_RECENT)
    )


def commune_statement(cell_id: int) -> Select[*tuple[Any, ...]]:
    """Today's commune of a cell."""
    return (
        select(Unit.code, Unit.full_name.label("name"))
        .join(Cell, Cell.commune_code == Unit.code)
        .where(Cell.id == cell_id, Unit.level == "commune", Unit.valid_to.is_(None))
    )
