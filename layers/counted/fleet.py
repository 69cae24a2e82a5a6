"""The fleet: by length, with devices, at sea, silent for how long; from the register and the positions."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from layers.bulletins.fisheries.ask import known
from layers.counted.books import POSITIONS, REGISTER
from layers.counted.spec import Count, Record, Window, asking, record_of
from layers.storm.fleet import crew_of, entries_statement
from layers.vessels.registry import Vessel
from layers.vessels.status import AT_SEA, age_s, status_of
from layers.vessels.then import VesselThen

_BOATS = f"""
WITH boat AS (
    SELECT DISTINCT ON (v.id) v.id, v.length_m, v.cell_id, v.t, v.gear FROM vessel AS v
    WHERE {known("v")} AND v.t < :until ORDER BY v.id, v.leads DESC, v.row_id
)
SELECT 'boat' AS kind, 'v' || b.id AS record, b.t AS at, b.id AS vessel_id, b.cell_id, b.gear AS field
FROM boat AS b WHERE """  # noqa: S608 - our own words only
_MUST_CARRY = """b.length_m >= (SELECT r.value FROM rule AS r WHERE r.conduct = 'must_carry' AND r.step = 'carry'
    AND r.superseded_at IS NULL AND r.valid_from <= :until AND (r.valid_to IS NULL OR r.valid_to > :until)
    ORDER BY r.valid_from DESC LIMIT 1)"""
_CARRIES = """EXISTS (SELECT FROM transmitter_on_vessel AS x JOIN transmitter AS k ON k.id = x.transmitter_id
    WHERE x.vessel_id = b.id AND k.kind = 'vms' AND x.valid_from < :until
      AND (x.valid_to IS NULL OR x.valid_to >= :until))"""
_BANDS = {
    "tau_tong": "true",
    "tau_6_12": "b.length_m >= 6 AND b.length_m < 12",
    "tau_12_15": "b.length_m >= 12 AND b.length_m < 15",
    "tau_15_24": "b.length_m >= 15 AND b.length_m < 24",
    "tau_24": "b.length_m >= 24",
    "tau_phai_lap": _MUST_CARRY,
    "tau_da_lap": f"{_MUST_CARRY} AND {_CARRIES}",
}
"""The bounds are the definitions of these indicators; who must carry a device is the law of that day."""
HOUR_S, DAY_S = 3600, 86_400
_SILENT_S = {
    "mat_kn_2h": 2 * HOUR_S,
    "mat_kn_6h": 6 * HOUR_S,
    "mat_kn_24h": 24 * HOUR_S,
    "mat_kn_10ng": 10 * DAY_S,
    "mat_kn_6th": 183 * DAY_S,
}
_AGE, _STATUS = age_s(VesselThen), status_of(VesselThen)
_WITH_DEVICE = (VesselThen.kind == "vms", VesselThen.t.is_not(None))


def _then(*conditions: Any) -> Callable[[Connection, Window], Iterable[Record]]:
    """Registered boats as they stood at the end of a window."""
    columns = (
        VesselThen.id.label("record"),
        VesselThen.t.label("at"),
        VesselThen.vessel_id,
        VesselThen.cell_id,
        _STATUS.label("field"),
    )
    statement = select(*columns).where(VesselThen.vessel_id.is_not(None), *conditions)

    def find(connection: Connection, window: Window) -> list[Record]:
        rows = connection.execute(statement, {"now": window.until, "known": window.known}).mappings()
        return [record_of({"kind": "boat", **row}) for row in rows]

    return find


def aboard(connection: Connection, window: Window) -> list[Record]:
    """Boats at sea with the people aboard: by the last departure written down, else by the register, else unknown."""
    statement = select(Vessel.id, Vessel.reg_key, Vessel.crew.label("register_crew")).where(Vessel.leads)
    boats = {row.id: row for row in connection.execute(statement)}
    entries = {(e.reg_key, e.keeper): e for e in connection.execute(entries_statement(window.until))}
    return [_manned(record, boats[record.vessel_id or 0], entries) for record in _AT_SEA(connection, window)]


def _manned(record: Record, boat: Any, entries: Any) -> Record:
    people, _ = crew_of(boat, entries.get((boat.reg_key, "border")), entries.get((boat.reg_key, "port")))
    return record._replace(amount=None if people is None else Decimal(people))


_AT_SEA = _then(_STATUS.in_(AT_SEA))

COUNTS = (
    *(Count(code, "end", REGISTER, asking(_BOATS + which)) for code, which in _BANDS.items()),
    *(
        Count(code, "end", POSITIONS, _then(*_WITH_DEVICE, ~VesselThen.in_port, seconds < _AGE))
        for code, seconds in _SILENT_S.items()
    ),
    Count("tau_tren_bien", "end", POSITIONS, _AT_SEA),
    Count("lao_dong", "end", POSITIONS, aboard),
    Count("tau_tb_tren_bien", "end", POSITIONS, _then(*_WITH_DEVICE, _STATUS.in_(AT_SEA))),
    Count("tau_gui_dung_han", "end", POSITIONS, _then(*_WITH_DEVICE, _STATUS == "on_time")),
)
