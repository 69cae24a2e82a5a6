"""`make bench`: one JSON line per goal on standard output, progress on standard error.

A missed goal is information (`"ok": false`) and no failure; only a benchmark that breaks makes the exit code 1.
"""

import sys
import time
import traceback
from collections.abc import Callable, Iterator

import case_queue
import cold_tiles
import copy_and_orm
import copy_ratios
import day_seals
import decode_and_store
import desk_questions
import detectors
import encounters
import file_rows
import garbage
import geofence
import indicators
import moments
import outline_tiles
import point_tiles
import replay_chunks
import silent_region
import source_pulses
import storm_board
import unit_sums
import watch_rounds
import web_memory
import workbook_rows
from goals import Goal, say
from ground import Ground, ground
from recording import recording

Benchmark = Callable[[], Goal | list[Goal]]


def benchmarks(on: Ground) -> Iterator[tuple[str, Benchmark]]:
    """Each benchmark with the name it is asked for."""
    log = recording(on.folder)
    yield "decode", lambda: decode_and_store.run(on, log)
    yield "copy", lambda: copy_and_orm.run(on, log)
    yield "ways", lambda: copy_ratios.run(on, log)
    yield "tiles", lambda: cold_tiles.run(on)
    yield "points", lambda: point_tiles.run(on)
    yield "outlines", lambda: outline_tiles.run(on)
    yield "units", lambda: unit_sums.run(on)
    yield "replay", lambda: replay_chunks.run(on)
    yield "moment", lambda: moments.run(on)
    yield "cases", lambda: case_queue.run(on)
    yield "memory", lambda: web_memory.run(on)
    yield "sources", lambda: source_pulses.run(on)
    yield "seals", lambda: day_seals.run(on)
    yield "files", lambda: file_rows.run(on)
    yield "garbage", lambda: garbage.run(on)
    yield "workbook", lambda: workbook_rows.run(on)
    yield "fence", geofence.run
    yield "detectors", detectors.run
    yield "indicators", lambda: indicators.run(on)
    yield "encounters", lambda: encounters.run(on)
    yield "region", silent_region.run
    yield "watch", lambda: watch_rounds.run(on)
    yield "storm", lambda: storm_board.run(on)
    yield "desk", lambda: desk_questions.run(on)


def write_lines(found: Goal | list[Goal]) -> int:
    """What a benchmark found, a line each; how many of them were not measured."""
    goals = found if isinstance(found, list) else [found]
    for goal in goals:
        sys.stdout.write(goal.line() + "\n")
    sys.stdout.flush()
    return sum(goal.value is None for goal in goals)


def main(wanted: list[str]) -> int:
    """Run the named benchmarks, or all; 1 when one broke."""
    broken = unmeasured = 0
    began = time.monotonic()
    with ground() as on:
        for name, benchmark in benchmarks(on):
            if wanted and name not in wanted:
                continue
            try:
                unmeasured += write_lines(benchmark())
            except Exception:
                broken += 1
                say(f"{name} broke:\n{traceback.format_exc()}")
    say(f"{time.monotonic() - began:.0f} s; {broken} broke, {unmeasured} not measured")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
