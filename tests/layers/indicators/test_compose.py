"""The same figures in every structure: sums, splits, ratios, what is missing, what is told of other times."""

from datetime import UTC, date, datetime
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.indicators.compose import Composer
from layers.indicators.formula import read_terms
from layers.indicators.places import Atlas, Place
from layers.indicators.read import change, to_date
from layers.indicators.readings import Told
from layers.indicators.spans import Span, before, year_before, year_to_date

AT = datetime(2026, 11, 1, tzinfo=UTC)
OCTOBER = Span(date(2026, 10, 1), date(2026, 11, 1))
REFORM = date(2025, 7, 1)
LONG_AGO = date(1900, 1, 1)
CELLS = {1: 100, 2: 300, 3: 600, 4: None}
"""People of each cell; nobody published those of the fourth."""


def place(key: int, code: str, level: str, cells: set[int], since=LONG_AGO, until=None, own=True) -> Place:
    return Place(("unit", str(key)), code, level, code, code, since, until, frozenset(cells), own)


OLD_PROVINCE = place(1, "51", "province", {1, 2, 3}, until=REFORM)
PROVINCE = place(2, "51", "province", {1, 2, 3, 4}, REFORM)
EAST_2019 = place(3, "525", "district", {1, 2}, until=date(2020, 2, 1), own=False)
GONE = place(4, "526", "district", {1, 2}, until=date(2020, 2, 1), own=False)
EAST = place(5, "525", "district", {1, 2}, date(2020, 2, 1), REFORM)
WEST = place(6, "527", "district", {3}, until=REFORM)
FAR = place(7, "608", "district", {4}, until=REFORM)
EAST_NOW = place(8, "525", "former_district", {1, 2}, REFORM)
WEST_NOW = place(9, "527", "former_district", {3}, REFORM)
FAR_NOW = place(10, "608", "former_district", {4}, REFORM)
ONE = place(11, "21001", "commune", {1}, REFORM)
REST = place(12, "21002", "commune", {2, 3}, REFORM)  # in two former districts
LAST = place(13, "21003", "commune", {4}, REFORM)
GROUP = Place(("group", "qn_cu"), "qn_cu", "group", "cũ", "old", REFORM, None, frozenset({1, 2, 3}))
EVERY = [OLD_PROVINCE, PROVINCE, EAST_2019, GONE, EAST, WEST, FAR, EAST_NOW, WEST_NOW, FAR_NOW, ONE, REST, LAST]


def indicator(code: str, kind: str = "additive", period: str = "month", **more: object) -> SimpleNamespace:
    said = {"numerator": None, "denominator": None, "factor": None, "unit": "", "accumulation": "in_period"} | more
    return SimpleNamespace(code=code, kind=kind, period=period, **said)


RATIO = {"numerator": "a - late", "denominator": "a", "factor": 100, "unit": "%"}
CATALOGUE = [
    indicator("a"), indicator("late"), indicator("people", "stock", "year"), indicator("beds", "stock"),
    indicator("share", "ratio", **RATIO), indicator("index", "index"),
    indicator("per_head", "ratio", numerator="beds", denominator="people", factor=10_000),
]  # fmt: skip


@pytest.fixture
def made() -> Composer:
    return composer()


def composer() -> Composer:
    units: dict[str, tuple[Place, ...]] = {}
    for each in EVERY:
        units[each.code] = (*units.get(each.code, ()), each)
    atlas = Atlas(units, {"qn_cu": GROUP}, CELLS, dict.fromkeys(CELLS, 10.0))
    return Composer(atlas, {row.code: row for row in CATALOGUE})


def told(value: int | None, status: str = "official") -> Told:
    return Told(1, None if value is None else Fraction(value), status, 1, None, AT, AT, 1, False)


def put(made: Composer, code: str, whom: str, value: int | None, span: Span = OCTOBER, **said: str) -> None:
    kind = said.pop("kind", "unit")
    made.add(code, (kind, whom), span, told(value, **said))


def test_a_sum_is_the_same_whichever_way_it_is_cut(made):
    for code, value in (("525", 40), ("527", 60), ("608", 7)):
        put(made, "a", code, value)
    assert made.read("a", PROVINCE, OCTOBER).value == 107
    assert made.read("a", OLD_PROVINCE, OCTOBER).value == made.read("a", GROUP, OCTOBER).value == 100
    assert made.read("a", EAST, OCTOBER).value == 40  # the district of before, today
    assert made.read("a", EAST, OCTOBER).how == "reported"
    assert sum(made.read("a", c, OCTOBER).value for c in (ONE, REST, LAST)) == 107


def test_what_must_be_split_is_an_estimate_and_says_how(made):
    put(made, "a", "525", 40)
    put(made, "a", "608", 7)
    one = made.read("a", ONE, OCTOBER)
    assert (one.value, one.how, one.status, one.weighed) == (10, "split", "estimate", "people")
    rest = made.read("a", REST, OCTOBER)  # a part of the split is not known
    assert (rest.value, rest.known, rest.of) == (30, 1, 2)
    assert made.read("a", LAST, OCTOBER).how == "reported"  # all of the district: nothing is split
    put(made, "a", "21001", 12)
    assert made.read("a", ONE, OCTOBER).value == 12
    assert not made.read("a", OLD_PROVINCE, OCTOBER).weighed


def test_nobody_splits_a_province(made):
    put(made, "a", "51", 900, kind="province")
    assert made.read("a", ONE, OCTOBER).value is None
    assert made.read("a", PROVINCE, OCTOBER).value == 900


