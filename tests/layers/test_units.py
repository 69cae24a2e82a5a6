"""The counts every table of the province agrees on, and that sums are the same every way."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, func, select

from geo.errors import BadInput
from layers import sum_statements
from layers.catalog import unit as unit_catalog
from layers.database import write
from layers.units.load import load_reference
from layers.units.models import Cell, Unit, UnitCell, UnitShape
from layers.units.read import locate_statement, unit_statement, units_statement


@pytest.mark.parametrize(
    ("level", "at", "province", "count"),
    [
        ("district", date(2019, 6, 1), "51", 14),
        ("district", date(2020, 2, 1), "51", 13),
        ("district", date(2021, 6, 1), "51", 13),
        ("district", date(2021, 6, 1), "62", 10),
        ("district", date(2025, 7, 1), "all", 0),
        ("commune", date(2021, 6, 1), "51", 173),
        ("commune", date(2025, 6, 30), "51", 173),
        ("commune", date(2025, 7, 1), "51", 96),
        ("former_district", date(2026, 11, 23), "51", 23),
        ("province", date(2021, 6, 1), "all", 2),
        ("province", date(2025, 7, 1), "all", 1),
    ],
)
def test_units_of_a_level_on_a_date(db: Connection, level: str, at: date, province: str, count: int) -> None:
    assert len(db.execute(units_statement(level, at, province)).all()) == count


def test_tay_tra_has_figures_only(db: Connection) -> None:
    rows = {r.code: r for r in db.execute(units_statement("district", date(2019, 6, 1), "51"))}
    assert rows["526"].shape is False
    assert rows["524"].shape is True


def test_a_bare_code_means_its_latest_vintage(db: Connection) -> None:
    row = db.execute(unit_statement("522", None)).one()
    assert (row.level, row.valid_to) == ("former_district", None)
    assert db.execute(unit_statement("522", date(2021, 1, 1))).one().level == "district"


def test_every_cell_is_in_one_unit_of_each_structure(db: Connection) -> None:
    for level, units in (("commune", 96), ("former_district", 23), ("province", 1)):
        rows = db.execute(
            select(UnitCell.cell_id, UnitCell.unit_key)
            .join(Unit, Unit.key == UnitCell.unit_key)
            .where(Unit.level == level, Unit.valid_to.is_(None))
        ).all()
        assert len(rows) == 97
        assert len({r.cell_id for r in rows}) == 97
        assert len({r.unit_key for r in rows}) == units


def test_figures_add_up_the_same_every_way(db: Connection) -> None:
    totals = []
    for level in ("commune", "former_district", "province"):
        keys = db.scalars(select(Unit.key).where(Unit.level == level, Unit.valid_to.is_(None))).all()
        rows = db.execute(
            sum_statements.unit_statement(unit_catalog.LAYER, grouped=True), {"units": keys, "now": datetime.now(UTC)}
        ).mappings()
        totals.append(sum(r["population"] or 0 for r in rows))
    assert len(set(totals)) == 1
    assert totals[0] > 1_900_000


def test_a_commune_with_no_published_figure_is_partial_not_zero(db: Connection) -> None:
    silent = db.scalars(select(Cell.commune_code).where(Cell.population.is_(None))).all()
    assert len(silent) == 2
    key = db.scalar(select(Unit.key).where(Unit.code == silent[0], Unit.valid_to.is_(None)))
    statement = sum_statements.unit_statement(unit_catalog.LAYER)
    row = db.execute(statement, {"units": [key], "now": datetime.now(UTC)}).mappings().one()
    assert row["population"] is None
    assert (row["known_population"], row["rows"]) == (0, 1)


def test_the_units_of_a_point(db: Connection) -> None:
    rows = db.execute(locate_statement(108.79232, 15.12047, date(2026, 11, 23))).all()
    assert {(r.level, r.code) for r in rows} == {
        ("province", "51"),
        ("former_district", "522"),
        ("commune", rows[[r.level for r in rows].index("commune")].code),
    }
    assert db.execute(locate_statement(112.0, 16.5, date(2026, 11, 23))).all() == []


@pytest.mark.parametrize(("lon", "lat", "field"), [(200.0, 15.0, "lon"), (108.0, 91.0, "lat")])
def test_a_point_that_is_nowhere_is_refused(lon: float, lat: float, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        locate_statement(lon, lat, date(2026, 1, 1))
    assert caught.value.field == field


def test_outlines_per_zoom_keep_every_unit_and_shrink(db: Connection) -> None:
    rows = db.execute(
        select(UnitShape.minzoom, func.count(), func.sum(func.ST_NPoints(UnitShape.geom))).group_by(UnitShape.minzoom)
    ).all()
    assert {r[1] for r in rows} == {96 + 23}
    points = [r[2] for r in sorted(rows)]
    assert points == sorted(points)
    assert points[0] < points[-1] / 2


def test_loading_the_same_bundle_again_changes_nothing(engine: Engine, now: datetime) -> None:
    with write(engine) as connection:
        assert load_reference(connection, lambda: now) is False
