"""From stored positions to events and cases: steps, ends, restarts, late batches, boats that change."""

from datetime import timedelta

import pytest

KEY = "vms:A:1"


@pytest.fixture
def boat(sea):
    return sea.boat(1, KEY)


def test_a_silence_goes_up_the_ladder_in_one_case(sea, boat):
    sea.report(KEY, 0, 1, 2)
    sea.settle(2.1)
    assert sea.told("silence") == []
    sea.settle(4.4)
    assert sea.told("silence") == []
    sea.settle(4.6)
    assert sea.told("silence") == [("late", boat, 2.0, None)]
    assert sea.cases() == []
    sea.settle(8.1)
    assert [row[0] for row in sea.told("silence")] == ["late", "lost_6h"]
    assert sea.cases() == [], "a common cause may still show"
    sea.settle(8.3)
    (case,) = sea.cases()
    assert (case.kind, case.vessel_id, case.lead, case.length_m) == ("silence", boat, "province", 20.0)
    assert (sea.hour(case.began_at), sea.hour(case.due_at), case.due_what) == (2.0, 8.0, "contact")
    sea.settle(2 + 240.1)
    (case,) = sea.cases()
    assert (sea.hour(case.due_at), case.due_what) == (8.0, "contact"), "still owed, and longer overdue than the port"
    assert [entry.kind for entry in sea.entries(case.id)] == ["opened", "event"]


def test_a_boat_that_speaks_again_ends_its_silence_and_leaves_the_case_to_people(sea, boat):
    sea.report(KEY, 0)
    sea.settle(7)
    sea.now = sea.at(7.5)
    sea.report(KEY, 7.4)
    sea.settle(7.5)
    assert sea.told("silence") == [("late", boat, 0.0, 7.4), ("lost_6h", boat, 0.0, 7.4)]
    (case,) = sea.cases()
    assert case.state == "new"
    last = sea.entries(case.id)[-1]
    assert (last.kind, last.body["what"]) == ("event", "ended")
    assert "đến nay" in last.body["old"]["vi"]
    assert "đến nay" not in last.body["new"]["vi"]


def test_in_port_nobody_is_silent(sea, boat):
    sea.report(KEY, 0, lon=108.9, lat=15.1, sog=0.0)
    sea.settle(30)
    assert sea.told("silence") == []


def lon_at(hour: float) -> float:
    return 110.5 + hour * 0.05


def test_a_restart_says_nothing_twice(sea, boat):
    other = sea.boat(2, "vms:A:2")
    for hour in range(0, 30, 5):
        sea.now = sea.at(hour)
        both = [sea.fix(KEY, hour - ago, lon=lon_at(hour)) for ago in (0.1, 2.1, 4.1)]
        sea.store([*both, *([sea.fix("vms:A:2", hour - 0.2)] if hour < 12 else [])])
        sea.settle()
    before, cases = sea.snapshot(), sea.cases()
    words = len(sea.events(current=False))
    assert [case.vessel_id for case in cases] == [other]
    sea.restart()
    sea.settle()
    assert sea.snapshot() == before
    assert (len(sea.events(current=False)), sea.cases()) == (words, cases)
    sea.now = sea.at(29.1)
    sea.report("vms:A:2", 29.0)
    sea.settle()
    assert ("lost_6h", other, 9.8, 29.0) in sea.told("silence")


def go_silent(sea) -> None:
    """Boat 1 speaks until 1.9 h and no more; somebody else goes on, so that the watch settles."""
    for hour in (2, 9, 16, 23, 30, 37, 40):
        sea.now = sea.at(hour)
        other = [sea.fix("vms:A:2", hour - ago) for ago in range(7)]
        sea.store([*other, *([sea.fix(KEY, 1.9), sea.fix(KEY, 0.9)] if hour == 2 else [])])
        sea.settle()


def test_a_batch_ten_hours_late_corrects_the_silence_and_tells_the_case_why(sea, boat):
    sea.boat(2, "vms:A:2")
    go_silent(sea)
    (case,) = sea.cases()
    assert sea.hour(case.began_at) == 1.9
    sea.report(KEY, *range(4, 26, 2))
    sea.settle(40)
    assert ("lost_6h", boat, 24.0, None) in sea.told("silence")
    assert not [row for row in sea.told("silence") if row[1] == boat and row[2] == 1.9]
    withdrawn = [row for row in sea.events("silence") if row.what == "withdrawn"]
    assert {row.step for row in withdrawn} == {"late", "lost_6h"}
    (case,) = sea.cases()
    words = [entry.body for entry in sea.entries(case.id) if entry.kind == "event"]
    assert {body["what"] for body in words} == {"corrected"}
    assert case.state == "new", "the boat is silent still: the case goes on"


