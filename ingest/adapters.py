"""The versions of everything that understands what comes in. Raise a number when the same bytes give other facts.

Each delivery says which one understood it (`nmea/1`), so that a fact leads to the code that made it.
"""

from collections.abc import Mapping

VERSIONS: Mapping[str, int] = {
    "nmea": 1,
    "vms_rows": 1,
    "vms_lines": 1,
    "layer_file": 1,
    "edxml": 1,
    "avreport": 2,
    "his": 1,
    "cases-1022": 1,
    "counted": 1,
    "epidemics": 1,
    "ferries": 1,
    "holiday_flash": 1,
    "schools": 1,
    "topics": 1,
}
"""By name; whatever is not named here is at its first version."""


def adapter_named(name: str) -> str:
    """An adapter with its version, as deliveries say it; `layer:NAME` and `book:NAME` are read by `layer_file`."""
    kind = "layer_file" if name.startswith(("layer:", "book:")) else name
    return f"{kind}/{VERSIONS.get(kind, 1)}"
