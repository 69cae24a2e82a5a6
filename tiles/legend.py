"""What the map's signs mean, from the same Layer.style as the map itself."""

from typing import Any

from layers.spec import Layer
from tiles.tokens import THEMES


def legend(layer: Layer) -> dict[str, Any]:
    """A layer's sign: its shape, its colour in each theme, its name in both languages."""
    token = layer.style.color.value
    return {
        "shape": layer.style.shape,
        "color": {theme: colors.get(token, colors["text"]) for theme, colors in THEMES.items()},
        "title": {"vi": layer.title.vi, "en": layer.title.en},
        "minzoom": layer.style.minzoom,
    }
