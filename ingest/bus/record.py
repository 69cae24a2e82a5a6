"""A record: bytes as they arrived, with what is needed to understand them later; and its one form in bytes.

arrived_ms i64 · four lengths u16 · form · source · origin · peer · data        (little-endian, names in UTF-8)
"""

import struct
from typing import NamedTuple

_HEAD = struct.Struct("<qHHHH")
MOST_NAME = 0xFFFF


class Record(NamedTuple):
    """`form` is one of `ingest.forms`; `source` and `origin` say whose it is; `peer` who sent it (one connection).

    `arrived_ms` is Unix milliseconds UTC. For a form of lines, empty `data` means that the peer has gone: what it
    left half-said can be let go.
    """

    form: str
    source: str
    origin: str
    peer: str
    arrived_ms: int
    data: bytes


def encode_record(record: Record) -> bytes:
    """The record in bytes."""
    names = [_short(name) for name in (record.form, record.source, record.origin, record.peer)]
    return b"".join([_HEAD.pack(record.arrived_ms, *map(len, names)), *names, record.data])


def _short(name: str) -> bytes:
    """A name in bytes, cut between two letters when it is too long."""
    return name.encode(errors="replace")[:MOST_NAME].decode(errors="ignore").encode()


def decode_record(payload: bytes) -> Record:
    """The record that these bytes are; ValueError when they are none."""
    if len(payload) < _HEAD.size:
        raise ValueError("too short for a record")
    arrived_ms, *lengths = _HEAD.unpack_from(payload)
    at, names = _HEAD.size, []
    for length in lengths:
        names.append(payload[at : at + length].decode())
        at += length
    if at > len(payload):
        raise ValueError("a record's names reach beyond its end")
    form, source, origin, peer = names
    return Record(form, source, origin, peer, arrived_ms, payload[at:])


HEAD_BYTES = _HEAD.size


def read_arrival(head: bytes) -> int:
    """When a record arrived (Unix ms, UTC), from its first `HEAD_BYTES` bytes."""
    arrived_ms: int = _HEAD.unpack_from(head)[0]
    return arrived_ms
