"""The board of a storm: read in one transaction, judged in a thread, told as typed views."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from geo.winds import arrival_s
from layers.access.roles import OFFICERS, Role
from layers.database import read
from layers.sources.freshness import Origin, mark, read_mark
from layers.storm import settings as storm_settings
from layers.storm.areas import Areas, areas_of, areas_statement
from layers.storm.fleet import Fleet, count_strangers, read_fleet
from layers.storm.forecasts import (
    Bulletin,
    dispatches_statement,
    forces_statement,
    read_bulletin,
    read_storm,
)
from layers.storm.judge import Orders, Question, Verdicts, judge
from layers.storm.settings import StormSettings, settings_at
from layers.storm.shelters import Shelters, read_shelters
from layers.vessels.then import check_moment
from web.state import State

READERS = OFFICERS | {Role.LEADER}


@dataclass(frozen=True)
class Asked:
    """Whose board: the storm, at which past moment (None: now), by which bulletin (None: the newest then), for whom."""

    storm_id: int
    role: Role
    at: datetime | None = None
    forecast: int | None = None


@dataclass(frozen=True)
class Found:
    """Everything a board or a report is made of."""

    at: datetime
    is_past: bool
    role: Role
    storm: Any
    bulletin: Bulletin | None
    dispatches: list[Any]
    forces: list[Any]
    settings: StormSettings
    areas: Areas
    fleet: Fleet
    strangers: int
    shelters: Shelters
    verdicts: Verdicts
    danger_at: np.ndarray[Any, Any]
    mark: Origin

    @property
    def dispatch(self) -> Any | None:
        """The công điện in force: the newest by then."""
        return next(iter(self.dispatches), None)

    @property
    def danger(self) -> int | None:
        """The force that stands for danger in this bulletin."""
        return None if self.bulletin is None else self.bulletin.danger(self.settings.danger_force)


async def find_board(state: State, asked: Asked) -> Found:
    """Read and judge; NotFound when there is no such storm or bulletin."""
    now = state.clock()
    at, is_past = (check_moment(asked.at, now), True) if asked.at is not None else (now, False)
    async with read(state.engine) as connection:
        storm = await read_storm(connection, asked.storm_id)
        bulletin = await read_bulletin(connection, asked.storm_id, at, asked.forecast)
        dispatches = list((await connection.execute(dispatches_statement(asked.storm_id, at))).all())
        forces = list((await connection.execute(forces_statement())).all())
        settings = settings_at((await connection.execute(storm_settings.statement)).all(), at)
        areas = areas_of((await connection.execute(areas_statement(at))).all())
        fleet = await read_fleet(connection, asked.role, at, is_past)
        strangers = await count_strangers(connection, at, is_past)
        shelters = await read_shelters(connection, fleet, at)
        origin = await read_mark(connection)
    question = question_of(at, bulletin, dispatches, settings)
    verdicts, danger_at = await asyncio.to_thread(_judge, question, fleet, areas, shelters)
    return Found(
        at, is_past, asked.role, storm, bulletin, dispatches, forces, settings, areas, fleet, strangers, shelters,
        verdicts, danger_at, mark({origin, storm.origin}),
    )  # fmt: skip


def question_of(at: datetime, bulletin: Bulletin | None, dispatches: list[Any], settings: StormSettings) -> Question:
    """The storm as the judge takes it."""
    orders = None
    if dispatches:
        orders = Orders(dispatches[0].deadline_at.timestamp(), frozenset(dispatches[0].areas))
    if bulletin is None:
        return Question(at, {}, None, None, orders, settings)
    fields = {force: bulletin.field(force) for force in bulletin.forces}
    return Question(at, fields, bulletin.track, bulletin.danger(settings.danger_force), orders, settings)


def _judge(question: Question, fleet: Fleet, areas: Areas, shelters: Shelters) -> tuple[Verdicts, Any]:
    verdicts = judge(question, fleet, areas.find(fleet.lon, fleet.lat), shelters)
    if question.danger is None:
        return verdicts, np.full(len(shelters.ports), np.nan)
    return verdicts, arrival_s(question.fields[question.danger], shelters.lon, shelters.lat, question.at_s)


def moment(seconds: float) -> datetime | None:
    """A moment of Unix seconds, to the second; None for NaN."""
    return None if np.isnan(seconds) else datetime.fromtimestamp(round(seconds), UTC)
