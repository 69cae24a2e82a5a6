"""The same day of a holiday a year before goes by the day it is about, whatever the calendar date."""

import csv
from datetime import date, timedelta
from decimal import Decimal

import holidays as calendar
from hypothesis import given
from hypothesis import strategies as st

from layers.tourism.holidays import Feast, before, same_day
from layers.tourism.report import lay_out
from layers.units.load import DATA

NEW_YEAR = {2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6)}


def feast(code, anchor, first=3, last=6, calendar="lunar"):
    return Feast(f"{code}.{anchor.year}", code, code, code, calendar, anchor, anchor - timedelta(days=first),
                 anchor + timedelta(days=last))  # fmt: skip


def kept():
    with (DATA / "holidays.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    days = ("anchor", "valid_from", "valid_to")
    return [
        Feast(
            r["code"],
            r["holiday"],
            r["name_vi"],
            r["name_en"],
            r["calendar"],
            *(date.fromisoformat(r[d]) for d in days),
        )
        for r in rows
    ]


def test_the_first_of_tet_is_held_against_the_first_of_tet():
    now, then = feast("tet", NEW_YEAR[2026]), feast("tet", NEW_YEAR[2025])
    assert same_day(date(2026, 2, 17), now, then) == date(2025, 1, 29)
    assert same_day(date(2026, 2, 14), now, then) == date(2025, 1, 26)
    assert same_day(date(2026, 2, 20), now, feast("tet", NEW_YEAR[2025], last=2)) is None  # no holiday then


@given(st.sampled_from([2026, 2027]), st.integers(-3, 5))
def test_days_as_far_from_new_year_belong_together(year, away):
    now, then = feast("tet", NEW_YEAR[year]), feast("tet", NEW_YEAR[year - 1])
    found = same_day(now.anchor + timedelta(days=away), now, then)
    assert found == then.anchor + timedelta(days=away)
    assert found != (now.anchor + timedelta(days=away)).replace(year=year - 1)


def test_a_solar_holiday_has_the_same_date():
    rows = {f.code: f for f in kept()}
    now, then = rows["quoc_khanh.2026"], rows["quoc_khanh.2025"]
    assert before(now, rows.values()) == then
    assert same_day(date(2026, 9, 1), now, then) == date(2025, 9, 1)
    assert same_day(date(2026, 8, 29), now, then) is None  # the holiday of 2025 began on the 30th


def test_the_lunar_days_are_those_of_the_calendar_of_working_days():
    for one in kept():
        assert one.first <= one.anchor < one.until
        assert one.anchor in calendar.Vietnam(years=one.anchor.year), one.code
        assert one.holiday != "tet" or one.anchor == NEW_YEAR[one.anchor.year]


def test_totals_compare_only_days_that_both_years_have_told():
    now, then = feast("tet", NEW_YEAR[2026]), feast("tet", NEW_YEAR[2025])
    told = {("khach_le", now.anchor + timedelta(days=n)): Decimal(100) for n in (0, 1, 2)}
    old = {("khach_le", then.anchor + timedelta(days=n)): Decimal(80) for n in (0, 1)}
    rows, totals = lay_out(now, then, told, old)
    assert len(rows) == 9
    found = totals["khach_le"]
    assert (found.value, found.told, found.alike, found.earlier, found.known) == (300, 3, 200, 160, 2)
    assert totals["doanh_thu_le"].value is None
