"""Figures of the province by day, in contracts of ours: ferries of an island, the flash reports of a holiday."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from geo.clock import FUTURE_ALLOWANCE, local_date
from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.exchange.figures import Figures, Report, Source, store_figures
from ingest.exchange.row_list import Contract, Listed, a_count_or_none, a_day, a_word, list_rows, one_of, tell_rows
from ingest.outcome import Fault

PROVINCE = "51"
Check = Callable[[psycopg.Connection], Callable[[Mapping[str, Any]], Fault | None]]


@dataclass(frozen=True)
class DayRows:
    """One kind of rows: its contract, which indicator each count is, whose it is, and what else must hold of a row."""

    name: str
    contract: Contract
    indicators: Mapping[str, tuple[str, str]]
    sender: tuple[str, str]
    label: str
    check: Check

    def knows(self, given: Given) -> bool:
        """Whether the file says it is of the contract."""
        return self.contract.is_told_by(given.head)

    def target(self, given: Given) -> str:
        """Figures of its own kind."""
        return self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the figures of each day; a row that is wrong is refused by itself."""
        listed = list_rows(given.path, self.contract)
        figures = self._figures(room, listed)
        kept = tell_rows(self.contract, listed, scratch / f"{given.path.parent.name}-{self.name}.json")
        units = {code: unit for code, unit in self.indicators.values()}
        report = Report(self.contract.name, adapter_named(self.name), "province", units)
        source = Source(room.desk.sender(self.name, *self.sender), self.label, kept)
        return Published(store_figures(room, report, source, figures, listed.rejects), kept)

    def _figures(self, room: Room, listed: Listed) -> list[Figures]:
        check, found = self.check(room.connection), dict[date, Figures]()
        last = local_date(room.clock() + FUTURE_ALLOWANCE)
        for number, row in list(listed.rows.items()):
            wrong = _when(row["day"], last, row["day"] in found) or check(row)
            if wrong is not None:
                listed.refuse(number, wrong)
                continue
            values = {code: row[name] for name, (code, _) in self.indicators.items()}
            found[row["day"]] = Figures(PROVINCE, row["day"], values)
        return list(found.values())


def _when(day: date, last: date, known: bool) -> Fault | None:
    if day > last:
        return Fault("day", "the day has not begun yet", "ngày chưa tới")
    return Fault("day", "stands twice in the file", "ghi hai lần trong tệp") if known else None


def _ferry(connection: psycopg.Connection) -> Callable[[Mapping[str, Any]], Fault | None]:
    def check(row: Mapping[str, Any]) -> Fault | None:
        if row["sailings"] == 0 and (row["passengers"] or 0) > 0:
            en, vi = "passengers without a sailing: mend one of them", "có khách mà không có chuyến: sửa một trong hai"
            return Fault("passengers", en, vi)
        return None

    return check


def _holiday(connection: psycopg.Connection) -> Callable[[Mapping[str, Any]], Fault | None]:
    rows = connection.execute("SELECT code, valid_from, valid_to FROM holiday WHERE superseded_at IS NULL")
    feasts = {code: (since, until) for code, since, until in rows}

    def check(row: Mapping[str, Any]) -> Fault | None:
        since, until = feasts.get(row["holiday"], (date.max, date.max))
        if not since <= row["day"] < until:
            en = f"{row['day']} is no day of that holiday; the centre keeps the holidays as rows"
            return Fault(
                "holiday", en, f"ngày {row['day']:%d/%m/%Y} không thuộc kỳ nghỉ này; trung tâm ghi kỳ nghỉ trước"
            )
        if (row["rooms_sold"] or 0) > (row["rooms"] or 0) and row["rooms"] is not None:
            return Fault("rooms_sold", "more rooms sold than there are", "phòng bán nhiều hơn phòng có")
        return None

    return check


FERRIES = DayRows(
    "ferries",
    Contract(
        "opsmap/ferry-day/1",
        {
            "route": one_of("saky_lyson"),
            "day": a_day,
            "sailings": a_count_or_none,
            "passengers": a_count_or_none,
            "cancelled_weather": a_count_or_none,
        },
    ),
    {
        "sailings": ("chuyen_saky_lyson", "chuyến"),
        "passengers": ("khach_saky_lyson", "lượt"),
        "cancelled_weather": ("chuyen_huy_thoi_tiet", "chuyến"),
    },
    ("ferries", "Cảng Sa Kỳ: tàu khách Sa Kỳ – Lý Sơn"),
    "Tàu khách Sa Kỳ – Lý Sơn",
    _ferry,
)
HOLIDAY_FLASH = DayRows(
    "holiday_flash",
    Contract(
        "opsmap/holiday-flash/1",
        {
            "holiday": a_word,
            "day": a_day,
            "visitors": a_count_or_none,
            "foreign": a_count_or_none,
            "overnight": a_count_or_none,
            "revenue_million": a_count_or_none,
            "rooms": a_count_or_none,
            "rooms_sold": a_count_or_none,
        },
    ),
    {
        "visitors": ("khach_le", "lượt"),
        "foreign": ("khach_qt_le", "lượt"),
        "overnight": ("luu_tru_le", "lượt"),
        "revenue_million": ("doanh_thu_le", "triệu đồng"),
        "rooms": ("phong_le", "phòng"),
        "rooms_sold": ("phong_ban_le", "phòng"),
    },
    ("holiday_flash", "Báo cáo nhanh du lịch dịp lễ"),
    "Báo cáo nhanh dịp lễ",
    _holiday,
)
