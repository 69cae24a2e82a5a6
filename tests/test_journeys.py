"""docs/journeys.md names functions that exist, and no journey has grown beyond what a reader can hold."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "journeys.md").read_text()
HOP = re.compile(r"^\| \d+ \| `([^`:]+):([^`]+)` \|", re.MULTILINE)
NAMED = re.compile(r"`((?:[a-z_]+/)+[\w.]+):([\w.]+)`")
MOST_HOPS = 10


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(PAGE))))
def test_a_named_function_exists(path: str, name: str) -> None:
    text = (ROOT / path).read_text()
    if not path.endswith(".py"):
        assert re.search(rf"\b{name}(\(|: \()", text), f"{path} has no {name}"
        return
    body: list[ast.stmt] = ast.parse(text).body
    for part in name.split("."):
        found = [node for node in body if getattr(node, "name", None) == part]
        assert found, f"{path} has no {name}"
        body = getattr(found[0], "body", [])


def test_journeys_are_short() -> None:
    journeys = PAGE.split("\n## ")[1:]
    assert [len(HOP.findall(journey)) <= MOST_HOPS for journey in journeys] == [True, True]
    assert all(len(HOP.findall(journey)) >= 6 for journey in journeys)
