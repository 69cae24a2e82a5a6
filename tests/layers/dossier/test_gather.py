"""A dossier tells the same of the same, cites the law of its day, and holds together by its hashes."""

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadInput
from layers.watch.dossier.bundle import find_zip_faults, make_manifest, make_zip
from layers.watch.dossier.canonical import find_faults, seal_sections, write_canonical

CITED = {
    "2024-05-18": {"NĐ 26/2019/NĐ-CP", "NĐ 42/2019/NĐ-CP"},
    "2024-05-19": {"NĐ 37/2024/NĐ-CP", "NĐ 42/2019/NĐ-CP"},
    "2024-05-20": {"NĐ 37/2024/NĐ-CP", "NĐ 38/2024/NĐ-CP"},
    "2025-11-17": {"NĐ 37/2024/NĐ-CP", "NĐ 301/2025/NĐ-CP"},
    "2026-01-26": {"NĐ 41/2026/NĐ-CP", "NĐ 301/2025/NĐ-CP"},
}
"""Of the same silence of twenty hours on five days: a duty and a penalty each, and no two days alike."""


@pytest.mark.parametrize("day", CITED)
def test_each_day_has_its_law_and_no_other(matter, day):
    told = matter(day).gather()
    (began,) = [law for law in told["law"] if law["conduct"] == "silence" and law["when"] == "began"]
    cited = {decree for kind, decree, _ in began["citations"] if kind in ("duty", "penalty")}
    assert cited == CITED[day]
    assert not began["verified"]
    slots = [d for d in told["duties"] if d["step"] == "position_by_other_means"]
    assert [slot["state"] for slot in slots] == ["kept", "kept", "missed", "ended"]
    assert {slot["decree"] for slot in slots} == {min(cited & {
        "NĐ 26/2019/NĐ-CP", "NĐ 37/2024/NĐ-CP", "NĐ 41/2026/NĐ-CP"})}  # fmt: skip


def test_five_days_are_five_sets_of_citations(matter, connection):
    first = matter("2024-05-18")
    sets = set()
    for day in CITED:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE watch_case SET began_at = %s", (f"{day}T00:30+07",))
        connection.execute("SET session_replication_role = origin")
        sets.add(str([law["citations"] for law in first.gather()["law"] if law["when"] == "began"]))
    assert len(sets) == len(CITED)


def test_the_same_case_at_the_same_moment_is_the_same_bytes_also_when_more_came_in(matter):
    found = matter("2026-01-26")
    before = write_canonical(found.gather())
    assert write_canonical(found.gather()) == before
    found._hear([10, 11])
    assert write_canonical(found.gather()) == before


def test_what_is_told_stands_in_its_section(matter):
    told = matter("2024-05-19").gather()
    assert told["origin"] == "simulated"
    assert (told["case"]["number"], told["case"]["ended_at"]) == ("VV-2024-000001", "2024-05-19T13:30:00Z")
    assert len(told["positions"]) == 9
    assert [gap["to"] for gap in told["track"]["gaps"]] == ["2024-05-19T13:30:00Z", None]
    assert [len(piece) for piece in told["track"]["pieces"]] == [7, 2]
    assert [row["caller_name"] for row in told["reported"]] == ["Ông Mô Phỏng"]
    assert [word["what"] for word in told["events"][0]["words"]] == ["new", "changed"]
    assert [entry["kind"] for entry in told["timeline"]] == ["opened", "acknowledged", "call", "report"]
    assert [entry["kind"] for entry in told["contacts"]] == ["call", "report"]
    assert [row["positions"] for row in told["lineage"]] == [9]
    assert "0000 123 456" not in str(told)


VALUES = {"case": {"number": "VV-2026-000001", "version": 3}, "origin": "simulated", "positions": [{"lon": 109.7}],
          "made": {"at": "2026-11-23T07:05:00Z", "by": "lan", "role": "officer"}, "seals": [],
          "note": "Ồ Ễ Ữ"}  # fmt: skip
TOLD = seal_sections(VALUES)
JSON = write_canonical(TOLD)
PARTS = {"a.json": JSON, "a.pdf": b"%PDF-1.7 Mo Phong", "a.gpkg": bytes(range(256))}
ZIP = make_zip(make_manifest(TOLD, PARTS), PARTS)


def flip(data, at, bit):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


@given(st.integers(0, len(JSON) - 1), st.integers(0, 7))
def test_no_byte_of_the_json_can_be_flipped_unseen(at, bit):
    try:
        faults = find_faults(flip(JSON, at, bit))
    except BadInput:
        return
    assert faults


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(ZIP) - 1), st.integers(0, 7))
def test_no_byte_of_the_zip_but_the_manifest_can_be_flipped_unseen(at, bit):
    changed = flip(ZIP, at, bit)
    try:
        faults = find_zip_faults(changed)
    except BadInput:
        return
    assert faults


def test_a_whole_one_has_no_fault():
    assert find_faults(JSON) == []
    assert find_zip_faults(ZIP) == []
    assert orjson.loads(JSON)["note"] == "Ồ Ễ Ữ"
