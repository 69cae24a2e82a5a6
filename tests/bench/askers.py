"""Those who ask for tiles as fast as they are answered: wrk over HTTP (or a client of ours), pgbench at the floor."""

import asyncio
import itertools
import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from ground import Ground
from serving import Served

from geo.tilegrid import Tile
from layers.cluster_place import find_programs

CLIENTS = 8
SCRIPT = Path(__file__).parent / "paths.lua"
_WRK = re.compile(r"ANSWERS (\d+) FAILED (\d+) SECONDS ([\d.]+)")
_PGBENCH = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_FAILED = re.compile(r"number of failed transactions: (\d+)")


def has_wrk() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def ask_by_http(server: Served, paths: Path, seconds: int) -> float:
    """Answers per second over HTTP; every one of them must be a tile or an empty one."""
    if not has_wrk():
        return asyncio.run(_ask(server, paths.read_text().split(), seconds))
    address = f"http://127.0.0.1:{server.port}"
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPT), address]
    done = subprocess.run([*command, "--", str(paths), server.cookie], capture_output=True, text=True, check=True)
    found = _WRK.search(done.stdout)
    assert found is not None, done.stdout + done.stderr
    answers, failed, took = int(found[1]), int(found[2]), float(found[3])
    assert not failed, f"{failed} of {answers} answers were no tiles"
    return answers / took


async def _ask(server: Served, paths: Sequence[str], seconds: int) -> float:
    turns = itertools.cycle(paths)
    until = time.monotonic() + seconds
    began = time.perf_counter()
    counts = await asyncio.gather(*(_one_client(server, turns, until) for _ in range(CLIENTS)))
    return sum(counts) / (time.perf_counter() - began)


async def _one_client(server: Served, turns: "itertools.cycle[str]", until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    answers = 0
    while time.monotonic() < until:
        writer.write(f"GET {next(turns)} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {server.cookie}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.split()[1] in (b"200", b"204"), head
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        answers += 1
    writer.close()
    return answers


def ask_by_pgbench(ground: Ground, name: str, script: Path, seconds: int) -> float:
    """Statements per second, prepared, on as many connections."""
    cluster = ground.cluster
    place = ["-h", str(cluster.place.socket_dir), "-U", "opsmap"]
    command = [str(find_programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j1", "-T", str(seconds)]
    done = subprocess.run(
        [*command, "-f", str(script), *place, name], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}
    )
    found, failed = _PGBENCH.search(done.stdout), _FAILED.search(done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert failed is None or failed[1] == "0", done.stdout
    return float(found[1])


def pgbench_script(sql: str, constants: dict[str, object], tiles: Sequence[Tile]) -> str:
    """The program's own statement, asked for the same tiles in any order.

    pgbench has no lists: a tile is one number, found by halving, and taken apart by shifts.
    """
    packed = [tile.z << 48 | tile.x << 24 | tile.y for tile in tiles]
    lines = [f"\\set i random(0, {len(packed) - 1})", f"\\set tile {_halved(packed, 0)}"]
    lines += ["\\set z :tile >> 48", "\\set x (:tile >> 24) & 16777215", "\\set y :tile & 16777215"]
    lines += [f"\\set {name} {_constant(value)}" for name, value in constants.items() if not isinstance(value, str)]
    words = {name: f"'{value}'" for name, value in constants.items() if isinstance(value, str)}
    statement = re.sub(r"%\((\w+)\)s", lambda found: words.get(found[1], f":{found[1]}"), sql)
    return "\n".join([*lines, " ".join(statement.split()) + ";"]) + "\n"


def _constant(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _halved(values: Sequence[int], first: int) -> str:
    if len(values) == 1:
        return str(values[0])
    half = len(values) // 2
    low, high = _halved(values[:half], first), _halved(values[half:], first + half)
    return f"case when :i < {first + half} then {low} else {high} end"
