"""A dossier's files, the list of them with their hashes (manifest), and one ZIP of all, the same byte for byte."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import orjson

from geo.errors import BadInput
from layers.watch.dossier.canonical import digest, find_faults, write_canonical

FORM = "opsmap-manifest/1"
MANIFEST = "manifest.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""What the ZIP says of every file's time: when it was made stands in the manifest."""
MOST_BYTES = 400 << 20


def make_manifest(told: Mapping[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """What the parts are, whose dossier, when made, and the chain heads it stands on."""
    listed = [{"name": name, "size": len(data), "sha256": digest(data)} for name, data in sorted(parts.items())]
    seals = [{"day": seal["day"], "head": seal["head"]} for seal in told["seals"]]
    made = {"at": told["made"]["at"], "by": told["made"]["by"], "role": told["made"]["role"]}
    case = {"number": told["case"]["number"], "version": told["case"]["version"], "origin": told["origin"]}
    whole = {"form": FORM, **case, "made": made, "dossier": told["sha256"], "parts": listed, "seals": seals}
    return write_canonical(whole)


def make_zip(manifest: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The parts and their manifest, stored as they are, in one order, with one time."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in [(MANIFEST, manifest), *sorted(parts.items())]:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def noted(manifest: bytes, parts: Mapping[str, bytes], version: int) -> dict[str, Any]:
    """What the ledger keeps of a dossier: from then on its hashes stand in a sealed day."""
    return {"manifest": digest(manifest), "parts": {n: digest(d) for n, d in sorted(parts.items())}, "version": version}


def find_zip_faults(data: bytes) -> list[str]:
    """Which files of a ZIP do not agree with its manifest: their names, `manifest.json`, or `zip` for what is around
    them; nothing when it is whole. BadInput when it is no dossier's ZIP.

    Whether the manifest itself is the one that was made only the ledger knows (`layers.seals.dossiers`).
    """
    try:
        files = _unpack(data)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError, UnicodeError, OSError):
        return ["zip"]
    if MANIFEST not in files:
        raise BadInput("file: this ZIP holds no manifest.json; give the ZIP that opsmap made", field="file")
    manifest = files.pop(MANIFEST)
    told = _read_manifest(manifest)
    if told is None:
        return [MANIFEST]
    listed = {part["name"]: part["sha256"] for part in told["parts"]}
    faults = [
        name
        for name in sorted(set(listed) | set(files))
        if name not in files or digest(files[name]) != listed.get(name)
    ]
    for name in files:
        if name.endswith(".json") and name not in faults:
            faults += [f"{name}: {section}" for section in find_faults(files[name])]
    if not faults and make_zip(manifest, files) != data:
        faults.append("zip")
    return faults


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP that `find_zip_faults` found whole."""
    return _unpack(data)


def _unpack(data: bytes) -> dict[str, bytes]:
    """Every file by name, as it lies there: a wrong checksum is found by the hashes, not here."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise BadInput(f"file: more than {MOST_BYTES >> 20} MiB", field="file")
        found = {}
        for entry in archive.infolist():
            with archive.open(entry) as file:
                file._expected_crc = None  # type: ignore[attr-defined]
                found[entry.filename] = file.read()
        return found


def _read_manifest(manifest: bytes) -> dict[str, Any] | None:
    try:
        told = orjson.loads(manifest)
        parts = told["parts"]
        whole = all(isinstance(part["name"], str) and isinstance(part["sha256"], str) for part in parts)
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return None
    return told if whole and write_canonical(told) == manifest else None
