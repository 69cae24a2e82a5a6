"""The AIS log that two benchmarks read: the shared Danish recording, or a like one of our own fleet."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from goals import say

from fixtures.feed import ais_lines
from fixtures.fleet import SEED, boats
from fixtures.nmea import checksum

DANISH = Path(__file__).resolve().parents[3] / "shared" / "data" / "ais" / "dk_2013-11-12_1200z_5min.nmea.gz"
DANISH_MESSAGES = 26_077
BEGAN = datetime(2026, 11, 23, tzinfo=UTC)


class Recording(NamedTuple):
    """A plain file of lines; `messages` is what it is known to hold, None when that is not known."""

    path: Path
    name: str
    messages: int | None


def recording(folder: Path) -> Recording:
    """The recording as a plain file in `folder`."""
    path = folder / "log.nmea"
    if DANISH.exists():
        path.write_bytes(gzip.decompress(DANISH.read_bytes()))
        return Recording(path, "Danish recording, 5 min of 2013", DANISH_MESSAGES)
    say("the Danish recording is absent; a log of the demonstration fleet stands in")
    lines = ais_lines(boats(SEED), BEGAN, BEGAN + timedelta(hours=1))
    path.write_bytes(b"".join(map(as_danish, lines)))
    return Recording(path, "demonstration fleet, 1 h", None)


def as_danish(line: bytes) -> bytes:
    """A tag-blocked sentence the way the Danish feed sends it: two lines before it say where and when it was heard."""
    block, sentence = line[1:].split(b"\\", 1)
    at = datetime.fromtimestamp(int(block[block.index(b"c:") + 2 : -3]) / 1000, UTC)
    body = f"PGHP,1,{at:%Y,%-m,%-d,%-H,%-M,%-S},{at.microsecond // 1000},999,,9990001,1,".encode() + sentence[-2:]
    return b"\\si:SIM*%s\\\r\n$%s*%s\r\n%s\r\n" % (checksum(b"si:SIM"), body, checksum(body), sentence)
