"""Common cause first: twelve boats of one provider are one incident and nobody's violation."""

import pytest


def fleet(sea, count, provider="A", first=1, **more):
    for number in range(first, first + count):
        sea.boat(number, f"vms:{provider}:{number}", port=f"Cảng {number}", **more)
    return [f"vms:{provider}:{number}" for number in range(first, first + count)]


def speak(sea, keys, hour):
    """Each in a cell of its own, so that only the provider is common."""
    sea.store([sea.fix(key, hour, lon=106.0 + 1.1 * (int(key.split(":")[2]) % 10), lat=8 + int(key.split(":")[2]) // 10)
               for key in keys])  # fmt: skip


def go(sea, keys, silent, hours, until):
    """Everybody speaks each hour; those silent do not after hour 2 (by turns within 2 hours)."""
    for hour in hours:
        sea.now = sea.at(hour + 0.1)
        quiet = {key for n, key in enumerate(silent) if hour > 2 + 1.5 * n / len(silent)}
        if hour < until:
            speak(sea, [key for key in keys if key not in quiet], hour)
        else:
            speak(sea, keys, hour)
        sea.settle()


@pytest.mark.parametrize(("boats", "silent"), [(47, 12), (47, 28)])
def test_boats_of_one_provider_are_one_incident(sea, boats, silent):
    keys = fleet(sea, boats)
    others = fleet(sea, 10, "B", 60)
    go(sea, keys + others, keys[:silent], (0, 2, 3, 4, 6, 8, 12), 99)
    (incident,) = sea.incidents()
    assert (incident.kind, incident.subject, incident.silent, incident.heard_of) == ("provider", "A", silent, boats)
    listed = sea.incident_boats(incident.id)
    assert [row.vessel_id for row in listed] == list(range(1, silent + 1))
    assert [case.kind for case in sea.cases()] == ["incident"]
    (case,) = sea.cases()
    assert sea.entries(case.id)[-1].body["silent"] == len(listed)
    go(sea, keys + others, keys[:silent], (13, 14), 13)
    (incident,) = sea.incidents()
    assert sea.hour(incident.ended_at) == 13.0
    assert all(row.back_at is not None for row in sea.incident_boats(incident.id))
    (case,) = sea.cases()
    assert (case.state, case.outcome) == ("closed", "recovered")


def test_one_in_a_hundred_is_that_boats_own_matter(sea):
    keys = fleet(sea, 50)
    go(sea, keys, keys[:1], (0, 2, 3, 4, 6, 8, 9), 99)
    assert sea.incidents() == []
    assert [(case.kind, case.vessel_id) for case in sea.cases()] == [("silence", 1)]


def test_who_is_still_silent_after_the_recovery_counts_from_then(sea):
    keys = fleet(sea, 20)
    go(sea, keys, keys[:10], (0, 2, 3, 4, 6, 8, 9), 99)
    (incident,) = sea.incidents()
    rest = keys[1:]
    for hour in (10, 13, 15, 17):
        sea.now = sea.at(hour + 0.1)
        speak(sea, rest, hour)
        sea.settle()
        if hour < 16:
            assert [case.kind for case in sea.cases()] == ["incident"]
    (incident,) = sea.incidents()
    assert sea.hour(incident.ended_at) == 10.0
    own = sea.cases("silence")
    assert [(case.vessel_id, sea.hour(case.began_at)) for case in own] == [(1, 10.0)]


def test_a_case_that_was_opened_before_the_cause_showed_is_cleared(sea):
    keys = fleet(sea, 12)
    sea.now = sea.at(0.1)
    speak(sea, keys[:1], 0)
    sea.settle()
    sea.settle(6.3)
    (case,) = sea.cases()
    assert (case.kind, case.state) == ("silence", "new")
    speak(sea, keys[1:], 0.9)  # what the provider sent before it fell silent reaches us only now
    sea.settle(7)
    (incident,) = sea.incidents()
    assert incident.silent == len(sea.incident_boats(incident.id)) == 12
    single, common = sea.cases()
    assert (single.state, single.outcome, common.kind) == ("closed", "common_cause", "incident")
    assert [entry.kind for entry in sea.entries(single.id)][1:] == ["incident", "cleared", "outcome"]
