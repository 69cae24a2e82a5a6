"""The clocks: overdue from the very moment, each report counted from the one before it, ten days to port."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.units.load import DATA, read_csv
from layers.watch.cases.clocks import (
    Owed,
    Report,
    Silence,
    clocks,
    contact_due,
    port_due,
    report_slots,
)
from layers.watch.cases.flow_graph import make_flows
from layers.watch.cases.seed import flow_row
from layers.watch.law_seed import rule_of

LAW = [SimpleNamespace(**rule_of(row)) for row in read_csv(DATA / "rules.csv") if row["conduct"] == "silence"]
BEGAN = datetime(2026, 11, 23, 1, tzinfo=UTC)
FLOW = make_flows([SimpleNamespace(**flow_row(r)) for r in read_csv(DATA / "case-flow.csv")], BEGAN)["violation"]
SIX = timedelta(hours=6)
SECOND = timedelta(seconds=1)


def silence(length_m=17.5, ended_at=None):
    return Silence(BEGAN, ended_at, length_m)


def happened(reports, now, **said):
    return [slot.happened for slot in report_slots(silence(**said), [Report(at) for at in reports], LAW, now)]


def test_a_report_is_overdue_at_six_hours_and_not_a_second_before():
    assert contact_due(silence(), [], LAW) == BEGAN + SIX
    assert happened([], BEGAN + SIX - SECOND) == ["waiting"]
    assert happened([], BEGAN + SIX) == ["missed", "waiting"]
    assert happened([BEGAN + SIX], BEGAN + SIX) == ["reported", "waiting"], "on the very moment is in time"


def test_the_next_report_is_counted_from_the_one_before():
    told = BEGAN + timedelta(hours=5)
    slots = report_slots(silence(), [Report(told, "owner", "phone")], LAW, told + SIX)
    assert [(slot.due_at, slot.happened) for slot in slots] == [
        (BEGAN + SIX, "reported"),
        (told + SIX, "missed"),
        (told + 2 * SIX, "waiting"),
    ]
    assert slots[0].report == Report(told, "owner", "phone")
    assert slots[0].row.code == "silence.position_by_other_means.nd41"


def test_nothing_is_owed_by_a_boat_the_law_does_not_bind_nor_after_the_signal_is_back():
    assert happened([], BEGAN + 10 * SIX, length_m=12.0) == []
    assert contact_due(silence(length_m=12.0), [], LAW) is None
    back = BEGAN + timedelta(hours=8)
    assert happened([], BEGAN + 10 * SIX, ended_at=back) == ["missed"]
    assert contact_due(silence(ended_at=back), [], LAW) is None


def test_ten_days_to_port_by_the_law_of_the_day_it_began():
    assert port_due(silence(), LAW) == BEGAN + timedelta(days=10)
    assert port_due(Silence(datetime(2018, 1, 1, tzinfo=UTC), None, 17.5), LAW) is None


@given(
    reports=st.lists(st.integers(1, 4 * 24 * 3600), max_size=20),
    seconds=st.integers(0, 4 * 24 * 3600),
    ended=st.one_of(st.none(), st.integers(1, 4 * 24 * 3600)),
)
def test_no_six_hours_pass_without_a_slot(reports, seconds, ended):
    """Slots stand in order, never farther apart than the duty, and each report in the silence answers one."""
    now = BEGAN + timedelta(seconds=seconds)
    end = None if ended is None or ended > seconds else BEGAN + timedelta(seconds=ended)
    told = [Report(BEGAN + timedelta(seconds=at)) for at in reports if at <= seconds]
    slots = report_slots(silence(ended_at=end), told, LAW, now)
    due = [slot.due_at for slot in slots]
    until = end or now
    assert due == sorted(due)
    within = sorted({report.at for report in told if report.at <= until})
    assert sorted({slot.report.at for slot in slots if slot.report}) == within
    anchors = [BEGAN, *within]
    for slot in slots:
        if slot.happened == "missed":
            assert not any(slot.due_at - SIX < anchor <= slot.due_at for anchor in within)
            assert slot.due_at <= until
        elif slot.happened == "waiting":
            assert slot.due_at > until
            assert end is None
        assert any((slot.due_at - anchor) % SIX == timedelta(0) for anchor in anchors)
    if end is None:
        assert slots[-1].happened == "waiting"
        assert due[-1] - now <= SIX


def entry(kind, minutes, number=1, **body):
    return SimpleNamespace(id=number, kind=kind, at=BEGAN + timedelta(minutes=minutes), body=body)


@pytest.fixture
def case():
    return SimpleNamespace(state="contacting", state_since=BEGAN + timedelta(hours=7), length_m=17.5)


def named(case, entries=(), reports=()):
    owed = Owed(silence(), [Report(BEGAN + timedelta(minutes=at)) for at in reports], LAW)
    return {clock.what: clock.at for clock in clocks(case, FLOW, list(entries), owed)}


def test_every_clock_runs_until_what_it_waits_for(case):
    found = named(case)
    assert found == {
        "contact": BEGAN + SIX,
        "step": BEGAN + timedelta(hours=9),
        "port": BEGAN + timedelta(days=10),
    }
    assert named(case, reports=[420])["contact"] == BEGAN + timedelta(hours=13)
    later = (BEGAN + timedelta(hours=8)).isoformat()
    assert named(case, [entry("call", 420, next_at=later)])["contact"] == BEGAN + timedelta(hours=8)
    assert named(case, [entry("call", 420, next_at=later), entry("call", 430)])["contact"] == BEGAN + SIX
    promise = entry("promise", 425, 5, due_at=later, text="báo lại")
    assert named(case, [promise])["promise"] == BEGAN + timedelta(hours=8)
    assert "promise" not in named(case, [promise, entry("kept", 430, 6, promise=5)])
    case.state = "closed"
    assert named(case, [promise]) == {}
