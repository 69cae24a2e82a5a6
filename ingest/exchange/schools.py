"""What three systems say of schools in a school year, in our contract (docs/contracts/schools.md).

Each speaks for itself; whose word is shown where they differ is a policy (`source_rank`), and what people decide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from geo.clock import FUTURE_ALLOWANCE, local_date
from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.exchange.row_list import Contract, Listed, a_count_or_none, a_word, list_rows, tell_rows
from ingest.exchange.row_store import Lot, store_lot
from ingest.outcome import Fault
from layers.indicators.spans import span_of
from layers.indicators.store import Observed, store_observations

INDICATORS = {"pupils": ("so_hs", "học sinh"), "teachers": ("so_gv", "người"), "classrooms": ("phong_hoc", "phòng")}
OF_STAGE = {
    "preschool": "so_truong_mn",
    "primary": "so_truong_th",
    "lower_secondary": "so_truong_thcs",
    "upper_secondary": "so_truong_thpt",
}
"""Schools of several stages count among all schools only."""
FIRST_YEAR = 2000
Known = Mapping[str, str]
"""The stage of every school on the map, by its code."""


def _a_year(told: Any) -> int:
    if type(told) is not int or not FIRST_YEAR <= told <= date.max.year:
        raise ValueError("the year in which the school year begins, as a number")
    return told


@dataclass(frozen=True)
class Schools:
    """The schools of one system: `name` for permissions, and whose it is."""

    system: str
    title: str

    @property
    def name(self) -> str:
        """How permissions call it."""
        return f"schools_{self.system}"

    @property
    def contract(self) -> Contract:
        """The contract of this system: the same fields, a name of its own."""
        fields = {"school": a_word, "year": _a_year} | dict.fromkeys(INDICATORS, a_count_or_none)
        return Contract(f"opsmap/schools-{self.system}/1", fields)

    def knows(self, given: Given) -> bool:
        """Whether the file says it is of the contract."""
        return self.contract.is_told_by(given.head)

    def target(self, given: Given) -> str:
        """Figures of its own kind."""
        return self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store what the system says of each school and year."""
        listed = list_rows(given.path, self.contract)
        status = "official" if room.paper_id is not None else "preliminary"
        found = list(_observed(room, listed, status))
        kept = tell_rows(self.contract, listed, scratch / f"{given.path.parent.name}-{self.name}.json")
        sender = room.desk.sender(self.name, self.name, self.title)
        lot = Lot(listed, len(found), kept, self.name)
        adapter = adapter_named("schools")
        return store_lot(
            room, sender, self.title, adapter, lot, lambda told: store_observations(room.connection, found, told).stored
        )


def _observed(room: Room, listed: Listed, status: str) -> Iterator[Observed]:
    rows = room.connection.execute("SELECT DISTINCT ON (code) code, stage FROM school WHERE superseded_at IS NULL")
    known: Known = {code: stage for code, stage in rows}
    seen: set[tuple[str, int]] = set()
    last = local_date(room.clock() + FUTURE_ALLOWANCE).year
    for number, row in list(listed.rows.items()):
        fault = _wrong(row, known, seen, last)
        if fault is not None:
            listed.refuse(number, fault)
            continue
        seen.add((row["school"], row["year"]))
        yield from _of_school(number, row, known[row["school"]], status)


def _wrong(row: Mapping[str, Any], known: Known, seen: set[tuple[str, int]], last: int) -> Fault | None:
    if row["school"] not in known:
        en = f"no school of the map has the code {row['school'][:40]!r}; the department's file brings new ones"
        return Fault("school", en, "không có trường mang mã này trên bản đồ; bổ sung trường ở tệp của Sở trước")
    if row["year"] > last:
        return Fault("year", "that school year has not begun", "năm học chưa bắt đầu")
    if (row["school"], row["year"]) in seen:
        return Fault("school", "stands twice for that year", "ghi hai lần cho năm học ấy")
    return None


def _of_school(number: int, row: Mapping[str, Any], stage: str, status: str) -> Iterator[Observed]:
    since, until = span_of("year", date(row["year"], 1, 1))
    counted = {code: (1, "trường") for code in ("so_truong", OF_STAGE.get(stage)) if code is not None}
    told = {code: (row[field], unit) for field, (code, unit) in INDICATORS.items()}
    for code, (value, unit) in (counted | told).items():
        raw = orjson.dumps({"school": row["school"], "year": row["year"], code: value})
        number_of = None if value is None else Decimal(value)
        yield Observed(code, "facility", row["school"], since, until, number_of, unit, status, number, raw)


SCHOOLS = (
    Schools("department", "Sở Giáo dục và Đào tạo: trường, lớp"),
    Schools("vnpt", "VNPT: phần mềm quản lý trường học"),
    Schools("viettel", "Viettel: phần mềm quản lý trường học"),
)
