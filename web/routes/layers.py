"""GET /api/layers: the registry as this role sees it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import select

from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import ReadConnection, read
from layers.sources.freshness import mark
from layers.sources.models import Source
from layers.spec import Field, Layer
from tiles.legend import legend
from web.access import role_of
from web.state import State, state_of
from web.views import Words

router = APIRouter(prefix="/api")
_KINDS: Mapping[type, str] = {int: "number", float: "number", bool: "boolean", datetime: "time", date: "time"}
_GEOMETRY: Mapping[str, str] = {"land": "polygon", "fill": "polygon", "area": "polygon", "line": "line"}


@router.get("/layers")
async def get_layers(request: Request) -> dict[str, Any]:
    """Every layer this role may see in some form."""
    state, role = state_of(request), await role_of(request)
    async with read(state.engine) as connection:
        origins = {name: await _origin(connection, layer) for name, layer in state.registry.items()}
    seen = [m for m in state.registry.values() if scope(role, m).mode != "none"]
    return {"layers": [_view(state, role, layer, origins[layer.name]) for layer in seen]}


async def _origin(connection: ReadConnection, layer: Layer) -> str:
    """What a picture of the layer must be marked: the least real origin among its rows."""
    if layer.row_source is None:
        return "real"
    rows = select(layer.row_source.label("source_id")).distinct().subquery()
    found = await connection.execute(select(Source.origin).join(rows, rows.c.source_id == Source.id))
    return mark(set(found.scalars()))


def _view(state: State, role: Role, layer: Layer, origin: str) -> dict[str, Any]:
    allowed = scope(role, layer)
    version, changed = state.hub.versions.get(layer.name, (0, None))
    return {
        "name": layer.name,
        "title": Words.of(layer.title),
        "source": layer.source,
        "origin": origin,
        "version": version,
        "changed_at": changed,
        "mode": allowed.mode,
        "geometry": _GEOMETRY.get(layer.style.shape, "point"),
        "tiles": f"/tiles/{layer.name}.json",
        "fields": [_field(f) for f in allowed.fields],
        "measures": [
            {"name": m.name, "title": Words.of(m.title), "unit": Words.of(m.unit), "digits": m.digits, "good": m.good}
            for m in layer.measures
        ],
        "legend": legend(layer),
    }


def _field(field: Field) -> dict[str, Any]:
    assert field.column is not None
    kind = _KINDS.get(field.column.type.python_type, "text")
    told = {"name": field.name, "title": Words.of(field.title), "unit": field.unit, "kind": kind, "says": field.says}
    return told | {"choices": [{"value": c.value, "title": Words.of(c.title)} for c in field.choices]}
