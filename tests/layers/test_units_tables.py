"""The units as the API gives them, against the project's source tables: same codes, same names, on every date."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from layers.units.read import units_statement

LAST_DAY = date(2025, 6, 30)
FIRST_DAY = date(2025, 7, 1)


def listed(db: Connection, level: str, at: date, province: str = "51") -> dict[str, Any]:
    rows = db.execute(units_statement(level, at, province)).mappings().all()
    found = {row["code"]: row for row in rows}
    assert len(found) == len(rows), "a code stands twice on one date"
    return found


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def properties(folder: Path, name: str) -> list[dict[str, Any]]:
    return [f["properties"] for f in json.loads((folder / name).read_text())["features"]]


@pytest.mark.parametrize("at", [date(2020, 2, 1), date(2021, 6, 1), LAST_DAY])
def test_the_communes_of_before(db: Connection, at: date, shared_data: Path) -> None:
    theirs = {
        r["code"]: r
        for r in table(shared_data, "quang-ngai-communes-2021.csv")
        if r["type"].startswith(("x", "p", "t"))
    }
    ours = listed(db, "commune", at)
    assert ours.keys() == theirs.keys()
    assert len(ours) == 173
    for code, row in ours.items():
        assert (row["full_name"], row["parent_code"]) == (theirs[code]["full_name"], theirs[code]["district_code"])
        assert row["successor_codes"] == theirs[code]["successor_codes_2025"]
    assert "536" not in {row["parent_code"] for row in ours.values()}, "Lý Sơn had no communes"


@pytest.mark.parametrize("at", [FIRST_DAY, date(2026, 11, 23)])
def test_the_communes_of_today(db: Connection, at: date, shared_data: Path) -> None:
    theirs = {p["code"]: p["full_name"] for p in properties(shared_data, "quang-ngai-communes-2025.geojson")}
    ours = listed(db, "commune", at)
    assert {code: row["full_name"] for code, row in ours.items()} == theirs
    assert len(ours) == 96
    assert all(row["shape"] for row in ours.values())
    types = [row["type"] for row in ours.values()]
    assert (types.count("xa"), types.count("phuong"), types.count("dac-khu")) == (86, 9, 1)


@pytest.mark.parametrize("at", [date(2020, 2, 1), date(2021, 1, 1), LAST_DAY])
def test_the_districts_of_before(db: Connection, at: date, shared_data: Path) -> None:
    theirs = {p["code"]: p["full_name"] for p in properties(shared_data, "quang-ngai-districts-2021.geojson")}
    assert {code: row["full_name"] for code, row in listed(db, "district", at).items()} == theirs
    kon_tum = listed(db, "district", at, "62")
    pieces = [p for p in properties(shared_data, "unit-outlines.geojson") if p["province_2021"] == "62"]
    assert {code: row["full_name"] for code, row in kon_tum.items()} == {
        p["district_code"]: p["district"] for p in pieces
    }
    assert len(listed(db, "district", at, "all")) == 23


@pytest.mark.parametrize("at", [date(2019, 6, 1), date(2020, 1, 31)])
def test_tay_tra_was_the_fourteenth_district(db: Connection, at: date) -> None:
    ours = listed(db, "district", at)
    assert len(ours) == 14
    assert {code for code, row in ours.items() if not row["shape"]} == {"525", "526"}  # nothing parts them on our map
    assert ours["534"]["full_name"] == "Huyện Đức Phổ"
    assert listed(db, "district", date(2020, 2, 1))["534"]["full_name"] == "Thị xã Đức Phổ"


def test_the_day_the_districts_ended(db: Connection) -> None:
    assert len(listed(db, "district", LAST_DAY, "all")) == 23
    assert listed(db, "district", FIRST_DAY, "all") == {}
    assert listed(db, "former_district", LAST_DAY, "all") == {}
    former = listed(db, "former_district", FIRST_DAY)
    assert {code: row["name"] for code, row in former.items()} == {
        code: row["name"] for code, row in listed(db, "district", LAST_DAY, "all").items()
    }


def test_the_two_provinces_became_one(db: Connection) -> None:
    before = listed(db, "province", LAST_DAY, "all")
    assert {code: row["full_name"] for code, row in before.items()} == {"51": "Tỉnh Quảng Ngãi", "62": "Tỉnh Kon Tum"}
    assert listed(db, "province", LAST_DAY, "62").keys() == {"62"}
    assert listed(db, "province", FIRST_DAY, "all").keys() == {"51"}
    assert listed(db, "province", FIRST_DAY, "62") == {}
    assert listed(db, "commune", FIRST_DAY, "62") == {}
