"""One door for files of bulletins: the form by its name or first bytes, faults named by row, field and fix."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from geo.errors import BadInput
from ingest.storm.atcf import read_atcf
from ingest.storm.bulletin_csv import read_csv
from ingest.storm.bulletin_geojson import read_geojson
from ingest.storm.scale import Scale
from layers.storm.draft import Fault, PointDraft, refuse

Reader = Callable[[bytes, Scale], tuple[list[PointDraft], list[Fault]]]
FORMS: Mapping[str, Reader] = {"csv": read_csv, "geojson": read_geojson, "atcf": read_atcf}


def read_bulletin_file(body: bytes, form: str, forces: Sequence[Any]) -> list[PointDraft]:
    """The points of a file; BadInput when any row has a fault: a bulletin is taken whole or not at all.

    `forces` are rows with `force` and `min_kt`.
    """
    if form not in FORMS:
        raise BadInput(f"form={form[:20]!r}: use one of {', '.join(FORMS)}", field="form")
    points, faults = FORMS[form](body, Scale([(row.force, row.min_kt) for row in forces]))
    refuse(faults)
    return points
