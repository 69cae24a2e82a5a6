"""Explanations add up: exactly behind, and as shown; in whatever order; and the sentence says the table's numbers."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from layers.indicators.explain import Row, Why
from layers.indicators.formula import Formula
from layers.indicators.numbers import number_vi, rounded, shown_parts
from layers.indicators.places import Place
from layers.indicators.readings import NOTHING
from layers.indicators.sentence import named, remainder, say
from layers.indicators.spans import Span
from layers.indicators.why import Side, explain_distance, explain_ratio, explain_sum

numbers = st.fractions(-10_000, 10_000, max_denominator=100)
positive = st.fractions(Fraction(1, 10), 10_000, max_denominator=100)
pairs = st.tuples(positive, positive)
ends = st.one_of(st.none(), pairs)
sides = st.lists(st.tuples(ends, ends), min_size=1, max_size=12).map(
    lambda found: [Side(f"unit:{at}", then, now) for at, (then, now) in enumerate(found)]
)
OCTOBER, SEPTEMBER = Span(date(2026, 10, 1), date(2026, 11, 1)), Span(date(2026, 9, 1), date(2026, 10, 1))


def adds_up(found) -> None:
    assert sum((s.effect for s in found.shares), Fraction(0)) == found.delta == found.end - found.start
    assert all(s.effect == s.above + s.below for s in found.shares)
    assert sum((s.shown for s in found.shares), Decimal(0)) == found.shown_delta
    assert found.shown_delta == found.shown_end - found.shown_start


@settings(max_examples=40)
@given(sides, numbers, numbers, st.integers(0, 3))
def test_sums_add_up_whatever_the_total_says(found, start, end, decimals):
    adds_up(explain_sum(found, start, end, decimals))


@settings(max_examples=40)
@given(sides, st.integers(0, 3), st.sampled_from([Fraction(1), Fraction(100), Fraction(10_000)]))
def test_ratios_add_up_and_leave_no_rest_when_all_is_known(found, decimals, factor):
    known = [s for s in found if s.then and s.now]
    if not known:
        return
    then, now = (
        factor * sum(getattr(s, side)[0] for s in known) / sum(getattr(s, side)[1] for s in known)
        for side in ("then", "now")
    )
    explained = explain_ratio(found, (then, now), factor, decimals)
    adds_up(explained)
    assert {s.id for s in explained.shares} == {s.id for s in known}
    swapped = explain_ratio([Side(s.id, s.now, s.then) for s in found], (now, then), factor, decimals)
    back = {s.id: s.effect for s in swapped.shares}
    assert all(back[s.id] == -s.effect for s in explained.shares)  # neither end is preferred


@settings(max_examples=40)
@given(sides, numbers, st.integers(0, 3))
def test_distances_add_up(found, goal, decimals):
    known = [s for s in found if s.now]
    if not known:
        return
    formula = Formula(((1, "a"),), ((1, "b"),), Fraction(100))
    value = 100 * sum(s.now[0] for s in known) / sum(s.now[1] for s in known)
    explained = explain_distance(found, value, goal, formula, decimals)
    adds_up(explained)
    assert "rest" not in {s.id for s in explained.shares}
    total = sum(s.now[0] for s in known)
    weights = {s.id: s.now[1] for s in known}
    adds_up(explain_distance(found, total, goal, None, decimals, weights))


@settings(max_examples=40)
@given(sides, st.randoms(), numbers, numbers)
def test_the_order_of_the_parts_says_nothing(found, random, start, end):
    mixed = list(found)
    random.shuffle(mixed)
    assert explain_sum(found, start, end, 1) == explain_sum(mixed, start, end, 1)
    assert explain_ratio(found, (start, end), Fraction(100), 1) == explain_ratio(mixed, (start, end), Fraction(100), 1)


@settings(max_examples=40)
@given(st.lists(numbers, min_size=1, max_size=20), st.integers(0, 3))
def test_rounding_by_the_largest_remainder_moves_no_part_by_a_step(parts, decimals):
    total = rounded(sum(parts, Fraction(0)), decimals)
    shown = shown_parts(parts, total, decimals)
    assert sum(shown, Decimal(0)) == total
    assert all(abs(Fraction(s) - p) < Fraction(10) ** -decimals for s, p in zip(shown, parts, strict=True))


def why_of(found, explained, other=SEPTEMBER) -> Why:
    indicator = SimpleNamespace(
        code="x", name_vi="Chỉ tiêu", name_en="Measure", unit="%", unit_en="%", decimals=1, direction="up"
    )
    names = "ABCDEFGHIJKL"
    places = [
        Place(("unit", s.id[5:]), "", "commune", f"Xã {names[at]}", "", date.min, None) for at, s in enumerate(found)
    ]
    rows = {
        s.id: Row(p, *(side and side[0] for side in (s.then, s.now)), ()) for s, p in zip(found, places, strict=True)
    }
    place = Place(("unit", "p"), "51", "province", "tỉnh", "the province", date.min, None)
    against = "before" if other else "threshold"
    return Why(indicator, place, OCTOBER, against, other, None, NOTHING, explained, "commune", ("commune",), rows)


@settings(max_examples=40)
@given(sides, numbers, numbers, st.booleans())
def test_the_sentence_says_the_numbers_of_the_table(found, start, end, bound):
    explained = explain_sum(found, start, end, 1)
    why = why_of(found, explained, None if bound else SEPTEMBER)
    sentence = say(why).vi
    told = re.findall(r"[+−]?\d[\d.]*(?:,\d+)?", re.sub(r"tháng \d+/\d+", "", sentence))
    shown = [explained.shown_end, abs(explained.shown_delta), explained.shown_start, remainder(why)]
    shown += [s.shown for s in named(why)]
    table = {number_vi(n, 1) for n in shown} | {str(len(why.rows) - why.known)}
    assert {t.lstrip("+") for t in told} <= table
    assert number_vi(explained.shown_end, 1) in {t.lstrip("+") for t in told}
    assert sum((s.shown for s in named(why)), remainder(why)) == explained.shown_delta
