"""The tutorial is done, step by step, in a copy of the project; a page that lies fails here.

Fenced blocks are read so: a block under a line **`path`** is that file; `console` is commands with what they print
(… stands for anything); `http` is a request with the part of the answer that matters (a tile is compared whole).
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import mapbox_vector_tile
import pytest

from layers.settings import DatabaseSettings

ROOT = Path(__file__).resolve().parent.parent
TUTORIAL = ROOT / "docs" / "tutorials" / "add-a-layer.md"
COPIED = ("geo", "layers", "ingest", "tiles", "web", "fixtures", "docs", "pyproject.toml", "tests")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "frontend", "golden", "corpus", "*.pyc")
BLOCK = re.compile(r"(?:^\*\*`(?P<path>[^`]+)`\*\*\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.M | re.S)
PATIENCE_S = 60.0


class Block(NamedTuple):
    """One fenced block; `path` is set for a file."""

    path: str | None
    kind: str
    body: str


def read_blocks(text: str) -> list[Block]:
    return [Block(m["path"], m["kind"], m["body"]) for m in BLOCK.finditer(text)]


@dataclass
class Bench:
    """A copy of the project with a database of its own, a shell, and the pages once they are asked for."""

    folder: Path
    environment: dict[str, str]
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    server: subprocess.Popen[bytes] | None = None

    def do(self, block: Block) -> None:
        if block.path is not None:
            (self.folder / block.path).write_text(block.body, encoding="utf-8")
        elif block.kind == "console":
            for command, printed in read_commands(block.body):
                self.run(command, printed)
        elif block.kind == "http":
            request, _, expected = block.body.partition("\n\n")
            self.ask(request.strip(), json.loads(expected))
        else:
            pytest.fail(f"the tutorial has a block nobody runs: {block.kind}")

    def run(self, command: str, printed: str) -> None:
        """A command in the copy must print what the tutorial says."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
        )
        pattern = ".*?".join(re.escape(part) for part in printed.strip().split("…"))
        assert re.fullmatch(pattern, done.stdout.strip(), re.S), f"$ {command}\n{done.stdout}\n--- expected\n{printed}"
        if found := re.fullmatch(r"opsmap user add (\w+) --role (\w+)", command):
            self.accounts[found[2]] = (found[1], done.stdout.split()[-1])

    def ask(self, request: str, expected: Any) -> None:
        """A request must be answered with what the tutorial says, and no tile with anything more."""
        path, _, role = request.removeprefix("GET ").partition(" as ")
        body = self.get(path, role)
        if path.endswith(".mvt"):
            found = mapbox_vector_tile.decode(body)
            told = {name: [f["properties"] for f in part["features"]] for name, part in found.items()}
            ordered = {name: sorted(rows, key=lambda row: str(row["code"])) for name, rows in told.items()}
            assert ordered == expected, request
        else:
            check_part(expected, json.loads(body), request)

    def get(self, path: str, role: str) -> bytes:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        address = self.serve()
        if role:
            username, password = self.accounts[role]
            form = urllib.parse.urlencode({"username": username, "password": password}).encode()
            login = urllib.request.Request(f"{address}/login", form, {"Origin": address})
            opener.open(login, timeout=PATIENCE_S).close()
        with opener.open(address + path, timeout=PATIENCE_S) as answer:
            return bytes(answer.read())

    def serve(self) -> str:
        """The address of the pages, started when first asked for."""
        address = f"http://127.0.0.1:{self.environment['OPSMAP_PORT']}"
        if self.server is None:
            command = [shutil.which("opsmap", path=self.environment["PATH"]) or "opsmap", "serve"]
            self.server = subprocess.Popen(command, cwd=self.folder, env=self.environment)
            wait_for(f"{address}/readyz", self.server)
        return address


def read_commands(body: str) -> Iterator[tuple[str, str]]:
    """Each command with what it prints."""
    for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def check_part(expected: Any, found: Any, where: str) -> None:
    """Everything expected is there: each key of an object, each item of a list."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for key, value in expected.items():
            assert key in found, f"{where}: no {key}"
            check_part(value, found[key], f"{where}.{key}")
    elif isinstance(expected, list):
        for item in expected:
            assert any(is_part(item, each) for each in found), f"{where}: nothing like {item} in {found}"
    else:
        assert found == expected, where


def is_part(expected: Any, found: Any) -> bool:
    try:
        check_part(expected, found, "")
    except AssertionError:
        return False
    return True


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert server.poll() is None, "the pages did not start"
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the pages did not start in time")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def bench(tmp_path: Path, database_url: str, worker: str) -> Iterator[Bench]:
    """A copy that shares nothing with the checkout but the installed packages and the test cluster."""
    copy, doors = tmp_path / "copy", tmp_path / "bin"
    copy.mkdir()
    doors.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=LEFT_OUT)
        else:
            shutil.copy(source, copy / name)
    for name, arguments in (("python", ""), ("opsmap", " -c 'from web.cli import main; main()'")):
        (doors / name).write_text(f'#!/bin/sh\nexec {sys.executable}{arguments} "$@"\n')
        (doors / name).chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPSMAP_", "PYTEST_", "PYTHON"))} | {
        "PATH": f"{doors}:{os.environ['PATH']}",
        "PYTHONPATH": str(copy),
        "OPSMAP_DATABASE_URL": database_url,
        "OPSMAP_DATA_DIR": str(DatabaseSettings().resolved_data_dir()),  # where the running test cluster is found
        "OPSMAP_PORT": str(free_port()),
        "PYTEST_XDIST_WORKER": f"tutorial_{worker}",
    }
    made = Bench(copy, environment)
    yield made
    if made.server is not None:
        made.server.terminate()
        made.server.wait(timeout=PATIENCE_S)


def test_the_tutorial_does_what_it_says(bench: Bench) -> None:
    blocks = read_blocks(TUTORIAL.read_text(encoding="utf-8"))
    assert [b.path for b in blocks if b.path] == ["layers/catalog/market.py", "markets.geojson"]
    for block in blocks:
        bench.do(block)
    made = {p.relative_to(bench.folder).as_posix() for p in bench.folder.rglob("*market*") if p.suffix != ".pyc"}
    numbered = {re.sub(r"/\d{4}_", "/…_", path) for path in made}
    assert numbered == {
        "layers/catalog/market.py",
        "layers/migrations/versions/…_market.py",
        "docs/layers/market.md",
        "markets.geojson",
    }
    assert "`market.stalls`" in (bench.folder / "docs" / "layers" / "market.md").read_text(encoding="utf-8")


def test_a_lie_is_found() -> None:
    found = {"layers": [{"name": "market", "value": 2}, {"name": "port", "value": 3}]}
    check_part({"layers": [{"name": "port", "value": 3}]}, found, "")
    assert not is_part({"layers": [{"name": "market", "value": 3}]}, found)
    assert not is_part({"legend": {}}, found)


@pytest.mark.parametrize("printed", ["wrote market.md", "wrote … and more", ""])
def test_a_lie_about_what_is_printed_is_found(printed: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, dict(os.environ))
    bench.run("echo wrote docs/market.md", "wrote …market.md")
    with pytest.raises(AssertionError):
        bench.run("echo wrote docs/market.md", printed)
