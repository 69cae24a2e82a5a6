"""The binary chunk: what goes in comes out, as coarse as it says, in the layout the page reads."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.replay.frames import HEADER, Columns, Stamp, decode, encode, read_varints, varints

SINCE = 1_795_000_000 // 3600 * 3600
STAMP = Stamp(SINCE, 1, SINCE + 7200.5)

point = st.tuples(
    st.integers(0, 30), st.integers(-(10**8), 10**5), st.floats(-180, 180), st.floats(-90, 90),
    st.integers(0, 63), st.integers(-1, 1022), st.integers(-1, 3599),
)  # fmt: skip


def columns(rows: list[tuple[int, int, float, float, int, int, int]]) -> Columns:
    ordered = sorted(rows, key=lambda row: row[:2])
    boat, t, lon, lat, flags, sog, cog = (np.array(c) for c in zip(*ordered, strict=True))
    return Columns(boat, t + SINCE, lon, lat, flags, sog, cog, np.ones(len(set(boat.tolist())), dtype=int))


@given(st.lists(st.integers(0, 2**35 - 1)))
def test_varints_come_back(values: list[int]) -> None:
    assert read_varints(varints(np.array(values, dtype=np.int64))).tolist() == values


def test_varints_are_leb128() -> None:
    assert varints(np.array([0, 127, 128, 300])) == bytes([0, 127, 0x80, 1, 0xAC, 2])


@given(st.lists(point, min_size=1, max_size=80))
def test_a_chunk_comes_back(rows: list[tuple[int, int, float, float, int, int, int]]) -> None:
    given = columns(rows)
    stamp, found = decode(encode(STAMP, given))
    assert stamp == STAMP
    assert found.boat.tolist() == given.boat.tolist()
    assert found.t_s.tolist() == given.t_s.tolist()
    assert found.flags.tolist() == given.flags.tolist()
    assert found.origin.tolist() == given.origin.tolist()
    np.testing.assert_allclose(found.lon, given.lon, atol=0.51e-5)
    np.testing.assert_allclose(found.lat, given.lat, atol=0.51e-5)
    assert ((found.sog_dkn < 0) == (given.sog_dkn < 0)).all()
    slow = (given.sog_dkn >= 0) & (given.sog_dkn < 508)
    assert (np.abs(found.sog_dkn - given.sog_dkn)[slow] <= 1).all()
    apart = np.abs(found.cog_ddeg - given.cog_ddeg)
    assert (np.minimum(apart, 3600 - apart)[given.cog_ddeg >= 0] <= 8).all()


def test_the_layout_is_the_written_one() -> None:
    one = Columns(*(np.array([v]) for v in (24, SINCE - 60, 109.0, 15.0, 6, 82, 1800, 1)))
    chunk = encode(STAMP, one)
    assert chunk[:4] == b"OSPR"
    assert HEADER.size == 64
    assert struct.unpack_from("<d", chunk, 8) == (SINCE,)
    assert struct.unpack_from("<IIIIII", chunk, 16) == (1, 1, 1, 4, 4, 1)
    body = chunk[64:]
    assert body[:4] == struct.pack("<I", 24)
    assert list(body[4:8]) == [1, 6, 41, 128]
    assert body[8:10] == bytes([1, 119])  # one point; zigzag of -60
    assert body[10:14] == varints(np.array([2 * 10_900_000]))


def test_an_empty_sea_is_a_chunk_too() -> None:
    none = Columns(*(np.zeros(0, dtype=np.int64) for _ in range(8)))
    chunk = encode(STAMP, none)
    assert len(chunk) == 64
    assert len(decode(chunk)[1].boat) == 0


def test_another_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="not a chunk"):
        decode(b"x" * 64)
