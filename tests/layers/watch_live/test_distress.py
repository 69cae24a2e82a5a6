"""A call for help: at once, on top of the queue, whoever it comes from, and who is nearest."""

import pytest

from layers.watch.live.nearest import nearest_boats
from layers.watch.live.rounds import RECENT

SOS = 128


def test_a_flagged_report_is_a_case_in_the_round_that_takes_it(sea):
    boat = sea.boat(1, "vms:A:1")
    sea.report("vms:A:1", 0)
    sea.settle(0.1)
    sea.store([sea.fix("vms:A:1", 0.2, flags=SOS)])
    sea.now = sea.at(0.2)
    sea.watch.round()
    (case,) = sea.cases()
    assert (case.kind, case.priority, case.vessel_id, case.due_what) == ("distress", 0, boat, "step")
    sea.store([sea.fix("vms:A:1", 0.4, flags=SOS), sea.fix("vms:A:1", 0.5)])
    sea.settle(0.5)
    assert len(sea.cases()) == len(sea.events("distress")) == 1


def test_a_beacon_nobody_knows_is_a_case_without_a_boat(sea):
    sea.settle(0)
    sea.store([sea.fix("mmsi:970010001", 0.1, flags=SOS)])
    sea.settle(0.1)
    (case,) = sea.cases()
    assert (case.kind, case.vessel_id) == ("distress", None)
    assert case.transmitter_id is not None


def test_history_that_waits_does_not_keep_a_call_waiting(sea, monkeypatch):
    from layers.watch.live import rounds

    sea.boat(1, "vms:A:1")
    sea.boat(2, "vms:A:2")
    sea.settle(200)
    monkeypatch.setattr(rounds, "MOST_POSITIONS", 5)
    for hour in range(0, 100, 10):
        sea.report("vms:A:2", *range(hour, hour + 10))
    sea.store([sea.fix("vms:A:1", 200, flags=SOS)])
    done = sea.watch.round()
    assert done.more
    assert [case.kind for case in sea.cases()] == ["distress"]
    assert RECENT.total_seconds() == 3600


def test_a_call_of_years_ago_that_is_loaded_today_rings_no_bell(sea):
    sea.boat(1, "vms:A:1")
    sea.settle(0)
    sea.store([sea.fix("vms:A:1", -24 * 30, flags=SOS)])
    sea.settle(0.1)
    assert len(sea.events("distress")) == 1
    assert sea.cases("distress") == []


def test_the_nearest_are_those_heard_of_late_in_miles_and_the_course_to_steer(sea):
    boat = sea.boat(1, "vms:A:1")
    for number, (lon, lat) in enumerate([(110.6, 15.0), (110.5, 15.3), (111.5, 15.0), (110.5, 15.01)], 2):
        sea.boat(number, f"vms:A:{number}")
        sea.report(f"vms:A:{number}", -5.0 if number == 5 else -0.5, lon=lon, lat=lat)
    sea.report("vms:A:1", -0.5)
    with sea.engine.connect() as connection:
        found = nearest_boats(connection, 110.5, 15.0, sea.now, exclude=boat)
    assert [near["vessel_id"] for near in found] == [2, 3, 4]
    assert found[0]["distance_nm"] == pytest.approx(5.81, abs=0.02)
    assert found[0]["steer_deg"] == 270


def test_the_sea_may_be_empty(sea):
    with sea.engine.connect() as connection:
        assert nearest_boats(connection, 110.0, 15.0, sea.now) == []
