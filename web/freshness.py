"""Ages and origins beside every number: a number without them does not leave the house."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select

from layers.database import ReadConnection
from layers.sources.models import Source

Origin = Literal["real", "simulated", "replayed"]
Stale = Literal["fresh", "late", "stale"]

LATE_AFTER = 2
"""A number older than twice its source's cadence is stale; older than once, late."""


@dataclass(frozen=True)
class SourceInfo:
    """A source as pages show it."""

    code: str
    title: dict[str, str]
    origin: Origin
    cadence: timedelta | None


async def read_sources(connection: ReadConnection) -> dict[int, SourceInfo]:
    """All sources by id."""
    rows = await connection.execute(select(Source))
    return {r.id: SourceInfo(r.code, {"vi": r.title_vi, "en": r.title_en}, r.origin, r.cadence) for r in rows}


def freshness(age: timedelta | None, cadence: timedelta | None) -> Stale:
    """fresh, late or stale; a source without a cadence is never late."""
    if age is None or cadence is None or age <= cadence:
        return "fresh"
    return "late" if age <= cadence * LATE_AFTER else "stale"


def timed(t: datetime | None, now: datetime) -> dict[str, Any]:
    """The two keys that say when: `time` (ISO 8601) and `age_s`."""
    age = None if t is None else max(0, round((now - t).total_seconds()))
    return {"time": None if t is None else t.isoformat(), "age_s": age}


def mark(origins: set[str]) -> Origin:
    """What a picture that touches these origins must be marked."""
    return "simulated" if "simulated" in origins else "replayed" if "replayed" in origins else "real"
