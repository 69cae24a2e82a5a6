"""Ages and origins beside every number: a number without them does not leave the house."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import exists, select

from layers.database import ReadConnection
from layers.sources.models import Delivery, Source

Origin = Literal["real", "simulated", "replayed"]
Stale = Literal["fresh", "late", "stale"]

LEAST_REAL_FIRST = ("simulated", "replayed", "real")
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


async def read_mark(connection: ReadConnection) -> Origin:
    """What any picture must be marked that may show what has been delivered."""
    delivered = exists().where(Delivery.source_id == Source.id)
    origins = (await connection.execute(select(Source.origin).distinct().where(delivered))).scalars()
    return mark(set(origins))


def freshness(age: timedelta | None, cadence: timedelta | None) -> Stale:
    """fresh, late or stale; a source without a cadence is never late."""
    if age is None or cadence is None or age <= cadence:
        return "fresh"
    return "late" if age <= cadence * LATE_AFTER else "stale"


def mark(origins: set[str]) -> Origin:
    """What a picture that touches these origins must be marked."""
    return "simulated" if "simulated" in origins else "replayed" if "replayed" in origins else "real"


def least_real(found: Iterable[SourceInfo], every: Iterable[SourceInfo], code: str) -> SourceInfo | None:
    """The least real of these sources; when there are none, the source of that code, or None."""
    ranked = sorted(found, key=lambda source: LEAST_REAL_FIRST.index(source.origin))
    return ranked[0] if ranked else next((source for source in every if source.code == code), None)
