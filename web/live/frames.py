"""The binary frames of WS /live, little-endian; web/frontend/src/live/codec.ts is their twin.

Header 40 bytes: magic u32 "OSP1", version u8, kind u8 (0 snapshot, 1 delta), reserved u16, epoch u32, seq u32,
server ms f64, arrival ms f64 (earliest in this delta, 0 = none), count u32, reserved u32. Then `count` records.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAGIC = 0x3150534F
VERSION = 1
SNAPSHOT, DELTA = 0, 1
HEADER = struct.Struct("<IBBHIIddII")
RECORD = np.dtype(
    [
        ("handle", "<u4"),
        ("lon_e7", "<i4"),
        ("lat_e7", "<i4"),
        ("t", "<u4"),
        ("sog", "<u2"),
        ("cog", "<u2"),
        ("status", "u1"),
        ("flags", "u1"),
        ("reserved", "<u2"),
    ]
)
NONE_U16 = 65535
SIMULATED, REPLAYED, VMS, AIS, REMOVED = 1, 2, 4, 8, 16

Records = NDArray[np.void]


@dataclass(frozen=True)
class Stamp:
    """When and of which epoch a frame is."""

    epoch: int
    seq: int
    server_ms: float
    arrived_ms: float = 0.0


def encode(kind: int, stamp: Stamp, records: Records) -> bytes:
    """One frame."""
    head = HEADER.pack(
        MAGIC, VERSION, kind, 0, stamp.epoch, stamp.seq, stamp.server_ms, stamp.arrived_ms, len(records), 0
    )
    return head + records.tobytes()


def decode(frame: bytes) -> tuple[int, Stamp, Records]:
    """Kind, stamp and records of a frame; ValueError when it is none of ours."""
    magic, version, kind, _, epoch, seq, server_ms, arrived_ms, count, _ = HEADER.unpack_from(frame)
    if magic != MAGIC or version != VERSION:
        raise ValueError("not a frame of this stream")
    return kind, Stamp(epoch, seq, server_ms, arrived_ms), np.frombuffer(frame, RECORD, count, HEADER.size)
