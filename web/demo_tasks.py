"""Tasks of the demonstration: bounds that make some communes red, three tasks at three steps, and offices that answer.

Everything is simulated and says so; who acts has no name that a person has.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

from sqlalchemy import Connection, func, select

from fixtures.axis import SECRET, SYSTEM, Axis, running
from fixtures.letters import DEPARTMENTS
from geo.clock import Clock, local_date
from geo.errors import NotFound
from geo.workdays import DAY
from ingest.exchange.axis import AxisClient, AxisUnavailable
from ingest.exchange.send import send_letters
from layers.access.roles import Role
from layers.database import make_async_engine, make_engine, write
from layers.stepping import Actor
from layers.tasks.acts import Act, Wanted, act, draft, lock_task
from layers.tasks.letters import open_letters
from layers.tasks.models import Task
from layers.tasks.offices import find_office
from layers.tasks.rows import calendar_of
from web.demo_citizens import WORKER
from web.exceptions import ExceptionView, exceptions
from web.indicators import Asked, series
from web.state import State
from web.tasks.born import Born, Origin, read_born

LEADER = "lanh-dao-mo-phong"
OFFICE = DEPARTMENTS["services.geojson"].name
"""Whose tasks the demonstration's steward sees."""
HEALTH = DEPARTMENTS["health.geojson"].name
REPORTS = "pa_dunghan"
LETTERS_EVERY = timedelta(seconds=20)
TERM_DAYS = 5
EVERY = 1000
UNSENT = "igate_demo"
"""The source whose last month does not come."""


def bring_tasks(url: str, now: datetime) -> None:
    """The tasks, where there is none yet."""
    engine = make_engine(url)
    with write(engine) as connection:
        begun = connection.scalar(select(func.count()).select_from(Task))
    if not begun:
        births = asyncio.run(_births(url, now))
        with write(engine) as connection:
            for planned, born in births:
                _put(connection, planned, born, now)
    engine.dispose()


@dataclass(frozen=True)
class Planned:
    """A task of the demonstration: of which number, to whom (None: whoever it suggests), what, so many days ago."""

    origin: Origin
    agency: str | None
    asked: str
    days_ago: int = 0
    steps: tuple[str, ...] = ()


def _planned(worst: str | None, told: Mapping[str | None, ExceptionView]) -> Iterator[Planned]:
    """One overdue, one to be accepted, one just issued, one still a draft."""
    words = "Trả lời hết phản ánh quá hạn; nêu nguyên nhân và cách để không tái diễn (mô phỏng)"
    if worst is not None:
        yield Planned(Origin(REPORTS, worst), None, words, 12, ("issue", "receive", "start"))
    words = "Điều chuyển người bệnh, bổ sung giường để công suất không quá ngưỡng (mô phỏng)"
    if (bed := _origin(told.get("cs_giuong"))) is not None:
        yield Planned(bed, HEALTH, words, 6, ("issue", "receive", "start", "report"))
    words = "Rà soát hồ sơ trễ hạn, trả kết quả và xin lỗi người dân (mô phỏng)"
    if (late := _origin(told.get("hs_dunghan"))) is not None:
        yield Planned(late, OFFICE, words, 3, ("issue",))
    yield Planned(Origin(source=UNSENT), None, "Nộp số liệu còn thiếu, nêu lý do chậm (mô phỏng)")


async def _reddest(state: State) -> str | None:
    """The commune that answers the fewest reports in time, of those that are red."""
    drawn = (await series(state, REPORTS, Asked(level="commune"))).map
    red = [(each.value, each.code) for each in (drawn.values if drawn else []) if each.light == "red"]
    return min(red, default=(None, None))[1]


def _origin(one: ExceptionView | None) -> Origin | None:
    if one is None or one.place is None or one.period is None:
        return None
    return Origin(one.indicator, f"{one.place.kind}:{one.place.code}", period=one.period.since)


async def _births(url: str, now: datetime) -> list[tuple[Planned, Born]]:
    """The plans whose numbers this demonstration has."""
    engine, found = make_async_engine(url), []
    state = cast(State, SimpleNamespace(engine=engine, clock=lambda: now))  # all that reading a number asks for
    told = {one.indicator: one for one in (await exceptions(state, EVERY)).exceptions}
    for planned in _planned(await _reddest(state), told):
        with suppress(NotFound):
            found.append((planned, await read_born(state, planned.origin)))
    await engine.dispose()
    return found


def _put(connection: Connection, planned: Planned, born: Born, now: datetime) -> None:
    """Draft it so many days ago, when its number was known, and take its steps a day apart, as far as they are past."""
    heard = datetime.fromisoformat(born.told["time"]) if born.told.get("time") else now
    at = max(heard, now - DAY * planned.days_ago)
    calendar, office = calendar_of(connection), find_office(connection, planned.agency or born.agency, local_date(now))
    due_on = calendar.after(local_date(at), TERM_DAYS)
    wanted = Wanted(born.title, planned.asked, office.name, due_on, office.organ, office.unit)
    number = draft(connection, wanted, born.told, Actor(at, Role.LEADER.value, LEADER), calendar)
    for step in planned.steps:
        at = at + DAY
        if at > now:
            return
        role, name = (Role.LEADER, LEADER) if step == "issue" else (Role.STEWARD, WORKER)
        words = "Đã bổ sung giường, công suất đang giảm (mô phỏng)" if step == "report" else None
        act(connection, lock_task(connection, number), Act(step, words), Actor(at, role.value, name), calendar)


class LetterRound:
    """The stand-in axis for letters of tasks: every so often it takes what waits, and the offices go one step on."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url, self._clock, self._axis, self._last = url, clock, Axis([]), clock()

    def look(self) -> None:
        """One round, when it is time and any letter is under way."""
        now = self._clock()
        if now - self._last < LETTERS_EVERY:
            return
        self._last = now
        engine = make_engine(self._url)
        with write(engine) as connection:
            under_way = bool(open_letters(connection, simulated_too=True))
        if under_way:
            self._axis.answer_all()
            with (
                suppress(AxisUnavailable),
                running(self._axis) as address,
                AxisClient(address, SYSTEM, SECRET) as client,
            ):
                send_letters(engine, client, self._clock, simulated_too=True)
        engine.dispose()
