"""Every kind of disagreement: what it is called, what two sides it has, and the statement that finds it.

A statement gives `subject, vessel_id, reg_key, since, one, other`. A subject names the same difference at every look.
Thresholds are rules (`books/…`), given as %(match)s and so on; `now` is the moment looked at.
"""

from dataclasses import dataclass

from layers.books.sides import VMS, call_side, fold_sql, nothing, register_side, side
from layers.spec import Text

OURS = "^QNG"
"""What a number of this province begins with, as books are joined; that our registers lack another's is no news."""
OTHER_LENGTH_M = 0.05
"""Registers round; what differs by less is the same length."""
OTHER_BOAT_M = 1.0
"""What differs in name and by more than this is hardly one boat."""


@dataclass(frozen=True)
class Kind:
    """One kind. `moving`: a side that changes by itself (a position) is kept up to date without a step."""

    name: str
    title: Text
    sql: str
    moving: bool = False


def _registers(differ: str, one: str, other: str) -> str:
    """Two registers that hold one boat, where `differ` holds between their rows a and b."""
    return f"""
    SELECT a.id || ':' || a.source_id || ':' || b.source_id, a.id, a.reg_key, greatest(a.heard_at, b.heard_at),
           {one}, {other}
    FROM (SELECT DISTINCT ON (id, source_id) * FROM vessel WHERE superseded_at IS NULL
          ORDER BY id, source_id, row_id DESC) AS a
    JOIN (SELECT DISTINCT ON (id, source_id) * FROM vessel WHERE superseded_at IS NULL
          ORDER BY id, source_id, row_id DESC) AS b ON b.id = a.id AND b.source_id > a.source_id
    WHERE {differ}
    """


def _column(name: str, differ: str) -> str:
    return _registers(differ, register_side("a", name), register_side("b", name))


_OWNER = _registers(
    f"{fold_sql('a.owner')} <> {fold_sql('b.owner')}",
    *(side(row, "'vessel'", f"jsonb_build_object('reg_no', {row}.code)", f"{row}.owner") for row in "ab"),
)
_OUT_IN = f"""
SELECT b.boat, b.vessel_id, b.reg_key, greatest(b.t, p.t), {call_side("b")}, {call_side("p")}
FROM weigh_last AS b JOIN weigh_last AS p ON p.boat = b.boat AND p.keeper = 'port'
WHERE b.keeper = 'border' AND b.direction <> p.direction
  AND CASE WHEN b.t > p.t THEN b.direction ELSE p.direction END = 'out' AND greatest(b.t, p.t) < %(now)s - %(match)s
"""
_ARRIVAL = f"""
SELECT p.source_id || ':' || p.code, p.vessel_id, p.reg_key, p.t, {call_side("p")}, {nothing("'border_call'")}
FROM weigh_call AS p
WHERE p.keeper = 'port' AND p.direction = 'in' AND p.t < %(now)s - %(match)s AND NOT EXISTS (
    SELECT FROM weigh_call AS b WHERE b.boat = p.boat AND b.keeper = 'border' AND b.direction = 'in'
      AND b.t BETWEEN p.t - %(match)s AND p.t + %(match)s)
"""
_VMS_FROM = f"""
SELECT c.source_id || ':' || c.code || ':' || d.id, c.vessel_id, c.reg_key, c.t, {VMS}, {call_side("c")}
FROM weigh_newest AS c JOIN live AS l ON l.vessel_id = c.vessel_id
JOIN transmitter AS d ON d.id = l.transmitter_id AND d.kind = 'vms'
WHERE l.t > %(now)s - %(fresh)s AND l.t > c.t + %(match)s
"""
_PORT_AT = """(
      SELECT FROM fishing_port AS f
      WHERE f.superseded_at IS NULL AND ST_DWithin(f.geom, {place}, f.radius_m / 5e4)
        AND ST_DWithin(f.geom::geography, {place}::geography, f.radius_m))
"""
# So it has been for a while: a book may come an hour late, and a boat that leaves is in port before.
_FOR_A_WHILE = """  AND EXISTS (
    SELECT FROM (
        SELECT ST_SetSRID(ST_MakePoint(q.lon_e7 / 1e7, q.lat_e7 / 1e7), 4326) AS place FROM position AS q
        WHERE q.transmitter_id = l.transmitter_id AND q.t > c.t AND q.t <= l.t - %(match)s AND q.t > l.t - %(fresh)s
          AND q.lon_e7 IS NOT NULL AND q.lat_e7 IS NOT NULL ORDER BY q.t DESC LIMIT 1) AS q
    WHERE {way} EXISTS """
