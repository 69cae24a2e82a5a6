"""A layer's page of documentation, from its one file."""

from collections.abc import Mapping, Sequence

from layers.access.roles import Role
from layers.access.scope import scope
from layers.spec import Field, Layer

_POINT = "a GeoJSON Point, or the columns `lon` and `lat`, in degrees (WGS 84)"
_SHAPES: Mapping[str, str] = {
    "circle": _POINT,
    "area": "a GeoJSON Polygon or MultiPolygon in degrees (WGS 84) whose outline does not cross itself",
    "line": "a GeoJSON LineString or MultiLineString in degrees (WGS 84)",
}


def layer_page(layer: Layer) -> str:
    """Markdown: what it is, who sees what, its fields, its sums, how files of it look."""
    parts = [
        f"# {layer.title.vi} · {layer.title.en}",
        f"Layer `{layer.name}`, source `{layer.source}`. From `layers/catalog/{layer.name}.py`: edit that file.",
        _table("Who sees it", ("role", "how"), [(r.value, scope(r, layer).mode) for r in Role]),
        _table("Fields", ("name", "tiếng Việt", "English", "unit", "in a file"), [_field(f) for f in layer.fields]),
    ]
    if layer.measures:
        rows = [
            (f"`{layer.name}.{m.name}`", m.title.vi, m.title.en, f"{m.unit.vi} · {m.unit.en}") for m in layer.measures
        ]
        parts.append(_table("Sums over units", ("measure", "tiếng Việt", "English", "unit"), rows))
    if layer.file is not None:
        parts.append(_file(layer))
    parts.append(f"Tiles: `/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt`, `/tiles/{layer.name}.json`.")
    return "\n\n".join(parts) + "\n"


def _field(field: Field) -> tuple[str, ...]:
    required = field.column is not None and not field.column.nullable
    word = "–" if not field.from_file else "required" if required else "optional"
    bounds = f"; {field.low:g} to {field.high:g}" if field.low is not None and field.high is not None else ""
    choices = f"; one of {', '.join(f'{c.value} ({c.title.vi})' for c in field.choices)}" if field.choices else ""
    return (f"`{field.name}`", field.title.vi, field.title.en, field.unit or "", word + bounds + choices)


def _file(layer: Layer) -> str:
    assert layer.file is not None
    where = _SHAPES[layer.style.shape] if layer.file.place == "geometry" else "the column `commune_code` (2025 code)"
    links = [column for link in layer.file.links for column in link.all_columns]
    lines = [f"## Files\n\n`opsmap load {layer.name} FILE` takes CSV and GeoJSON; the place comes from {where}."]
    if layer.file.time:
        lines.append(f"When the row was true: `{layer.file.time}` (ISO 8601).")
    if links:
        lines.append(f"Devices on board: {', '.join(f'`{name}`' for name in links)}.")
    return " ".join(lines)


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return f"## {title}\n\n" + "\n".join(f"| {line} |" for line in lines)
