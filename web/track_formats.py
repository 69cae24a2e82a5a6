"""A track as clients take it: GeoJSON with gaps of their own, or OGC Moving Features JSON (19-045r3)."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import numpy as np

from geo.clock import from_unix_ms
from ingest.outcome import Flag
from layers.vessels.history import Array
from layers.vessels.pieces import split_heard
from layers.vessels.voyage import Gap
from web.track_words import say_voyage
from web.tracks import Told, Track

KNOT_UOM = "KNT"
DEGREE_UOM = "DEG"
DOUBTS = int(Flag.JUMP | Flag.CLOCK_AHEAD | Flag.SPEED | Flag.COURSE)


def geojson(track: Track) -> dict[str, Any]:
    """A FeatureCollection: each piece with a time, speed, course, device and source for every point; each gap.

    Positions that people reported stand apart (`kind` reported): no device said them, and no sum is made of them.
    """
    features = [_piece(track, points) for points in _pieces(track)]
    features += [_gap(gap) for gap in track.voyage.gaps]
    features += [_told(track, each) for each in track.told]
    features.sort(key=lambda feature: feature["properties"]["t_from"])
    return {"type": "FeatureCollection", **_head(track), "features": features}


def mfjson(track: Track) -> dict[str, Any]:
    """A FeatureCollection of one moving feature; a sequence for each piece, so nobody interpolates over a gap."""
    parts = [(points, _datetimes(track, points)) for points in _pieces(track)]
    prisms = [
        {"type": "MovingPoint", "datetimes": times, "coordinates": _spots(track, points), "interpolation": "Linear"}
        for points, times in parts
    ]
    said = [
        {
            "datetimes": times,
            "speed": _values(track.heard.sog_dkn[points], KNOT_UOM),
            "course": _values(track.heard.cog_ddeg[points], DEGREE_UOM),
        }
        for points, times in parts
    ]
    geometry = prisms[0] if len(prisms) == 1 else {"type": "MovingGeometryCollection", "prisms": prisms}
    feature = {
        "type": "Feature",
        "id": track.vessel,
        "time": [_iso(track.window.since), _iso(track.window.until)],
        "crs": {"type": "Name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "trs": {"type": "Name", "properties": {"name": "urn:ogc:data:time:iso8601"}},
        "temporalGeometry": geometry,
        "temporalProperties": said,
        "geometry": None,
        "properties": _head(track),
    }
    return {"type": "FeatureCollection", "features": [feature]}


def _head(track: Track) -> dict[str, Any]:
    limits = track.limits
    return {
        "vessel": track.vessel,
        "label": track.label,
        "from": _iso(track.window.since),
        "to": _iso(track.window.until),
        "origin": track.origin,
        "rules": {"gap_vms_s": limits.vms_s, "gap_ais_s": limits.ais_s},
        "summary": _summary(track),
    }


def _summary(track: Track) -> dict[str, Any]:
    voyage = track.voyage
    longest = max((gap.t_to_ms - gap.t_from_ms for gap in voyage.gaps), default=None)
    return {
        "day": None if track.day is None else track.day.isoformat(),
        "points": voyage.points,
        "distance_nm": None if voyage.distance_nm is None else round(voyage.distance_nm, 2),
        "at_sea_s": round(voyage.at_sea_s),
        "in_port_s": round(voyage.in_port_s),
        "silent_s": round(voyage.silent_s),
        "max_sog_kn": voyage.max_sog_kn,
        "gaps": len(voyage.gaps),
        "longest_gap_s": None if longest is None else longest // 1000,
        "text": say_voyage(voyage),
    }


def _pieces(track: Track) -> Iterator[Array]:
    """Indices of the points of each piece that lie in the window."""
    begins = split_heard(track.heard, track.limits).begins
    t_ms = track.heard.points.t_ms
    since, until = track.window.since.timestamp() * 1000, track.window.until.timestamp() * 1000
    inside = (t_ms >= since) & (t_ms < until)
    for points in np.split(np.arange(len(begins)), np.flatnonzero(begins)):
        if len(kept := points[inside[points]]):
            yield kept


def _piece(track: Track, points: Array) -> dict[str, Any]:
    heard, spots = track.heard, _spots(track, points)
    t_ms = heard.points.t_ms[points]
    geometry = {"type": "LineString", "coordinates": spots} if len(spots) > 1 else _point(spots[0])
    told = {
        "kind": "piece",
        "t_from": _iso(from_unix_ms(int(t_ms[0]))),
        "t_to": _iso(from_unix_ms(int(t_ms[-1]))),
        "times": (t_ms // 1000).tolist(),
        "sog_kn": _tenths(heard.sog_dkn[points]),
        "cog_deg": _tenths(heard.cog_ddeg[points]),
        "device": ["vms" if vms else "ais" for vms in heard.vms[points].tolist()],
        "in_port": track.in_port[points].tolist(),
        "source": [track.sources[number].code for number in heard.source_id[points].tolist()],
        "doubtful": (heard.flags[points] & DOUBTS != 0).tolist(),
    }
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _gap(gap: Gap) -> dict[str, Any]:
    spots = [[round(lon, 7), round(lat, 7)] for lon, lat in zip(gap.lon, gap.lat, strict=True)]
    told = {
        "kind": "gap",
        "t_from": _iso(from_unix_ms(gap.t_from_ms)),
        "t_to": None if gap.is_open else _iso(from_unix_ms(gap.t_to_ms)),
        "duration_s": (gap.t_to_ms - gap.t_from_ms) // 1000,
        "distance_nm": None if gap.distance_nm is None else round(gap.distance_nm, 2),
        "open": gap.is_open,
    }
    geometry = _point(spots[0]) if gap.is_open else {"type": "LineString", "coordinates": spots}
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _told(track: Track, told: Told) -> dict[str, Any]:
    moment = _iso(told.t)
    said = {"id": told.number, "caller": told.caller, "channel": told.channel}
    properties = {"kind": "reported", "t_from": moment, "t_to": moment, **said}
    return {"type": "Feature", "geometry": _point([round(told.lon, 7), round(told.lat, 7)]), "properties": properties}


def _point(spot: list[float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": spot}


def _spots(track: Track, points: Array) -> list[list[float]]:
    p = track.heard.points
    spots: list[list[float]] = np.round(np.column_stack([p.lon[points], p.lat[points]]), 7).tolist()
    return spots


def _datetimes(track: Track, points: Array) -> list[str]:
    return [_iso(from_unix_ms(ms)) for ms in track.heard.points.t_ms[points].tolist()]


def _tenths(values: Array) -> list[float | None]:
    return [None if value < 0 else value / 10 for value in values.tolist()]


def _values(values: Array, unit: str) -> dict[str, Any]:
    return {"uom": unit, "values": _tenths(values), "interpolation": "Discrete"}


def _iso(moment: Any) -> str:
    return str(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"))
