"""Which states can be looked for at all: beyond the boundary takes a line, the wrong belt takes belts."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select

from layers.catalog.boundary import Boundary
from layers.catalog.zone import Zone
from layers.database import ReadConnection


def current_limits() -> tuple[ColumnElement[bool], ...]:
    """The limits of permitted fishing, as known now."""
    return Boundary.superseded_at.is_(None), Boundary.kind == "fishing_limit"


def belts_in_force(today: date) -> tuple[ColumnElement[bool], ...]:
    """The fishing belts that hold on a day of Việt Nam, as known now."""
    return (
        Zone.superseded_at.is_(None),
        Zone.kind.startswith("belt_"),
        or_(Zone.valid_from.is_(None), Zone.valid_from <= today),
        or_(Zone.valid_to.is_(None), Zone.valid_to >= today),
    )


async def read_watched(connection: ReadConnection, today: date) -> dict[str, bool]:
    """Each status that depends on a line or a belt, and whether there is one."""
    asked = select(exists().where(*current_limits()), exists().where(*belts_in_force(today)))
    limit, belt = (await connection.execute(asked)).one()
    return {"foreign": limit, "wrong_belt": belt}


def with_zeros(watched: Mapping[str, bool], counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by status, zero where somebody looks and finds nothing, absent where nobody can look."""
    return {status: 0 for status, is_watched in watched.items() if is_watched} | dict(counts)
