"""One way to write a dossier down, so that equal facts are equal bytes; and the hashes that hold it together."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

from geo.errors import BadInput

FORM = "opsmap-dossier/1"
PLAIN = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
HASHES, WHOLE = "hashes", "sha256"


def write_canonical(value: Any) -> bytes:
    """UTF-8 JSON: keys sorted, no spaces, times in UTC with Z, no newline."""
    return orjson.dumps(value, option=PLAIN)


def plain(value: Any) -> Any:
    """The value as JSON will hold it: what is hashed is what is read back."""
    if isinstance(value, datetime | date):
        return orjson.loads(orjson.dumps(_utc(value), option=PLAIN))
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value


def _utc(value: datetime | date) -> datetime | date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def digest(data: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def seal_sections(sections: Mapping[str, Any]) -> dict[str, Any]:
    """The dossier: its sections, the hash of each, and the hash of those hashes."""
    told = {name: plain(value) for name, value in sections.items()}
    hashes = {name: digest(write_canonical(value)) for name, value in told.items()}
    return {**told, HASHES: hashes, WHOLE: digest(write_canonical(hashes))}


def find_faults(data: bytes) -> list[str]:
    """What does not agree in a dossier's JSON: names of its sections, `hashes`, or `bytes`; nothing when it is whole.

    BadInput when it is no dossier at all.
    """
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return ["bytes"]
    if not isinstance(found, dict) or not isinstance(found.get(HASHES), dict) or "case" not in found:
        raise BadInput("file: this JSON is no dossier of opsmap", field="file")
    hashes = found[HASHES]
    names = sorted((set(found) | set(hashes)) - {HASHES, WHOLE})
    faults = [n for n in names if n not in found or digest(write_canonical(found[n])) != hashes.get(n)]
    if digest(write_canonical(hashes)) != found.get(WHOLE):
        faults.append(HASHES)
    if not faults and write_canonical(found) != data:
        faults.append("bytes")
    return faults
