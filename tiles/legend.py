"""What the map's signs mean, from the same Layer.style as the map itself."""

from typing import Any

from layers.bunches import is_bunched
from layers.spec import Layer
from tiles.bunch_signs import bunch_words
from tiles.tokens import THEMES


def legend(layer: Layer) -> dict[str, Any]:
    """A layer's sign: its shape, its colour in each theme, its name in both languages."""
    token = layer.style.color.value
    return {
        "bunches": bunch_words() if is_bunched(layer) else None,
        "shape": layer.style.shape,
        "color": {theme: colors.get(token, colors["text"]) for theme, colors in THEMES.items()},
        "title": {"vi": layer.title.vi, "en": layer.title.en},
        "minzoom": layer.style.minzoom,
    }
