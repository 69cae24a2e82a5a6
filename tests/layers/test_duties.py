"""Every duty of a silence: kept, missed, open or ended, at the very second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.watch.duties import MOST_SLOTS, duties

T0 = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def row(step, seconds, reading="text"):
    return SimpleNamespace(
        step=step, threshold_s=seconds, reading=reading, decree="NĐ 0/MP", article="Điều 1", verified=False
    )


LAW = (row("position_by_other_means", 21_600), row("port_for_repair", 864_000), row("report_due", 7_200),
       row("position_by_other_means", 3_600, "practice"))  # fmt: skip


def slots(ended, reports, now, **more):
    found = duties(T0, ended, reports, LAW, now, **more)
    return [duty.state for duty in found if duty.step == "position_by_other_means"]


@pytest.mark.parametrize(
    ("ended", "reports", "hours", "states"),
    [
        (None, [], 5, ["open"]),
        (None, [], 6, ["missed"]),
        (None, [6], 6, ["kept"]),
        (None, [6.001], 12, ["missed", "kept"]),
        (None, [0], 6, ["missed"]),
        (None, [3, 4, 13], 13, ["kept", "missed", "kept"]),
        (8, [], 30, ["missed", "ended"]),
        (12, [], 30, ["missed", "missed"]),
        (20, [4, 9], 30, ["kept", "kept", "missed", "ended"]),
        (20, [], 7, ["missed", "open"]),
    ],
)
def test_each_slot_is_judged_by_its_own_six_hours(ended, reports, hours, states):
    end = None if ended is None else T0 + ended * HOUR
    assert slots(end, [T0 + t * HOUR for t in reports], T0 + hours * HOUR) == states


@pytest.mark.parametrize(
    ("ended", "arrival", "days", "state"),
    [(None, None, 9, "open"), (None, None, 10, "missed"), (9, None, 30, "ended"), (None, 9, 30, "kept"),
     (None, 11, 30, "missed")],
)  # fmt: skip
def test_the_boat_has_ten_days_to_be_in_port(ended, arrival, days, state):
    day = 24 * HOUR
    end = None if ended is None else T0 + ended * day
    came = [] if arrival is None else [T0 + arrival * day]
    (port,) = [d for d in duties(T0, end, [], LAW, T0 + days * day, arrivals=came) if d.step == "port_for_repair"]
    assert (port.state, port.due) == (state, T0 + 10 * day)


def test_a_law_that_asks_nothing_gives_no_duty():
    assert duties(T0, None, [], (row("report_due", 7_200),), T0 + 30 * HOUR) == []
    assert len(duties(T0, None, [], LAW, T0 + 9_000 * HOUR)) == MOST_SLOTS + 1


@given(st.lists(st.floats(0, 100), max_size=12), st.floats(0.1, 100), st.floats(0.1, 120))
def test_slots_cover_the_silence_without_a_hole_and_each_report_counts_once(reports, lasted, known):
    ended, now = T0 + lasted * HOUR, T0 + known * HOUR
    told = [T0 + t * HOUR for t in reports]
    found = [d for d in duties(T0, ended, told, LAW, now) if d.step == "position_by_other_means"]
    assert found[0].since == T0
    assert all(a.due == b.since for a, b in pairwise(found))
    assert found[-1].since < min(ended, now) <= found[-1].due
    for duty in found:
        assert (duty.state == "kept") == any(duty.since < t <= duty.due for t in told)
        assert (duty.state == "missed") == (duty.state != "kept" and duty.due <= min(ended, now))
