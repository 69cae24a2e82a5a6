"""A boat's track as a table: every position the map draws, every gap as a row of its own, what people said marked.

Columns side by side, oldest first, for a page that shows thousands of rows; the same rows as a sheet.
"""

from datetime import UTC
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel

from geo.clock import from_unix_ms, show_moment, unix_ms
from geo.errors import BadInput
from geo.measure import METRES_PER_NM, distance_m
from layers.sources.freshness import Origin
from layers.vessels.reported import CALLERS, CHANNELS
from web.sheets import Sheet, dms
from web.track_formats import DOUBTS
from web.tracks import Told, Track

MOST_ROWS = 60_000
Kind = Literal["fix", "gap", "told"]


class FixRows(BaseModel):
    """One entry a row in every list. `kind`: fix, gap (from `t` to `t_to`, Unix seconds; open: null), told.

    `before_min` and `before_nm` lead back to the row's former fix; null at the first and where a jump lies between.
    """

    vessel: str
    label: str
    since: float
    until: float
    origin: Origin
    fixes: int
    gaps: int
    told: int
    kind: list[Kind]
    t: list[float]
    t_to: list[float | None]
    lon: list[float]
    lat: list[float]
    sog_kn: list[float | None]
    cog_deg: list[float | None]
    device: list[str | None]
    source: list[str | None]
    before_min: list[float | None]
    before_nm: list[float | None]
    in_port: list[bool | None]
    doubtful: list[bool]
    note: list[str | None]


Row = dict[str, Any]


def fix_rows(track: Track) -> FixRows:
    """The table of a track; BadInput when it has too many rows to be read."""
    fixes, gaps, told = _fixes(track), _gaps(track), [_told(each) for each in track.told]
    rows = sorted([*gaps, *fixes, *told], key=lambda row: (row["t"], row["kind"] == "gap"))
    if len(rows) > MOST_ROWS:
        raise BadInput(f"from, to: {len(rows)} rows; at most {MOST_ROWS}", field="from", title="Khoảng quá dài")
    names = [name for name in FixRows.model_fields if name in (rows[0] if rows else _EMPTY)]
    return FixRows(
        vessel=track.vessel,
        label=track.label,
        since=track.window.since.timestamp(),
        until=track.window.until.timestamp(),
        origin=track.origin,  # type: ignore[arg-type]
        fixes=len(fixes),
        gaps=len(gaps),
        told=len(told),
        **{name: [row[name] for row in rows] for name in names},
    )


_EMPTY: Row = {"kind": None, "t": 0.0, "t_to": None, "lon": None, "lat": None, "sog_kn": None, "cog_deg": None,
               "device": None, "source": None, "before_min": None, "before_nm": None, "in_port": None,
               "doubtful": False, "note": None}  # fmt: skip


def _fixes(track: Track) -> list[Row]:
    """The positions in the window; the last one before it gives the first its way back."""
    heard, p = track.heard, track.heard.points
    since, until = unix_ms(track.window.since), unix_ms(track.window.until)
    inside = np.flatnonzero((p.t_ms >= since) & (p.t_ms < until))
    nm = np.full(len(p), np.nan)
    nm[1:] = distance_m(p.lon[:-1], p.lat[:-1], p.lon[1:], p.lat[1:]) / METRES_PER_NM
    minutes = np.diff(p.t_ms, prepend=p.t_ms[:1]) / 60_000
    return [
        _EMPTY
        | {
            "kind": "fix",
            "t": p.t_ms[i] / 1000,
            "lon": round(float(p.lon[i]), 7),
            "lat": round(float(p.lat[i]), 7),
            "sog_kn": None if heard.sog_dkn[i] < 0 else int(heard.sog_dkn[i]) / 10,
            "cog_deg": None if heard.cog_ddeg[i] < 0 else int(heard.cog_ddeg[i]) / 10,
            "device": "vms" if heard.vms[i] else "ais",
            "source": track.sources[int(heard.source_id[i])].code,
            "before_min": None if i == 0 else round(float(minutes[i]), 1),
            "before_nm": None if i == 0 else round(float(nm[i]), 2),
            "in_port": bool(track.in_port[i]),
            "doubtful": bool(heard.flags[i] & DOUBTS),
        }
        for i in inside.tolist()
    ]


def _gaps(track: Track) -> list[Row]:
    return [
        _EMPTY
        | {
            "kind": "gap",
            "t": gap.t_from_ms / 1000,
            "t_to": None if gap.is_open else gap.t_to_ms / 1000,
            "lon": round(gap.lon[0], 7),
            "lat": round(gap.lat[0], 7),
            "before_min": round((gap.t_to_ms - gap.t_from_ms) / 60_000, 1),
            "before_nm": None if gap.distance_nm is None else round(gap.distance_nm, 2),
        }
        for gap in track.voyage.gaps
    ]


def _told(told: Told) -> Row:
    """What a person said: by whom and how; `typed` at a centre of a provider."""
    said = "typed" if told.caller is None else f"{CALLERS[told.caller].vi}, {CHANNELS[told.channel or 'other'].vi}"
    place = {"lon": round(told.lon, 7), "lat": round(told.lat, 7)}
    return _EMPTY | {"kind": "told", "t": told.t.astimezone(UTC).timestamp(), "note": said} | place


COLUMNS = (("what", "Dòng"), ("at", "Thời điểm"), ("lat_dms", "Vĩ độ"), ("lon_dms", "Kinh độ"),
           ("sog_kn", "Tốc độ (hải lý/giờ)"), ("cog_deg", "Hướng (°)"), ("device", "Thiết bị"), ("source", "Nguồn"),
           ("before_min", "Cách dòng trước (phút)"), ("before_nm", "Cách dòng trước (hải lý)"),
           ("note", "Ghi chú"))  # fmt: skip
WHAT = {"fix": "vị trí", "gap": "mất tín hiệu", "told": "người báo"}


def fixes_sheet(found: FixRows) -> Sheet:
    """The table as a sheet: of which boat, from when to when."""
    span = [show_moment(from_unix_ms(round(s * 1000))) for s in (found.since, found.until)]
    title = f"Hành trình {found.label}, {span[0]} đến {span[1]}: {found.fixes} vị trí, {found.gaps} khoảng mất tín hiệu"
    lines = [_line(found, i) for i in range(len(found.t))]
    return Sheet(f"hanh-trinh-{found.vessel}", title, COLUMNS, lines, found.origin)


def _line(found: FixRows, i: int) -> Row:
    same = ("sog_kn", "cog_deg", "source", "before_min", "before_nm")
    notes = [
        found.note[i] or "",
        "số liệu nghi ngờ" if found.doubtful[i] else "",
        "trong cảng" if found.in_port[i] else "",
    ]
    return {name: getattr(found, name)[i] for name in same} | {
        "what": WHAT[found.kind[i]],
        "at": from_unix_ms(round(found.t[i] * 1000)),
        "lat_dms": dms(found.lat[i], "lat"),
        "lon_dms": dms(found.lon[i], "lon"),
        "device": (found.device[i] or "").upper() or None,
        "note": "; ".join(note for note in notes if note) or None,
    }
