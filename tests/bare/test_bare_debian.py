"""The README's commands on a Debian 12 made anew: minutes long, so only when asked for with OPSMAP_BARE=1."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "bare-debian.sh"


@pytest.mark.skipif(os.environ.get("OPSMAP_BARE") != "1", reason="minutes long: make bare, or OPSMAP_BARE=1")
@pytest.mark.parametrize("options", [[], ["--user"]], ids=["root", "user-with-sudo"])
def test_a_bare_debian_runs_it(options: list[str]) -> None:
    done = subprocess.run([SCRIPT, *options], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("== a bare Debian 12 runs it\n")
