"""A short storm, by a seed of its own: everything acknowledged is stored, once. `make chaos` makes a long one."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_acknowledged_is_lost_or_doubled():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "chaos" / "run.py"), "--seed", "3", "--kills", "6"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["missing"], told["duplicates"], told["broken_pages"]) == (0, 0, 0)
    assert sum(told["kills"].values()) == 6
