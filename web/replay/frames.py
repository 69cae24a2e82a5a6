"""The binary chunk of a replay, little-endian and in columns; web/frontend/src/replay/ has its twin.

Header 64 bytes: magic u32 "OSPR", version u8, hours u8, header length u16, from f64 (Unix s), boats u32, points u32,
lengths of T, LON, LAT, COUNT u32 × 4, degrees per unit f64, built f64 (Unix s), reserved u32 × 2. Then BOAT u32, ORIGIN
u8 for each boat; FLAGS, SOG, COG u8 for each point; the varint streams COUNT, T, LON, LAT. LEB128 varints; zigzag for
what may be negative: each boat's first time (seconds after `from`), its first place, and the steps between places.
"""

import struct
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.segments import firsts

MAGIC = 0x5250534F
VERSION = 1
HEADER = struct.Struct("<IBBHdIIIIIIddII")
UNIT_DEG = 1e-5
GAP, IN_PORT, VMS, DOUBTFUL, FOREIGN, WRONG_BELT = 1, 2, 4, 8, 16, 32
NONE_U8 = 255
SOG_STEP_DKN = 2
COG_STEPS = 255
_MOST_BYTES = 5

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Stamp:
    """Which hours a chunk holds and when it was built (Unix seconds)."""

    since_s: int
    hours: int
    built_s: float


@dataclass(frozen=True)
class Columns:
    """A chunk as arrays. Per point, by boat then time: handle, Unix s, degrees, flags, 0.1 kn and 0.1° (-1 unsaid).

    `origin` is per boat, in the order of handles: 0 real, 1 simulated, 2 replayed, 3 both.
    """

    boat: Array
    t_s: Array
    lon: Array
    lat: Array
    flags: Array
    sog_dkn: Array
    cog_ddeg: Array
    origin: Array


def encode(stamp: Stamp, columns: Columns) -> bytes:
    """One chunk."""
    first = firsts(columns.boat)
    starts = np.flatnonzero(first)
    counts = np.diff(starts, append=len(columns.boat))
    streams = [
        varints(counts),
        varints(_steps(columns.t_s - stamp.since_s, first, zigzag_steps=False)),
        *(varints(_steps(np.rint(axis / UNIT_DEG), first)) for axis in (columns.lon, columns.lat)),
    ]
    lengths = [len(stream) for stream in (*streams[1:], streams[0])]
    head = HEADER.pack(
        MAGIC, VERSION, stamp.hours, HEADER.size, stamp.since_s, len(starts), len(columns.boat), *lengths,
        UNIT_DEG, stamp.built_s, 0, 0,
    )  # fmt: skip
    whole = [columns.boat[starts].astype("<u4"), columns.origin.astype("u1"), columns.flags.astype("u1")]
    whole += [pack_speed(columns.sog_dkn), pack_course(columns.cog_ddeg)]
    return b"".join([head, *(column.tobytes() for column in whole), *streams])


def decode(chunk: bytes) -> tuple[Stamp, Columns]:
    """Stamp and columns of a chunk, as coarse as it is; ValueError when it is none of ours."""
    magic, version, hours, size, since_s, boats, points, t, lon, lat, count, unit, built_s, _, _ = HEADER.unpack_from(
        chunk
    )
    if magic != MAGIC or version != VERSION:
        raise ValueError("not a chunk of this replay")
    take = _Reader(chunk, size)
    handles, origin = take.fixed("<u4", boats), take.fixed("u1", boats)
    flags, speed, course = (take.fixed("u1", points) for _ in range(3))
    counts = read_varints(take.raw(count))
    first = np.zeros(points, dtype=np.bool_)
    first[np.cumsum(counts) - counts] = True
    seconds = _sums(read_varints(take.raw(t)), first, zigzag_steps=False) + int(since_s)
    lons, lats = (_sums(read_varints(take.raw(length)), first) * unit for length in (lon, lat))
    boat = np.repeat(handles, counts).astype(np.int64)
    sog = np.where(speed == NONE_U8, -1, speed.astype(np.int64) * SOG_STEP_DKN)
    cog = np.where(course == NONE_U8, -1, np.rint(course.astype(float) * 3600 / COG_STEPS)).astype(np.int64)
    return Stamp(int(since_s), hours, built_s), Columns(boat, seconds, lons, lats, flags, sog, cog, origin)


def pack_speed(sog_dkn: Array) -> Array:
    """Speed in steps of 0.2 kn; 50.8 kn and more is 254."""
    steps = np.minimum((sog_dkn.astype(np.int64) + 1) // SOG_STEP_DKN, NONE_U8 - 1)
    return np.where(sog_dkn < 0, NONE_U8, steps).astype(np.uint8)


def pack_course(cog_ddeg: Array) -> Array:
    """Course in 255ths of the compass."""
    steps = np.rint(cog_ddeg * (COG_STEPS / 3600)).astype(np.int64) % COG_STEPS
    return np.where(cog_ddeg < 0, NONE_U8, steps).astype(np.uint8)


def varints(values: Array) -> bytes:
    """LEB128 of whole numbers in [0, 2^35)."""
    numbers = values.astype(np.uint64)
    septets = (numbers[:, None] >> np.arange(0, 7 * _MOST_BYTES, 7, dtype=np.uint64)) & np.uint64(0x7F)
    limits = np.uint64(1) << np.arange(7, 7 * _MOST_BYTES, 7, dtype=np.uint64)
    lengths = 1 + (numbers[:, None] >= limits).sum(axis=1)
    place = np.arange(_MOST_BYTES)
    septets |= np.where(place < (lengths - 1)[:, None], np.uint64(0x80), np.uint64(0))
    kept: NDArray[np.uint8] = septets.astype(np.uint8)[place < lengths[:, None]]
    return kept.tobytes()


def read_varints(stream: bytes) -> Array:
    """The numbers of a stream of varints."""
    raw = np.frombuffer(stream, np.uint8)
    ends = np.flatnonzero(raw < 0x80)
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    which = np.repeat(np.arange(len(ends)), ends - starts + 1)
    place = np.arange(len(which)) - starts[which]
    parts = (raw[: len(which)].astype(np.int64) & 0x7F) << (7 * place)
    return np.bincount(which, parts, len(ends)).astype(np.int64)  # exact: sums stay below 2^53


def _steps(values: Array, first: Array, *, zigzag_steps: bool = True) -> Array:
    """Each boat's first value as it is, then what is added; zigzag where it may be negative."""
    whole = values.astype(np.int64)
    steps = np.diff(whole, prepend=0)
    steps[first] = whole[first]
    folded = (steps << 1) ^ (steps >> 63)
    return folded if zigzag_steps else np.where(first, folded, steps)


def _sums(steps: Array, first: Array, *, zigzag_steps: bool = True) -> Array:
    """The values that `_steps` took apart."""
    unfolded = (steps >> 1) ^ -(steps & 1)
    values = np.cumsum(unfolded if zigzag_steps else np.where(first, unfolded, steps))
    begins = np.flatnonzero(first)
    before = values[begins] - unfolded[begins]
    return np.asarray(values - np.repeat(before, np.diff(begins, append=len(values))))


class _Reader:
    """Takes a chunk apart, front to back."""

    def __init__(self, chunk: bytes, at: int) -> None:
        self._chunk, self._at = chunk, at

    def raw(self, length: int) -> bytes:
        part = self._chunk[self._at : self._at + length]
        self._at += length
        return part

    def fixed(self, kind: str, count: int) -> Array:
        return np.frombuffer(self.raw(count * np.dtype(kind).itemsize), kind)
