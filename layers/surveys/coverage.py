"""Where the province's figures reach: of every unit of a level, which indicators have a value there."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.errors import BadInput
from layers.database import ReadConnection
from layers.indicators.fetch import Desk, fetch_latest
from layers.indicators.places import Place
from layers.indicators.read import ends_of, last_point

LEVELS = ("commune", "former_district")


@dataclass(frozen=True)
class PlaceCover:
    """One unit: codes with a value of its own or of its parts, only estimated from a larger unit, and without."""

    place: Place
    known: tuple[str, ...]
    estimated: tuple[str, ...]
    missing: tuple[str, ...]


def collected_at(desk: Desk, level: str, domain: str | None = None, code: str | None = None) -> list[Any]:
    """The indicators of a domain, or the one of a code, that are collected at a level. BadInput for none such."""
    if level not in LEVELS:
        raise BadInput(f"level={level[:40]!r}: use one of {', '.join(LEVELS)}", field="level")
    rows = [
        row
        for row in desk.catalogue.values()
        if f"unit:{level}" in row.subjects and code in (None, row.code) and domain in (None, row.domain)
    ]
    if code is not None and not rows:
        raise BadInput(f"indicator={code[:60]!r}: not collected by {level}, or not in the catalogue", field="indicator")
    return rows


async def read_coverage(
    connection: ReadConnection, desk: Desk, rows: Iterable[Any], at: tuple[str, date]
) -> list[PlaceCover]:
    """Every unit of (level, a day of its structure), of the last period that was told of each indicator."""
    indicators, composer = list(rows), desk.composer()
    await fetch_latest(connection, composer, indicators)
    ends = ends_of(composer)
    found = []
    for place in desk.atlas.on(*at):
        await asyncio.sleep(0)  # thousands of readings: whoever else waits for this process goes between two units
        ways = {row.code: _how(last_point(composer, desk, row, place, ends)) for row in indicators}
        found.append(PlaceCover(place, *(tuple(c for c, how in ways.items() if how == kind) for kind in HOWS)))
    return found


HOWS = ("known", "estimated", "missing")


def _how(point: Any) -> str:
    if point is None or (point.reading.value is None and point.cumulative is None):
        return "missing"
    reading = point.reading if point.reading.value is not None else point.cumulative
    return "missing" if reading.value is None else "estimated" if reading.how == "split" else "known"
