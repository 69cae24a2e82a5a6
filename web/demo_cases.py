"""Cases for trying the pages: of boats of the demonstration that are silent by now, worked on a little."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from layers.vessels.registry import VesselNow
from layers.watch.cases.acts import Doer, act
from layers.watch.cases.ledger import Entry
from layers.watch.cases.models import Case
from layers.watch.cases.opening import open_by_flow

MOST = 12
SILENT_FOR = timedelta(hours=6)
OFFICER = "can-bo-mo-phong"
Step = tuple[str, dict[str, Any]]
CALL: Step = ("call", {"to": "owner", "result": "answered", "said": "chủ tàu hẹn hỏi lại thuyền trưởng"})
WORK: tuple[tuple[Step, ...], ...] = (
    (),
    (("acknowledge", {}),),
    (("call", {"result": "no_answer"}), CALL),
    (CALL, ("move", {"to": "verifying"}), ("note", {"text": "đã nhờ tàu cùng tổ hỏi qua bộ đàm"})),
    (CALL, ("move", {"to": "handed", "agency": "province"})),
    (CALL, ("close", {"outcome": "signal_back"})),
)
"""What was done with a case so far; the cases take turns."""


def open_demo_cases(connection: Connection, now: datetime) -> int:
    """Silent boats as cases and one of people in danger; how many were opened. Where there is any case: none."""
    if connection.scalar(select(func.count()).select_from(Case)):
        return 0
    boats = connection.execute(_silent(now)).all()
    for turn, boat in enumerate(boats):
        danger = turn == 0
        began = now - timedelta(minutes=20) if danger else boat.heard_t
        values = _values(boat, began) | {"kind": "distress" if danger else "silence"}
        opened = now - timedelta(minutes=15) if danger else boat.heard_t + SILENT_FOR
        said = (
            {"distress": "adrift", "what": "hỏng máy, thả trôi (mô phỏng)", "said_by": "tàu cùng tổ"} if danger else {}
        )
        case_id = open_by_flow(connection, values, Entry("opened", opened, None, None, said))
        _work(connection, case_id, () if danger else WORK[turn % len(WORK)], now)
    return len(boats)


def _silent(now: datetime) -> Any:
    boat = VesselNow
    columns = (boat.vessel_id, boat.length_m, boat.t.label("heard_t"), boat.lon_e7, boat.lat_e7)
    silent = (boat.vessel_id.is_not(None), boat.kind == "vms", ~boat.in_port, boat.t < now - SILENT_FOR)
    return select(*columns).where(*silent, boat.length_m >= 15).order_by(boat.t.desc()).limit(MOST)


def _values(boat: Any, began: datetime) -> dict[str, Any]:
    place = {"lon_e7": boat.lon_e7, "lat_e7": boat.lat_e7, "length_m": boat.length_m}
    return place | {"vessel_id": boat.vessel_id, "began_at": began, "origin": "simulated"}


def _work(connection: Connection, case_id: int, steps: tuple[Step, ...], now: datetime) -> None:
    number = connection.scalar(select(Case.number).where(Case.id == case_id))
    for turn, (action, given) in enumerate(steps):
        doer = Doer(OFFICER, "officer", now - timedelta(minutes=10 * (len(steps) - turn)))
        act(connection, str(number), action, given, doer, turn + 1)
