"""People in danger: a call that somebody takes by telephone or radio, and who is nearest.

A call of a device needs nobody: the watch makes a case of it (`distress/sos`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text

from geo.errors import BadInput
from layers.spec import Text
from layers.vessels.registry import VesselNow
from layers.watch.cases.ledger import Entry, append, open_case
from layers.watch.law import law_statement
from layers.watch.live.hooks import open_case_of
from layers.watch.live.settings import settings_at
from layers.watch.policy import due_at, read_policies

CALLS: dict[str, Text] = {
    "sos": Text("gọi cấp cứu", "call for help"),
    "aground": Text("mắc cạn", "aground"),
    "adrift": Text("trôi dạt, hỏng máy", "adrift, engine failed"),
    "lost_contact": Text("mất liên lạc, nghi gặp nạn", "lost contact, feared in distress"),
    "other": Text("gặp nạn khác", "other distress"),
}
"""What somebody may say has happened."""
ROUND_ABOUT_NM = 300


@dataclass(frozen=True)
class Call:
    """What was said: who is in danger (a boat of ours, or a place in degrees), what happened, when, and who says so.

    `origin` is that of the exercise or the real thing: simulated, replayed or real.
    """

    what: str
    at: datetime
    vessel_id: int | None = None
    place: tuple[float, float] | None = None
    said_by: str | None = None
    note: str | None = None
    origin: str = "real"


def open_distress(connection: Connection, call: Call, actor: str, role: str, now: datetime) -> int:
    """The case of a call: a new one on top of the queue, or the open one of that boat; its id.

    BadInput when the call names neither boat nor place, or what has happened is none of `CALLS`.
    """
    if call.what not in CALLS:
        raise BadInput(f"what={call.what[:40]!r}: use one of {', '.join(CALLS)}", field="what")
    boat = _boat(connection, call.vessel_id) if call.vessel_id is not None else None
    place = call.place or ((boat.lon_e7 / 1e7, boat.lat_e7 / 1e7) if boat and boat.lon_e7 is not None else None)
    if boat is None and place is None:
        raise BadInput("say which boat (vessel_id) or where (place)", field="vessel_id")
    body: dict[str, Any] = {
        "what": call.what,
        "said_by": call.said_by,
        "note": call.note,
        "place": place,
        "new": _words(call),
    }
    body["nearest"] = nearest_boats(connection, place[0], place[1], now, call.vessel_id) if place is not None else []
    if boat is not None:
        case = open_case_of(connection, "distress", [boat.vessel_id], [])
        if case is not None:
            seen = case.acknowledged_at is not None
            change = {"acknowledged_at": None, "acknowledged_by": None} if seen else {}
            append(connection, case.id, Entry("reset" if seen else "event", now, actor, role, body), change)
            return int(case.id)
    return open_case(connection, _values(connection, call, boat, place, now), Entry("opened", now, actor, role, body))


def _values(
    connection: Connection, call: Call, boat: Any, place: tuple[float, float] | None, now: datetime
) -> dict[str, Any]:
    policy = read_policies(connection).at("distress", "sos", now)
    return {
        "kind": "distress",
        "vessel_id": call.vessel_id,
        "began_at": call.at,
        "due_at": None if policy is None else due_at(policy, call.at, now),
        "due_what": None if policy is None else policy.due_what,
        "length_m": None if boat is None else boat.length_m,
        "origin": call.origin,
        "lon_e7": None if place is None else round(place[0] * 1e7),
        "lat_e7": None if place is None else round(place[1] * 1e7),
    }


def _words(call: Call) -> dict[str, str]:
    said = CALLS[call.what]
    return {"vi": f"Báo nạn: {said.vi}", "en": f"Distress reported: {said.en}"}


def _boat(connection: Connection, vessel_id: int) -> Any:
    row = connection.execute(select(VesselNow).where(VesselNow.vessel_id == vessel_id)).first()
    if row is None:
        raise BadInput(f"vessel_id={vessel_id}: there is no such boat", field="vessel_id")
    return row


_NEAREST = text("""
SELECT b.id, b.vessel_id, b.label, b.name, b.length_m, b.t, b.lon_e7, b.lat_e7, b.sog_dkn, b.cog_ddeg,
       ST_Distance(b.geom::geography, here.place::geography) / 1852 AS nm,
       degrees(ST_Azimuth(b.geom::geography, here.place::geography)) AS course_deg
FROM vessel_now AS b, (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS place) AS here
WHERE b.t > :since AND b.t <= :now + interval '5 minutes' AND b.vessel_id IS DISTINCT FROM :exclude
  AND ST_DWithin(b.geom, here.place, :reach_deg)
ORDER BY nm LIMIT :most
""")


def nearest_boats(
    connection: Connection, lon: float, lat: float, now: datetime, exclude: int | None = None, most: int = 3
) -> list[dict[str, Any]]:
    """The boats nearest to a place (degrees), heard within the hours that the rules allow: not `exclude` (a vessel).

    Each with its distance in nautical miles (ellipsoidal), the course to steer in degrees from true north, when it was
    heard and how long ago in seconds. Boats in port count too: they can put to sea.
    """
    rows = connection.execute(law_statement(("watch",))).all()
    within = settings_at(rows, now).span("rescue_within")
    asked = {"lon": lon, "lat": lat, "now": now, "since": now - within, "exclude": exclude, "most": most}
    found = connection.execute(_NEAREST, asked | {"reach_deg": ROUND_ABOUT_NM / 60}).mappings()
    return [
        {
            "id": row["id"], "vessel_id": row["vessel_id"], "label": row["label"], "name": row["name"],
            "length_m": row["length_m"], "distance_nm": round(row["nm"], 2), "steer_deg": _whole(row["course_deg"]),
            "t": row["t"].isoformat(), "age_s": round((now - row["t"]).total_seconds()),
            "lon": row["lon_e7"] / 1e7, "lat": row["lat_e7"] / 1e7,
            "sog_kn": None if row["sog_dkn"] is None else row["sog_dkn"] / 10,
            "cog_deg": None if row["cog_ddeg"] is None else row["cog_ddeg"] / 10,
        }
        for row in found
    ]  # fmt: skip


def _whole(degrees: float | None) -> int | None:
    return None if degrees is None else round(degrees) % 360
