"""The gap, computed: every indicator in exactly one state, days off nobody's delay, every claim counted once."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.workdays import DAY, Workdays
from layers.surveys.gap import (
    STATES,
    Claim,
    Fed,
    Known,
    SystemTold,
    Told,
    judge_agencies,
    judge_indicators,
    overdue_days,
)

HEARD = datetime(2026, 11, 3, tzinfo=UTC)
GRACE = {"day": 2, "month": 5, "quarter": 10, "year": 20}
CALENDAR = Workdays()


def indicator(
    code: str, period: str = "month", owner: str = "Sở Mô phỏng", ratio: tuple[str, str] | None = None
) -> Any:
    above, below = ratio or (None, None)
    kind = "ratio" if ratio else "additive"
    return SimpleNamespace(
        code=code,
        name_vi=f"Chỉ tiêu {code}",
        period=period,
        owner=owner,
        kind=kind,
        numerator=above,
        denominator=below,
        factor=1,
    )


def claim(agency: str, says: str) -> Claim:
    return Claim(agency, says, None, None, None, None, None, "simulated")


def known(catalogue: list[Any], fed: dict[str, Fed] | None = None, told: Told | None = None) -> Known:
    owners = {"Sở Mô phỏng": "so_mp", "Sở khác": "so_khac"}
    return Known({i.code: i for i in catalogue}, fed or {}, told or Told(), owners, GRACE, CALENDAR)


@pytest.mark.parametrize(
    ("until", "today", "overdue"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), 0),  # October is told, November is not over
        (date(2026, 11, 1), date(2026, 12, 7), 0),  # five working days after 30 November
        (date(2026, 11, 1), date(2026, 12, 8), 1),
        (date(2026, 11, 15), date(2026, 12, 7), 0),  # told in the middle of a month that is not over
        (date(2026, 1, 1), date(2026, 2, 6), 0),
        (date(2026, 1, 1), date(2026, 2, 9), 1),
    ],
)
def test_a_month_is_overdue_after_its_grace(until: date, today: date, overdue: int) -> None:
    assert overdue_days(until, "month", known([]), today) == overdue


def test_days_off_over_tet_are_nobodys_delay() -> None:
    eve = max(d for d in (date(2026, 2, 1) + DAY * n for n in range(16)) if CALENDAR.is_workday(d))
    back = CALENDAR.next_workday(eve + DAY)
    assert (back - eve).days > 4  # Tết lies between them
    told = eve - DAY
    quiet = [day for n in range((back - eve).days) if (day := eve + DAY * n)]
    assert {overdue_days(told, "day", known([]), day) for day in quiet} == {0}


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(sorted(GRACE)), st.integers(0, 500))
def test_what_is_overdue_grows_no_faster_than_working_days(until: date, period: str, later: int) -> None:
    today = until + timedelta(days=later)
    now, tomorrow = (overdue_days(until, period, known([]), d) for d in (today, today + DAY))
    assert 0 <= tomorrow - now <= 1
    assert tomorrow == now or CALENDAR.is_workday(today + DAY)


codes = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(
    codes,
    codes,
    st.lists(st.tuples(st.sampled_from(["so_mp", "so_khac"]), st.sampled_from([*"abcdxyz", "Chỉ tiêu b"]))),
)
def test_every_indicator_stands_somewhere_once(
    catalogue: list[str], fed: list[str], claims: list[tuple[str, str]]
) -> None:
    told = Told([claim(*one) for one in claims], [SystemTold("so_mp", "Hệ thống", ("api",), "simulated")])
    given_ = known(
        [indicator(code) for code in catalogue], {c: Fed(date(2026, 11, 1), HEARD, ("n",)) for c in fed}, told
    )
    found = judge_indicators(given_, date(2026, 11, 20))
    assert [one.indicator.code for one in found] == catalogue
    assert all(one.state in STATES for one in found)
    assert {one.indicator.code for one in found if one.fed} == set(catalogue) & set(fed)
    assert all(one.claims for one in found if one.state == "told")
    agencies = judge_agencies(given_, found, ["so_mp", "so_khac"])
    assert sum(sum(one.states.values()) for one in agencies) == len(catalogue)
    assert sum(one.told_of + len(one.beyond) for one in agencies) == len(claims)
    assert sum(len(one.claims) for one in found) == sum(one.told_of for one in agencies)


def test_a_ratio_is_heard_when_all_of_its_parts_are() -> None:
    rows = [indicator("tren"), indicator("duoi"), indicator("ty_le", ratio=("tren", "duoi"))]
    october, september = (Fed(date(2026, month, 1), HEARD, (f"n{month}",)) for month in (11, 10))
    only_one = judge_indicators(known(rows, {"tren": october}), date(2026, 11, 20))
    assert [one.state for one in only_one] == ["heard", "none", "none"]
    both = judge_indicators(known(rows, {"tren": october, "duoi": september}), date(2026, 11, 20))
    assert [one.state for one in both] == ["heard", "silent", "silent"]  # as far as the part that is behind
    assert both[2].fed == Fed(date(2026, 10, 1), HEARD, ("n10", "n11"))


def test_a_name_that_came_into_the_catalogue_since_is_no_longer_beyond_it() -> None:
    told = Told([claim("so_mp", "chỉ tiêu MOI")])
    before = known([indicator("cu")], told=told)
    assert judge_agencies(before, judge_indicators(before, HEARD.date()), ["so_mp"])[0].beyond == (told.claims[0],)
    after = known([indicator("cu"), indicator("moi")], told=told)
    found = judge_indicators(after, HEARD.date())
    assert [one.state for one in found] == ["none", "told"]
    assert judge_agencies(after, found, ["so_mp"])[0].beyond == ()
