"""Cases of the 1022 gateway: what citizens told the province and how it is answered, without who told it.

The gateway's interface is not public: the file is our contract (docs/contracts/cases-1022.md). Whatever it says of the
reporter is left out before anything is stored, and numbers that could be telephones are masked in what they wrote.
"""

from pathlib import Path
from typing import Any

import orjson

from geo.errors import BadInput
from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.tables.load import load_table
from ingest.tables.table import ReadOptions
from layers.citizens.masking import mask_text
from layers.registry import get_layer, load_layers

CONTRACT = "opsmap/1022-cases/1"
LAYER = "citizen_report"
MOST = 8_000_000
STATES = {
    "moi": "received", "da_tiep_nhan": "received", "cho_bo_sung": "received", "mo_lai": "in_progress",
    "da_phan_cong": "in_progress", "dang_xu_ly": "in_progress", "cho_duyet": "in_progress", "da_xu_ly": "done",
    "cong_khai": "done", "tu_choi": "rejected", "trung_lap": "rejected", "chuyen_cap": "rejected",
    "tra_lai": "rejected",
}  # fmt: skip
"""The gateway's words and ours; a word that is in neither is refused by the row."""
KEPT = ("code", "category", "state", "received_at", "due_at", "done_at", "content", "agency", "as_of", "lon", "lat")


class Cases1022:
    """Cases in our contract's JSON."""

    name = "cases_1022"

    def knows(self, given: Given) -> bool:
        """Whether the file says it is of the contract."""
        return CONTRACT.encode() in given.head[:400]

    def target(self, given: Given) -> str:
        """Citizens' reports, however they come."""
        return LAYER

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the cases as citizens' reports; one whose state changed is a new row of the same report."""
        cases = [_without_reporter(case) for case in _read(given.path)]
        kept = scratch / f"{given.path.parent.name}-cases.json"
        kept.write_bytes(orjson.dumps({"contract": CONTRACT, "cases": cases}))
        layer = get_layer(load_layers(), LAYER)
        file = scratch / f"{given.path.parent.name}-1022.geojson"
        file.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [_feature(case) for case in cases]}))
        sender = room.desk.sender(layer.name, layer.source, "Cổng 1022")
        options = ReadOptions(opened=room.opened(adapter_named("cases-1022")))
        loaded = load_table(room.connection, layer, file, sender, room.clock, options)
        return Published(loaded.summary, kept)


def _read(path: Path) -> list[dict[str, Any]]:
    if path.stat().st_size > MOST:
        raise BadInput(f"more than {MOST:,} bytes of cases in one file: send them in parts")
    try:
        told = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        raise BadInput("not readable as JSON") from None
    cases = told.get("cases") if isinstance(told, dict) else None
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise BadInput("cases: give a list of objects", field="cases")
    return cases


def _without_reporter(case: dict[str, Any]) -> dict[str, Any]:
    kept = {name: case.get(name) for name in KEPT}
    kept["state"] = STATES.get(str(kept["state"]), kept["state"])
    if isinstance(kept["content"], str):
        kept["content"] = mask_text(kept["content"])
    return kept


def _feature(case: dict[str, Any]) -> dict[str, Any]:
    point = [case["lon"], case["lat"]]
    known = all(isinstance(part, int | float) for part in point)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": point} if known else None,
        "properties": {name: value for name, value in case.items() if name not in ("lon", "lat")},
    }
