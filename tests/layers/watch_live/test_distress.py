"""A call for help: at once, on top of the queue, whoever it comes from, and who is nearest."""

import pytest

from geo.errors import BadInput
from layers.watch.live.distress import Call, nearest_boats, open_distress
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
    assert (case.kind, case.priority, case.vessel_id, case.due_what) == ("distress", 0, boat, "answer")
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


def test_somebody_calls_by_radio(sea):
    boat = sea.boat(1, "vms:A:1")
    for number, (lon, lat) in enumerate([(110.6, 15.0), (110.5, 15.3), (111.5, 15.0), (110.5, 15.01)], 2):
        sea.boat(number, f"vms:A:{number}")
        sea.report(f"vms:A:{number}", -5.0 if number == 5 else -0.5, lon=lon, lat=lat)
    sea.report("vms:A:1", -0.5)
    with sea.engine.begin() as connection:
        call = Call("aground", sea.at(0), vessel_id=boat, said_by="thuyền trưởng tàu bạn", origin="simulated")
        case_id = open_distress(connection, call, "lan", "operator", sea.now)
        again = open_distress(connection, Call("sos", sea.at(0.1), vessel_id=boat), "lan", "operator", sea.now)
    assert again == case_id
    (case,) = sea.cases()
    assert (case.kind, case.vessel_id, case.lon_e7) == ("distress", boat, 1_105_000_000)
    body = sea.entries(case_id)[0].body
    assert [near["vessel_id"] for near in body["nearest"]] == [2, 3, 4]
    assert body["nearest"][0]["distance_nm"] == pytest.approx(5.81, abs=0.02)
    assert body["nearest"][0]["steer_deg"] == 270


@pytest.mark.parametrize(
    "call", [{"what": "gossip", "place": (110, 15)}, {"what": "sos"}, {"what": "sos", "vessel_id": 9}]
)
def test_what_names_nobody_and_nothing_is_refused(sea, call):
    with sea.engine.begin() as connection, pytest.raises(BadInput):
        open_distress(connection, Call(at=sea.at(0), **call), "lan", "operator", sea.now)


def test_the_sea_may_be_empty(sea):
    with sea.engine.connect() as connection:
        assert nearest_boats(connection, 110.0, 15.0, sea.now) == []
