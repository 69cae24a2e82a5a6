"""Which units a point lies in: on any date, on borders, on the island, at sea and outside."""

from datetime import date
from typing import Any

import pytest
import shapely
from sqlalchemy import Connection, Engine, select

from layers.units.models import Cell
from layers.units.read import locate_statement

TODAY = date(2026, 11, 23)
LAST_DAY = date(2025, 6, 30)
LY_SON = (109.1177, 15.3804)
SEA = (110.5, 15.2)
LAOS = (107.0, 15.0)


def located(db: Connection, point: tuple[float, float], at: date) -> dict[str, str]:
    rows = db.execute(locate_statement(*point, at)).mappings().all()
    found = {row["level"]: row["full_name"] for row in rows}
    assert len(found) == len(rows), f"{point} lies in two units of one level: {rows}"
    return found


@pytest.fixture(scope="module")
def cells(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [shapely.from_wkb(bytes(g.data)) for g in connection.scalars(select(Cell.geom).order_by(Cell.id))]


def test_each_date_has_its_levels(db: Connection) -> None:
    city = (108.79232, 15.12047)
    assert located(db, city, TODAY).keys() == {"province", "former_district", "commune"}
    assert located(db, city, LAST_DAY) == {"province": "Tỉnh Quảng Ngãi", "district": "Thành phố Quảng Ngãi"}
    kon_tum = (107.99, 14.35)
    assert located(db, kon_tum, LAST_DAY) == {"province": "Tỉnh Kon Tum", "district": "Thành phố Kon Tum"}
    assert located(db, kon_tum, date(2025, 7, 1))["province"] == "Tỉnh Quảng Ngãi"


def test_ly_son_is_one_cell_on_every_date(db: Connection) -> None:
    assert located(db, LY_SON, date(2019, 6, 1))["district"] == "Huyện Lý Sơn"
    today = located(db, LY_SON, TODAY)
    assert (today["former_district"], today["commune"]) == ("Huyện Lý Sơn", "Đặc khu Lý Sơn")


@pytest.mark.parametrize("point", [SEA, LAOS, (0.0, 0.0), (-180.0, -90.0), (180.0, 90.0)])
def test_at_sea_and_abroad_there_is_none(point: tuple[float, float], db: Connection) -> None:
    assert located(db, point, TODAY) == {}


def test_every_corner_of_every_border_lies_in_one_unit_of_each_level(db: Connection, cells: list[Any]) -> None:
    corners = [
        c for cell in cells for c in shapely.get_coordinates(cell)[:: max(1, shapely.get_num_coordinates(cell) // 4)]
    ]
    assert len(corners) > 4 * len(cells)
    for x, y in corners:
        point = (float(x), float(y))
        found = located(db, point, TODAY)
        assert found.keys() == {"province", "former_district", "commune"}, point
        assert located(db, point, TODAY) == found


def test_a_point_is_found_by_the_index(db: Connection) -> None:
    db.exec_driver_sql("SET LOCAL enable_seqscan = off")
    sent = str(locate_statement(*LY_SON, TODAY).compile(db, compile_kwargs={"literal_binds": True}))
    plan = "\n".join(row[0] for row in db.exec_driver_sql("EXPLAIN " + sent.replace("%", "%%")))
    assert "idx_cell_geom" in plan
