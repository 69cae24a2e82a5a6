"""Numbers as people paste them: each means one boat, several or none, and which is said."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from layers.desk.numbers import match_numbers, split_numbers


def boat(number: int, code: str, key: str, former: bool = False) -> Any:
    digits = "".join(c for c in code if c.isdigit())
    return SimpleNamespace(reg_key=key, digits=digits, vessel=f"v{number}", label=code, name="Thử", former=former)


ROWS = [
    boat(1, "QNg-MP 0369", "QNGMP0369"), boat(2, "QNg-MP 0100", "QNGMP0100"), boat(3, "TK-MP 0100", "TKMP0100"),
    boat(2, "QNg-MP 0100", "QNGMP7777", former=True),
]  # fmt: skip


def test_numbers_are_taken_apart_as_people_write_them() -> None:
    assert split_numbers("QNg-MP 0369, 0486\n0100\t0101;  qngmp 0001 \n\n") == [
        "QNg-MP 0369", "0486", "0100", "0101", "qngmp 0001",
    ]  # fmt: skip
    assert split_numbers("0369 0486  0100") == ["0369", "0486", "0100"]
    assert split_numbers(" ,;\n") == []


def test_each_number_is_told_once() -> None:
    report = match_numbers(["qng-mp.0369", "0100", "QNG MP 7777", "9999", "QNg-MP 0369", "TK-MP 0100"], ROWS)
    assert [(typed, each.vessel, each.former) for typed, each in report.found] == [
        ("qng-mp.0369", "v1", False), ("QNG MP 7777", "v2", True), ("TK-MP 0100", "v3", False),
    ]  # fmt: skip
    assert [(typed, [each.vessel for each in boats]) for typed, boats in report.ambiguous] == [("0100", ["v2", "v3"])]
    assert report.missing == ["9999"]
    assert report.repeated == 1


@given(st.lists(st.sampled_from(["0369", "0100", "9999", "QNg-MP 0369", "TK-MP 0100", "nothing 1"])))
def test_nothing_that_was_typed_is_lost(typed: list[str]) -> None:
    report = match_numbers(typed, ROWS)
    told = [each for each, _ in report.found] + [each for each, _ in report.ambiguous] + report.missing
    assert len(told) + report.repeated == len(typed)
    assert set(told) <= set(typed)
