"""A GeoPackage of many points: what loading it holds in memory must not grow with the file; the time is in the detail.

Each load is a process of its own (`file_rows.py URL FILE`), so that its peak is its own.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from goals import Goal, say
from ground import Ground, now

from geo import crs
from ingest.deliveries import Sender
from ingest.tables.load import load_table
from layers.database import connect
from layers.registry import get_layer, load_layers

SMALL, LARGE = 40_000, 400_000
GOAL = 1.25
BOX = (108.0, 14.6, 108.6, 15.0)  # inside the province


def write_points(folder: Path, rows: int) -> Path:
    """Facilities at random places, in metres of VN-2000."""
    random = np.random.default_rng(7)
    places = shapely.points(random.uniform(BOX[0], BOX[2], rows), random.uniform(BOX[1], BOX[3], rows))
    columns = {
        "code": [f"P{n}" for n in range(rows)],
        "name": [f"Trạm y tế số {n}" for n in range(rows)],
        "kind": ["commune_station"] * rows,
        "beds": random.integers(0, 500, rows),
    }
    path = folder / f"points-{rows}.gpkg"
    table = geopandas.GeoDataFrame(columns, geometry=places, crs=crs.STORED).to_crs(crs.PROVINCE_EAST)
    pyogrio.write_dataframe(table, path, driver="GPKG")
    return path


def load_alone(url: str, path: Path) -> dict[str, Any]:
    """One load in this process: rows, processor seconds (ours), and the most memory this process ever held (MB)."""
    plain = time.process_time()
    for skip in range(0, pyogrio.read_info(path)["features"], 20_000):
        pyogrio.raw.read(path, skip_features=skip, max_features=20_000)
    plain, own = time.process_time() - plain, time.process_time()
    with connect(url) as connection:
        sender = Sender("bench", "simulated")
        summary = load_table(connection, get_layer(load_layers(), "health_facility"), path, sender, now).summary
    return {"rows": summary.stored, "own_s": time.process_time() - own, "plain_s": plain, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """The most memory this program ever held; what its parent held before it does not count."""
    (line,) = [n for n in Path("/proc/self/status").read_text().splitlines() if n.startswith("VmHWM")]
    return int(line.split()[1]) / 1000


def load_apart(on: Ground, rows: int) -> dict[str, Any]:
    """The same in a process of its own, into a database of its own."""
    path = write_points(on.folder, rows)
    with on.fresh() as name:
        command = [sys.executable, __file__, on.cluster.url(name), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    path.unlink()
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["rows"] == rows, found
    say(f"  {rows} points: {found['peak_mb']:.0f} MB, {found['own_s']:.1f} s of our processor time")
    return found


def run(on: Ground) -> Goal:
    """The peak of ten times the file over the peak of the file."""
    small, large = load_apart(on, SMALL), load_apart(on, LARGE)
    detail = {
        "points": [SMALL, LARGE],
        "peak_mb": [round(small["peak_mb"]), round(large["peak_mb"])],
        "own_cpu_over_plain_read": round(large["own_s"] / large["plain_s"], 2),
        "own_cpu_a_row_over_that_of_the_small_file": round(large["own_s"] / LARGE / (small["own_s"] / SMALL), 2),
    }
    ratio = large["peak_mb"] / small["peak_mb"]
    return Goal("memory of a GeoPackage ten times as large", ratio, GOAL, most=True, detail=detail)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(load_alone(sys.argv[1], Path(sys.argv[2]))))
