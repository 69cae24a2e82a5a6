"""Colours by theme, apart from structure; every pair that carries meaning is checked for contrast by a test."""

from collections.abc import Mapping

THEMES: Mapping[str, Mapping[str, str]] = {
    "dark": {
        "sea": "#0b1c2c",
        "land": "#26384a",
        "land_line": "#3d5166",
        "unit": "#2f4357",
        "unit_line": "#8fa6bb",
        "no_data": "#3a4a5a",
        "outline": "#0b1c2c",
        "text": "#ffffff",
        "text_quiet": "#b7c7d6",
        "halo": "#0b1c2c",
        "health": "#e69f00",
        "learning": "#56b4e9",
        "vessel": "#56b4e9",
        "port": "#f0e442",
    },
    "light": {
        "sea": "#dfeaf3",
        "land": "#edf0f2",
        "land_line": "#b9c5cf",
        "unit": "#ffffff",
        "unit_line": "#5b7085",
        "no_data": "#e4e8ec",
        "outline": "#ffffff",
        "text": "#15324a",
        "text_quiet": "#4b6379",
        "halo": "#ffffff",
        "health": "#b35900",
        "learning": "#006199",
        "vessel": "#006199",
        "port": "#6b5d00",
    },
}
