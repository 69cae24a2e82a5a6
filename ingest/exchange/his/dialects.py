"""How two makers of hospital systems write the same record, and the one form we count.

Dialect `4750` follows the tables of QĐ 4750/QĐ-BYT; dialect `4210` is the way of the decision before it, which systems
in use are said to send still. Which maker sends which is *chưa xác minh*: the record itself says it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ingest.xml_tree import Node

INPATIENT_4750 = frozenset({"03", "04", "09"})
TRANSFERRED_4750 = frozenset({"2", "5"})


class Stay(NamedTuple):
    """All that is counted of one closed record; `key` is the record's own name, used to count it once and forgotten."""

    key: str
    facility: str | None
    day: date
    inpatient: bool
    transferred: bool
    died: bool
    bed_days: int | None


@dataclass(frozen=True)
class Dialect:
    """The names of the fields, how a moment is written, and which codes mean what."""

    name: str
    marks: str
    fields: Mapping[str, str]
    read_day: Callable[[str], date | None]
    inpatient: frozenset[str]
    transferred: frozenset[str]


def _compact_day(told: str) -> date | None:
    """`yyyyMMddHHmm` or `yyyyMMdd`, of Việt Nam."""
    return _date(told[:4], told[4:6], told[6:8]) if told.isdigit() and len(told) in (8, 12, 14) else None


def _slashed_day(told: str) -> date | None:
    """`dd/MM/yyyy HH:mm`, of Việt Nam; the compact way too."""
    match = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", told)
    return _date(match[3], match[2], match[1]) if match else _compact_day(told)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


_SAME = {"key": "MA_LK", "facility": "MA_CSKCB", "left": "NGAY_RA", "kind": "MA_LOAI_KCB", "result": "KET_QUA_DTRI",
         "days": "SO_NGAY_DTRI"}  # fmt: skip
DIALECTS = (
    Dialect("4750", "MA_LOAI_RV", _SAME | {"how": "MA_LOAI_RV"}, _compact_day, INPATIENT_4750, TRANSFERRED_4750),
    Dialect(
        "4210", "TINH_TRANG_RV", _SAME | {"how": "TINH_TRANG_RV"}, _slashed_day, frozenset({"3"}), frozenset({"2"})
    ),
)
DIED = "5"


def dialect_of(record: Node) -> Dialect | None:
    """The dialect a record is written in, or None."""
    return next((dialect for dialect in DIALECTS if record.find(dialect.marks) is not None), None)


def read_stay(record: Node, dialect: Dialect) -> Stay | str:
    """What is counted of a record; for one that cannot be counted the name of the field that is wrong."""
    told = {name: record.say(field) for name, field in dialect.fields.items()}
    day = dialect.read_day(told["left"] or "")
    key, kind, days = told["key"], told["kind"], told["days"]
    wrong = [name for name, good in (("key", key), ("left", day), ("kind", kind)) if not good]
    if days is not None and not (days.isdecimal() and len(days) < 5):
        wrong.append("days")
    if wrong or key is None or day is None or kind is None:
        return dialect.fields[wrong[0]]
    inpatient = kind in dialect.inpatient
    bed_days = int(days) if days is not None and inpatient else None
    transferred = told["how"] in dialect.transferred
    return Stay(key, told["facility"], day, inpatient, transferred, told["result"] == DIED, bed_days)
