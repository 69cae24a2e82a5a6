"""A million lines of nonsense with good ones between: what they hold in memory, and how many a second are refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

from goals import Goal, say
from ground import Ground

LINES = 1_000_000
MOST_MB = 50
ROOT = Path(__file__).resolve().parents[2]


def run(on: Ground) -> Goal:
    """The memory that a process of its own grows by, after a warm-up with the same."""
    with on.fresh() as name:
        command = [sys.executable, str(ROOT / "tests/ingest/flood.py"), on.cluster.url(name), str(LINES), "garbage"]
        done = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
        )
    told = json.loads(done.stdout)
    say(f"garbage: {told['lines_a_second']:.0f} lines a second refused and stored as rejects")
    assert told["messages"] == LINES // 500, told
    assert told["unaccounted"] == 0, told
    detail = {"lines": LINES, "lines_a_second": round(told["lines_a_second"]), "rejected": told["rejected"]}
    return Goal("memory grown by a million garbage lines", told["grown_mb"], MOST_MB, "MB", most=True, detail=detail)
