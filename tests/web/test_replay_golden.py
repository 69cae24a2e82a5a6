"""One chunk kept as bytes: the encoder here and the page's decoder (test/decode.test.ts) are both held to it."""

import json
from pathlib import Path

import numpy as np

from web.replay.frames import Columns, Stamp, decode, encode

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = json.loads((ROOT / "web" / "frontend" / "test" / "golden" / "replay-chunk.json").read_text())


def given() -> tuple[Stamp, Columns]:
    """The golden chunk's contents, as they went in."""
    points = [(boat["handle"], *point) for boat in GOLDEN["boats"] for point in boat["points"]]
    boat, t, lon, lat, sog, cog, flags = (np.array(column) for column in zip(*points, strict=True))
    origin = np.array([boat["origin"] for boat in GOLDEN["boats"]])
    stamp = Stamp(GOLDEN["from_s"], GOLDEN["hours"], GOLDEN["built_s"])
    return stamp, Columns(boat, t + GOLDEN["from_s"], lon, lat, flags, sog, cog, origin)


def test_the_encoder_writes_the_golden_bytes() -> None:
    assert encode(*given()).hex() == GOLDEN["hex"]


def test_the_golden_bytes_hold_what_is_said_of_them() -> None:
    stamp, columns = decode(bytes.fromhex(GOLDEN["hex"]))
    assert stamp == given()[0]
    assert columns.t_s.tolist() == given()[1].t_s.tolist()
    assert columns.boat.tolist() == given()[1].boat.tolist()
    np.testing.assert_allclose(columns.lon, given()[1].lon, atol=0.51e-5)
