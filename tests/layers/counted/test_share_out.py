"""Whose each record is: nothing is lost between the province, its units and what belongs nowhere."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.counted.ground import (
    LEVELS,
    PROVINCE_SUBJECT,
    Ground,
    of_subject,
    read_ground,
    share_out,
    unplaced,
)
from layers.counted.spec import Record

SUBJECTS = ("province", "unit:former_district", "unit:commune", "agency")
# Cell 3 and 4 are one commune in two former districts.
GROUND = Ground(
    {"former_district": {1: "d1", 2: "d1", 3: "d1", 4: "d2"}, "commune": {1: "c1", 2: "c2", 3: "c3", 4: "c3"}},
    {
        "former_district": {"c1": "d1", "c2": "d1", "c3": None},
        "commune": {"c1": "c1", "c2": "c2", "c3": "c3"},
    },
)
amounts = st.none() | st.decimals(0, 1000, places=3)
record = st.builds(
    Record,
    kind=st.just("x"),
    record=st.text("0123456789", min_size=1, max_size=4),
    at=st.none(),
    cell_id=st.none() | st.integers(1, 6),
    unit=st.none() | st.sampled_from(["c1", "c2", "c3", "gone"]),
    office=st.none() | st.sampled_from(["A", "B"]),
    amount=amounts,
)


@given(st.lists(record, max_size=30))
def test_the_province_is_its_units_and_what_is_in_none_of_them(records):
    shares = share_out(records, GROUND, SUBJECTS)
    whole = shares[PROVINCE_SUBJECT]
    assert whole.amount == sum((r.amount or Decimal(0) for r in records), Decimal(0))
    assert whole.records == len(records)
    assert whole.unknown == sum(r.amount is None for r in records)
    for level in LEVELS:
        parts = [shares["unit", code] for code in GROUND.codes(level)]
        rest = unplaced(records, GROUND, f"unit:{level}")
        assert whole.records == sum(p.records for p in parts) + len(rest)
        assert whole.amount == sum((p.amount for p in parts), Decimal(0)) + sum(r.amount or 0 for r in rest)
    offices = [share for (kind, _), share in shares.items() if kind == "agency"]
    assert whole.records == sum(p.records for p in offices) + len(unplaced(records, GROUND, "agency"))


@given(st.lists(record, max_size=30))
def test_the_list_behind_a_number_has_as_many_as_it_says(records):
    shares = share_out(records, GROUND, SUBJECTS)
    levels = {code: level for level in LEVELS for code in GROUND.codes(level)}
    for subject, share in shares.items():
        listed = of_subject(records, GROUND, subject, levels.get(subject[1]))
        assert (len(listed), sum(r.amount or 0 for r in listed)) == (share.records, share.amount), subject


def test_a_unit_without_any_record_is_told_as_zero_and_an_office_is_not():
    shares = share_out([], GROUND, SUBJECTS)
    assert {subject for subject in shares if subject[0] == "agency"} == set()
    assert shares["unit", "c2"].amount == 0


@pytest.mark.parametrize("level", LEVELS)
def test_every_cell_of_today_stands_in_one_unit_of_each_level(database_url, level):
    from datetime import date

    from layers.database import make_engine

    engine = make_engine(database_url)
    with engine.connect() as connection:
        ground = read_ground(connection, date(2026, 10, 31))
    engine.dispose()
    assert len(ground.of_cell[level]) == 97
    assert len(ground.codes(level)) == {"former_district": 23, "commune": 96}[level]
    alone = [unit for unit in ground.of_commune[level].values() if unit is not None]
    assert len(alone) == {"former_district": 95, "commune": 96}[level]
