"""TileJSON 3.0 of a layer, as a scope sees it."""

from typing import Any

from layers.access.scope import Scope
from layers.bunches import is_bunched
from layers.spec import Field, Layer
from tiles.statement import label_point, numbered

SEA = (105.0, 6.0, 118.0, 22.0)
"""West, south, east, north of Biển Đông as this product draws it."""


def tilejson(layer: Layer, scope: Scope, version: int) -> dict[str, Any]:
    """The document that tells a map where a layer's tiles are and what they carry."""
    vector = [{"id": layer.name, "fields": _fields(layer, scope), "description": layer.title.vi}]
    if label_point(layer) is not None and scope.mode == "exact":
        span = {"span": "Number"} if layer.shapes is None else {}
        fields = _fields(layer, scope) | span
        vector.append({"id": f"{layer.name}_label", "fields": fields, "description": layer.title.vi})
    return {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": layer.title.vi,
        "version": f"1.0.{version}",
        "tiles": [f"/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt?v={version}-{scope.digest}"],
        "minzoom": 0,
        "maxzoom": 14,
        "bounds": [-180.0, -85.0511, 180.0, 85.0511] if layer.name == "background" else list(SEA),
        "vector_layers": vector,
    }


def _fields(layer: Layer, scope: Scope) -> dict[str, str]:
    if scope.mode == "density" and layer.density is not None:
        return {layer.density.counted: "Number", "west": "Number", "south": "Number"}
    key = {} if numbered(layer) else {"id": "String"}
    count = {"count": "Number"} if is_bunched(layer) else {}
    return key | count | {f.name: _kind(f) for f in scope.fields}


def _kind(field: Field) -> str:
    assert field.column is not None
    python = field.column.type.python_type
    return "Number" if python in (int, float) else "Boolean" if python is bool else "String"
