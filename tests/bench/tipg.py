"""tipg, the nearest peer in our own stack: installed from a lock of its own, run over the same database.

It is no part of the product: its packages live in `.opsmap/bench`, made when a benchmark first asks for them.
"""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from goals import Unmeasured, say
from serving import PATIENCE_S, Served, answers, free_port

from geo.tilegrid import BUFFER, Tile
from layers.cluster import Cluster
from web.children import Child, kept

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "deploy" / "lock" / "bench.txt"
PLACE = ROOT / ".opsmap" / "bench"
VERSION = "1.5.0"
MOST = 1_000_000
"""Features of a tile: by itself it would leave out what is beyond ten thousand."""


class Relation(NamedTuple):
    """What it serves: a table or view, and the columns it is asked for."""

    name: str
    columns: Sequence[str]

    def path(self, tile: Tile) -> str:
        """Where a tile is asked for."""
        where = f"/collections/public.{self.name}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"
        return f"{where}?properties={','.join(self.columns)}"


def install() -> Path:
    """Its Python; Unmeasured when it cannot be had (no network, say)."""
    python, stamp = PLACE / "bin" / "python", PLACE / "opsmap-installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        say(f"installing tipg {VERSION} into {PLACE.relative_to(ROOT)}")
        _run(sys.executable, "-m", "venv", "--clear", str(PLACE))
        options = ("--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary", ":all:")
        _run(str(python), "-m", "pip", "install", *options, "-r", str(LOCK))
        stamp.write_text(wanted)
    return python


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        words = str(getattr(error, "stderr", "") or error).strip().splitlines()[-1:]
        raise Unmeasured(f"tipg could not be installed: {' '.join(words)}") from None


@contextmanager
def tipg(cluster: Cluster, database: str, folder: Path, relations: Sequence[Relation]) -> Iterator[Served]:
    """A running tipg with one worker, as ours has, and the margin round a tile that ours has."""
    port = free_port()
    command = (str(install()), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning")
    child = Child("tipg", command, folder / "tipg.log", _environment(cluster, database, relations))
    with kept([child]):
        deadline = time.monotonic() + PATIENCE_S
        while not answers(port):
            if child.pid is None or time.monotonic() > deadline:
                raise RuntimeError(f"tipg does not answer:\n{(folder / 'tipg.log').read_text()[-2000:]}")
            time.sleep(0.1)
        assert child.pid is not None
        yield Served(port, child.pid)


def _environment(cluster: Cluster, database: str, relations: Sequence[Relation]) -> dict[str, str]:
    host = quote(str(cluster.place.socket_dir), safe="")
    return {
        "DATABASE_URL": f"postgresql://opsmap@{host}/{database}",
        "TIPG_TILE_BUFFER": str(BUFFER),
        "TIPG_MAX_FEATURES_PER_TILE": str(MOST),
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_DB_TABLES": json.dumps([f"public.{relation.name}" for relation in relations]),
    }
