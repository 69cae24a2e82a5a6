"""The limits of permitted fishing, as far as their owner has loaded them: what a silent boat may have come to."""

from collections.abc import Iterable
from typing import Any

import shapely
from sqlalchemy import Row, Select, func, select

from layers.access.roles import Role
from layers.access.scope import scope
from layers.catalog.boundary import LAYER, Boundary

KIND = "fishing_limit"


def limits_statement() -> Select[*tuple[Any, ...]]:
    """The lines in force, as those may see them who see each boat."""
    allowed = scope(Role.OFFICER, LAYER)
    lines = select(func.ST_AsBinary(Boundary.geom).label("line")).where(Boundary.kind == KIND)
    return lines.where(allowed.predicate) if allowed.predicate is not None else lines


def limits_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> Any:
    """All lines in one geometry (EPSG:4326), or None when nobody has loaded any."""
    lines = [shapely.from_wkb(bytes(row.line)) for row in rows]
    return shapely.union_all(lines) if lines else None
