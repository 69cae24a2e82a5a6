"""A box of longitudes and latitudes, as addresses write it."""

from geo.errors import BadInput

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""


def parse_box(text: str) -> Box:
    """`west,south,east,north` in degrees; BadInput names what is wrong."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(f"bbox={text!r}: write west,south,east,north in degrees", field="bbox") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(f"bbox={text!r}: west ≤ east and south ≤ north, in degrees", field="bbox")
    return west, south, east, north