def test_a_silence_that_never_was_closes_a_case_nobody_touched(sea, boat):
    sea.boat(2, "vms:A:2")
    go_silent(sea)
    sea.report(KEY, *range(4, 40, 2), 39.5)
    sea.settle(40)
    (case,) = sea.cases()
    assert (case.state, case.outcome) == ("closed", "withdrawn")
    assert not [row for row in sea.told("silence") if row[1] == boat]


def test_a_device_that_was_on_another_boat_takes_its_events_with_it(sea, boat):
    other = sea.boat(2)
    sea.report(KEY, 0, 1, 1.9)
    for hour in (2, 7, 12):
        sea.settle(hour)
    assert {row[1] for row in sea.told("silence")} == {boat}
    moved = sea.at(-10)
    sea.connection.execute("UPDATE transmitter_on_vessel SET valid_to = %s", (moved,))
    sea.link(other, KEY, moved)
    sea.settle(12)
    assert {row[1] for row in sea.told("silence")} == {other}
    case, again = sea.cases()
    assert (case.vessel_id, case.state, case.outcome) == (boat, "closed", "withdrawn")
    assert (again.vessel_id, again.state) == (other, "new")


def test_what_was_over_long_before_it_was_stored_is_recorded_only(sea, boat):
    sea.now = sea.at(100)
    sea.report(KEY, *range(0, 20), *range(40, 60))
    sea.report(KEY, 99.9)
    sea.settle(100)
    assert [row for row in sea.told("silence") if row[0] == "lost_6h"] == [
        ("lost_6h", boat, 19.0, 40.0),
        ("lost_6h", boat, 59.0, 99.9),
    ]
    assert sea.cases() == []


def test_several_laws_in_one_night(sea):
    """Before 20 May 2024 (rows of the day before) as after it the same silence has its own rows behind it."""
    from datetime import UTC, datetime

    from sqlalchemy import select

    from layers.watch.rules import Rule

    sea.boat(1, KEY)
    change = datetime(2026, 11, 20, 17, tzinfo=UTC)  # midnight in Việt Nam
    values = dict(
        kind="duty", conduct="silence", step="position_by_other_means", reading="text", min_length_m=15,
        decree="NĐ thử", text_vi="thử", text_en="test", source="test", verified=False,
    )  # fmt: skip
    with sea.engine.begin() as connection:
        connection.execute(
            Rule.__table__.update().where(Rule.code == "silence.position_by_other_means.nd41").values(valid_to=change)
        )
        connection.execute(Rule.__table__.insert().values(**values, code="x", threshold_s=3 * 3600, valid_from=change))
    sea.now = sea.at(30)
    sea.report(KEY, 10, 15, 18, 22, 23)
    sea.settle(24)
    lost = [row for row in sea.told("silence") if row[0] == "lost_6h"]
    assert lost == [("lost_6h", 1, 18.0, 22.0)], "five hours were allowed before midnight, three are since"
    with sea.engine.connect() as connection:
        new = connection.scalar(select(Rule.id).where(Rule.code == "x"))
    (event,) = [e for e in sea.events("silence") if e.step == "lost_6h"]
    assert new in event.rule_ids


def test_the_clock_waits_for_what_was_stored_but_not_yet_taken(sea, boat, monkeypatch):
    from layers.watch.live import rounds

    sea.settle(0)
    monkeypatch.setattr(rounds, "MOST_POSITIONS", 1)
    sea.now = sea.at(12)
    for hour in range(0, 12):
        sea.report(KEY, hour)
    assert sea.watch.round().more
    assert sea.told("silence") == []
    sea.settle()
    assert sea.told("silence") == []


def test_a_round_that_fails_is_done_again(sea, boat, monkeypatch):
    from layers.watch.live import rounds

    sea.settle(0)
    sea.now = sea.at(9)
    sea.report(KEY, 0, 8)

    def fail(*_args, **_more):
        raise RuntimeError("the power")

    with monkeypatch.context() as broken:
        broken.setattr(rounds, "act", fail)
        with pytest.raises(RuntimeError):
            sea.watch.round()
    assert sea.events() == []
    sea.settle()
    assert [row[0] for row in sea.told("silence")] == ["late", "lost_6h"]


def test_who_acknowledged_looks_again_when_it_goes_on(sea, boat):
    from layers.watch.cases.ledger import Entry, append

    sea.report(KEY, 0)
    sea.settle(7)
    (case,) = sea.cases()
    with sea.engine.begin() as connection:
        seen = {"acknowledged_at": sea.now, "acknowledged_by": "lan"}
        append(connection, case.id, Entry("acknowledged", sea.now, "lan", "officer"), seen)
    sea.settle(241)
    (case,) = sea.cases()
    assert case.acknowledged_at is None
    assert [entry.kind for entry in sea.entries(case.id)] == ["opened", "acknowledged", "reset"]
    assert sea.now - case.changed_at < timedelta(seconds=1)
