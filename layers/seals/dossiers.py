"""A dossier's file held against itself, against the ledger that noted it, and against the seals of today."""

from dataclasses import dataclass

import orjson
import psycopg

from geo.errors import BadInput
from layers.watch.dossier.bundle import MANIFEST, find_zip_faults, read_zip
from layers.watch.dossier.canonical import digest, find_faults

_NOTED = """
SELECT c.number, e.id, e.at, e.actor FROM case_entry AS e JOIN watch_case AS c ON c.id = e.case_id
WHERE e.kind = 'dossier' AND (e.body ->> 'manifest' = %(found)s
      OR EXISTS (SELECT FROM jsonb_each_text(e.body -> 'parts') AS part WHERE part.value = %(found)s))
ORDER BY e.id LIMIT 1
"""
_HEADS = "SELECT day::text, encode(head, 'hex') FROM day_seal WHERE day::text = ANY(%s)"
ZIP, PDF, SQLITE, JSON = b"PK", b"%PDF", b"SQLite format 3", b"{"


@dataclass(frozen=True)
class FileVerdict:
    """`faults` name the part that differs and how; `noted` says which line of which case knows the file, None: none."""

    faults: list[str]
    noted: str | None


def verify_file(data: bytes, connection: psycopg.Connection | None) -> FileVerdict:
    """A ZIP, JSON, PDF or GeoPackage. Without a connection only what a file can say of itself is checked.

    BadInput when it is none of these.
    """
    faults, known, seals = _inner(data)
    if connection is None:
        return FileVerdict(faults, None)
    row = connection.execute(_NOTED, {"found": digest(known)}).fetchone()
    noted = None if row is None else f"{row[0]}, line {row[1]}, {row[2].isoformat()}, {row[3]}"
    is_manifest = data.startswith(ZIP) and known != b""
    if noted is None and (not faults or is_manifest):
        what = MANIFEST if is_manifest else "file"
        faults = [*faults, f"{what}: no line of any case knows it; it was not made here, or it was changed"]
    return FileVerdict(faults + _other_heads(connection, seals), noted)


def _inner(data: bytes) -> tuple[list[str], bytes, dict[str, str]]:
    """Faults, the bytes whose hash the ledger knows, and the chain heads the file was made with."""
    if data.startswith(ZIP):
        faults = find_zip_faults(data)
        manifest = b"" if "zip" in faults or MANIFEST in faults else read_zip(data)[MANIFEST]
        return faults, manifest, _heads(manifest)
    if data.startswith(JSON):
        faults = find_faults(data)
        return faults, data, {} if faults else _heads(data)
    if data.startswith((PDF, SQLITE)):
        return [], data, {}
    raise BadInput("file: give a ZIP, JSON, PDF or GPKG that opsmap made as a dossier", field="file")


def _heads(written: bytes) -> dict[str, str]:
    return {seal["day"]: seal["head"] for seal in orjson.loads(written)["seals"]} if written else {}


def _other_heads(connection: psycopg.Connection, seals: dict[str, str]) -> list[str]:
    found: dict[str, str] = dict(connection.execute(_HEADS, (list(seals),)).fetchall())
    return [f"seal of {day}: the chain head of today is another than when the dossier was made"
            for day, head in seals.items() if found.get(day) != head]  # fmt: skip