_VMS_IN_PORT = (
    f"{_VMS_FROM}  AND l.in_port AND c.direction = 'out'\n"
    f"{_FOR_A_WHILE.format(way='')}{_PORT_AT.format(place='q.place')})"
)
_VMS_AT_SEA = (
    f"{_VMS_FROM}  AND NOT l.in_port AND c.direction = 'in' AND NOT EXISTS {_PORT_AT.format(place='l.geom')}"
    f"{_FOR_A_WHILE.format(way='NOT')}{_PORT_AT.format(place='q.place')})"
)
_CREW = f"""
SELECT b.source_id || ':' || b.code || ':' || p.code, b.vessel_id, b.reg_key, greatest(b.t, p.t),
       {call_side("b")}, {call_side("p")}
FROM weigh_call AS b JOIN weigh_call AS p ON p.boat = b.boat AND p.direction = b.direction AND p.keeper = 'port'
  AND p.t BETWEEN b.t - %(match)s AND b.t + %(match)s
WHERE b.keeper = 'border' AND b.crew <> p.crew
"""
_LICENCE = f"""
SELECT DISTINCT ON (c.boat, v.licence_to) c.boat || ':' || v.licence_to, c.vessel_id, c.reg_key,
       min(c.t) OVER (PARTITION BY c.boat),
       {register_side("v", "licence_no", "licence_to")}, {call_side("c")}
FROM (SELECT *, (t AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS local_day FROM weigh_call WHERE direction = 'out') AS c
JOIN vessel AS v ON v.id = c.vessel_id AND v.leads
WHERE v.licence_to < c.local_day
ORDER BY c.boat, v.licence_to, c.t DESC, c.keeper
"""
_LANDING = f"""
SELECT DISTINCT ON (g.source_id, g.receipt_no) g.source_id || ':' || g.receipt_no, n.vessel_id, g.reg_key, g.t,
       {side("g", "'landing'", "jsonb_build_object('receipt_no', g.receipt_no, 'port', g.port)")},
       {nothing("'border_call'")}
FROM landing AS g LEFT JOIN vessel_number AS n ON n.reg_key = g.reg_key
WHERE g.superseded_at IS NULL AND g.t > %(since)s AND g.t <= %(now)s AND NOT EXISTS (
    SELECT FROM weigh_call AS c WHERE c.boat = coalesce('v' || n.vessel_id, g.reg_key) AND c.direction = 'in'
      AND c.t BETWEEN g.t - %(landing)s AND g.t + %(match)s)
ORDER BY g.source_id, g.receipt_no, g.row_id
"""
_UNKNOWN = f"""
SELECT DISTINCT ON (e.reg_key) e.reg_key, NULL::int4, e.reg_key, e.t,
       {side("e", "e.book", "jsonb_build_object('reg_no', e.vessel_no)")}, {nothing("'vessel'")}
FROM (
    SELECT reg_key, vessel_no, keeper || '_call' AS book, source_id, delivery_id, code, t, heard_at, row_id
    FROM weigh_call WHERE vessel_id IS NULL
    UNION ALL
    SELECT reg_key, vessel_no, 'landing', source_id, delivery_id, code, t, heard_at, row_id FROM landing
    WHERE superseded_at IS NULL AND t > %(since)s
    UNION ALL
    SELECT reg_key, vessel_no, 'catch_log', source_id, delivery_id, code, t, heard_at, row_id FROM catch_log
    WHERE superseded_at IS NULL AND t > %(since)s
    UNION ALL
    SELECT reg_key, vessel_no, 'penalty', source_id, delivery_id, code, t, heard_at, row_id FROM penalty
    WHERE superseded_at IS NULL
) AS e
WHERE e.reg_key ~ '{OURS}' AND NOT EXISTS (SELECT FROM vessel_number AS n WHERE n.reg_key = e.reg_key)
ORDER BY e.reg_key, e.t, e.book, e.row_id
"""
_DEVICE = f"""
SELECT a.vms_provider || ':' || a.vms_device_id || ':' || a.id || ':' || b.id, a.id, a.reg_key,
       greatest(a.heard_at, b.heard_at), {register_side("a", "vms_provider", "vms_device_id", "vms_seal", "vms_from")},
       {register_side("b", "vms_provider", "vms_device_id", "vms_seal", "vms_from")}
FROM (SELECT DISTINCT ON (id, vms_provider, vms_device_id) * FROM vessel
      WHERE superseded_at IS NULL AND vms_device_id IS NOT NULL AND coalesce(vms_to, %(now)s::date) >= %(now)s::date
      ORDER BY id, vms_provider, vms_device_id, leads DESC, row_id) AS a
JOIN (SELECT DISTINCT ON (id, vms_provider, vms_device_id) * FROM vessel
      WHERE superseded_at IS NULL AND vms_device_id IS NOT NULL AND coalesce(vms_to, %(now)s::date) >= %(now)s::date
      ORDER BY id, vms_provider, vms_device_id, leads DESC, row_id) AS b
  ON b.vms_device_id = a.vms_device_id AND b.vms_provider IS NOT DISTINCT FROM a.vms_provider AND b.id > a.id
"""
_NUMBER = f"""
SELECT a.reg_key || ':' || a.source_id || ':' || b.source_id || ':' || a.code || ':' || b.code, a.id, a.reg_key,
       greatest(a.heard_at, b.heard_at), {register_side("a", "name", "length_m", "home_port")},
       {register_side("b", "name", "length_m", "home_port")}
FROM vessel AS a JOIN vessel AS b ON b.reg_key = a.reg_key AND b.superseded_at IS NULL
  AND (b.source_id, b.row_id) > (a.source_id, a.row_id)
WHERE a.superseded_at IS NULL AND (a.source_id = b.source_id
    OR ({fold_sql("a.name")} <> {fold_sql("b.name")} AND abs(a.length_m - b.length_m) > {OTHER_BOAT_M}))
"""

