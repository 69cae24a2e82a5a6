"""The three files of a dossier: for people, for programs, for maps."""

from threading import Lock
from typing import Any

from layers.watch.dossier.canonical import write_canonical
from tiles.paper.dossier import dossier_pdf
from tiles.paper.geopackage import dossier_gpkg
from tiles.paper.sea import Sea

_ONE = Lock()
"""One dossier at a time in a process: GDAL's clock is set for all threads, and setting pages takes a whole core."""
FORMS = {
    "pdf": "application/pdf",
    "json": "application/json",
    "gpkg": "application/geopackage+sqlite3",
    "zip": "application/zip",
}


def make_parts(told: dict[str, Any], sea: Sea, forms: tuple[str, ...] = ("pdf", "json", "gpkg")) -> dict[str, bytes]:
    """The files by name (`VV-2026-000001.pdf`), those of the forms that are asked for."""
    makers = {
        "pdf": lambda: dossier_pdf(told, sea),
        "json": lambda: write_canonical(told),
        "gpkg": lambda: dossier_gpkg(told),
    }
    with _ONE:
        return {f"{told['case']['number']}.{form}": makers[form]() for form in forms}
