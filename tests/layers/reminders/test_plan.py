"""Which reminders a delivery calls for: by working days, never over Tết, the same however often anybody asks."""

from collections import namedtuple
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.workdays import Workdays
from layers.reminders.plan import ARRIVED, OVERTAKEN, plan_reminders, planned_steps
from layers.reminders.words import check_words
from layers.sources.expected import Expectation, PeriodState, judge

Step = namedtuple("Step", "id code step side days hour pauses only_source valid_from valid_to")
LONG_AGO = date(2019, 1, 1)
STEPS = [
    Step(1, "a", 1, "before", 2, 8, True, None, LONG_AGO, None),
    Step(2, "b", 2, "after", 1, 8, True, None, LONG_AGO, None),
    Step(3, "c", 3, "after", 5, 8, True, None, LONG_AGO, None),
]
RULE = Expectation("s", "form_a", 1, "workday", 5, 1, LONG_AGO, None, "Sở mô phỏng")
CALENDAR = Workdays()


def at(said: str) -> datetime:
    return datetime.fromisoformat(f"{said}+07:00").astimezone(UTC)


def period(due: date, now: datetime, received: datetime | None = None, known: date = LONG_AGO) -> PeriodState:
    came = received if received is not None and received <= now else None
    state, days = judge(due, came, now, CALENDAR)
    month = date(due.year, due.month, 1) - timedelta(days=1)
    return PeriodState(RULE, month.replace(day=1), due.replace(day=1), due, state, days, came, None, 0, known)


def told(found) -> list[tuple[int, str, str | None]]:
    return [(p.step.step, str(p.on), p.missed) for p in found]


def test_over_tet_nobody_is_reminded() -> None:
    state = period(date(2026, 2, 13), at("2026-02-22T20:00"))  # due on the Friday before Tết, off until the 22nd
    assert told(plan_reminders(state, STEPS, CALENDAR, at("2026-02-22T20:00"))) == [(1, "2026-02-11", OVERTAKEN)]
    days = [str(p.on) for p in planned_steps(state, STEPS, CALENDAR)]
    assert days == ["2026-02-11", "2026-02-23", "2026-02-27"]


def test_what_is_overdue_when_first_entered_is_not_escalated_at_once() -> None:
    state = period(date(2026, 6, 5), at("2026-11-23T12:00"), known=date(2026, 11, 23))
    assert told(planned_steps(state, STEPS, CALENDAR)) == [(2, "2026-11-25", None), (3, "2026-12-01", None)]  # 24-11


def test_a_source_may_have_a_step_of_its_own() -> None:
    own = [*STEPS, Step(9, "d", 2, "after", 3, 8, True, "s", LONG_AGO, None)]
    state = period(date(2026, 11, 6), at("2026-11-23T12:00"))
    assert [p.step.code for p in planned_steps(state, own, CALENDAR)] == ["a", "d", "c"]


def test_of_several_overdue_at_once_the_last_is_sent() -> None:
    state = period(date(2026, 11, 6), at("2026-11-20T12:00"))
    found = plan_reminders(state, STEPS, CALENDAR, at("2026-11-20T12:00"))
    assert [p.missed for p in found] == [OVERTAKEN, OVERTAKEN, None]


def test_what_came_before_it_could_be_sent_is_not_sent() -> None:
    came = at("2026-11-10T15:00")
    state = period(date(2026, 11, 6), at("2026-11-20T12:00"), came)
    found = plan_reminders(state, STEPS, CALENDAR, at("2026-11-20T12:00"))
    assert told(found) == [(1, "2026-11-04", ARRIVED), (2, "2026-11-09", ARRIVED)]


MINUTES = st.integers(0, 60 * 24 * 40)
BEGIN = at("2026-01-25T00:00")  # Tết lies within


@given(
    st.dates(date(2026, 2, 1), date(2026, 2, 27)),
    st.none() | MINUTES,
    st.lists(MINUTES, min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_same_reminders_however_often_and_in_whichever_order(due, came, minutes, dice) -> None:
    received = None if came is None else BEGIN + timedelta(minutes=came)
    asked = [BEGIN + timedelta(minutes=m) for m in minutes]
    last = max(asked)

    def run(moments: list[datetime]) -> dict:
        ledger: dict = {}
        for now in moments:
            for p in plan_reminders(period(due, now, received), STEPS, CALENDAR, now):
                ledger.setdefault(p.key, (p, now))
        return ledger

    dice.shuffle(asked)
    often, once = run([*asked, *asked]), run([last])
    assert {k: (p.on, p.at) for k, (p, _) in often.items()} == {k: (p.on, p.at) for k, (p, _) in once.items()}
    for p, now in often.values():
        assert CALENDAR.is_workday(p.on)
        assert p.at <= now
        if p.missed is None:
            assert received is None or now < received  # nobody is asked for what is there
    every_hour = [BEGIN + timedelta(hours=h) for h in range(int((last - BEGIN) / timedelta(hours=1)) + 1)]
    for p, now in run([*every_hour, last]).values():
        in_time = now - p.at <= timedelta(hours=1)
        assert in_time
        assert p.missed is None or received is not None


@pytest.mark.parametrize("words", ["{name}", "{agency!r}", "{late:>999}", "{}", "{agency.x}", "{agency"])
def test_words_name_only_what_there_is(words) -> None:
    with pytest.raises(BadInput, match="words"):
        check_words(words)
