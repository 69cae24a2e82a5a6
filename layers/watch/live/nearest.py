"""Who is nearest to people in danger.

A call of a device needs nobody: the watch makes a case of it (`distress/sos`); what people tell by telephone or radio
is opened by hand (`web.case_opening`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from layers.watch.law import law_statement
from layers.watch.live.settings import settings_at

ROUND_ABOUT_NM = 300
"""Farther boats are not looked at."""

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
