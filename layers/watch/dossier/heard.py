"""Where the boat was: what its devices said with the line each said it in, and apart from it what people said."""

import base64
import hashlib
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, and_, literal_column, or_, select

from geo.clock import Window, from_unix_ms
from layers.seals.rows import BY_TABLE
from layers.sources.models import Source
from layers.vessels.history import HEARD, Heard, asked, unpack
from layers.vessels.models import Position, Transmitter
from layers.vessels.pieces import Limits, split_heard
from layers.vessels.reported import CALLERS, CHANNELS, MOST, TYPED, reported_statement, within
from layers.watch.rules import in_force, rules_statement

MOST_POSITIONS = 20_000
FLAGS = {1: "no_time", 128: "sos", TYPED: "typed"}
SAID = ("said", "caller_role", "caller_name", "channel", "taken_by", "handed_to", "note", "doubts", "corrects",
        "corrected_by")  # fmt: skip


def read_positions(
    connection: Connection, devices: list[Row[Any]], window: Window, at: datetime
) -> list[dict[str, Any]]:
    """Every position of the boat's devices while they sat on it, oldest first, each with the hash of its raw line."""
    if not devices:
        return []
    p, place = Position, BY_TABLE["position"]
    on_board = or_(*(_on_board(device) for device in devices))
    columns = (p.t, p.heard_at, p.stored_at, p.lon_e7, p.lat_e7, p.sog_dkn, p.cog_ddeg, p.flags, p.delivery_id, p.raw)
    digest: ColumnElement[bytes] = literal_column(
        place.row_digest.replace("ROW(transmitter_id", "ROW(position.transmitter_id")
    )
    rows = connection.execute(
        select(*columns, Transmitter.key, Transmitter.kind, Source.code, Source.origin, digest.label("row_digest"))
        .join(Transmitter, Transmitter.id == p.transmitter_id)
        .join(Source, Source.id == p.source_id)
        .where(on_board, p.t >= window.since, p.t <= window.until, p.stored_at <= at)
        .order_by(p.t, Transmitter.key, p.source_id, p.payload_hash)
        .limit(MOST_POSITIONS)
    )
    return [_position(row) for row in rows.all()]


def _on_board(device: Row[Any]) -> Any:
    mine = Position.transmitter_id == device.id
    if device.valid_from is None:
        return mine
    since = and_(mine, Position.t >= device.valid_from)
    return since if device.valid_to is None else and_(since, Position.t < device.valid_to)


def _position(row: Any) -> dict[str, Any]:
    raw = bytes(row.raw)
    return {
        "t": row._mapping["t"],
        "heard_at": row.heard_at,
        "stored_at": row.stored_at,
        "lon": None if row.lon_e7 is None else row.lon_e7 / 1e7,
        "lat": None if row.lat_e7 is None else row.lat_e7 / 1e7,
        "sog_kn": None if row.sog_dkn is None else row.sog_dkn / 10,
        "cog_deg": None if row.cog_ddeg is None else row.cog_ddeg / 10,
        "flags": row.flags,
        "typed": bool(row.flags & TYPED),
        "device": row.key,
        "kind": row.kind,
        "source": row.code,
        "origin": row.origin,
        "delivery": row.delivery_id,
        "raw_base64": base64.b64encode(raw).decode(),
        "raw_sha256": hashlib.sha256(raw).hexdigest(),
        "row_sha256": bytes(row.row_digest).hex(),
    }


def read_reported(connection: Connection, vessel_id: int | None, window: Window, at: datetime) -> list[dict[str, Any]]:
    """What people said by radio or telephone, oldest first; a corrected one names what stands in its place."""
    if vessel_id is None:
        return []
    rows = connection.execute(reported_statement(vessel_id, *within(window.since, window.until))).all()
    assert len(rows) <= MOST
    told = [row for row in rows if row.stored_at <= at]
    return [_reported(row) for row in sorted(told, key=lambda row: (row.told_t, row.id))]


def _reported(row: Row[Any]) -> dict[str, Any]:
    words = {"caller": CALLERS[row.caller_role].vi, "channel_title": CHANNELS[row.channel].vi}
    place = {"t": row.told_t, "lon": row.lon_e7 / 1e7, "lat": row.lat_e7 / 1e7, "heard_at": row.heard_at}
    return {"id": row.id, **place, **words, **{name: getattr(row, name) for name in SAID}}


def read_track(
    connection: Connection, case: Row[Any], devices: list[Row[Any]], window: Window, known: list[dict[str, Any]]
) -> dict[str, Any]:
    """Pieces and gaps: [unix seconds, longitude, latitude] of each point; a gap joins nothing, it only has two ends.

    Of what lies in the window only `known` counts: a position stored later would change a dossier of before.
    `limits` are the seconds of silence that make a gap by kind of device, as the rules of that time have them.
    """
    rules = connection.execute(rules_statement(("track",))).all()
    steps = [in_force(rules, "track", step, window.since) for step in ("gap_vms", "gap_ais")]
    limits = Limits(*(rule.threshold_s for rule in steps))
    told = {"limits": {"vms_s": limits.vms_s, "ais_s": limits.ais_s}, "pieces": [], "gaps": []}
    ids = sorted({device.id for device in devices})
    if not ids:
        return told
    raw = connection.exec_driver_sql(HEARD, asked(window.since, window.until, devices=ids)).scalar()
    found = unpack(raw, window.since, window.until)
    handle = 2 * case.vessel_id if case.vessel_id is not None else 2 * ids[0] + 1
    found = found.only(found.points.boat == handle)
    t_ms, inside = found.points.t_ms, [round(each["t"].timestamp() * 1000) for each in known]
    before = (t_ms < window.since.timestamp() * 1000) | (t_ms > window.until.timestamp() * 1000)
    return told | _pieces(found.only(before | np.isin(t_ms, np.array(inside, dtype=np.int64))), limits, window)


def _pieces(heard: Heard, limits: Limits, window: Window) -> dict[str, Any]:
    if not len(heard):
        return {}
    p, found = heard.points, split_heard(heard, limits)
    points = [[int(t) // 1000, round(float(lon), 7), round(float(lat), 7)]
              for t, lon, lat in zip(p.t_ms, p.lon, p.lat, strict=True)]  # fmt: skip
    starts = [int(n) for n in np.flatnonzero(found.begins)]
    ends = [*starts[1:], len(points)]
    moments = [from_unix_ms(int(t)) for t in p.t_ms]
    gaps = [{"from": moments[n - 1], "to": moments[n], "ends": points[n - 1 : n + 1]} for n in starts if found.gap[n]]
    limit_s = limits.vms_s if heard.vms[-1] else limits.ais_s
    if (window.until - moments[-1]).total_seconds() > limit_s:
        gaps.append({"from": moments[-1], "to": None, "unheard_until": window.until, "ends": points[-1:]})
    return {"pieces": [points[a:b] for a, b in zip(starts, ends, strict=True)], "gaps": gaps}