KINDS: tuple[Kind, ...] = (
    Kind("length", Text("Chiều dài khác nhau giữa các sổ đăng ký", "Registers give different lengths"),
         _column("length_m", f"abs(a.length_m - b.length_m) > {OTHER_LENGTH_M}")),
    Kind("gear", Text("Nghề khác nhau giữa các sổ đăng ký", "Registers give different gear"),
         _column("gear", f"{fold_sql('a.gear')} <> {fold_sql('b.gear')}")),
    Kind("owner", Text("Chủ tàu khác nhau giữa các sổ đăng ký", "Registers give different owners"), _OWNER),
    Kind("out_in", Text("Một sổ ghi đã đi, sổ kia ghi còn trong bến", "One book says out, the other in"), _OUT_IN),
    Kind("arrival_alone", Text("Cảng ghi cập cảng, biên phòng không ghi nhập bến",
                               "Port arrival without one at the border guard"), _ARRIVAL),
    Kind("vms_in_port", Text("Thiết bị ở trong cảng, sổ ghi đang trên biển", "VMS in port, book says at sea"),
         _VMS_IN_PORT, moving=True),
    Kind("vms_at_sea", Text("Thiết bị ở trên biển, sổ ghi đã về bến", "VMS at sea, book says in port"),
         _VMS_AT_SEA, moving=True),
    Kind("crew", Text("Số thuyền viên khác nhau", "Crew counts differ"), _CREW),
    Kind("licence", Text("Xuất bến khi giấy phép đã hết hạn", "Licence expired at departure"), _LICENCE),
    Kind("landing_alone", Text("Bốc dỡ mà không có lượt nhập bến", "Landing without an arrival"), _LANDING),
    Kind("unknown_boat", Text("Tàu không có trong sổ đăng ký nào", "Boat in no register"), _UNKNOWN),
    Kind("device_twice", Text("Một thiết bị ghi cho hai tàu", "One device on two boats"), _DEVICE),
    Kind("number_twice", Text("Hai tàu mang một số đăng ký", "Two boats with one number"), _NUMBER),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}
