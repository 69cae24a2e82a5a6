"""The ladder of silence: each step at its second, never in port, by the law of the last fix; AIS meanwhile."""

import numpy as np

from layers.watch.detect.silence import detect_ais_while_silent, detect_silence, find_silent

HOUR = 3_600_000
LADDER = (("late", 9000.0), ("lost_6h", 21600.0), ("lost_10d", 864000.0))


def steps(events) -> list[tuple[str, int, float | None]]:
    return [(e.step, e.boats[0], None if e.end_ms is None else (e.end_ms - e.start_ms) / HOUR) for e in events]


def test_each_step_begins_after_its_threshold_and_not_at_it(draw) -> None:
    fixes = draw([0])
    carry = detect_silence(fixes, [LADDER]).carry
    start = int(fixes["t_ms"][0])
    for seconds, reached in ((9000, 0), (9000.001, 1), (21600, 1), (21601, 2), (864000, 2), (864001, 3)):
        found = find_silent(carry, [LADDER], start + round(seconds * 1000))
        assert [e.step for e in found] == ["late", "lost_6h", "lost_10d"][:reached]
        assert all((e.start_ms, e.end_ms) == (start, None) for e in found)


def test_a_silence_that_ended_keeps_its_identity(draw) -> None:
    fixes = draw([0, 120, 120 + 7 * 60])
    carry = detect_silence(fixes[:2], [LADDER]).carry
    lasting = find_silent(carry, [LADDER], int(fixes["t_ms"][1]) + 7 * HOUR - 1)
    ended = detect_silence(fixes[2:], [LADDER], carry).events
    assert steps(ended) == [("late", 1, 7.0), ("lost_6h", 1, 7.0)]
    assert [e.id for e in ended] == [e.id for e in lasting]
    assert steps(detect_silence(fixes, [LADDER]).events) == steps(ended)


def test_who_was_last_heard_in_port_is_not_silent(draw) -> None:
    moored = draw([0, 20 * 24 * 60], in_port=[True, False])
    assert detect_silence(moored, [LADDER]).events == []
    carry = detect_silence(moored[:1], [LADDER]).carry
    assert find_silent(carry, [LADDER], int(moored["t_ms"][1])) == []
    came_in = draw([0, 12 * 60], in_port=[False, True])
    assert [e.step for e in detect_silence(came_in, [LADDER]).events] == ["late", "lost_6h"]


def test_the_law_of_the_last_fix_decides(draw) -> None:
    relaxed = (("late", 12600.0),)
    fixes = draw([0, 180, 360], law=[1, 0, 0])
    assert steps(detect_silence(fixes, [LADDER[:1], relaxed]).events) == [("late", 1, 3.0)]
    assert int(detect_silence(fixes, [LADDER[:1], relaxed]).events[0].start_ms) == int(fixes["t_ms"][1])


def test_ais_fulfils_no_duty_and_owes_none(draw) -> None:
    mixed = both(draw, [0, 480], [60, 120, 180, 240, 300, 360, 420])
    assert [e.step for e in detect_silence(mixed, [LADDER]).events] == ["late", "lost_6h"]
    only_ais = draw([0, 900], vms=False)
    found = detect_silence(only_ais, [LADDER])
    assert (found.events, find_silent(found.carry, [LADDER], int(only_ais["t_ms"][1]) + 99 * HOUR)) == ([], [])


def both(draw, vms, ais, **more):
    rows = np.concatenate([draw(vms), draw(ais, vms=False, **more)])
    return rows[np.argsort(rows["t_ms"], kind="stable")]


def test_ais_speaks_while_the_monitoring_device_is_silent(draw) -> None:
    fixes = both(draw, [0, 600], [60, 360, 361, 500, 630])
    (event,) = detect_ais_while_silent(fixes, [21600.0]).events
    assert (event.step, event.start_ms) == ("ais_speaks", int(fixes["t_ms"][3]))
    assert event.end_ms == int(fixes["t_ms"][4])
    assert dict(event.facts) == {"silent_s": 361 * 60, "fixes": 2}


def test_it_needs_a_monitoring_device_that_was_heard_and_a_boat_at_sea(draw) -> None:
    assert detect_ais_while_silent(draw([0, 900, 1800], vms=False), [21600.0]).events == []
    assert detect_ais_while_silent(both(draw, [0], [400, 500], in_port=True), [21600.0]).events == []
    assert detect_ais_while_silent(both(draw, [0], [360]), [21600.0]).events == []
    (lasting,) = detect_ais_while_silent(both(draw, [0], [361]), [21600.0]).events
    assert lasting.end_ms is None
