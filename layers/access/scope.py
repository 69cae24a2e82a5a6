"""The one permission function: which columns and rows of a layer a role may see.

Applied in the SELECT for tiles, API, stream, documents and exports; its hash is in cache keys and ETags.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlalchemy import ColumnElement

from layers.access.roles import PUBLIC, Role
from layers.spec import Field, Layer

Mode = Literal["exact", "density", "none"]


@dataclass(frozen=True, eq=False)
class Scope:
    """What is left of a layer for a role. `public` says whether anybody at all sees the same bytes."""

    mode: Mode
    fields: tuple[Field, ...]
    predicate: ColumnElement[bool] | None
    digest: str
    public: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that may be selected."""
        return tuple(f.name for f in self.fields)


@cache
def scope(role: Role, layer: Layer) -> Scope:
    """What `role` may see of `layer`."""
    mode = _mode(role, layer)
    fields = tuple(f for f in layer.fields if role in f.read_by) if mode == "exact" else ()
    parts = (layer.name, mode, *(f.name for f in fields))
    digest = hashlib.sha256("|".join(parts).encode()).hexdigest()[:8]
    public = mode == "exact" and layer.read_by == PUBLIC and len(fields) == len(layer.fields)
    return Scope(mode, fields, layer.rows, digest, public)


def _mode(role: Role, layer: Layer) -> Mode:
    if role in layer.read_by:
        return "exact"
    if layer.density is not None and role in layer.density.read_by:
        return "density"
    return "none"
