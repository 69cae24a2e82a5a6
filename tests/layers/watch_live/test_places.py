"""Where boats are: beyond the line, in the wrong belt, in port, together; and what the map says of them."""

from sqlalchemy import func, select

from layers.vessels.registry import VesselNow
from layers.vessels.status import STATUS


def statuses(sea) -> dict[str, int]:
    with sea.engine.connect() as connection:
        rows = connection.execute(
            select(STATUS, func.count()).select_from(VesselNow).group_by(STATUS), {"now": sea.now}
        )
        return {status: boats for status, boats in rows}


def test_beyond_the_line_is_foreign_and_the_wrong_belt_is_another_matter(sea):
    sea.draw()
    for number in (1, 2, 3):
        sea.boat(number, f"vms:A:{number}")
    sea.now = sea.at(6)
    sea.store(
        [sea.fix("vms:A:1", hour, lon=112.7 + 0.2 * hour) for hour in (0, 1, 2, 3)]
        + [sea.fix("vms:A:2", hour, lon=109.5 + 0.03 * hour, sog=2.0) for hour in (0, 1, 2, 3)]
        + [sea.fix("vms:A:3", hour, lon=110.5 + 0.03 * hour, sog=2.0) for hour in (0, 1, 2, 3)]
    )
    sea.settle(3.1)
    assert sea.told("boundary") == [("near", 1, 1.0, 1.0), ("beyond", 1, 2.0, None)]
    assert sea.told("zone") == [("wrong_belt", 2, 0.0, None)]
    assert [(case.kind, case.vessel_id) for case in sea.cases()] == [("zone", 2), ("boundary", 1)]
    assert statuses(sea) == {"foreign": 1, "wrong_belt": 1, "on_time": 1}
    sea.store([sea.fix("vms:A:1", 4.0, lon=112.5), sea.fix("vms:A:2", 4.0, lon=110.5), sea.fix("vms:A:3", 4.0)])
    sea.settle(4.1)
    assert [row[3] for row in sea.told("boundary") if row[0] == "beyond"] == [3.0]
    assert statuses(sea) == {"on_time": 3}
    assert all(case.state == "new" for case in sea.cases()), "people close what people must look at"


def test_a_place_that_cannot_be_is_no_crossing_but_the_device_has_spoken(sea):
    sea.draw()
    sea.boat(1, "vms:A:1")
    sea.store([sea.fix("vms:A:1", 0), sea.fix("vms:A:1", 6, lon=114.0, flags=8), sea.fix("vms:A:1", 7)])
    sea.settle(7.1)
    assert sea.told("boundary") == []
    assert [row[0] for row in sea.told("silence")] == ["late"]


def test_a_line_that_is_loaded_later_is_judged_by_at_once(sea):
    sea.boat(1, "vms:A:1")
    sea.store([sea.fix("vms:A:1", 0, lon=114.0), sea.fix("vms:A:1", 1, lon=114.0)])
    sea.settle(1.1)
    assert sea.told("boundary") == []
    sea.draw()
    sea.settle(1.2)
    assert sea.told("boundary") == [("beyond", 1, 0.0, None)]


def test_a_visit_and_the_trip_after_it(sea):
    sea.boat(1, "vms:A:1")
    sea.store(
        [sea.fix("vms:A:1", hour, 108.9, 15.1, sog=0.0) for hour in (0, 1)]
        + [sea.fix("vms:A:1", 3, 109.5, 15.1), sea.fix("vms:A:1", 5, 108.9, 15.1, sog=0.0)]
    )
    sea.settle(5.1)
    assert sea.told("port") == [("visit", 1, 0.0, 1.0), ("trip", 1, 1.0, 5.0), ("visit", 1, 5.0, None)]
    assert sea.cases() == []


def test_devices_of_two_boats_that_sail_as_one_are_one_case_and_two_on_one_boat_are_none(sea):
    sea.boat(1, "vms:A:1")
    sea.boat(2, "vms:B:2")
    sea.boat(3, "vms:A:3", "mmsi:999000003")
    hours = [n / 6 for n in range(0, 40)]
    sea.store(
        [sea.fix(key, hour, lon=110 + 0.1 * hour, lat=15 + (0.0002 if key == "vms:B:2" else 0))
         for key in ("vms:A:1", "vms:B:2") for hour in hours]
        + [sea.fix(key, hour, lon=110 + 0.1 * hour, lat=12.0) for key in ("vms:A:3", "mmsi:999000003")
           for hour in hours]
    )  # fmt: skip
    sea.settle(6.6)
    (event,) = sea.events("device")
    assert event.vessels == [1, 2]
    (case,) = sea.cases()
    assert (case.kind, case.vessel_id) == ("device", 1)
