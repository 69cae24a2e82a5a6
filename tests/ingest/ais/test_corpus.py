"""Every trap of AIS logs: no false accept, no good message lost, every line accounted for."""

import importlib.util
import json
from collections import Counter
from pathlib import Path

import pytest

from ingest.summary import NO_TIME

CORPUS = Path(__file__).parent / "corpus"
CASES = json.loads((CORPUS / "cases.json").read_text())


def _lines(case):
    return [line.encode("latin-1") for line in case["lines"]]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(run, case):
    found = run(_lines(case))
    got = [[f.msg_type, int(f.key[5:]), None if f.flags & NO_TIME else f.heard_ms] for f in found.facts]
    assert sorted(got, key=str) == sorted(case["messages"], key=str)
    assert dict(found.summary.rejected) == case["rejected"]
    assert dict(found.summary.ignored) == case["ignored"]
    assert found.summary.extra_sentences == case["extra"]
    assert found.summary.unaccounted == 0
    if case["flags"] is not None:
        assert [int(f.flags) for f in found.facts] == case["flags"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 50])
def test_chunks_do_not_matter(run, chunk):
    lines = [line for case in CASES for line in _lines(case)]
    whole, pieces = run(lines), run(lines, chunk)
    assert pieces.keys == whole.keys
    assert pieces.summary.as_dict() == whole.summary.as_dict()


def test_in_a_row_nothing_is_lost_or_invented(run):
    """Cases that leave parts open are kept apart by an unused channel; the rest must add up."""
    closed = [case for case in CASES if "incomplete_multipart" not in case["rejected"]]
    found = run([line for case in closed for line in [*_lines(case), b""]])
    expected = Counter((m[0], m[1]) for case in closed for m in case["messages"])
    assert Counter((f.msg_type, int(f.key[5:])) for f in found.facts) == expected
    assert found.summary.unaccounted == 0


def test_rejects_keep_every_byte(run):
    for case in CASES:
        if case["name"] == "long line":
            continue
        lines = b"\n".join(_lines(case))
        for reject in run(_lines(case)).rejects:
            assert all(piece in lines for piece in reject.raw.split(b"\n")), case["name"]


def test_corpus_is_what_its_script_writes():
    spec = importlib.util.spec_from_file_location("corpus_build", CORPUS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (CORPUS / "cases.json").read_text() == module.render(), "run tests/ingest/ais/corpus/build.py"