def test_missing_is_counted_and_never_nought(made):
    put(made, "a", "525", 40)
    put(made, "a", "527", None)
    found = made.read("a", PROVINCE, OCTOBER)
    assert (found.value, found.known, found.of, found.is_partial) == (40, 1, 3, True)
    assert made.read("a", WEST_NOW, OCTOBER).value is None
    whole = made.read("a", PROVINCE, before(OCTOBER))
    assert whole.value is None
    put(made, "a", "51", 100, before(OCTOBER), kind="province")
    assert change(made, made.catalogue["a"], PROVINCE, found, before(OCTOBER)).comparable is False


def test_a_total_that_was_told_stands_beside_its_parts(made):
    for code, value in (("525", 40), ("527", 60), ("608", 7)):
        put(made, "a", code, value)
    put(made, "a", "51", 150, kind="province")
    assert made.read("a", PROVINCE, OCTOBER).value == 150
    assert made.read("a", GROUP, OCTOBER).value == 100


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=3, max_size=3))
def test_a_ratio_is_made_of_sums_and_never_of_ratios(pairs):
    made = composer()
    for code, (done, late) in zip(("525", "527", "608"), pairs, strict=True):
        put(made, "a", code, done)
        put(made, "late", code, late)
    found = made.read("share", PROVINCE, OCTOBER)
    done, late = (sum(side) for side in zip(*pairs, strict=True))
    assert (found.value, found.how) == (Fraction(100 * (done - late), done), "computed")
    assert (found.above, found.below) == (done - late, done)


def test_a_ratio_counts_only_parts_whose_both_sides_are_known(made):
    put(made, "a", "525", 100)
    put(made, "late", "525", 10)
    put(made, "a", "527", 900)
    found = made.read("share", PROVINCE, OCTOBER)
    assert (found.value, found.known, found.of) == (90, 1, 3)
    put(made, "share", "527", 55)
    assert made.read("share", WEST_NOW, OCTOBER).how == "reported"
    put(made, "share", "51", 77, kind="province")
    assert made.read("share", PROVINCE, OCTOBER).reported.value == 77
    put(made, "index", "525", 5)
    assert made.read("index", PROVINCE, OCTOBER).value is None  # an index never adds up


def test_a_yearly_level_stands_for_later_months_and_says_so(made):
    put(made, "beds", "525", 50)
    put(made, "people", "525", 100_000, Span(date(2025, 1, 1), date(2026, 1, 1)))
    found = made.read("per_head", EAST_NOW, OCTOBER)
    assert (found.value, found.borrowed.since.year) == (5, 2025)


def test_a_year_to_date_gives_its_months_and_months_a_year_to_date(made):
    september = Span(date(2026, 9, 1), date(2026, 10, 1))
    put(made, "a", "525", 900, year_to_date(september))
    put(made, "a", "525", 1000, year_to_date(OCTOBER), status="preliminary")
    month = made.read("a", EAST_NOW, OCTOBER)
    assert (month.value, month.how, month.status) == (100, "difference", "preliminary")
    assert made.read("a", EAST_NOW, september).value is None  # its beginning is not known
    for number in range(1, 4):
        put(made, "a", "527", number, Span(date(2026, number, 1), date(2026, number + 1, 1)))
    quarter = made.read("a", WEST_NOW, Span(date(2026, 1, 1), date(2026, 4, 1)))
    assert (quarter.value, quarter.how) == (6, "tiled")
    assert made.read("a", WEST_NOW, Span(date(2026, 1, 1), date(2026, 5, 1))).value is None


def test_a_code_means_the_unit_of_its_time(made):
    then = Span(date(2019, 5, 1), date(2019, 6, 1))
    put(made, "a", "525", 30, then)
    put(made, "a", "526", 12, then)
    put(made, "a", "527", 5, then)
    assert made.read("a", EAST_2019, then).value == 30
    assert made.read("a", GONE, then).value == 12  # no shape, but figures
    assert (made.read("a", EAST_NOW, then).value, made.read("a", EAST_NOW, then).of) == (42, 2)
    assert made.read("a", OLD_PROVINCE, then).value == 47
    merged = made.read("a", PROVINCE, then)
    assert (merged.value, merged.known, merged.of) == (47, 3, 4)


def test_the_month_so_far_stands_against_the_same_days(made):
    row = made.catalogue["a"]
    for month in (9, 10):
        for day in range(1, 8):
            start = date(2026, month, day)
            put(made, "a", "525", month, Span(start, start.replace(day=day + 1)))
    found = to_date(made, row, EAST_NOW, date(2026, 10, 5))
    assert (found.span, found.reading.value, found.reading.status) == (
        Span(date(2026, 10, 1), date(2026, 10, 6)),
        50,
        "estimate",
    )
    assert (found.before.span.until, found.before.value, found.before.delta) == (date(2026, 9, 6), 45, 5)
    assert found.year_before.value is None


def test_spans_know_what_came_before():
    assert before(OCTOBER) == Span(date(2026, 9, 1), date(2026, 10, 1))
    assert year_before(Span(date(2024, 2, 29), date(2024, 3, 1))) == Span(date(2023, 2, 28), date(2023, 3, 1))
    assert before(year_to_date(OCTOBER)) == Span(date(2025, 1, 1), date(2025, 11, 1))
    assert read_terms("a + b - c", "numerator") == ((1, "a"), (1, "b"), (-1, "c"))


def test_a_former_district_is_explained_across_the_reform(made):
    then = year_before(Span(date(2026, 6, 1), date(2026, 7, 1)))
    put(made, "a", "525", 30, then)
    assert made.side("a", EAST_NOW, then)[:2] == (30, 0)
    assert made.side("a", ONE, then) is None  # only by a split
