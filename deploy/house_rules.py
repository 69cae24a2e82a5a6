"""The rules of the house that no linter knows: sizes, names, and what must never stand in a file."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40
TEXT = {".py", ".md", ".toml", ".ts", ".svelte", ".css", ".html", ".json", ".sh", ".csv", ".txt", ".yml", ""}
UNSAID = {"utils", "helpers", "common", "manager", "misc"}
OWN_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver", "test", "host"}
NOBODYS = (".example", ".test", ".invalid")
XML_HOSTS = {
    *("www.w3.org", "www.opengis.net", "schemas.opengis.net", "www.mic.gov.vn"),
    *("schemas.openxmlformats.org", "purl.org"),
}
ADDRESS = re.compile(r"(?:https?|wss?)://([^/\s\"'`)>:{}$%\\]+)")
REAL_REGISTRATION = re.compile(r"\bQN[gG][ -]?\d{4,5}[ -]?TS\b")
BUILT = ("web/static/", "tiles/vendor/", "web/frontend/public/", "NOTICE", "LICENSE", "layers/data/")


def find_breaches(root: Path) -> list[str]:
    """Return one line per breach in the files git knows or would add."""
    found: list[str] = []
    for name in list_files(root):
        path = root / name
        if path.suffix not in TEXT or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {breach}" for breach in [*judge_name(path), *judge_words(name, text)]]
        if path.suffix == ".py":
            found += [f"{name}: {breach}" for breach in judge_sizes(name, text)]
    return found


def list_files(root: Path) -> list[str]:
    """Every file of the project; without git (a copied tree) every file that is not made by a tool."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return sorted(set(listed.split("\0")) - {""})
    except (OSError, subprocess.CalledProcessError):
        paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
        return sorted(str(path) for path in paths if not any(is_made(part) for part in path.parts))


def is_made(part: str) -> bool:
    """Tell whether a folder or file of this name comes from a tool: caches, environments, installed packages."""
    return part in ("node_modules", "__pycache__") or (part.startswith(".") and part != ".ci")


def judge_name(path: Path) -> Iterator[str]:
    """Yield a breach for a file named after nothing."""
    if path.stem in UNSAID:
        yield f"say what it is for instead of {path.stem!r}"


def judge_words(name: str, text: str) -> Iterator[str]:
    """Yield a breach for an address outside this machine or a boat number that somebody could own."""
    if not name.startswith(BUILT):
        lock = name.endswith("package-lock.json")  # names its packages' funding pages; where they come from must not
        for number, line in enumerate(text.splitlines(), 1):
            if lock and '"resolved"' not in line:
                continue
            for host in ADDRESS.findall(line):
                if host.lower() not in OWN_HOSTS | XML_HOSTS and not host.endswith(NOBODYS):
                    yield f"line {number} names the outside host {host}"
    for match in REAL_REGISTRATION.finditer(text):
        yield f"{match.group()} has the form of a real registration"


def judge_sizes(name: str, text: str) -> Iterator[str]:
    """Yield a breach for a file or function nobody can hold in mind; tests may be long lists, migrations anything."""
    if "migrations/versions" in name:
        return
    if text.count("\n") > FILE_LINES:
        yield f"{text.count(chr(10))} lines; {FILE_LINES} at most"
    for node in [] if name.startswith("tests/") else ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name} has {lines} lines; {FUNCTION_LINES} at most"
