"""Loads a flood of nonsense with good lines in it, alone in a process: `flood.py URL LINES KIND`; prints what it took.

KIND is `garbage` (every line different), or `halves` (first parts of messages whose second never comes).
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from fixtures import nmea
from ingest.ais.load import SENDER, load_ais
from ingest.load import LoadOptions
from ingest.source import IterableSource
from layers.database import connect

T0_MS = 1_764_000_000_000
GOOD_EVERY = 500
WARM_UP = 20_000


def good(number: int) -> bytes:
    """A position nobody else says."""
    motion = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
    return nmea.tag(nmea.sentences(nmea.position_a(999_000_001, 7, motion), b"A", 1)[0], T0_MS + number * 1000)


def halves(number: int) -> bytes:
    """The first half of a message; the second never comes."""
    fields = [(5, 6), (0, 2), (999_000_000 + number % 999_999, 30), (0, 386)]
    return nmea.tag(nmea.sentences(fields, b"AB"[number % 2 : number % 2 + 1], number % 10)[0], T0_MS + number * 2)


def flood(lines: int, kind: str) -> Iterator[bytes]:
    """Nonsense, a long line, NULs; and every so often a good line."""
    dice = Random(7)
    for number in range(lines):
        if number % GOOD_EVERY == 0:
            yield good(number)
        elif number % 10_007 == 0:
            yield b"x" * 100_000
        elif number % 101 == 0:
            yield b"!AIVDM,1,1,,A,\0\0\0,0*00"
        elif kind == "halves":
            yield halves(number)
        else:
            yield b"%d " % number + dice.randbytes(40).replace(b"\n", b"").replace(b"!", b"")


def peak_mb() -> float:
    """The most memory this process has held."""
    (line,) = [n for n in Path("/proc/self/status").read_text().splitlines() if n.startswith("VmHWM")]
    return int(line.split()[1]) / 1000


def main() -> None:
    """Warm up with the same nonsense, then measure."""
    url, lines, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with connect(url) as connection:
        load_ais(IterableSource(flood(WARM_UP, kind)), LoadOptions(SENDER, connection))
        before, began = peak_mb(), time.monotonic()
        summary = load_ais(IterableSource(flood(lines, kind)), LoadOptions(SENDER, connection))
        seconds = time.monotonic() - began
    told = {"grown_mb": peak_mb() - before, "lines_a_second": lines / seconds, "unaccounted": summary.unaccounted}
    sys.stdout.write(json.dumps(told | {"messages": summary.messages, "rejected": summary.rejected.total()}))


if __name__ == "__main__":
    main()
