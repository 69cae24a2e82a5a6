"""A topic rises against its own mean of the weeks before, and days that are not told are not noughts."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from layers.topics.rising import Rule, course_of

RULE = Rule(7, 28, Fraction(3, 2), 50, 21)
DAY = date(2026, 11, 20)


def counts(recent, base, days=28):
    told = {DAY - timedelta(days=n): recent for n in range(7)}
    return told | {DAY - timedelta(days=7 + n): base for n in range(days)}


@given(st.integers(0, 500), st.integers(1, 500))
def test_it_rises_at_one_and_a_half_times_its_own_mean(recent, base):
    found = course_of(counts(recent, base), DAY, RULE)
    assert found.times == Fraction(recent, base)
    assert found.rises == (recent * 7 >= 50 and recent * 2 >= base * 3)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(2, 9))
def test_only_the_proportion_counts(recent, base, times):
    one, other = course_of(counts(recent, base), DAY, RULE), course_of(counts(recent * times, base * times), DAY, RULE)
    assert one.times == other.times


def test_too_little_is_not_known():
    assert course_of(counts(30, 10, days=20), DAY, RULE).times is None
    assert not course_of(counts(30, 10, days=20), DAY, RULE).rises
    missing = counts(30, 10)
    del missing[DAY - timedelta(days=3)]
    assert course_of(missing, DAY, RULE).recent is None
    assert course_of(counts(10, 0), DAY, RULE).rises
    assert not course_of(counts(7, 1), DAY, RULE).rises  # 49 mentions are too few
